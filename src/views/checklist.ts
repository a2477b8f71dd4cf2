/** The go-live checklist (R28) as the one pinned message: six steps, who has the next one, and its button while it can be used. */
import type { ChecklistStep } from '../lifecycle/golive.js'
import type { GoLive, Operation, Request, RequestKind, Situation } from '../lifecycle/types.js'
import { type Audience, actions, bar, context, dateTag, escaped, header, line, person, section, type View, view } from './view.js'
import { requestButtons, waitingLines } from './waiting.js'
import { day, duration, status } from './words.js'

export interface ChecklistFacts {
  situation: Situation
  golive: GoLive
  steps: readonly ChecklistStep[]
  requests: readonly Request[]
  audience: Audience
}

const asks: Partial<Record<ChecklistStep['id'], RequestKind>> = { G1: 'confirm-files', G4: 'sign-g4', G6: 'sign-g6' }

const states: Record<ChecklistStep['state'], { emoji: string; word: string }> = {
  done: { emoji: ':white_check_mark:', word: 'Done' },
  na: { emoji: ':heavy_minus_sign:', word: 'Not applicable' },
  open: { emoji: ':point_right:', word: 'Open' },
  blocked: { emoji: ':white_circle:', word: 'Later' },
}

/** The checklist as it stands now. */
export function checklistMessage(facts: ChecklistFacts): View {
  const { situation, golive, steps, requests, audience } = facts
  const title = `Going live: ${situation.customer?.name ?? ''}`
  const open = golive.state === 'open' ? steps.find(({ state }) => state === 'open') : undefined
  const asked = requests.find(({ kind, state }) => state === 'open' && open && kind === asks[open.id])
  return view(`${title}, ${summary(facts)}`, [
    header(title),
    section(`${headline(facts)}\n${bar(passed(steps) / Math.max(1, steps.length))}`),
    ...steps.map((step) => section(stepText(step, facts, step === open ? asked : undefined))),
    actions(asked && open ? requestButtons(asked, situation, audience, open.title) : []),
    context(`Started by ${person(golive.startedBy)} · ${dateTag(golive.startedAt)}`, forecast(situation)),
  ])
}

function passed(steps: readonly ChecklistStep[]): number {
  return steps.filter(({ state }) => state === 'done' || state === 'na').length
}

function summary({ golive, steps }: ChecklistFacts): string {
  return `planned for ${day(golive.date)}: ${passed(steps)} of ${steps.length} steps done`
}

function headline({ golive, steps }: ChecklistFacts): string {
  const far = `${passed(steps)} of ${steps.length} steps done`
  switch (golive.state) {
    case 'open':
      return `${status({ emoji: ':calendar:', word: `Planned for ${day(golive.date)}` })} · ${far}`
    case 'done':
      return `${status({ emoji: ':rocket:', word: 'Live' })} · planned for ${day(golive.date)} · ${far}`
    case 'rolled-back':
      return `${status({ emoji: ':leftwards_arrow_with_hook:', word: 'Rolled back' })} · Pre-PROD is as it was`
    default:
      return golive.state satisfies never
  }
}

function stepText(step: ChecklistStep, { situation, audience, golive }: ChecklistFacts, asked: Request | undefined): string {
  const { emoji, word } = states[step.state]
  const who = partyText(step.party, audience, situation)
  const title = `${emoji}  *${step.id}*  ${escaped(step.title)}`
  if (step.doneBy && step.at) return `${title}\n*${word}* by ${person(step.doneBy)} · ${dateTag(step.at)}`
  if (step.state !== 'open' || golive.state !== 'open') return `${title}\n${who} · ${word}${after(step)}`
  const waiting = asked ? waitingLines(asked, situation, audience) : []
  const next = waiting.length === 0 && step.waitsFor ? ` · next: ${escaped(step.waitsFor)}` : ''
  return [title, `*${word}* · ${who}${next}`, ...waiting].join('\n')
}

function after({ state, waitsFor }: ChecklistStep): string {
  return state === 'blocked' && waitsFor ? ` · after ${line(waitsFor, 80)}` : ''
}

function partyText(party: ChecklistStep['party'], audience: Audience, { customer }: Situation): string {
  if ((party === 'vendor') === (audience === 'ops')) return audience === 'ops' ? 'We' : 'You'
  return audience === 'ops' ? line(customer?.name ?? 'The customer', 60) : 'We'
}

/** VAL is the dry run of PROD, so its duration is the forecast of the cut-over (R11, R43). */
function forecast({ operations, environments }: Situation): string | null {
  const made = operations.filter(({ verb, state, environmentId }) => verb === 'create' && state === 'done' && isVal(environmentId))
  const last: Operation | undefined = made.at(-1)
  return last?.startedAt && last.endedAt ? `Forecast of the cut-over: ${duration(last.startedAt, last.endedAt)}, as VAL took` : null

  function isVal(id: string | null): boolean {
    return environments.some((environment) => environment.id === id && environment.kind === 'val')
  }
}
