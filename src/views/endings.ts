/** What is told of an environment's end: what was looked for and not found, what is kept, and what may still hold it (R42). Numbers and days only. */
import type { Operation } from '../lifecycle/types.js'
import { moment } from './news-words.js'
import { count, listed } from './words.js'

/** As the step that looked for it left it; a teardown from before it looked has none of it. */
type Told = Readonly<Record<string, unknown>>

/** What was looked for and not found, counted; without counts, where it can be read. */
export function goneLine(told: Told): string {
  if (told['databases'] === undefined) return 'Its destruction record says what was looked for and not found.'
  const nouns: [key: string, noun: string][] = [
    ['databases', 'database'],
    ['roles', 'role'],
    ['secrets', 'sealed secret'],
    ['files', 'file'],
  ]
  const looked = nouns.flatMap(([key, noun]) => (Number(told[key]) > 0 ? [count(Number(told[key]), noun)] : []))
  if (looked.length === 0) return 'Nothing of it was ever made, so that there was nothing to look for.'
  return `Looked for by name and not found: ${listed(looked, 'and')}.`
}

/** What stays: the documents, the customer's own files, and the backups that were declared or not. */
export function keptLines(told: Told): string[] {
  if (told['databases'] === undefined) return []
  const documents = Number(told['documents'])
  return [
    ...(documents > 0 ? [`${count(documents, 'document')} about it ${documents === 1 ? 'is' : 'are'} kept as records.`] : []),
    ...(Number(told['aside']) > 0
      ? [
          `${count(Number(told['aside']), 'file')} that no document on record names ${Number(told['aside']) === 1 ? 'was' : 'were'} moved aside, not destroyed.`,
        ]
      : []),
    ...dumpLine(told),
    ...backupLines(told),
  ]
}

function dumpLine(told: Told): string[] {
  const [files, there] = [Number(told['dumpFiles']), Number(told['dumpThere'])]
  if (told['dump'] === undefined || files === 0) return []
  if (Number(told['dumpUnknown']) > 0) return ['The legacy dump was not looked for: its intake folder is not there.']
  if (there === 0) {
    const removed = told['dumpRemoved'] === undefined ? '' : `; ${told['dumpRemoved']} removed with this teardown`
    return [`Of the legacy dump nothing was found under its name in the intake folder (${count(files, 'file')} registered${removed}).`]
  }
  return [`The legacy dump is kept in the intake folder: ${there} of ${count(files, 'registered file')}.`]
}

function backupLines(told: Told): string[] {
  const until = told['backupsUntil']
  return [
    ...(Number(told['backups']) > 0 && typeof until === 'string' && until !== ''
      ? [`Declared backups may hold it until ${moment(until)}.`]
      : []),
    ...(Number(told['undeclared']) > 0
      ? ['Backups of its server or of Slipway’s own data were not all declared: what an undeclared one still holds is not known.']
      : []),
  ]
}

/** That somebody was not told in time, for the vendor to look into; nothing where all were (R31). */
export function lateLine(told: Told): string | null {
  if (!(Number(told['late']) > 0)) return null
  return ':warning: Its end was *not announced in time*: the destruction record says to whom.'
}

/** That the customer's own files go with it, said before they do; nothing where they stay. */
export function dumpNotice(operation: Operation | undefined): string | null {
  if (operation?.plan.data['legacyDump'] !== 'destroy') return null
  return ':warning: With it the *legacy dump* in the intake folder is destroyed: every file that was registered.'
}
