/** News of qualifications, for the vendor alone: what failed and by how much, what was declined, what became of a deviation (R22). */
import type { AnnouncementFacts, News } from './announcement.js'
import { people, word } from './news-words.js'
import { code, line, quote } from './view.js'
import { count, some } from './words.js'

export type QualificationEvent = 'qualification-failed' | 'qualification-declined' | 'deviation-accepted' | 'deviation-rejected'

export const qualificationNews: Record<QualificationEvent, (facts: AnnouncementFacts) => News> = {
  'qualification-failed': (facts) => (facts.audience === 'ops' ? failed(facts) : goesOn(facts)),
  'qualification-declined': (facts) => (facts.audience === 'ops' ? declined(facts) : goesOn(facts)),
  'deviation-accepted': (facts) => (facts.audience === 'ops' ? accepted(facts) : goesOn(facts)),
  'deviation-rejected': (facts) => (facts.audience === 'ops' ? rejected(facts) : goesOn(facts)),
}

/** The rules tell none of this to the customer; were it told, this would be all. */
function goesOn(facts: AnnouncementFacts): News {
  return { emoji: ':mag:', title: `The qualification of ${nameOf(facts)} goes on`, body: [] }
}

function declined(facts: AnnouncementFacts): News {
  return {
    emoji: ':no_entry_sign:',
    title: `The qualification of ${nameOf(facts)} is not started`,
    body: [`${people(facts.data)} declined.`, reason(facts), 'It is asked for again; the environment stays as it is until then.'],
  }
}

function accepted(facts: AnnouncementFacts): News {
  return {
    emoji: ':white_check_mark:',
    title: `Deviation ${word(facts.data['deviation'], '')} is accepted`,
    body: [reason(facts), 'The IQ is issued again and says so, once none is open.'],
  }
}

function rejected(facts: AnnouncementFacts): News {
  return {
    emoji: ':no_entry_sign:',
    title: `Deviation ${word(facts.data['deviation'], '')} is rejected`,
    body: [reason(facts), `An engineer corrects ${nameOf(facts)} and starts its qualification again.`],
  }
}

function nameOf({ environment, data }: AnnouncementFacts): string {
  return code(environment?.name ?? String(data['environment'] ?? 'the environment'))
}

function reason({ data }: AnnouncementFacts): string | null {
  return data['reason'] === undefined ? null : quote(String(data['reason']))
}

/** Each difference by its deviation: what was expected and what was found. Nothing was undone. */
function failed({ situation, environment, data }: AnnouncementFacts): News {
  const document = String(data['document'] ?? 'The IQ')
  const found = situation.deviations.filter((d) => d.environmentId === environment?.id && d.document === document)
  const standing = found.filter(({ disposition }) => disposition !== 'corrected' && disposition !== 'superseded')
  return {
    emoji: ':warning:',
    title: `${code(document)}, execution ${word(data['execution'], '–')}: not passed`,
    body: [
      `${count(standing.length, 'deviation')} on record. Nothing was undone, and nothing is handed over.`,
      ...some(
        standing.map((d) => `•  ${code(d.number)} ${line(d.what, 240)}`),
        12,
      ),
      'Correct it and start the qualification again, or QA accepts it with a reason.',
    ],
  }
}
