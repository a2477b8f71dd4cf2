/** A fresh start for the played demo, on whatever server an earlier run left behind. */
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { Client } from 'pg'

/** Forgets all state on the demo's own server, instances and their roles included, and the files of earlier runs. */
export async function resetDemo(url: string, dataDir: string): Promise<void> {
  for (const name of ['intake', 'documents', 'backups', 'summary.json']) rmSync(join(dataDir, name), { recursive: true, force: true })
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: databases } = await client.query<{ name: string }>(
      `select datname as name from pg_database where datname not in ('template0', 'template1', 'postgres', current_database())`,
    )
    for (const { name } of databases) {
      await client.query(`alter database ${client.escapeIdentifier(name)} is_template false`)
      await client.query(`drop database ${client.escapeIdentifier(name)} with (force)`)
    }
    const { rows: roles } = await client.query<{ name: string }>(
      `select rolname as name from pg_roles where shobj_description(oid, 'pg_authid') like 'slipway:%'`,
    )
    // A grant on a parameter is taken back by who gave it, whoever else may be superuser.
    const { rows: grants } = await client.query<{ grantor: string; grantee: string }>(
      `select pg_get_userbyid(a.grantor) as grantor, pg_get_userbyid(a.grantee) as grantee
         from pg_parameter_acl cross join lateral aclexplode(paracl) a where pg_get_userbyid(a.grantee) = any ($1)`,
      [roles.map(({ name }) => name)],
    )
    for (const { grantor, grantee } of grants) {
      await client.query(`set role ${client.escapeIdentifier(grantor)}`)
      await client.query(`revoke set on parameter session_replication_role from ${client.escapeIdentifier(grantee)}`)
    }
    await client.query('reset role')
    for (const { name } of roles) await client.query(`drop role ${client.escapeIdentifier(name)}`)
    await client.query('drop schema if exists slipway, bullmq cascade')
  } finally {
    await client.end()
  }
}
