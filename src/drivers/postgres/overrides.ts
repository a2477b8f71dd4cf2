/** Values that a copy does not take from its source: as the expressions of a `select`, or set afterwards. */
import type { Override } from '../../product/index.js'
import { type Client, ident, literal, relation } from './connection.js'

/** A table and what its columns get instead. */
export interface Overridden {
  table: string
  overrides: readonly Override[]
}

/** Per overridden column its expression, of the column's own type, as binary COPY demands. */
export async function overrideExpressions(client: Client, { table, overrides }: Overridden): Promise<Map<string, string>> {
  const columns = [...new Set(overrides.map(({ column }) => column))]
  const { rows } = await client.query<{ name: string; type: string }>(
    `select attname as name, format_type(atttypid, atttypmod) as type from pg_attribute where attrelid = $1::regclass and attname = any ($2)`,
    [relation(table), columns],
  )
  return new Map(rows.map(({ name, type }) => [name, expression(name, type, overrides)]))
}

/** An override of all rows wins; of the others the first whose rows it is. */
function expression(column: string, type: string, overrides: readonly Override[]): string {
  const own = overrides.filter((override) => override.column === column)
  const typed = ({ value }: Override) => `${value === null ? 'null' : literal(value)}::${type}`
  const whole = own.find(({ where }) => where === undefined)
  if (whole) return typed(whole)
  return `case ${own.map((override) => `when ${override.where} then ${typed(override)}`).join(' ')} else ${ident(column)} end`
}

/** Sets the values in one statement, for a table's own checks may tie its columns to each other. Rows that have them are not touched. */
export async function setOverrides(client: Client, overridden: Overridden): Promise<void> {
  const set = [...(await overrideExpressions(client, overridden))]
  if (set.length === 0) return
  const values = set.map(([column, value]) => `${ident(column)} = ${value}`).join(', ')
  const differing = set.map(([column, value]) => `${ident(column)}::text is distinct from (${value})::text`).join(' or ')
  await client.query(`update ${relation(overridden.table)} set ${values} where ${differing}`)
}
