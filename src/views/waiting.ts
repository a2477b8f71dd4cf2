/** Who is being waited for and since when (R43), and what was decided by whom. */
import type { Button } from '@slack/types'
import { requestKinds } from '../lifecycle/request-kinds.js'
import { buttonValue } from '../lifecycle/requests.js'
import type { Request, Situation, Slot, Verdict } from '../lifecycle/types.js'
import { type Audience, button, dateTag, line, person, quote } from './view.js'
import { listed, roleWord } from './words.js'

type Party = Slot['party']

const mentioned = 3

/** The slots that nobody has filled with a yes. */
function openSlots(request: Request): Slot[] {
  return request.slots.filter((slot) => !request.verdicts.some((verdict) => verdict.slot === slot.id && verdict.verdict === 'yes'))
}

/** Whether somebody of the audience may fill a slot that is still open: only then are buttons shown (the server checks again). */
export function mayAct(request: Request, audience: Audience): boolean {
  const party = audience === 'ops' ? 'vendor' : 'customer'
  return request.state === 'open' && openSlots(request).some((slot) => partiesOf(slot).includes(party))
}

function partiesOf(slot: Slot): Party[] {
  const named = slot.roles.flatMap((role) => (/^(vendor|customer):/.test(role) ? [role.split(':')[0] as Party] : []))
  return named.length > 0 ? [...new Set(named)] : [slot.party]
}

/** Who may fill a slot, in the reader's words: `our engineer or QA (@ana, @bo)`, `your lead (@leo)`, `Acme's lead (@leo)`. */
function whoMay(slot: Slot, request: Pick<Request, 'verdicts'>, situation: Situation, audience: Audience): string {
  const parties = partiesOf(slot).sort((a, b) => Number(isOwn(b, audience)) - Number(isOwn(a, audience)))
  return listed(
    parties.map((party) => {
      const roles = rolesFor(slot, party)
      const who = `${partyWord(party, situation, audience)} ${listed(roles.map(roleWord), 'or')}`
      if (party === 'vendor' && audience === 'customer') return who
      const taken = new Set([...slot.not, ...request.verdicts.map((verdict) => verdict.userId)])
      return `${who} ${candidates(roles, party, situation, taken)}`
    }),
    'or',
  )
}

function isOwn(party: Party, audience: Audience): boolean {
  return (party === 'vendor') === (audience === 'ops')
}

function rolesFor(slot: Slot, party: Party): string[] {
  const named = slot.roles.filter((role) => role.startsWith(`${party}:`) || !role.includes(':'))
  return named.map((role) => role.split(':').at(-1) ?? role)
}

function partyWord(party: Party, situation: Situation, audience: Audience): string {
  if (party === 'vendor') return 'our'
  return audience === 'customer' ? 'your' : `${line(situation.customer?.name ?? 'the customer', 60)}'s`
}

function candidates(roles: string[], party: Party, situation: Situation, taken: ReadonlySet<string>): string {
  const people =
    party === 'vendor'
      ? Object.entries(situation.policy.people).flatMap(([userId, held]) => (held.some((role) => roles.includes(role)) ? [userId] : []))
      : situation.people.flatMap(({ userId, role }) => (roles.includes(role) ? [userId] : []))
  const free = [...new Set(people)].filter((userId) => !taken.has(userId))
  if (free.length === 0) return '(nobody has this role yet)'
  const more = free.length > mentioned ? ` and ${free.length - mentioned} more` : ''
  return `(${free.slice(0, mentioned).map(person).join(', ')}${more})`
}

/** One line per open slot, and since when. */
export function waitingLines(request: Request, situation: Situation, audience: Audience): string[] {
  const open = openSlots(request)
  if (request.state !== 'open' || open.length === 0) return []
  const until = request.dueAt ? ` · expires ${dateTag(request.dueAt)}` : ''
  const since = `since ${dateTag(request.openedAt)}${until}`
  const [first] = open
  if (open.length === 1 && first) return [`*Waiting for* ${whoMay(first, request, situation, audience)} · ${since}`]
  return [`*Waiting for* each of these · ${since}`, ...open.map((slot) => `•  ${whoMay(slot, request, situation, audience)}`)]
}

/** `:white_check_mark: *Approved* by @ana · 3 May 12:00`, with the comment below; what the vendor's people noted stays with the vendor (R38). */
export function verdictLine(request: Request, verdict: Verdict, situation: Situation, audience: Audience): string {
  const [yes, no] = pastWords(request)
  const said = verdict.verdict === 'yes' ? `:white_check_mark: *${yes}*` : `:no_entry_sign: *${no}*`
  const shown = audience === 'ops' || situation.people.some(({ userId }) => userId === verdict.userId)
  const comment = shown && verdict.comment?.trim() ? `\n${quote(verdict.comment)}` : ''
  return `${said} by ${person(verdict.userId)} · ${dateTag(verdict.at)}${comment}`
}

function pastWords({ kind }: Request): [yes: string, no: string] {
  switch (kind) {
    case 'approve':
      return ['Approved', 'Rejected']
    case 'ask-val':
      return ['Asked for', 'Declined']
    case 'choose-source':
      return ['Chosen', 'Declined']
    case 'review-iteration':
      return ['Accepted', 'Rejected']
    case 'approve-scripts':
      return ['Scripts approved', 'Refused']
    case 'postpone':
      return ['Postponed', 'Declined']
    case 'start-qualification':
      return ['Started', 'Declined']
    case 'accept-deviation':
      return ['Accepted', 'Rejected']
    case 'sign-iq':
    case 'sign-g4':
    case 'sign-g6':
    case 'training-done':
      return ['Signed', 'Refused']
    case 'confirm-files':
    case 'validation-complete':
    case 'evidence-exported':
      return ['Confirmed', 'Refused']
    default:
      return kind satisfies never
  }
}

/** The buttons of a request for those who can use them now; the value carries what was shown (R30). */
export function requestButtons(request: Request, situation: Situation, audience: Audience, about: string): Button[] {
  if (!mayAct(request, audience)) return []
  const value = buttonValue(request)
  return requestKinds[request.kind].actions.map(({ action, label, style, confirm }) => {
    const said = request.kind === 'postpone' ? `Postpone ${situation.policy.postponeDays} days` : label
    return button({ action, label: said, value, style, confirm, about })
  })
}
