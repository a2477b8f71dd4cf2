/** What must never be seen outside the instances: volunteers of the dump, databases, hosts, stack traces (R33, R38). */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import iconv from 'iconv-lite'
import type { Bot } from './bot.js'

/** What marks a volunteer in the dump, in the dump's own spelling: surnames, e-mail addresses, mobile numbers, identity numbers. */
export async function volunteersOf(folder: string): Promise<string[]> {
  const people = await table(join(folder, 'volunteers.csv'))
  const contacts = await table(join(folder, 'contacts.csv'))
  const marks = [
    ...people.flatMap((row) => [`${row['FORENAME']} ${row['SURNAME']}`, row['NI_NUMBER']]),
    ...contacts.flatMap((row) => [row['EMAIL'], row['MOBILE'], row['STREET']]),
  ]
  return [...new Set(marks.map((mark) => mark?.trim() ?? ''))].filter((mark) => mark.length >= 8 && !mark.startsWith('NULL'))
}

async function table(file: string): Promise<Record<string, string>[]> {
  const text = iconv.decode(await readFile(file), 'windows-1252')
  return parse(text, { delimiter: ';', columns: true, relax_quotes: true, relax_column_count: true })
}

/** Names of databases that were ever made for an instance. */
export async function databasesOf(bot: Bot): Promise<string[]> {
  const rows = await bot.demo.slipway.change.db.selectFrom('instance_database').select(['database', 'secret']).execute()
  return rows.flatMap((row) => [row.database, ...(row.secret ? [row.secret] : [])])
}

/** Marks of our insides that no message may carry. */
export const insides = [/postgres(ql)?:\/\//, /127\.0\.0\.1:\d+\/(?!instances)/, /\n\s+at \S+ \(/, /node_modules/, /\bError: /, /xoxb-/]

/** Everything that people of a channel can see: messages, replies and files. */
export async function seenIn(bot: Bot, channel: string): Promise<string> {
  return JSON.stringify(await bot.reads(channel))
}

/** What the workspace as a whole was given: every channel, every ephemeral answer, every view and file name. */
export async function seenAnywhere(bot: Bot): Promise<string> {
  const { users = [] } = (await bot.control('state')) as { users?: { id: string }[] }
  const looks = ['messages/C_OPS?all=1', 'messages/C_ACME?all=1', 'messages/C_BETA?all=1', 'files', 'log']
  const all = await Promise.all(
    [...looks, ...users.flatMap(({ id }) => [`ephemerals/${id}`, `views/${id}`])].map((path) => bot.control(path)),
  )
  return JSON.stringify(all)
}

/** The finds among `marks`, for an expectation that shows them. */
export function found(text: string, marks: readonly (string | RegExp)[]): string[] {
  const begins = beginnings(text)
  return marks.flatMap((mark) => {
    if (typeof mark !== 'string') return (text.match(mark) ?? []).slice(0, 1)
    return (mark.length < run || begins[beginning(mark, 0)]) && text.includes(mark) ? [mark] : []
  })
}

const run = 6
const slots = 1 << 24

/** Which runs of six characters occur in a text: thousands of marks are then looked for in megabytes within moments. */
function beginnings(text: string): Uint8Array {
  const known = new Uint8Array(slots)
  for (let at = 0; at + run <= text.length; at += 1) known[beginning(text, at)] = 1
  return known
}

function beginning(text: string, at: number): number {
  let hash = 0
  for (let n = at; n < at + run; n += 1) hash = (Math.imul(hash, 31) + text.charCodeAt(n)) | 0
  return (hash >>> 0) % slots
}

/** Every document's file name; their contents are checked where they are made. */
export async function fileNames(folder: string): Promise<string[]> {
  return (await readdir(folder, { recursive: true })).map(String)
}
