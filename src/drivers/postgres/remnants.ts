/** What an instance is made of on its server, looked for by name: the database and each of its roles (R42). */
import type { InstanceAddress, Remnant } from '../driver.js'
import { administering } from './connection.js'
import { maintenanceOf, ownerOf } from './names.js'
import { markOf } from './roles.js'

/** Database, owner, application's login and maintenance login, each there or not; and every further role that carries the database's mark. */
export async function remnantsOf({ server, database, role }: Pick<InstanceAddress, 'server' | 'database' | 'role'>): Promise<Remnant[]> {
  const named = new Map<string, Remnant['part']>([
    [ownerOf(database), 'owner'],
    [role, 'application'],
    [maintenanceOf(database), 'maintenance'],
  ])
  return administering(server, async (admin) => {
    const databases = await admin.query(`select from pg_catalog.pg_database where datname = $1`, [database])
    const { rows } = await admin.query<{ rolname: string }>(
      `select rolname from pg_catalog.pg_roles where rolname = any ($1) or shobj_description(oid, 'pg_authid') = $2 order by rolname`,
      [[...named.keys()], markOf(database)],
    )
    const found = new Set(rows.map(({ rolname }) => rolname))
    const further = [...found].filter((name) => !named.has(name)).map((name): [string, Remnant['part']] => [name, 'further'])
    return [
      { part: 'database', name: database, present: databases.rowCount !== 0 },
      ...[...named, ...further].map(([name, part]) => ({ part, name, present: found.has(name) })),
    ]
  })
}
