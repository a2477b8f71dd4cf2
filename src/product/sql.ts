/** Pieces of SQL made from names and values of the definition. */

/** A name, quoted. */
export function name(text: string): string {
  return `"${text.replaceAll('"', '""')}"`
}

/** A table, with its schema: connections into instances look names up in `pg_catalog` alone. */
export function relation(table: string): string {
  return `public.${name(table)}`
}

/** A text value, quoted; null is `null`. */
export function literal(value: string | null): string {
  return value === null ? 'null' : `'${value.replaceAll("'", "''")}'`
}

/** All of the conditions; those that are absent do not count, and none at all is no condition. */
export function all(conditions: readonly (string | null | undefined)[]): string | undefined {
  return joined(conditions, ' and ')
}

/** At least one of the conditions; an absent one is always true, and so is then the whole. */
export function any(conditions: readonly (string | null | undefined)[]): string | undefined {
  return conditions.some((condition) => condition == null) ? undefined : joined(conditions, ' or ')
}

function joined(conditions: readonly (string | null | undefined)[], word: string): string | undefined {
  const given = [...new Set(conditions.filter((condition) => condition != null))]
  return given.length > 1 ? given.map((condition) => `(${condition})`).join(word) : given[0]
}
