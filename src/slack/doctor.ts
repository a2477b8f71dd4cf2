/** Whether Slack is set up as Slipway needs it, and what to do where it is not. */
import { WebClient } from '@slack/web-api'
import type { Log } from '../log.js'
import { boltLog } from './bolt-log.js'
import { troubleOf } from './outcomes.js'
import { type Scope, scopes } from './scopes.js'

export interface Finding {
  what: string
  ok: boolean
  /** What to do; null where all is well. */
  advice: string | null
}

export interface SlackToCheck {
  botToken: string
  appToken?: string | undefined
  apiUrl?: string | undefined
  opsChannel: string
  log: Log
}

/** Checks the token, its scopes, the vendor's channel and, in Socket Mode, the app-level token. Nothing is changed or posted. */
export async function checkSlack({ botToken, appToken, apiUrl, opsChannel, log }: SlackToCheck): Promise<Finding[]> {
  const options = {
    ...(apiUrl ? { slackApiUrl: apiUrl } : {}),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 5_000,
    logger: boltLog(log),
  }
  const web = new WebClient(botToken, options)
  const { findings, reached } = await checkToken(web)
  if (reached) findings.push(await checkChannel(web, opsChannel))
  if (appToken) findings.push(await checkSocket(new WebClient(appToken, options)))
  return findings
}

async function checkToken(web: WebClient): Promise<{ findings: Finding[]; reached: boolean }> {
  try {
    const told = await web.auth.test()
    const what = `Slack: the bot is ${told.user ?? 'a bot'} in ${told.team ?? told.team_id ?? 'a workspace'}`
    return { findings: [{ what, ok: true, advice: null }, ...checkScopes(told.response_metadata?.scopes)], reached: true }
  } catch (error) {
    // Every error is a finding.
    return { findings: [{ what: 'Slack: the bot token works', ok: false, advice: adviceOn(error) }], reached: false }
  }
}

/** Slack lists a token's scopes in a header of every answer; a server that does not is taken at its word. */
function checkScopes(held: readonly string[] | undefined): Finding[] {
  if (!held) return []
  const missing = scopes.filter(({ scope }) => !held.includes(scope))
  const advise = ({ scope, why }: Scope) => `${scope} (${why})`
  const needed = missing.filter(({ optional }) => !optional)
  const nice = missing.filter(({ optional }) => optional)
  const advice = (lacking: readonly Scope[]) =>
    lacking.length > 0 ? `Give the app ${lacking.map(advise).join(', ')} and install it again; slipway manifest lists all.` : null
  return [
    { what: 'Slack: the needed scopes', ok: needed.length === 0, advice: advice(needed) },
    ...(nice.length > 0 ? [{ what: 'Slack: the scopes for niceties', ok: false, advice: advice(nice) }] : []),
  ]
}

async function checkChannel(web: WebClient, channel: string): Promise<Finding> {
  try {
    const { channel: found } = await web.conversations.info({ channel })
    const what = `Slack: the bot is a member of SLACK_OPS_CHANNEL (#${found?.name ?? channel})`
    if (found?.is_archived) return { what, ok: false, advice: 'The channel is archived. Unarchive it, or set another one.' }
    return found?.is_member
      ? { what, ok: true, advice: null }
      : { what, ok: false, advice: 'Invite the bot: type /invite @Slipway in the channel.' }
  } catch (error) {
    // As above.
    return { what: `Slack: the bot is a member of SLACK_OPS_CHANNEL (${channel})`, ok: false, advice: adviceOn(error) }
  }
}

async function checkSocket(web: WebClient): Promise<Finding> {
  const what = 'Slack: Socket Mode opens with SLACK_APP_TOKEN'
  try {
    await web.apps.connections.open({})
    return { what, ok: true, advice: null }
  } catch (error) {
    // As above.
    return { what, ok: false, advice: `${adviceOn(error)} The app-level token (xapp-…) needs the scope connections:write.` }
  }
}

function adviceOn(error: unknown): string {
  const trouble = troubleOf(error)
  switch (trouble.kind) {
    case 'later':
      return `Slack cannot be reached, or asks to wait ${Math.ceil(trouble.retryAfterMs / 1000)} s: check SLACK_API_URL, proxy and network.`
    case 'unknown':
      return 'Slack gave no usable answer: check SLACK_API_URL, proxy and network.'
    case 'never':
    case 'lacking':
      return trouble.advice ?? `Slack answers ${trouble.error}.`
    case 'gone':
      return `Slack answers ${trouble.error}.`
    default:
      return trouble satisfies never
  }
}
