/**
 * What Slipway sends to Slack. Nothing is retried in here, for a retried post can appear twice: every call ends in an
 * outcome, and the notify job decides. An outcome that is not known is cleared up by looking for the post's delivery id.
 */
import { type ChatPostMessageArguments, type ModalView, WebClient } from '@slack/web-api'
import type { Log } from '../log.js'
import type { View } from '../views/view.js'
import { boltLog } from './bolt-log.js'
import { findDelivery } from './find.js'
import { type Later, type Never, type Trouble, troubleOf } from './outcomes.js'

export const EVENT_TYPE = 'slipway'
const TIMEOUT_MS = 10_000
const AGAIN_MS = 5_000

type Posted = { kind: 'posted'; ts: string } | Later | { kind: 'unknown' } | Never
type Updated = { kind: 'posted' } | Later | { kind: 'gone' } | Never
/** `absent`: it is not there. `blind`: this token may not look. */
export type Found = { kind: 'found'; ts: string } | { kind: 'absent' } | { kind: 'blind' } | Later | Never
/** `off`: the server or token lacks the method; Slipway does without it. */
type Done = { kind: 'done' } | Later | { kind: 'off' } | { kind: 'unknown' } | Never

export interface Delivery {
  channel: string
  threadTs?: string | undefined
  deliveryId: string
}

export interface SlackClient {
  /** Posts once. `unknown`: wait a few seconds, `find` it, and post again only if it is absent. */
  post(message: Delivery & { view: View }): Promise<Posted>
  /** Looks for a post by its delivery id, from a minute before `since` (the first attempt) on. */
  find(delivery: Delivery & { since: Date }): Promise<Found>
  /** Replaces a message; doing it twice is harmless. `gone`: post a new one. */
  update(message: { channel: string; ts: string; view: View }): Promise<Updated>
  pin(message: { channel: string; ts: string }): Promise<Done>
  publishHome(home: { userId: string; view: View }): Promise<Done>
  openModal(modal: { triggerId: string; view: ModalView }): Promise<Done>
  updateModal(modal: { viewId: string; view: ModalView }): Promise<Done>
  upload(file: Upload): Promise<Done>
  /** What a person is called in their profile; null where Slack has no name. Nothing else of the profile leaves here. */
  nameOf(userId: string): Promise<{ kind: 'named'; name: string | null } | Exclude<Done, { kind: 'done' }>>
}

interface Upload {
  channel: string
  threadTs?: string | undefined
  /** The bytes, or the path of the file. */
  file: Buffer | string
  name: string
  title: string
}

/** The client of one bot token. `apiUrl` is Slack's by default. */
export function createSlackClient({ token, apiUrl, log }: { token: string; apiUrl?: string | undefined; log: Log }): SlackClient {
  const web = new WebClient(token, {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: TIMEOUT_MS,
    logger: boltLog(log),
  })
  const nicety = niceties(log)
  return {
    post: (message) => post(web, message),
    find: (delivery) => findDelivery(web, delivery, nicety),
    update: (message) => update(web, message),
    pin: ({ channel, ts }) => nicety('pins.add', () => web.pins.add({ channel, timestamp: ts }), ['already_pinned']),
    publishHome: ({ userId, view }) =>
      nicety('views.publish', () => web.views.publish({ user_id: userId, view: { type: 'home', blocks: view.blocks } })),
    openModal: ({ triggerId, view }) => nicety('views.open', () => web.views.open({ trigger_id: triggerId, view })),
    updateModal: ({ viewId, view }) => nicety('views.update', () => web.views.update({ view_id: viewId, view })),
    upload: (file) => nicety('files.uploadV2', () => upload(web, file)),
    nameOf: (userId) => nameOf(web, userId, nicety),
  }
}

async function post(web: WebClient, { channel, threadTs, deliveryId, view }: Delivery & { view: View }): Promise<Posted> {
  const message: ChatPostMessageArguments = {
    channel,
    ...view,
    metadata: { event_type: EVENT_TYPE, event_payload: { delivery_id: deliveryId } },
    unfurl_links: false,
    unfurl_media: false,
    ...(threadTs ? { thread_ts: threadTs } : {}),
  }
  try {
    const { ts } = await web.chat.postMessage(message)
    return ts ? { kind: 'posted', ts } : { kind: 'unknown' }
  } catch (error) {
    // Every error of a post is an outcome; see outcomes.ts.
    const trouble = troubleOf(error)
    // The thread's parent was deleted: what is to be said still is, in the channel (R41).
    if (trouble.kind === 'gone' && threadTs) return post(web, { channel, deliveryId, view })
    return trouble.kind === 'later' || trouble.kind === 'unknown' ? trouble : final(trouble)
  }
}

async function update(web: WebClient, { channel, ts, view }: { channel: string; ts: string; view: View }): Promise<Updated> {
  try {
    await web.chat.update({ channel, ts, ...view })
    return { kind: 'posted' }
  } catch (error) {
    // As for a post; an unknown outcome is simply done again.
    const trouble = troubleOf(error)
    if (trouble.kind === 'unknown') return { kind: 'later', retryAfterMs: AGAIN_MS }
    if (trouble.kind === 'gone') return { kind: 'gone' }
    return trouble.kind === 'later' ? trouble : final(trouble)
  }
}

function final(trouble: Exclude<Trouble, Later | { kind: 'unknown' }>): Never {
  if (trouble.kind === 'never') return trouble
  const lacking = trouble.kind === 'lacking'
  return { kind: 'never', error: trouble.error, advice: lacking ? trouble.advice : null, mendable: lacking }
}

function upload(web: WebClient, { channel, threadTs, file, name, title }: Upload): Promise<unknown> {
  const what = { file, filename: name, title }
  return threadTs
    ? web.filesUploadV2({ channel_id: channel, thread_ts: threadTs, ...what })
    : web.filesUploadV2({ channel_id: channel, ...what })
}

async function nameOf(web: WebClient, userId: string, nicety: Nicety): ReturnType<SlackClient['nameOf']> {
  let name: string | null = null
  const outcome = await nicety('users.info', async () => {
    const { user } = await web.users.info({ user: userId })
    name = user?.profile?.real_name || user?.real_name || user?.profile?.display_name || null
  })
  return outcome.kind === 'done' ? { kind: 'named', name } : outcome
}

export type Nicety = (method: string, call: () => Promise<unknown>, fine?: readonly string[]) => Promise<Done>

/** Calls that Slipway can do without: what this server or token lacks is switched off with one warning. */
function niceties(log: Log): Nicety {
  const off = new Set<string>()
  return async (method, call, fine = []) => {
    if (off.has(method)) return { kind: 'off' }
    try {
      await call()
      return { kind: 'done' }
    } catch (error) {
      // As for a post.
      const trouble = troubleOf(error)
      if (trouble.kind === 'lacking') {
        if (!off.has(method))
          log.warn({ method, error: trouble.error }, `Slack: ${method} is not available, done without. ${trouble.advice}`)
        off.add(method)
        return { kind: 'off' }
      }
      if (trouble.kind === 'never' && fine.includes(trouble.error)) return { kind: 'done' }
      return trouble.kind === 'gone' ? final(trouble) : trouble
    }
  }
}
