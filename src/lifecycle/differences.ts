/** When two configurations are the same, and how they differ (R28, R37): one answer for signatures, promotion, reports and what people read. */
import type { Difference, MeasuredElement } from './types.js'

/** What says that a configuration is the same as another, in the same database. */
export interface Configuration {
  version: string
  fingerprint: string
  everything: string
  mustMatch: string
}

/** A configuration with the checksums of its elements. */
export interface MeasuredConfiguration extends Configuration {
  elements: readonly MeasuredElement[]
}

/** What identifies a configuration; signatures are bound to it. */
export function identifying({ version, fingerprint, everything, mustMatch }: Configuration): readonly string[] {
  return [version, fingerprint, everything, mustMatch]
}

/** Whether two configurations are the same: version, schema, everything and what must match. */
export function sameConfiguration(one: Configuration, other: Configuration): boolean {
  return identifying(one).join() === identifying(other).join()
}

/**
 * How a configuration differs from an earlier one: version and schema are differences of their own, then by element. By `sha256` nothing that
 * is not the same goes unnamed; by `mustMatch` what may differ from instance to instance, and the elements `without`, are left out.
 */
export function differences(
  now: MeasuredConfiguration,
  then: MeasuredConfiguration,
  by: 'sha256' | 'mustMatch',
  without: ReadonlySet<string> = new Set(),
): Difference[] {
  const compared = (elements: readonly MeasuredElement[]) => elements.filter(({ element }) => !without.has(element))
  const found = [
    ...(now.version === then.version ? [] : [whole('version', `version ${now.version}, not ${then.version}`)]),
    ...(now.fingerprint === then.fingerprint ? [] : [whole('schema', 'the database schema, by its fingerprint')]),
    ...elementDifferences(compared(now.elements), compared(then.elements), by),
  ]
  // The roots are made of the elements; a product whose definition changed makes them otherwise.
  if (by === 'mustMatch' || found.length > 0 || sameConfiguration(now, then)) return found
  return [whole('root', 'the checksum of the whole, though of no element')]
}

/** The elements that are not as they were, by one of their checksums. An element that was not there had no rows. */
export function elementDifferences(
  now: readonly MeasuredElement[],
  then: readonly MeasuredElement[],
  by: 'sha256' | 'mustMatch',
): Difference[] {
  const gone = then.filter((old) => !now.some((n) => n.element === old.element)).map((old) => ({ ...old, rows: 0, were: old.rows }))
  const changed = now.flatMap((n) => {
    const old = then.find((t) => t.element === n.element)
    return old?.[by] === n[by] ? [] : [{ ...n, were: old?.rows ?? 0 }]
  })
  return [...changed, ...gone].map(({ element, title, rows, were }) => ({ element, title, rows, were }))
}

function whole(element: string, title: string): Difference {
  return { element, title, rows: 0, were: 0 }
}

const wholes: ReadonlySet<string> = new Set(['version', 'schema', 'root'])
const named = 5

/** Differences for people, by element: `Sites (7 rows, 6 there: +1), Roles (44 rows, as many, content differs)`. */
export function sayDifferences(differing: readonly Difference[]): string {
  const said = differing.slice(0, named).map(({ element, title, rows, were }) => {
    if (wholes.has(element)) return title
    const change = rows === were ? 'as many, content differs' : `${were} there: ${rows > were ? '+' : ''}${rows - were}`
    return `${title} (${rows} ${rows === 1 ? 'row' : 'rows'}, ${change})`
  })
  const more = differing.length > named ? ` and ${differing.length - named} more` : ''
  return `${said.join(', ')}${more}`
}
