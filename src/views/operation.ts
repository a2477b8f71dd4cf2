/** One message per operation, edited in place over its whole life; each audience gets its own rendering of the same record (R38). */
import { environmentById } from '../lifecycle/situation.js'
import type { Environment, Operation, Request, Situation, Step } from '../lifecycle/types.js'
import { goneLine, keptLines } from './endings.js'
import { operationFields } from './operation-fields.js'
import { planSummary } from './plan.js'
import { progressOf, stepCount, stepLines } from './steps.js'
import {
  type Audience,
  actions,
  bar,
  button,
  code,
  context,
  dateTag,
  fields,
  header,
  person,
  prose,
  section,
  type View,
  view,
} from './view.js'
import { requestButtons, verdictLine, waitingLines } from './waiting.js'
import { count, duration, operationStates, operationTitle, reference, type StateWord, status } from './words.js'

export { planThread, resultThread } from './plan.js'

export interface OperationFacts {
  situation: Situation
  operation: Operation
  steps: readonly Step[]
  audience: Audience
  /** The open approve and postpone requests on it. */
  requests: readonly Request[]
  /** Who cancelled it, where that is known. */
  cancelledBy?: string | null
}

/** Which request can be answered in which state: buttons never outlive their use. */
const asks: Partial<Record<Operation['state'], Request['kind']>> = { waiting: 'approve', scheduled: 'postpone' }

/** The message of an operation as it stands now. */
export function operationMessage(facts: OperationFacts): View {
  const { situation, operation, audience } = facts
  const environment = environmentById(situation, operation.environmentId) ?? null
  const title = titleOf(operation, environment, situation)
  const asked = facts.requests.filter(({ kind, state }) => state === 'open' && asks[operation.state] === kind)
  return view(`${title}: ${fallback(facts)}`, [
    header(title),
    section([statusLine(facts), ...now(facts)].join('\n')),
    ...fields(operationFields(operation, environment, audience)),
    ...decided(facts),
    ...asked.flatMap((request) =>
      request.kind === 'approve' ? [section(waitingLines(request, situation, audience).join('\n') || '–')] : [],
    ),
    actions([...asked.flatMap((request) => requestButtons(request, situation, audience, title)), ...opsButtons(facts, title)]),
    context(provenance(facts)),
  ])
}

function titleOf(operation: Operation, environment: Environment | null, situation: Situation): string {
  const round = Number(operation.plan.data['iteration'])
  const number = operation.verb === 'migrate' && round > 0 ? ` ${round}` : ''
  const about = environment?.name ?? situation.customer?.name
  return `${operationTitle(operation, environment?.kind ?? null)}${number}${about ? ` · ${about}` : ''}`
}

function wordOf({ operation, audience }: OperationFacts): StateWord {
  if (operation.state === 'stuck' && audience === 'customer') return { emoji: ':hourglass_flowing_sand:', word: 'Delayed' }
  return operationStates[operation.state]
}

function statusLine(facts: OperationFacts): string {
  const { operation, situation } = facts
  const said = status(wordOf(facts))
  const { startedAt, endedAt, runAt, state } = operation
  if (state === 'waiting') return said
  if (state === 'scheduled' && runAt) return `${said} · ${dateTag(runAt)}`
  if (endedAt && startedAt) return `${said} · ${dateTag(endedAt)} · took ${duration(startedAt, endedAt)}`
  if (endedAt) return `${said} · ${dateTag(endedAt)}`
  if (startedAt) return `${said} · since ${dateTag(startedAt)} · ${duration(startedAt, situation.now)} so far`
  return `${said} · since ${dateTag(operation.requestedAt)}`
}

function fallback(facts: OperationFacts): string {
  const { operation } = facts
  return operation.cancelling && operation.state === 'running' ? 'Being cancelled' : wordOf(facts).word
}

/** What is true at the moment, in a line or a few. */
function now(facts: OperationFacts): string[] {
  const { operation, steps, audience } = facts
  switch (operation.state) {
    case 'planning':
      return ['Counting what will happen. The plan comes in the thread, before anyone decides.']
    case 'waiting':
      return [planSummary(operation.plan.elements), 'The whole plan is in the thread.']
    case 'scheduled':
      return [notice(facts)]
    case 'running':
      return [
        bar(progressOf(steps)),
        ...(operation.cancelling ? [cancelling] : audience === 'ops' ? [...stepLines(steps), ...stepCount(steps)] : []),
      ]
    case 'undoing':
      return ['Everything is being put back as it was.', ...(audience === 'ops' ? stepLines(steps) : [])]
    case 'done':
      return result(facts)
    case 'undone':
      return ['It did not work out, and everything is as it was before.', ...trouble(facts)]
    case 'stuck':
      return [
        audience === 'ops' ? 'It can neither go on nor be undone without people.' : 'It takes longer than planned.',
        ...trouble(facts),
      ]
    case 'rejected':
    case 'expired':
      return ['Nothing was done.']
    case 'cancelled':
      return [facts.cancelledBy ? `By ${person(facts.cancelledBy)}. Nothing is left of it.` : 'Nothing is left of it.']
    default:
      return operation.state satisfies never
  }
}

