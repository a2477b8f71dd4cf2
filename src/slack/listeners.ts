/** What the app listens to. A payload is carried out first and acknowledged with the answer; only what is slow is acknowledged before. */
import type { AckFn, App, BlockAction, RespondArguments, SlashCommand, ViewResponseAction, ViewSubmitAction } from '@slack/bolt'
import { answerClick, type Clicked } from '../../commands/click.js'
import type { CommandContext } from '../../commands/command.js'
import { answerCommand, notVendor } from '../../commands/dispatch.js'
import { reference } from '../log.js'
import type { SlackAppDeps } from './app.js'
import type { SlackClient } from './client.js'
import { clickedOf, isCommand, submittedOf } from './payloads.js'
import { respond } from './response-url.js'
import { pause } from './running.js'
import { fault, refusal, said } from './views/refusal.js'
import type { View } from './views/view.js'

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
    if (event.tab === 'home') await showHome(deps, event.user)
  })
}

async function onCommand(deps: Deps, command: SlashCommand, ack: AckFn<string | RespondArguments>): Promise<void> {
  if (!isCommand(command)) return ack()
  const answer = faultProof(deps, `command ${command.command}`, () => carryOut(deps, command))
  const early = await Promise.race([answer, pause(deps.patienceMs ?? PATIENCE_MS)])
  await ack({ response_type: 'ephemeral', ...(early ?? said('Working…')) })
  if (!early) await tell(deps, { responseUrl: command.response_url }, await answer)
}

async function carryOut(deps: Deps, command: SlashCommand): Promise<View> {
  const { installed, config, queries } = deps
  const teamId = command.team_id ?? null
  const own = teamId === installed.teamId || (installed.enterpriseId !== null && command.enterprise_id === installed.enterpriseId)
  if (!own) return refusal(notVendor('customer'))
  const { user_id: userId, channel_id: channel, trigger_id: dedupe } = command
  const context: CommandContext = {
    actor: await queries.actor(userId),
    userId,
    channel,
    queries,
    change: (ask) => deps.change({ ask, actor: { userId, teamId }, dedupe }),
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
  // Only a reply is answered in its thread: whoever clicked the parent looks at the channel.
  const { thread_ts: thread, message_ts: clickedTs } = body.container as { thread_ts?: string; message_ts?: string }
  const threadTs = thread === clickedTs ? undefined : thread
  if (body.response_url) return tell(deps, { responseUrl: body.response_url, threadTs }, await answer)
  // A click in the Home has no address to answer to: the answer goes to the person's own messages.
  const view = await answer
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
  const actor = { userId: body.user.id, teamId: body.user.team_id ?? body.team?.id ?? null }
  return faultProof(deps, `click ${clicked.action}`, () => answerClick(clicked, { change: (ask) => deps.change({ ask, actor, dedupe }) }))
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
