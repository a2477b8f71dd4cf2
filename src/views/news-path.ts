/** News of a customer's path: signing, migration, validation, going live, freezes, and the side exits. */
import type { RequestKind } from '../lifecycle/types.js'
import type { AnnouncementFacts, News } from './announcement.js'
import { people, word } from './news-words.js'
import { code, line, person, quote } from './view.js'
import { day } from './words.js'

export type PathEvent =
  | 'customer-signed'
  | 'customer-live'
  | 'customer-lost'
  | 'customer-cancelled'
  | 'iteration-accepted'
  | 'iteration-rejected'
  | 'scripts-approved'
  | 'validation-completed'
  | 'golive-started'
  | 'golive-step-done'
  | 'golive-rolled-back'
  | 'frozen'
  | 'unfrozen'

export const pathNews: Record<PathEvent, (facts: AnnouncementFacts) => News> = {
  'customer-signed': (facts) => ({
    emoji: ':tada:',
    title: facts.audience === 'customer' ? 'Welcome aboard' : `${nameOf(facts)} signed`,
    body: [
      facts.audience === 'customer'
        ? 'Your onboarding begins. Your Sandbox is being prepared; everything that needs you comes into this channel, with a button.'
        : 'The onboarding begins. The Sandbox pair is asked for.',
    ],
  }),
  'customer-live': live,
  'customer-lost': (facts) => ({
    emoji: ':no_entry_sign:',
    title: facts.audience === 'customer' ? 'Thank you for your time' : `${nameOf(facts)} is lost`,
    body: [facts.audience === 'customer' ? 'We stop here. What stands for you is torn down, with notice.' : reason(facts)],
  }),
  'customer-cancelled': (facts) => ({
    emoji: ':no_entry_sign:',
    title: facts.audience === 'customer' ? 'The onboarding is cancelled' : `The onboarding of ${nameOf(facts)} is cancelled`,
    body: ['What stands is torn down, each with notice.', facts.audience === 'ops' ? reason(facts) : null],
  }),
  'iteration-accepted': (facts) => ({
    emoji: ':white_check_mark:',
    title: `Migration iteration ${numberOf(facts)} is accepted`,
    body: [`By ${who(facts)}. Next: the approval of the scripts.`, comment(facts)],
  }),
  'iteration-rejected': (facts) => ({
    emoji: ':no_entry_sign:',
    title: `Migration iteration ${numberOf(facts)} is rejected`,
    body: [
      facts.audience === 'customer'
        ? 'Thank you for the review. We prepare the next iteration.'
        : `${nameOf(facts)} waits for the next iteration.`,
      comment(facts),
    ],
  }),
  'scripts-approved': (facts) => ({
    emoji: ':white_check_mark:',
    title: 'The migration scripts are approved',
    body: [`By ${who(facts)}. The Migration environment has served its purpose and is torn down, with notice.`],
    context: [boundTo(facts)],
  }),
  'validation-completed': (facts) => ({
    emoji: ':white_check_mark:',
    title: 'Validation is complete',
    body: [`Confirmed by ${who(facts)}. PROD will be what was validated: same version, same configuration, same migration.`],
  }),
  'golive-started': (facts) => ({
    emoji: ':calendar:',
    title: `Going live on ${day(String(facts.data['date'] ?? ''))}`,
    body: ['The checklist of six steps is open; it is pinned here and always shows who has the next one.'],
  }),
  'golive-step-done': (facts) => ({
    emoji: ':white_check_mark:',
    title: `${word(facts.data['step'] ?? facts.data['number'], 'A step')} is done`,
    body: [stepText(facts)],
  }),
  'golive-rolled-back': (facts) => ({
    emoji: ':leftwards_arrow_with_hook:',
    title: 'The go-live is rolled back',
    body: [
      'Pre-PROD is as it was, and no PROD stands. A new date can be agreed at any time.',
      facts.audience === 'ops' ? reason(facts) : null,
    ],
  }),
  frozen: (facts) => ({
    emoji: ':snowflake:',
    title: facts.audience === 'customer' ? 'Changes are paused' : `${scope(facts)} frozen`,
    body: [
      facts.audience === 'customer'
        ? 'What stands keeps standing; nothing new is started until we say so here.'
        : 'No new operation starts.',
      facts.audience === 'ops' ? reason(facts) : null,
    ],
  }),
  unfrozen: (facts) => ({
    emoji: ':sunny:',
    title: facts.audience === 'customer' ? 'Changes go on' : `${scope(facts)} no longer frozen`,
    body: ['Operations may start again.', facts.audience === 'ops' ? reason(facts) : null],
  }),
}

function nameOf({ situation }: AnnouncementFacts): string {
  return line(situation.customer?.name ?? 'The customer', 60)
}

function scope({ situation }: AnnouncementFacts): string {
  return situation.customer ? `${line(situation.customer.name, 60)} is` : 'Everything is'
}

function live({ situation, audience, environment }: AnnouncementFacts): News {
  const name = line(situation.customer?.name ?? 'The customer', 60)
  const prod = environment ? ` in ${code(environment.name)}` : ''
  const { community } = situation
  return {
    emoji: ':rocket:',
    title: audience === 'customer' ? 'You are live' : `${name} is live`,
    body: [
      audience === 'customer' ? `Congratulations to all of you. Your work happens${prod} from now on.` : `Work happens${prod} from now on.`,
      community?.state === 'ready' ? `${code(community.name)} takes the place of the Sandbox for exploring new releases.` : null,
    ],
    context: ['Sandbox, Pre-PROD and VAL are torn down in time, each with notice.'],
  }
}

function reason({ data }: AnnouncementFacts): string | null {
  return data['reason'] === undefined ? null : `Why: ${line(String(data['reason']))}`
}

function comment({ data }: AnnouncementFacts): string | null {
  return data['comment'] === undefined ? null : quote(String(data['comment']))
}

function numberOf({ data, situation }: AnnouncementFacts): string {
  return word(data['number'], String(situation.iterations.at(-1)?.number ?? ''))
}

/** The person of the data; else whoever signed last for one of the kinds that lead here. */
function who({ data, situation, event }: AnnouncementFacts): string {
  if (data['user'] !== undefined) return people(data)
  const kind = signs[event]
  const last = kind && situation.signatures.filter((signature) => signature.kind === kind).at(-1)
  return last ? person(last.userId) : 'the customer'
}

const signs: Partial<Record<string, RequestKind>> = {
  'iteration-accepted': 'review-iteration',
  'scripts-approved': 'approve-scripts',
  'validation-completed': 'validation-complete',
}

function boundTo({ situation }: AnnouncementFacts): string | null {
  const approved = situation.iterations.filter(({ state }) => state === 'approved').at(-1)
  return approved ? `Bound to iteration ${approved.number}, program ${code(approved.program)}, version ${code(approved.version)}` : null
}

function stepText({ data }: AnnouncementFacts): string {
  const title = data['title'] === undefined ? '' : `${line(String(data['title']), 120)}. `
  const by = data['user'] === undefined ? 'its evidence' : people(data)
  return `${title}Completed by ${by}; the pinned checklist has the next one.`
}
