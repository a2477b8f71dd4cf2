/** Executes the product's IQ checks (R22). What cannot be executed is `blocked`, never passed. */
import { countBaseRows } from '../../product/content.js'
import { type Check, type CheckResult, type Product, resets } from '../../product/index.js'
import type { InstanceAddress } from '../driver.js'
import { type Client, clean, connected, ident, inDatabase, inside, isPostgresError, literal } from './connection.js'
import { readPresence } from './instances.js'
import { readVersion, takeInventory } from './inventory.js'

/** What the executors need. `expected` are the caller's expectations, completed by those that follow from the release. */
interface Bench {
  product: Product
  at: InstanceAddress
  expected: Record<string, string>
}

/** What a check found: the value that is compared, and the raw rows for the evidence. */
interface Finding {
  actual: string
  rows?: string
}

/** Every check that applies, in the order of the product. */
export async function runChecks(product: Product, at: InstanceAddress, expected: Record<string, string>): Promise<CheckResult[]> {
  const results: CheckResult[] = []
  for (const check of product.checks) {
    if (applies(check, expected)) results.push(await runCheck({ product, at, expected }, check))
  }
  return results
}

/** A check whose condition nobody can judge is executed, not left out. */
function applies({ onlyWhen }: Check, expected: Record<string, string>): boolean {
  return Object.entries(onlyWhen).every(([key, values]) => expected[key] === undefined || values.includes(expected[key]))
}

async function runCheck(bench: Bench, check: Check): Promise<CheckResult> {
  const { id, title, requirement } = check
  const expected = expectationOf(bench, check)
  const by = `${check.kind === 'query' || check.kind === 'refused' ? bench.at.role : 'administrator'} on ${bench.at.database}`
  const record = (result: CheckResult['result'], { actual, rows }: Finding): CheckResult => {
    const evidence = [check.sql?.trim() ?? check.kind, `executed by ${by} at ${new Date().toISOString()}`, rows ?? actual].join('\n')
    return { id, title, requirement, expected: expected ?? '(not given)', actual, result, evidence }
  }
  try {
    const finding = await execute(bench, check)
    if (expected === undefined) return record('blocked', finding)
    return record(finding.actual === expected ? 'pass' : 'fail', finding)
  } catch (error) {
    // Whatever kept the check from being executed is its result.
    return record('blocked', { actual: `not executed: ${clean(error).message}` })
  }
}

function expectationOf({ product, expected }: Bench, { expected: wanted }: Check): string | undefined {
  if ('value' in wanted) return wanted.value
  if ('key' in wanted) return expected[wanted.key]
  const { version } = expected
  return version === undefined ? undefined : String(countBaseRows(product, version, wanted.baseRows, wanted.where))
}

async function execute(bench: Bench, check: Check): Promise<Finding> {
  switch (check.kind) {
    case 'query':
      return asRole(bench.at, (client) => rowsOf(client, check.sql ?? ''))
    case 'refused':
      return refusal(bench.at, check.sql ?? '')
    case 'version':
      return { actual: await inside(bench.at, (client) => readVersion(client, bench.product)) }
    case 'fingerprint':
      return { actual: (await takeInventory(bench.product, bench.at)).fingerprint }
    case 'must-match':
      return { actual: (await takeInventory(bench.product, bench.at)).mustMatch }
    case 'quarantine':
      return countUnreset(bench, 'per-environment')
    case 'secrets':
      return countUnreset(bench, 'secret')
    default:
      return check.kind satisfies never
  }
}

/** As the instance's own role: that its login works is part of what a check proves. */
function asRole<T>({ server, database, role, secret }: InstanceAddress, use: (client: Client) => Promise<T>): Promise<T> {
  const url = new URL(inDatabase(server, database))
  url.username = encodeURIComponent(role)
  url.password = encodeURIComponent(secret)
  return connected(url.href, async (client) => {
    await client.query(`set statement_timeout = '60s'`)
    return use(client)
  })
}

/** Rows as lines, columns joined by ` | `, values in PostgreSQL's text form, truth values written out. */
async function rowsOf(client: Client, sql: string): Promise<Finding> {
  const types = { getTypeParser: (oid: number) => (value: string) => (oid === 16 ? (value === 't' ? 'true' : 'false') : value) }
  await client.query('begin read only')
  const { rows } = await client.query<(string | null)[]>({ text: sql, rowMode: 'array', types })
  await client.query('rollback')
  return { actual: rows.map((row) => row.map((value) => value ?? '').join(' | ')).join('\n') }
}

/** The SQLSTATE with which the statement is refused. In a frozen instance everything is, which proves nothing. */
async function refusal(at: InstanceAddress, sql: string): Promise<Finding> {
  const presence = await connected(at.server, (admin) => readPresence(admin, at.database))
  if (presence !== 'open') throw new Error(`the instance is ${presence}`)
  return asRole(at, async (client) => {
    await client.query('begin')
    try {
      await client.query(sql)
      return { actual: 'accepted' }
    } catch (error) {
      if (!isPostgresError(error)) throw error
      return { actual: error.code, rows: clean(error).message }
    } finally {
      await client.query('rollback').catch(() => undefined)
    }
  })
}

/** How many values that must not be inherited are still there; the evidence names their columns, never the values. */
function countUnreset({ product, at }: Bench, policy: string): Promise<Finding> {
  return inside(at, async (client) => {
    const version = await readVersion(client, product)
    const lines: string[] = []
    let total = 0
    for (const { table, column, value, where } of resets(product, version).filter((reset) => reset.policy === policy)) {
      const differs = `${ident(column)}::text is distinct from ${value === null ? 'null' : literal(value)}`
      const { rows } = await client.query<{ count: string }>(
        `select count(*) from ${ident(table)} where ${differs}${where ? ` and (${where})` : ''}`,
      )
      total += Number(rows[0]?.count)
      lines.push(`${table}.${column}${where ? ` where ${where}` : ''}: ${rows[0]?.count}`)
    }
    return { actual: String(total), rows: lines.join('\n') }
  })
}
