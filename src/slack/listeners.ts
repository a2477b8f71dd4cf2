/** What the app listens to. A payload is carried out first and acknowledged with the answer; only what is slow is acknowledged before. */
import type { AckFn, App, BlockAction, RespondArguments, SlashCommand, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import { answerClick, type Clicked, parseClick } from '../../commands/click.js'
import type { CommandContext, CommandHeard } from '../../commands/command.js'
import { answerCommand, notVendor } from '../../commands/dispatch.js'
import type { Heard } from '../lifecycle/heard.js'
import { reference } from '../log.js'
import { fault, refusal, refusalIn, said } from '../views/refusal.js'
import type { View } from '../views/view.js'
import type { SlackAppDeps } from './app.js'
import type { SlackClient } from './client.js'
import { clickedOf, isCommand, submittedOf } from './payloads.js'
import { respond } from './response-url.js'
import { pause } from './running.js'

/** Where the app is installed, as Slack says. */
export interface Installed {
  teamId: string
  enterpriseId: string | null
  botId: string | null
  botUserId: string | null
}

export type Deps = SlackAppDeps & { client: SlackClient; installed: Installed }

/** Slack gives up after three seconds; an answer that takes longer than this is acknowledged first and shown when it is there. */
const PATIENCE_MS = 2_000

/** Connects Slack's payloads with the commands. One listener per kind, so nothing can match twice. */
export function listen(app: App, deps: Deps): void {
  app.command(/.*/, ({ command, ack }) => onCommand(deps, command, ack))
  app.action({ type: 'block_actions' }, ({ body, ack }) => onClick(deps, body as BlockAction, ack))
  app.view<ViewSubmitAction>(/.*/, ({ body, ack }) => onSubmit(deps, body, ack))
  app.event('app_home_opened', async ({ event }) => {
    if (event.tab !== 'home') return
    await showHome(deps, event.user)
    await heard(deps, { userId: event.user, teamId: null, channel: null, how: 'shown', what: 'home', typed: '', refusal: null })
  })
}

async function onCommand(deps: Deps, command: SlashCommand, ack: AckFn<string | RespondArguments>): Promise<void> {
  if (!isCommand(command)) return ack()
  const ends: CommandHeard[] = []
  const answer = faultProof(deps, `command ${command.command}`, () => carryOut(deps, command, ends))
  const early = await Promise.race([answer, pause(deps.patienceMs ?? PATIENCE_MS)])
  await ack({ response_type: 'ephemeral', ...(early ?? said('Working…')) })
  if (!early) await tell(deps, { responseUrl: command.response_url }, await answer)
  for (const end of ends) await heard(deps, { ...saidBy(command), ...end, typed: command.text ?? '' })
}

function saidBy({ user_id: userId, team_id: teamId, channel_id: channel }: SlashCommand) {
  return { userId, teamId: teamId ?? null, channel }
}

/** `ends` gets how the command ended, where the hinge was not asked: what was asked of it is on record there. */
async function carryOut(deps: Deps, command: SlashCommand, ends: CommandHeard[]): Promise<View> {
  const { installed, config, queries } = deps
  const teamId = command.team_id ?? null
  const own = teamId === installed.teamId || (installed.enterpriseId !== null && command.enterprise_id === installed.enterpriseId)
  if (!own) {
    ends.push({ how: 'refused', what: command.command, refusal: notVendor('customer') })
    return refusal(notVendor('customer'))
  }
  const { user_id: userId, channel_id: channel, trigger_id: dedupe } = command
  let asked = false
  const context: CommandContext = {
    actor: await queries.actor(userId),
    userId,
    channel,
    queries,
    change: (ask) => {
      asked = true
      return deps.change({ ask, actor: { userId, teamId, handle: command.user_name ?? null }, dedupe })
    },
    heard: (end) => {
      if (!asked) ends.push(end)
    },
  }
  const word = command.command.replace(/^\//, '')
  const { commandPrefix: prefix } = config
  return answerCommand({ word: word.startsWith(prefix) ? word.slice(prefix.length) : word, text: command.text ?? '' }, context, prefix)
}

async function onClick(deps: Deps, body: BlockAction, ack: AckFn<void>): Promise<void> {
  const clicked = clickedOf(body)
  if (!clicked) return ack()
  const answer = click(deps, { body, clicked, dedupe: body.trigger_id })
  await Promise.race([answer, pause(deps.patienceMs ?? PATIENCE_MS)])
  await ack()
  await answerClicked(deps, body, await answer)
  await clickHeard(deps, { body, clicked }, await answer)
}

async function answerClicked(deps: Deps, body: BlockAction, view: View): Promise<void> {
  // Only a reply is answered in its thread: whoever clicked the parent looks at the channel.
  const { thread_ts: thread, message_ts: clickedTs } = body.container as { thread_ts?: string; message_ts?: string }
  const threadTs = thread === clickedTs ? undefined : thread
  if (body.response_url) return tell(deps, { responseUrl: body.response_url, threadTs }, view)
  // A click in the Home has no address to answer to: the answer goes to the person's own messages.
  await deps.client.post({ channel: body.user.id, view, deliveryId: body.trigger_id })
  await showHome(deps, body.user.id)
}

async function onSubmit(deps: Deps, body: ViewSubmitAction, ack: AckFn<ViewResponseAction>): Promise<void> {
  const clicked = submittedOf(body)
  if (!clicked) return ack()
  const answer = click(deps, { body, clicked, dedupe: `${body.view.id}.${body.view.hash}` })
  const early = await Promise.race([answer, pause(deps.patienceMs ?? PATIENCE_MS)])
  await ack({ response_action: 'update', view: modal(early ?? said('Working…')) })
  if (!early) await deps.client.updateModal({ viewId: body.view.id, view: modal(await answer) })
  await clickHeard(deps, { body, clicked }, await answer)
}

/** A click that names nothing did not come as far as the hinge, where all others are on record. */
async function clickHeard(deps: Deps, { body, clicked }: Omit<Click, 'dedupe'>, view: View): Promise<void> {
  if (parseClick(clicked)) return
  const { id: userId, team_id: own } = body.user
  const channel = 'channel' in body ? (body.channel?.id ?? null) : null
  const end: CommandHeard = { how: 'refused', what: clicked.action, refusal: refusalIn(view) }
  await heard(deps, { userId, teamId: own ?? body.team?.id ?? null, channel, ...end, typed: clicked.value })
}

/** After the answer (change/heard.ts): a trail that cannot be written is the log's, and nobody's answer. */
async function heard(deps: Deps, { refusal: why, ...what }: Omit<Heard, 'code' | 'rule'> & CommandHeard): Promise<void> {
  await faultProof(deps, 'the trail', async () => {
    await deps.hear({ ...what, code: why?.code ?? null, rule: why?.rule ?? null })
    return said('Noted.')
  })
}

function modal({ blocks }: View) {
  const plain = (text: string) => ({ type: 'plain_text' as const, text })
  return { type: 'modal' as const, title: plain('Slipway'), close: plain('Close'), blocks }
}

interface Click {
  body: BlockAction | ViewSubmitAction
  clicked: Clicked
  dedupe: string
}

/** Anybody may click, external people too; `user.team_id` is theirs, `team.id` the app's. */
function click(deps: Deps, { body, clicked, dedupe }: Click): Promise<View> {
  const { id: userId, team_id: own } = body.user
  const actor = { userId, teamId: own ?? body.team?.id ?? null, handle: handleOf(body.user) }
  return faultProof(deps, `click ${clicked.action}`, () => answerClick(clicked, { change: (ask) => deps.change({ ask, actor, dedupe }) }))
}

/** The name that came with the click: a user name, as `users.info` calls it `name`. */
function handleOf(user: { name?: unknown; username?: unknown }): string | null {
  const name = user.name ?? user.username
  return typeof name === 'string' ? name : null
}

async function showHome(deps: Deps, userId: string): Promise<void> {
  await faultProof(deps, 'home', async () => {
    const view = await deps.home(userId)
    if (view) await deps.client.publishHome({ userId, view })
    return said('Shown.')
  })
}

async function tell(deps: Deps, to: { responseUrl: string; threadTs?: string | undefined }, view: View): Promise<void> {
  await faultProof(deps, 'answer', async () => {
    await respond(to, view, deps.config)
    return view
  })
}

/** A fault never reaches a person: the log has it under a reference, the person gets the reference. */
async function faultProof({ log }: Deps, what: string, work: () => Promise<View>): Promise<View> {
  try {
    return await work()
  } catch (cause) {
    const id = reference()
    log.error({ err: cause, reference: id, what }, 'answering a person')
    return fault(id)
  }
}