/** What a finished operation came to, and what comes next. */
function result({ situation, operation, steps }: OperationFacts): string[] {
  const told = steps.find(({ name, result }) => name === 'record' && result)?.result ?? {}
  switch (operation.verb) {
    case 'teardown':
      return [goneLine(told), ...keptLines(told)]
    case 'rollback':
      return [`PROD is destroyed. ${goneLine(told)}`, ...keptLines(told), 'Pre-PROD is as it was.']
    default:
      return [made(situation, operation, operation.verb)]
  }
}

function made(situation: Situation, operation: Operation, verb: Exclude<Operation['verb'], 'teardown' | 'rollback'>): string {
  const environment = environmentById(situation, operation.environmentId)
  switch (verb) {
    case 'create':
    case 'migrate':
    case 'promote':
      if (environment?.state === 'qualifying')
        return 'Next: an engineer starts its qualification; it is handed over with the signed IQ of each instance.'
      return environment?.state === 'ready' ? 'Ready to use.' : 'It was made as planned.'
    case 'register':
      return `${count(situation.files.length, 'file')} registered, with sizes and checksums.`
    case 'extract':
      return 'The configuration report is made and its checksum recorded.'
    case 'qualify':
      return qualified(situation, operation)
    case 'endorse':
      return 'Each IQ is issued with its signature.'
    case 'measure':
      return 'Checksums and counts are on record; the request that it was for says what came of it.'
    default:
      return verb satisfies never
  }
}

/** What the executed IQs came to; each difference has its own message. */
function qualified({ documents }: Situation, operation: Operation): string {
  const issued = documents.filter((each) => each.kind === 'iq' && each.operationId === operation.id)
  const failed = issued.filter(({ outcome }) => outcome === 'fail')
  if (failed.length > 0) return `Executed, and not passed: ${failed.map(({ number }) => code(number)).join(', ')}. Nothing was undone.`
  if (operation.plan.job === 'conclude') return 'The deviations are accepted; the IQ is issued again and says so. Next: QA signs it.'
  return 'Executed, and every check passed. Next: QA signs the IQ of each instance.'
}

const cancelling = 'Being cancelled: the step that runs ends, then everything is put back.'

/** The customer gets a reference, never the trouble itself. */
function trouble({ operation, audience, steps }: OperationFacts): string[] {
  if (audience === 'customer') return [`We are looking into it (reference ${reference(operation.id)}).`]
  const what = operation.trouble ? [`*Trouble*  ${prose(operation.trouble)}`] : []
  const help = operation.state === 'stuck' ? ['*What to do*  Remove the obstacle, then Resume: it goes on where it stopped.'] : []
  return [...what, ...stepLines(steps), ...help]
}

function notice({ operation, situation, audience }: OperationFacts): string {
  if (operation.verb === 'measure') return notMeasured(operation)
  const { postponeTimes } = situation.policy
  const left = Math.max(0, postponeTimes - operation.postponed)
  const what = audience === 'customer' ? 'Save what you need from it before then.' : 'The customer is told, and both sides may postpone.'
  if (postponeTimes === 0) return what
  const times = left === 1 ? 'once' : left === 2 ? 'twice' : `${left} times`
  if (left === 0) return `${what} It was postponed as often as it can be.`
  return `${what} It can be postponed ${times}${operation.postponed > 0 ? ' more' : ''}.`
}

function notMeasured({ plan: { data } }: Operation): string {
  const times = Number(data['failed'] ?? 1)
  return `It did not work out ${times === 1 ? 'once' : `${times} times in a row`}, and is made again then, later each time. This message tells when it is over.`
}

/** Who approved, rejected or postponed, and when; the open requests' verdicts included. */
function decided({ situation, operation, audience }: OperationFacts) {
  const told = situation.requests
    .filter(({ subject }) => subject === operation.id)
    .flatMap((request) => request.verdicts.map((verdict) => verdictLine(request, verdict, situation, audience)))
  return told.length > 0 ? [section(told.slice(-8).join('\n'))] : []
}

function opsButtons({ operation, audience }: OperationFacts, about: string) {
  if (audience !== 'ops') return []
  const value = operation.id
  if (operation.state === 'stuck') return [button({ action: 'resume', label: 'Resume', style: 'primary', value, about })]
  const stoppable = ['planning', 'waiting', 'scheduled', 'running'].includes(operation.state) && !operation.cancelling
  const confirm =
    operation.state === 'running' ? 'The step that runs ends, then everything is put back as it was.' : 'Nothing will be done.'
  return stoppable ? [button({ action: 'cancel', label: 'Cancel', value, confirm, about })] : []
}

function provenance({ operation, audience }: OperationFacts): string {
  const by = operation.requestedBy === 'system' ? 'Due by the lifecycle' : `Asked for by ${person(operation.requestedBy)}`
  const asked = `${by} · ${dateTag(operation.requestedAt)}`
  return audience === 'ops' ? `${asked} · plan ${code(operation.planHash.slice(0, 8))} · reference ${reference(operation.id)}` : asked
}
