/** Which values an instance never inherits: secrets, credentials, addresses of other systems (R12, R35). */
import type { Policy } from './definition.js'
import type { Product } from './load.js'
import { all, any, literal, name } from './sql.js'
import { columnsOf, tableOf, tablesOf } from './tables.js'

/** In the rows of `where` (all, when absent) the column gets `value`. */
export interface Reset {
  table: string
  column: string
  value: string | null
  policy: Policy
  where?: string
}

type Settings = NonNullable<ReturnType<typeof tableOf>['settings']>

/** The rule for one key of a settings table: the longest that fits, else must-match. */
export function settingPolicy(settings: Settings, key: string): Policy {
  let best = ''
  for (const pattern of Object.keys(settings.rules)) {
    if (fits(pattern, key) && pattern.length > best.length) best = pattern
  }
  return settings.rules[best]?.policy ?? 'must-match'
}

/** Every value that copying and adapting reset, in one version of the product. */
export function resets(product: Product, version: string): Reset[] {
  return tablesOf(product, version).flatMap((table) => [...columnResets(product, version, table), ...settingResets(product, table)])
}

/** The rows in which a reset has not happened yet. */
export function unreset({ column, value, where }: Reset): string {
  return all([where, `${name(column)}::text is distinct from ${literal(value)}`]) ?? 'true'
}

function columnResets(product: Product, version: string, table: string): Reset[] {
  return columnsOf(product, version, table).flatMap(([column, { reset, policy }]) =>
    reset === undefined ? [] : [{ table, column, value: reset, policy }],
  )
}

function settingResets(product: Product, table: string): Reset[] {
  const { settings } = tableOf(product, table)
  if (!settings) return []
  return Object.entries(settings.rules).flatMap(([pattern, { reset, policy }]) =>
    reset === undefined ? [] : [{ table, column: settings.value, value: reset, policy, where: keysOf(settings, pattern) }],
  )
}

/** The rows of a settings table that no comparison looks at, as SQL; undefined where there are none. */
export function ignoredRows(product: Product, table: string): string | undefined {
  const { settings } = tableOf(product, table)
  const ignored = Object.entries(settings?.rules ?? {}).filter(([, { policy }]) => policy === 'ignore')
  return settings && ignored.length > 0 ? any(ignored.map(([pattern]) => keysOf(settings, pattern))) : undefined
}

/** Whether no comparison looks at the row of a settings table with this key. */
export function isIgnored(product: Product, table: string, key: string): boolean {
  const { settings } = tableOf(product, table)
  return settings !== undefined && settingPolicy(settings, key) === 'ignore'
}

/** The keys that a rule governs: those that fit it and no longer rule. */
function keysOf(settings: Settings, pattern: string): string {
  const longer = Object.keys(settings.rules).filter((other) => other.length > pattern.length && fits(pattern, other.replace(/\*$/, '')))
  const own = keyTest(settings.key, pattern)
  return longer.length === 0 ? own : `${own} and not (${any(longer.map((other) => keyTest(settings.key, other)))})`
}

function keyTest(key: string, pattern: string): string {
  return pattern.endsWith('*') ? `starts_with(${name(key)}, ${literal(pattern.slice(0, -1))})` : `${name(key)} = ${literal(pattern)}`
}

function fits(pattern: string, key: string): boolean {
  return pattern.endsWith('*') ? key.startsWith(pattern.slice(0, -1)) : key === pattern
}
