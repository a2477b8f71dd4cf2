/** News of environments: hand-over, end, promotion, teardown, access, limits, trouble. */
import { kinds } from '../lifecycle/kinds.js'
import type { Environment } from '../lifecycle/types.js'
import type { AnnouncementFacts, News } from './announcement.js'
import { dumpNotice, goneLine, keptLines, lateLine } from './endings.js'
import { daysText, moment, people, word } from './news-words.js'
import { code, line, shortHash } from './view.js'
import { count, duration, instanceTitles, reference, volunteersText } from './words.js'

export type EnvironmentEvent =
  | 'environment-ready'
  | 'environment-destroyed'
  | 'environment-promoted'
  | 'teardown-scheduled'
  | 'teardown-postponed'
  | 'access-granted'
  | 'access-revoked'
  | 'access-expiring'
  | 'environment-over-limit'
  | 'operation-stuck'

export const environmentNews: Record<EnvironmentEvent, (facts: AnnouncementFacts) => News> = {
  'environment-ready': ready,
  'environment-destroyed': destroyed,
  'environment-promoted': (facts) => ({
    emoji: ':rocket:',
    title: `${nameOf(facts)} lives on as PROD`,
    body: [
      'It was promoted; the original has served its purpose and is destroyed.',
      goneLine(facts.data),
      ...keptLines(facts.data),
      late(facts),
    ],
    context: [recordOf(facts)],
  }),
  'teardown-scheduled': (facts) => ({
    emoji: ':alarm_clock:',
    title: `${nameOf(facts)} will be torn down ${moment(facts.data['until'])}`,
    body: [
      facts.audience === 'customer'
        ? 'Please save what you need from it before then.'
        : `Notice of ${count(facts.situation.policy.teardownNoticeHours, 'hour')}; both sides may postpone.`,
      dumpNotice(teardown(facts)),
      canPostpone(facts),
    ],
  }),
  'teardown-postponed': (facts) => ({
    emoji: ':alarm_clock:',
    title: `The teardown of ${nameOf(facts)} is postponed`,
    body: [`It will be torn down ${moment(facts.data['until'])}.`, dumpNotice(teardown(facts)), canPostpone(facts)],
  }),
  'access-granted': (facts) => ({
    emoji: ':key:',
    title: `Access to ${nameOf(facts)}`,
    body: [`${people(facts.data)} may work in it as ${word(facts.data['role'], 'user')}${until(facts)}.`],
    context: ['Credentials are never posted here; they come to the person directly.'],
  }),
  'access-revoked': (facts) => ({
    emoji: ':lock:',
    title: `Access to ${nameOf(facts)} ended`,
    body: [`${people(facts.data)} has no more access as ${word(facts.data['role'], 'user')}.`],
  }),
  'access-expiring': (facts) => ({
    emoji: ':hourglass_flowing_sand:',
    title: `Access to ${nameOf(facts)} is about to end`,
    body: [`The access of ${people(facts.data)} as ${word(facts.data['role'], 'user')} ends ${moment(facts.data['until'])}.`],
  }),
  'environment-over-limit': (facts) => ({
    emoji: ':warning:',
    title: `${nameOf(facts)} stands longer than it should`,
    body: [
      facts.audience === 'customer'
        ? 'It was meant for a limited time. Tell us if you still need it.'
        : `Its limit is ${daysText(facts.data['days'])}. Tear it down, or leave it and hear of it again in a week.`,
    ],
    context: ['Nothing is destroyed without notice.'],
  }),
  'operation-stuck': (facts) => ({
    emoji: ':warning:',
    title: `${nameOf(facts)} ${facts.audience === 'customer' ? 'is delayed' : 'is stuck and needs people'}`,
    body: [
      facts.audience === 'customer'
        ? `It takes longer than planned; we are looking into it (reference ${stuckReference(facts)}).`
        : 'An operation can neither go on nor be undone. Its own message says what is in the way, and has Resume.',
    ],
    context: [facts.audience === 'ops' ? `Reference ${stuckReference(facts)}` : null],
  }),
}

