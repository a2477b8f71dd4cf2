/** Executes the product's IQ checks (R22). What cannot be executed is `blocked`, never passed. */
import { classOf } from '../../lifecycle/kinds.js'
import {
  type ApplicableCheck,
  applicableChecks,
  type CheckResult,
  inProtocolOrder,
  judge,
  latestVersion,
  leftOutChecks,
  type Procedure,
  type Product,
  rowsAsText,
} from '../../product/index.js'
import type { InstanceAddress, Inventory } from '../driver.js'
import { type Client, clean, holding, inside, isPostgresError } from './connection.js'
import { takeInventory } from './inventory.js'
import { maintenanceOf } from './names.js'
import { checkRights } from './rights.js'
import { asTemporary } from './roles.js'

type Part = Extract<Procedure, { kind: 'inventory' }>['part']

/** What a check found: the value that is compared, and what else belongs into the evidence. */
interface Finding {
  actual: string
  detail?: string
  /** By which session, where it was another than the application's. */
  session?: string
}

/** An inventory with the session that read it: Slipway's own login, not the application's rights. */
interface Taken {
  found: Inventory
  session: string
}

/** The instance under test: its inventory, taken once, and a session with the application's rights. */
interface Bench {
  at: InstanceAddress
  inventory(): Promise<Taken>
  session: Client
  /** Whose session it is, for the evidence. */
  login: string
}

/**
 * The driver's own checks, then the product's in its order; those that do not apply stand there as such. The product's are executed by a login that is made
 * for them with exactly the application's rights: a tenant may change its own password, and a check must not depend on it.
 */
export function runChecks(product: Product, at: InstanceAddress, expected: Record<string, string>): Promise<CheckResult[]> {
  return holding(at, 'shared', async (admin) => {
    const rights = await inside(at, (inner) => checkRights(admin, inner, at))
    const applicable = applicableChecks(product, expected['version'] ?? latestVersion(product), expected)
    const leftOut = leftOutChecks(product, expected)
    const inventory = once(() => taken(product, at))
    try {
      const own = await asTemporary(admin, at, [at.role], async (session, login) => {
        await session.query(`set statement_timeout = '60s'`)
        const results: CheckResult[] = []
        for (const check of applicable) results.push(await runCheck({ at, inventory, session, login }, check))
        return results
      })
      return inProtocolOrder(product, [...rights, ...own, ...leftOut])
    } catch (error) {
      // No session with the application's rights: what kept it from being opened is the result of each that wanted it.
      const why = `opening a session with the rights of ${at.role}: ${clean(error).message}`
      const tried = new Date().toISOString()
      const blocked = applicable.map((check) => ({
        ...judge(check, undefined, `not executed: ${why}`, why),
        startedAt: tried,
        finishedAt: tried,
      }))
      return inProtocolOrder(product, [...rights, ...blocked, ...leftOut])
    }
  })
}

async function taken(product: Product, at: InstanceAddress): Promise<Taken> {
  const startedAt = new Date().toISOString()
  const found = await takeInventory(product, at)
  const session = `executed by ${maintenanceOf(at.database)}, Slipway's own login, on one snapshot of ${at.database}, ${startedAt} to ${new Date().toISOString()}`
  return { found, session }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make()
    return made
  }
}

async function runCheck(bench: Bench, applicable: ApplicableCheck): Promise<CheckResult> {
  const { procedure } = applicable
  const startedAt = new Date().toISOString()
  const executed = `executed by ${bench.login}, with the rights of ${bench.at.role}, on ${bench.at.database} at ${startedAt}`
  const timed = (result: CheckResult) => ({ ...result, startedAt, finishedAt: new Date().toISOString() })
  const evidence = (outcome: string, session = executed) => [statementOf(procedure), session, outcome].join('\n')
  try {
    const { actual, detail, session } = await execute(bench, procedure)
    return timed(judge(applicable, actual, evidence(detail ?? actual, session)))
  } catch (error) {
    // Whatever kept the check from being executed is its result.
    const why = clean(error).message
    const session =
      procedure.kind === 'inventory' ? `tried by ${maintenanceOf(bench.at.database)}, Slipway's own login, at ${startedAt}` : executed
    return timed(judge(applicable, undefined, evidence(`not executed: ${why}`, session), why))
  }
}

/** What is computed of an inventory, in words. */
const computed: Record<Part, string> = {
  fingerprint:
    'Computed: SHA-256 over the definitions of all tables, columns, constraints, indexes, functions and triggers, read from the catalogue.',
  mustMatch:
    'Computed: the checksum over all rows of configuration in canonical form, but for what is declared to differ per environment (everything that must match).',
  volunteers:
    'Counted: all volunteers, those who are recognisably dummies, and those who are recognisably masked; of the counts, the class.',
}

function statementOf(procedure: Procedure): string {
  switch (procedure.kind) {
    case 'query':
      return procedure.sql
    case 'refused':
      return procedure.statements.join(';\n')
    case 'inventory':
      return computed[procedure.part]
    default:
      return procedure satisfies never
  }
}

async function execute({ session, inventory }: Bench, procedure: Procedure): Promise<Finding> {
  switch (procedure.kind) {
    case 'query':
      return query(session, procedure.sql)
    case 'refused':
      return refusal(session, procedure.statements)
    case 'inventory':
      return inventory().then(({ found, session: by }) => ({ ...partOf(found, procedure.part), session: by }))
    default:
      return procedure satisfies never
  }
}

function partOf(found: Inventory, part: Part): Finding {
  if (part !== 'volunteers') return { actual: found[part] }
  const { all, dummy, masked } = found.people
  return { actual: classOf(found.people), detail: `${all} volunteers: ${dummy} dummies, ${masked} masked, ${all - dummy - masked} neither` }
}

/** Values in PostgreSQL's own text form, but for truth values. */
async function query(client: Client, text: string): Promise<Finding> {
  const types = { getTypeParser: (oid: number) => (value: string) => (oid === 16 ? value === 't' : value) }
  await client.query('begin read only')
  try {
    const { rows } = await client.query<unknown[]>({ text, rowMode: 'array', types })
    return { actual: rowsAsText(rows) }
  } finally {
    await client.query('rollback').catch(() => undefined)
  }
}

/** The SQLSTATE that refuses the last statement. Those before it prepare the attempt; where they fail, nothing was attempted. */
async function refusal(client: Client, statements: readonly string[]): Promise<Finding> {
  await client.query('begin')
  try {
    for (const statement of statements.slice(0, -1)) await client.query(statement)
    return await attempt(client, statements.at(-1) ?? '')
  } finally {
    await client.query('rollback').catch(() => undefined)
  }
}

async function attempt(client: Client, statement: string): Promise<Finding> {
  try {
    await client.query(statement)
    return { actual: 'not refused' }
  } catch (error) {
    if (!isPostgresError(error)) throw error
    return { actual: error.code, detail: `refused with ${error.code}` }
  }
}
