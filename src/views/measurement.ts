/** What a signature is for, as it was measured: the checksum, what changed since, and what became of a click (R37). */
import type { KnownBlock } from '@slack/types'
import { sayDifferences } from '../lifecycle/differences.js'
import { differencesFrom, isBound, measuredAfter, shownMeasurement, signatureBy, standingOf } from '../lifecycle/measurement.js'
import { environmentById, signatureOf } from '../lifecycle/situation.js'
import type { Environment, Measurement, Request, Situation } from '../lifecycle/types.js'
import { code, dateTag, fields, lines, person, prose, shortHash } from './view.js'
import type { StateWord } from './words.js'

/** The measurement that a request shows: of a clicked one, that after the click. */
function measurementOf(situation: Situation, request: Request): Measurement | undefined {
  const environment = environmentById(situation, request.subject)
  if (!environment || !isBound(request.kind)) return undefined
  if (request.state === 'open') return shownMeasurement(situation, request.kind, environment)
  const signature = signatureBy(situation, request)
  return signature && measuredAfter(situation, signature)
}

/** The facts of a request that is bound to a measurement; null where nothing was measured. */
export function measuredFacts(situation: Situation, request: Request): KnownBlock[] | null {
  const environment = environmentById(situation, request.subject)
  const found = measurementOf(situation, request)
  if (!environment || !found) return null
  const facts = fields([
    ['Environment', code(environment.name)],
    ['Version', code(found.version)],
    ['Volunteers in Main', String(found.volunteers)],
    ['Configuration of Main', `${shortHash(found.everything)}\nmeasured ${dateTag(found.at)}`],
    ['Configuration report', found.document ? code(found.document) : null],
  ])
  return [...facts, ...(request.state === 'open' ? lines([...formerly(situation, request), ...compared(found, environment)]) : [])]
}

/** A signature from before signatures were measured, which does not count any more (R37). */
function formerly(situation: Situation, { kind, subject }: Request): string[] {
  const signature = signatureOf(situation, kind, subject)
  if (!signature || signature.awaits) return []
  return [`Signed on ${dateTag(signature.at)} by ${person(signature.userId)}; it was not measured then, so it is asked for once more.`]
}

function compared(found: Measurement, environment: Environment): string[] {
  const name = `${code(environment.name)} Main`
  const iq = differencesFrom(found, 'iq')
  const shown = found.signatureId ? differencesFrom(found, 'shown') : undefined
  const val = differencesFrom(found, 'val')
  const lists = differencesFrom(found, 'lists')
  return [
    iq?.length ? `:warning: ${name} *changed since its IQ*: ${prose(sayDifferences(iq))}.` : null,
    iq?.length === 0 ? `${name} is as it was at its IQ.` : null,
    iq === null ? `${name} could not be compared with its IQ: no checksums by element are on record of it.` : null,
    shown?.length
      ? `:warning: It was clicked before, and *the click counts for nothing*: ${name} changed after it was shown: ${prose(sayDifferences(shown))}.`
      : null,
    val?.length ? `:warning: ${name} *is not what was validated*: ${prose(sayDifferences(val))}.` : null,
    val === null ? `${name} could not be compared with what was validated: it was not measured.` : null,
    lists?.length ? `:warning: Its lists *are not what the migration loaded*: ${prose(sayDifferences(lists))}.` : null,
    val?.length || lists?.length ? `While it differs ${name} is measured every hour: mend it, and sign once it is shown as mended.` : null,
    lists === null ? 'Its lists could not be compared with what the migration loaded: that was not measured.' : null,
  ].flatMap((said) => said ?? [])
}

/** What became of a click that counts only after the second measurement; null where it simply counts. */
export function clicked(situation: Situation, request: Request): { state: StateWord; text: string } | null {
  const signature = request.state === 'granted' && isBound(request.kind) ? signatureBy(situation, request) : undefined
  const standing = signature && standingOf(situation, signature)
  if (!signature || standing === 'counts') return null
  if (standing === 'pending')
    return { state: { emoji: ':hourglass_flowing_sand:', word: 'Recorded' }, text: pendingText(situation, signature.id) }
  const after = measuredAfter(situation, signature)
  const differing = (after && differencesFrom(after, 'shown')) ?? []
  const what = differing.length > 0 ? `: ${prose(sayDifferences(differing))}` : '; what changed could not be compared'
  const why = after ? `what was shown changed${what}` : 'the instance does not stand any more'
  return { state: { emoji: ':no_entry_sign:', word: 'Void' }, text: `*The click counts for nothing*: ${why}. It is asked for again.` }
}

function pendingText(situation: Situation, signatureId: string): string {
  const waits = 'It is being measured once more; it counts if nothing changed since it was shown.'
  const last = situation.operations.filter((o) => o.verb === 'measure' && o.plan.data['signature'] === signatureId).at(-1)
  if (last?.state === 'scheduled' && last.runAt)
    return `${waits} The measurement did not work out and is made again ${dateTag(last.runAt)}.`
  return situation.freezes.length > 0 ? `${waits} That is done as soon as operations are not frozen any more.` : waits
}
