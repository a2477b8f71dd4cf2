/** The IQ checks of a product: what to execute, what to expect, and the verdict (R22, R35). Execution is the driver's. */
import { countBaseRows } from './content.js'
import type { Check, Policy } from './definition.js'
import type { CheckResult } from './index.js'
import { type Product, schemaFiles } from './load.js'
import { type Reset, resets, unreset } from './resets.js'
import { relation } from './sql.js'
import { inWords } from './words.js'

/**
 * What executing a check takes. `query`: run it, hand the rows to `rowsAsText`. `refused`: run the statements one after the other in a
 * transaction, roll back, and hand over the SQLSTATE of the refusal, or `not refused`. `inventory`: take that part of the inventory.
 */
export type Procedure =
  | { kind: 'query'; sql: string }
  | { kind: 'refused'; statements: string[] }
  | { kind: 'inventory'; part: 'fingerprint' | 'mustMatch' | 'volunteers' }

/** A check that applies, with what it expects; `expected` undefined means that nobody said, and the check is blocked. */
export interface ApplicableCheck {
  check: Check
  procedure: Procedure
  expected: string | undefined
}

/** The checks that apply to an instance of `version`, by what the caller expects of it: never by what the instance says. */
export function applicableChecks(product: Product, version: string, expected: Readonly<Record<string, string>>): ApplicableCheck[] {
  return product.checks
    .filter((check) => conditionsUnmet(check, expected).length === 0)
    .map((check) => ({
      check,
      procedure: procedureOf(product, version, check),
      expected: expectationOf(product, version, check, expected),
    }))
}

/**
 * The checks that do not apply, as they stand in the record: each `n/a` with its reason. Where nobody said what the condition is about,
 * whether it applies is not known, and it is blocked.
 */
export function leftOutChecks(product: Product, expected: Readonly<Record<string, string>>): CheckResult[] {
  return product.checks.flatMap((check) => {
    const unmet = conditionsUnmet(check, expected)
    if (unmet.length === 0) return []
    const { id, title, requirement, onlyWhen } = check
    const unsaid = unmet.filter((key) => expected[key] === undefined)
    const applies = (key: string) => `${key}: ${onlyWhen[key]?.join(' or ')}`
    const reason =
      unsaid.length > 0
        ? `(not executed: nobody said what is expected of ${unsaid.join(' and ')})`
        : `Applies only to ${unmet.map(applies).join('; ')}. Expected here is ${unmet.map((key) => `${key}: ${expected[key]}`).join('; ')}.`
    const result = unsaid.length > 0 ? ('blocked' as const) : ('n/a' as const)
    return [{ id, title, requirement, expected: '–', actual: reason, result, evidence: reason }]
  })
}

function conditionsUnmet({ onlyWhen }: Check, expected: Readonly<Record<string, string>>): string[] {
  return Object.entries(onlyWhen).flatMap(([key, values]) => (values.includes(expected[key] ?? '') ? [] : [key]))
}

/** Results as the protocol has them: those that are not the product's own first, as they came. */
export function inProtocolOrder(product: Product, results: readonly CheckResult[]): CheckResult[] {
  const place = new Map(product.checks.map(({ id }, index) => [id, index]))
  return [...results].sort((a, b) => (place.get(a.id) ?? -1) - (place.get(b.id) ?? -1))
}

/** Whether a deviation that the check finds blocks while it is open (R15); so does one of a check that the product does not know. */
export function isCritical(product: Product, id: string): boolean {
  return product.checks.find((check) => check.id === id)?.critical ?? true
}

/** What the product itself says of a release; the rest of `expected` comes from the registry and the approved baseline. */
export function releaseExpectations(product: Product, version: string): Record<string, string> {
  const files = schemaFiles(product, version).map((file) => file.name)
  return { version, migrations: files.sort().join('\n') }
}

/** Identity as IQ checks compare it. */
export function identityText({
  name,
  url,
  customer,
  environment,
  role,
}: Record<'name' | 'url' | 'customer' | 'environment' | 'role', string>): string {
  return [name, url, customer, environment, role].join(' | ')
}

/** Rows as one text: columns joined by ` | `, rows by line ends, null as `∅`, booleans as `true` and `false`. */
export function rowsAsText(rows: readonly (readonly unknown[])[]): string {
  return rows.map((row) => row.map((value) => (value === null ? '∅' : String(value))).join(' | ')).join('\n')
}

/** The verdict. A check that could not be executed (`actual` undefined) or expected nothing is blocked, never passed; `why` it could not. */
export function judge({ check, expected }: ApplicableCheck, actual: string | undefined, evidence: string, why?: string): CheckResult {
  const known = expected !== undefined && actual !== undefined
  return {
    id: check.id,
    title: check.title,
    requirement: check.requirement,
    expected: expected ?? '(no expectation given)',
    actual: actual ?? (why ? `(not executed: ${why})` : '(not executed)'),
    result: known ? (expected === actual ? 'pass' : 'fail') : 'blocked',
    ...(known ? inWords(check, expected, actual) : {}),
    evidence,
  }
}

function procedureOf(product: Product, version: string, { id, kind, sql = '' }: Check): Procedure {
  switch (kind) {
    case 'query':
      return { kind, sql }
    case 'refused':
      return { kind, statements: statementsOf(sql) }
    case 'version':
      return { kind: 'query', sql: product.definition.versionQuery }
    case 'fingerprint':
      return { kind: 'inventory', part: 'fingerprint' }
    case 'must-match':
      return { kind: 'inventory', part: 'mustMatch' }
    case 'volunteers':
      return { kind: 'inventory', part: 'volunteers' }
    case 'quarantine':
      return { kind: 'query', sql: countUnreset(resets(product, version), ['per-environment']) }
    case 'secrets':
      return { kind: 'query', sql: countUnreset(resets(product, version), ['secret']) }
    case 'people':
      return { kind: 'query', sql: countPeople(product) }
    case 'not-dummy':
      return { kind: 'query', sql: countPeople(product, product.definition.people.dummy) }
    case 'not-masked':
      return { kind: 'query', sql: countPeople(product, product.definition.people.masked) }
    default:
      throw new Error(`check ${id} is of an unknown kind ${kind satisfies never}`)
  }
}

function expectationOf(
  product: Product,
  version: string,
  { expected }: Check,
  given: Readonly<Record<string, string>>,
): string | undefined {
  if ('value' in expected) return expected.value
  if ('key' in expected) return given[expected.key]
  return String(countBaseRows(product, version, expected.baseRows, expected.where))
}

/** Statements are parted by a semicolon and white space; such a pair inside a text would part it too. */
function statementsOf(sql: string): string[] {
  return sql
    .split(/;\s+|;$/)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '')
}

/** Everybody, or those for whom the condition does not hold. */
function countPeople({ definition }: Product, condition?: string): string {
  return `select count(*) from ${relation(definition.people.table)}${condition ? ` where (${condition}) is not true` : ''}`
}

function countUnreset(all: readonly Reset[], kinds: readonly Policy[]): string {
  const counts = all
    .filter(({ policy }) => kinds.includes(policy))
    .map((reset) => `(select count(*) from ${relation(reset.table)} where ${unreset(reset)})`)
  return `select ${counts.length === 0 ? '0' : counts.join(' + ')}`
}
