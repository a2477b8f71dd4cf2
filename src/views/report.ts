/** The migration program's report as people see it: balances, rejects by reason, chosen test volunteers; counts only (R33). */
import type { KnownBlock } from '@slack/types'
import type { IntakeFile, Iteration } from '../lifecycle/types.js'
import { table } from './table.js'
import { code, lines, section, shortHash } from './view.js'
import { bytes, count, number, some } from './words.js'

const outcomes = ['extracted', 'loaded', 'rejected', 'excluded', 'merged'] as const
const headings = ['In', 'Loaded', 'Rejected', 'Excluded', 'Merged', '', 'Entity']

type Balance = { entity: string } & Record<(typeof outcomes)[number], number>
type Reject = { entity: string; reason: string; count: number }

/** The report in blocks; what a report does not hold, or holds in another shape, is left out. */
export function reportBlocks({ report, balanced }: Iteration): KnownBlock[] {
  const balances = records(report?.['entities']).flatMap(balanceOf)
  const rejects = records(report?.['rejects']).flatMap(rejectOf)
  const volunteers = numbersOf(report?.['testVolunteers'])
  const verdict = balanced
    ? ':white_check_mark: *Balanced*: every record that came in is accounted for.'
    : ':warning: *Not balanced*: some records are not accounted for.'
  return [
    section(verdict),
    ...(balances.length > 0 ? [table(headings, balances.map(balanceRow), 'channel')] : []),
    ...(rejects.length > 0 ? lines(['*Rejected, by reason*', ...some(rejects.map(rejectLine), 10)]) : []),
    ...(volunteers.length > 0
      ? [section(`*${count(volunteers.length, 'test volunteer')} to look at, by number*\n${volunteers.join(', ')}`)]
      : []),
  ]
}

function records(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? value.filter((each): each is Record<string, unknown> => typeof each === 'object' && each !== null) : []
}

function balanceOf(each: Record<string, unknown>): Balance[] {
  const entity = wordOf(each['title']) ?? wordOf(each['entity'])
  const [extracted, loaded, rejected, excluded, merged] = outcomes.map((outcome) => numberOf(each[outcome]))
  if (!entity || extracted === undefined || loaded === undefined) return []
  return [{ entity, extracted, loaded, rejected: rejected ?? 0, excluded: excluded ?? 0, merged: merged ?? 0 }]
}

function balanceRow({ entity, extracted, loaded, rejected, excluded, merged }: Balance): (string | number)[] {
  const even = extracted === loaded + rejected + excluded + merged
  return [extracted, loaded, rejected, excluded, merged, even ? '✓' : '≠', entity]
}

function rejectOf(each: Record<string, unknown>): Reject[] {
  const [entity, reason, rows] = [wordOf(each['entity']), wordOf(each['reason']), numberOf(each['count'])]
  return entity && reason && rows !== undefined ? [{ entity, reason, count: rows }] : []
}

function rejectLine({ entity, reason, count: rows }: Reject): string {
  return `•  ${number(rows)} of ${entity}: ${reason.replace(/-/g, ' ')}`
}

/** Chosen volunteers go by number; anything that does not look like one could be a name and is not shown. */
function numbersOf(value: unknown): string[] {
  if (!Array.isArray(value)) return []
  return value
    .map((each: unknown) => String(typeof each === 'object' && each !== null ? (each as Record<string, unknown>)['number'] : each))
    .filter((each) => /^[A-Z]{0,4}-?[0-9]{1,10}$/.test(each))
    .slice(0, 50)
}

function wordOf(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w .,:()/-]{1,60}$/.test(value) ? value : undefined
}

function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

/** Files by name, size and checksum; their content never comes near Slack (R33). */
export function fileLines(files: readonly IntakeFile[]): string[] {
  return some(
    files.map(({ name, bytes: size, sha256 }) => `${code(name)} · ${bytes(size)} · ${shortHash(sha256)}`),
    12,
  )
}
