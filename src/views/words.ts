/** The words of the product's face: a state is always an emoji and a word, so that neither colour nor picture alone tells it. */
import { type InstanceRole, type Kind, kinds, type VolunteerClass } from '../lifecycle/kinds.js'
import type {
  CustomerState,
  DocumentKind,
  EnvironmentState,
  Instance,
  Iteration,
  Operation,
  OperationState,
  OperationVerb,
} from '../lifecycle/types.js'

export interface StateWord {
  emoji: string
  word: string
}

export const environmentStates: Record<EnvironmentState, StateWord> = {
  waiting: { emoji: ':hourglass_flowing_sand:', word: 'Waiting' },
  building: { emoji: ':building_construction:', word: 'Being made' },
  qualifying: { emoji: ':mag:', word: 'Being qualified' },
  ready: { emoji: ':white_check_mark:', word: 'Ready' },
  frozen: { emoji: ':snowflake:', word: 'Frozen' },
  ending: { emoji: ':hourglass_flowing_sand:', word: 'Being torn down' },
  destroyed: { emoji: ':wastebasket:', word: 'Destroyed' },
  promoted: { emoji: ':rocket:', word: 'Promoted' },
  failed: { emoji: ':x:', word: 'Not made' },
  stuck: { emoji: ':warning:', word: 'Stuck' },
}

export const operationStates: Record<OperationState, StateWord> = {
  planning: { emoji: ':memo:', word: 'Planning' },
  waiting: { emoji: ':hourglass_flowing_sand:', word: 'Waiting for approval' },
  scheduled: { emoji: ':alarm_clock:', word: 'Scheduled' },
  running: { emoji: ':gear:', word: 'Running' },
  undoing: { emoji: ':leftwards_arrow_with_hook:', word: 'Being undone' },
  done: { emoji: ':white_check_mark:', word: 'Done' },
  undone: { emoji: ':leftwards_arrow_with_hook:', word: 'Undone' },
  stuck: { emoji: ':warning:', word: 'Stuck' },
  rejected: { emoji: ':no_entry_sign:', word: 'Rejected' },
  expired: { emoji: ':hourglass:', word: 'Expired' },
  cancelled: { emoji: ':no_entry_sign:', word: 'Cancelled' },
}

export const customerStates: Record<CustomerState, StateWord> = {
  prospect: { emoji: ':seedling:', word: 'Prospect' },
  onboarding: { emoji: ':construction:', word: 'Onboarding' },
  live: { emoji: ':rocket:', word: 'Live' },
  offboarded: { emoji: ':wave:', word: 'Offboarded' },
  lost: { emoji: ':no_entry_sign:', word: 'Lost' },
  cancelled: { emoji: ':no_entry_sign:', word: 'Cancelled' },
}

export const iterationStates: Record<Iteration['state'], StateWord> = {
  running: { emoji: ':gear:', word: 'Running' },
  review: { emoji: ':eyes:', word: 'In review' },
  accepted: { emoji: ':white_check_mark:', word: 'Accepted' },
  rejected: { emoji: ':no_entry_sign:', word: 'Rejected' },
  approved: { emoji: ':white_check_mark:', word: 'Scripts approved' },
  failed: { emoji: ':x:', word: 'Failed' },
}

export const documentKinds: Record<DocumentKind, string> = {
  iq: 'Installation Qualification',
  'signed-iq': 'Signed Installation Qualification',
  'configuration-report': 'Configuration report',
  'reconciliation-report': 'Reconciliation report',
  'destruction-record': 'Destruction record',
}

const volunteerClasses: Record<VolunteerClass, string> = {
  none: 'no volunteers',
  dummy: 'dummy',
  obfuscated: 'obfuscated',
  real: 'real',
}

const roles: Record<string, string> = { pm: 'PM', qa: 'QA' }

export const instanceTitles: Record<InstanceRole, string> = { main: 'Main', test: 'Test', single: 'Instance' }

/** `:white_check_mark: *Ready*` */
export function status({ emoji, word }: StateWord): string {
  return `${emoji} *${word}*`
}

const titles: Record<Exclude<OperationVerb, 'create'>, string> = {
  migrate: 'Migration run',
  register: 'Registering files',
  extract: 'Configuration report',
  qualify: 'Qualification',
  endorse: 'Signed qualification',
  measure: 'Measurement for a signature',
  promote: 'Promotion to PROD',
  teardown: 'Teardown',
  rollback: 'Rollback of the go-live',
}

/** What an operation is called: `New Sandbox`, `Teardown`. */
export function operationTitle(operation: Pick<Operation, 'verb'>, kind: Kind | null): string {
  if (operation.verb === 'create') return kind ? `New ${kinds[kind].title}` : 'New environment'
  return titles[operation.verb]
}

/** `vendor:qa` → `QA`, `customer:lead` → `lead`. */
export function roleWord(role: string): string {
  const name = role.split(':').at(-1) ?? role
  return roles[name] ?? name
}

/** `1,203 obfuscated volunteers`, as they were found last; what was never looked for is not said. */
export function volunteersText({ measured }: Pick<Instance, 'measured'>): string {
  if (!measured) return 'volunteers not measured'
  const { class: found, volunteers } = measured
  if (found === null) return `${count(volunteers, 'volunteer')}, whose class was not measured`
  return found === 'none' ? volunteerClasses.none : count(volunteers, `${volunteerClasses[found]} volunteer`)
}

/** `a, b or c` */
export function listed(words: readonly string[], joint: 'and' | 'or'): string {
  return words.length < 2 ? (words[0] ?? '') : `${words.slice(0, -1).join(', ')} ${joint} ${words.at(-1)}`
}

/** The first `max` lines, and how many more there are. */
export function some(lines: readonly string[], max: number): string[] {
  return lines.length > max ? [...lines.slice(0, max), `…and ${number(lines.length - max)} more`] : [...lines]
}

/** `12,480`, the same everywhere. */
export function number(value: number): string {
  return String(Math.trunc(value)).replace(/\B(?=(\d{3})+$)/g, ',')
}

/** `1 step`, `12 steps` */
export function count(value: number, noun: string): string {
  return `${number(value)} ${noun}${value === 1 ? '' : 's'}`
}

/** A length of time for people: `42 s`, `3 min 20 s`, `1 h 5 min`, `3 days`. */
export function duration(from: Date, to: Date): string {
  const seconds = Math.max(0, Math.round((to.getTime() - from.getTime()) / 1000))
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return joined(Math.floor(seconds / 60), 'min', seconds % 60, 's')
  if (seconds < 2 * 86_400) return joined(Math.floor(seconds / 3600), 'h', Math.floor((seconds % 3600) / 60), 'min')
  return count(Math.floor(seconds / 86_400), 'day')
}

function joined(large: number, unit: string, small: number, part: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${part}`
}

/** A calendar day without a clock, `2026-06-12` → `12 June 2026`: no time zone may move it. */
export function day(date: string): string {
  const at = new Date(`${date}T00:00:00Z`)
  if (!/^\d{4}-\d\d-\d\d$/.test(date) || Number.isNaN(at.getTime())) return 'a date to be agreed'
  return new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric', timeZone: 'UTC' }).format(at)
}

/** A file's size: `840 B`, `12.4 MB`. */
export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const step = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, size)) / 3)))
  return step === 0 ? `${number(size)} B` : `${(size / 1000 ** step).toFixed(1)} ${units[step]}`
}

/** What people quote when they ask about a fault or an operation. */
export function reference(id: string): string {
  return `\`${id.replace(/[^0-9A-Za-z_-]/g, '').slice(0, 13) || '–'}\``
}
