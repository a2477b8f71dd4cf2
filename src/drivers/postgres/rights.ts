/** Executes the driver's own checks of engine and rights (R22). */
import type { CheckResult } from '../../product/index.js'
import type { InstanceAddress, OwnCheck } from '../driver.js'
import { type Client, clean } from './connection.js'
import { maintenanceOf, ownerOf } from './names.js'
import { type Names, rightsChecks } from './rights-checks.js'

const symbolic: Names = ['owner', 'application', 'maintenance', 'database', 'administrator']

/** The checks as they are defined, whatever the instance. */
export const ownChecks: readonly OwnCheck[] = rightsChecks.map(({ id, title, requirement, from, sql, expected }) => ({
  ...{ id, title, requirement },
  procedure: `${from}: ${sql}`,
  expected: expected(symbolic),
}))

/** Executes them; what cannot be executed is blocked, never passed. `inner` is the maintenance login's session in the instance. */
export async function checkRights(admin: Client, inner: Client, at: InstanceAddress): Promise<CheckResult[]> {
  const me = await admin.query<{ name: string }>(`select current_user as name`)
  const names: Names = [ownerOf(at.database), at.role, maintenanceOf(at.database), at.database, me.rows[0]?.name ?? '']
  const results: CheckResult[] = []
  for (const check of rightsChecks) {
    const [client, login] = check.from === 'server' ? [admin, names[4]] : [inner, names[2]]
    const startedAt = new Date().toISOString()
    const executed = `${check.sql}\nexecuted by ${login} on ${check.from === 'server' ? 'the maintenance database' : at.database} at ${startedAt}`
    const { id, title, requirement } = check
    const expected = check.expected(names)
    try {
      const actual = await execute(client, check.sql, names)
      results.push({
        id,
        title,
        requirement,
        expected,
        actual,
        result: actual === expected ? 'pass' : 'fail',
        evidence: `${executed}\n${actual}`,
        startedAt,
        finishedAt: new Date().toISOString(),
      })
    } catch (error) {
      // Whatever kept it from being executed is its result.
      const why = clean(error).message
      const evidence = `${executed}\nnot executed: ${why}`
      results.push({
        id,
        title,
        requirement,
        expected,
        actual: `(not executed: ${why})`,
        result: 'blocked',
        evidence,
        startedAt,
        finishedAt: new Date().toISOString(),
      })
    }
  }
  return results
}

/** A statement names only those of the five that it needs; PostgreSQL refuses parameters that no one uses. */
async function execute(client: Client, sql: string, names: Names): Promise<string> {
  const used: string[] = []
  const text = sql.replace(/\$([1-5])/g, (_, number: string) => {
    const name = names[Number(number) - 1] ?? ''
    if (!used.includes(name)) used.push(name)
    return `$${used.indexOf(name) + 1}::text`
  })
  const { rows } = await client.query<{ [column: string]: unknown }>({ text, values: used })
  return String(Object.values(rows[0] ?? {})[0] ?? '')
}