function nameOf({ environment, situation }: AnnouncementFacts): string {
  return environment ? code(environment.name) : line(situation.customer?.name ?? 'An environment', 60)
}

/** The hand-over: purpose, what it is for, what is in it, and for Migration what is lost and where a change belongs (R7). */
function ready(facts: AnnouncementFacts): News {
  const { environment, audience } = facts
  if (!environment) return { emoji: ':white_check_mark:', title: 'An environment is ready', body: [] }
  const { title, purpose, pair } = kinds[environment.kind]
  const [purposeText, ...warnings] = purpose.split(/(?<=\.)\s+/)
  const whose = audience === 'customer' ? `Your ${title}` : title
  return {
    emoji: ':white_check_mark:',
    title: `${whose} ${code(environment.name)} is ready`,
    body: [purposeText ?? null, warnings.length > 0 ? `:warning: *Careful*: ${warnings.join(' ')}` : null],
    facts: [
      ['Version', code(environment.version)],
      ['Made from', environment.source === 'base' ? 'the base configuration' : code(environment.source)],
      ...environment.instances.map((instance): [string, string] => [
        pair ? instanceTitles[instance.role] : 'Volunteers',
        volunteersText(instance),
      ]),
    ],
    context: [
      evidence(facts, environment),
      kinds[environment.kind].persistent ? null : 'Ephemeral: torn down, with notice, once its purpose is fulfilled.',
    ],
  }
}

function evidence({ situation }: AnnouncementFacts, environment: Environment): string | null {
  if (!kinds[environment.kind].controlled) return null
  const signed = situation.documents.filter((document) => document.kind === 'iq' && document.environmentId === environment.id)
  const numbers = [...new Set(signed.map(({ number }) => code(number)))].slice(0, 4)
  return numbers.length > 0 ? `Qualified: ${numbers.join(', ')}` : null
}

function destroyed(facts: AnnouncementFacts): News {
  return {
    emoji: ':wastebasket:',
    title: `${nameOf(facts)} is destroyed`,
    body: [goneLine(facts.data), ...keptLines(facts.data), late(facts)],
    context: [recordOf(facts), lifetime(facts)],
  }
}

/** The customer reads it in the record; the vendor looks into it. */
function late({ audience, data }: AnnouncementFacts): string | null {
  return audience === 'ops' ? lateLine(data) : null
}

function recordOf({ situation, environment, data }: AnnouncementFacts): string | null {
  const records = situation.documents.filter(
    ({ kind, environmentId }) => kind === 'destruction-record' && environmentId === environment?.id,
  )
  const last = records.at(-1)
  if (last) return `Destruction record ${code(last.number)} · ${shortHash(last.sha256)}`
  return data['record'] === undefined ? null : `Destruction record ${code(String(data['record']))}`
}

function lifetime({ environment, situation }: AnnouncementFacts): string | null {
  return environment?.readyAt ? `It stood for ${duration(environment.readyAt, situation.now)}` : null
}

function teardown({ situation, environment }: AnnouncementFacts) {
  return situation.operations.filter(({ verb, environmentId }) => verb === 'teardown' && environmentId === environment?.id).at(-1)
}

function canPostpone(facts: AnnouncementFacts): string | null {
  const { postponeTimes, postponeDays } = facts.situation.policy
  const left = postponeTimes - (teardown(facts)?.postponed ?? 0)
  if (left <= 0) return 'It cannot be postponed any more.'
  return `It can be postponed by ${count(postponeDays, 'day')}, ${left === 1 ? 'once more' : left === 2 ? 'twice' : `${left} times`}; the button is in its own message.`
}

function until({ data }: AnnouncementFacts): string {
  return data['until'] === undefined ? '' : ` until ${moment(data['until'])}`
}

function stuckReference({ situation, environment, data }: AnnouncementFacts): string {
  const stuck = situation.operations.find(({ state, environmentId }) => state === 'stuck' && environmentId === environment?.id)
  return reference(String(data['reference'] ?? stuck?.id ?? environment?.id ?? ''))
}
