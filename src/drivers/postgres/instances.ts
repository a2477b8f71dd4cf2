/** An instance's outer shell: its login role and its database, made, marked, frozen and dropped. */
import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import type { InstanceAddress, Presence } from '../driver.js'
import { type Client, connected, holding, ident, inside, literal, transaction } from './connection.js'
import { ensureOwners, frozenCode, frozenOwner, giveOwnership, grantReading, revokeReading, templateOwner } from './ownership.js'
import { schemaLines } from './schema.js'
import { ensureTemplate, type VersionSchema } from './templates.js'

const largeBytes = 64 * 1024 * 1024

/** Makes, or makes again, the instance from its version's template. */
export async function createInstance(at: InstanceAddress, schema: VersionSchema): Promise<void> {
  const template = await ensureTemplate(at.server, schema)
  await holding(at, 'alone', (admin) => makeFrom(admin, at, { template, owners: [templateOwner] }))
}

/** What an instance is copied from, and the roles that own the things in there. */
export interface Origin {
  template: string
  owners: readonly string[]
  /** A frozen origin's role may read it, and must not read the copy. */
  reader?: string
  /** Done in the copy before its role can connect. */
  prepare?(client: Client): Promise<void>
}

/** Nobody but administrators can connect to the copy before it belongs to its role. */
export async function makeFrom(admin: Client, at: InstanceAddress, { template, owners, reader, prepare }: Origin): Promise<void> {
  const database = ident(at.database)
  await refuseStrangers(admin, at)
  await ensureRole(admin, at)
  await admin.query(`drop database if exists ${database} with (force)`)
  await admin.query(`create database ${database} template ${ident(template)} connection limit 0 ${await strategy(admin, template)}`)
  await admin.query(`comment on database ${database} is ${literal(`slipway:${at.role}`)}`)
  await admin.query(`revoke all on database ${database} from public`)
  await inside(at, async (client) => {
    await prepare?.(client)
    await transaction(client, async () => {
      await giveOwnership(client, owners, at.role)
      if (reader) await revokeReading(client, reader)
      await client.query(`alter database ${database} owner to ${ident(at.role)}`)
      await client.query(`alter database ${database} connection limit -1`)
    })
  })
}

/** A schema of some megabytes is quicker written to the log than copied as files with two checkpoints; much data is not. */
async function strategy(admin: Client, template: string): Promise<string> {
  if ((await serverVersion(admin)) < 150000) return ''
  const { rows } = await admin.query<{ large: boolean }>(`select pg_database_size($1) > $2 as large`, [template, largeBytes])
  return `strategy ${rows[0]?.large ? 'file_copy' : 'wal_log'}`
}

async function serverVersion(admin: Client): Promise<number> {
  const { rows } = await admin.query<{ version: number }>(`select current_setting('server_version_num')::int as version`)
  return rows[0]?.version ?? 0
}

/** The role carries the database's name before the database exists, so that a database without its mark is found too. */
async function ensureRole(admin: Client, { role, secret, database }: InstanceAddress): Promise<void> {
  const { rowCount } = await admin.query(`select from pg_roles where rolname = $1`, [role])
  await transaction(admin, async () => {
    if (!rowCount) await admin.query(`create role ${ident(role)}`)
    await admin.query(`alter role ${ident(role)} login password ${literal(verifier(secret))}`)
    await admin.query(`comment on role ${ident(role)} is ${literal(`slipway:${database}`)}`)
  })
}

/** What PostgreSQL keeps of a password, worked out here: a server that logs statements would log the password itself. */
function verifier(secret: string): string {
  const salt = randomBytes(16)
  const salted = pbkdf2Sync(secret.normalize('NFKC'), salt, 4096, 32, 'sha256')
  const mac = (text: string) => createHmac('sha256', salted).update(text).digest()
  const stored = createHash('sha256').update(mac('Client Key')).digest('base64')
  return `SCRAM-SHA-256$4096:${salt.toString('base64')}$${stored}:${mac('Server Key').toString('base64')}`
}

/** A database or a role of these names that Slipway did not make for each other is somebody else's: hands off. */
async function refuseStrangers(admin: Client, { database, role }: InstanceAddress): Promise<void> {
  const { rows } = await admin.query<{ stranger: string }>(
    `select 'database ' || datname as stranger from pg_database d
      where datname = $1 and coalesce(shobj_description(oid, 'pg_database'), '') not like 'slipway:%'
        and not exists (select from pg_roles r where shobj_description(r.oid, 'pg_authid') = 'slipway:' || d.datname)
      union all
     select 'role ' || rolname from pg_roles where rolname = $2 and shobj_description(oid, 'pg_authid') is distinct from 'slipway:' || $1`,
    [database, role],
  )
  if (rows.length > 0) throw new Error(`${rows.map(({ stranger }) => stranger).join(' and ')} belongs to somebody else`)
}

/** Absent, open or frozen; the owner of the database says which, so it changes in one transaction with everything in it. */
export async function presenceOf(at: InstanceAddress): Promise<Presence> {
  return connected(at.server, (admin) => readPresence(admin, at.database))
}

/** True when the last `create` or copy came to its end: the database belongs to its role and has all of its version's schema. */
export async function isWhole(at: InstanceAddress, expected: readonly string[]): Promise<boolean> {
  const belongs = await connected(at.server, (admin) =>
    admin.query(`select from pg_database where datname = $1 and pg_get_userbyid(datdba) = $2`, [at.database, at.role]),
  )
  return belongs.rowCount === 1 && (await inside(at, schemaLines)).join() === expected.join()
}

export async function readPresence(admin: Client, database: string): Promise<Presence> {
  const { rows } = await admin.query<{ owner: string }>(`select pg_get_userbyid(datdba) as owner from pg_database where datname = $1`, [
    database,
  ])
  if (!rows[0]) return 'absent'
  return rows[0].owner === frozenOwner ? 'frozen' : 'open'
}

/** Takes everything from the role but reading; sessions that were writing are ended first. */
export async function freezeInstance(at: InstanceAddress): Promise<void> {
  const database = ident(at.database)
  await holding(at, 'alone', async (admin) => {
    await ensureOwners(admin)
    await admin.query(`alter database ${database} connection limit 0`)
    await endSessions(admin, at)
    await inside(at, (client) =>
      writing(client, async () => {
        await giveOwnership(client, [at.role], frozenOwner, frozenCode)
        await client.query(`alter database ${database} owner to ${frozenOwner}`)
        await client.query(`grant connect on database ${database} to ${ident(at.role)}`)
        await client.query(`alter database ${database} set default_transaction_read_only = on`)
        await grantReading(client, at.role)
      }),
    )
    await admin.query(`alter database ${database} connection limit -1`)
  })
}

/** Gives it all back. */
export async function unfreezeInstance(at: InstanceAddress): Promise<void> {
  const database = ident(at.database)
  await holding(at, 'alone', async (admin) => {
    if ((await readPresence(admin, at.database)) === 'open') return // an owner must not lose its own rights
    await inside(at, (client) =>
      writing(client, async () => {
        await revokeReading(client, at.role)
        await client.query(`alter database ${database} owner to ${ident(at.role)}`)
        await giveOwnership(client, [frozenOwner, frozenCode], at.role)
        await client.query(`alter database ${database} reset default_transaction_read_only`)
      }),
    )
    await admin.query(`alter database ${database} connection limit -1`)
    await endSessions(admin, at)
  })
}

/** The frozen instance's own default is read-only, for administrators too. */
function writing(client: Client, run: () => Promise<void>): Promise<void> {
  return transaction(client, run, 'begin read write')
}

/** Ends the role's sessions and waits until they are gone. */
async function endSessions(admin: Client, at: InstanceAddress): Promise<void> {
  for (;;) {
    const { rowCount } = await admin.query(
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and usename = $2 and pid <> pg_backend_pid()`,
      [at.database, at.role],
    )
    if (!rowCount) return
    await sleep(20)
  }
}

/** Drops database and role, and looks afterwards. */
export async function dropInstance(at: InstanceAddress): Promise<void> {
  await holding(at, 'alone', async (admin) => {
    await refuseStrangers(admin, at)
    await admin.query(`drop database if exists ${ident(at.database)} with (force)`)
    const { rows } = await admin.query<{ rolname: string }>(
      `select rolname from pg_roles where rolname = $1 or shobj_description(oid, 'pg_authid') = $2`,
      [at.role, `slipway:${at.database}`],
    )
    for (const { rolname } of rows) await admin.query(`drop role if exists ${ident(rolname)}`)
    const left = await admin.query(`select from pg_database where datname = $1 union all select from pg_roles where rolname = $2`, [
      at.database,
      at.role,
    ])
    if (left.rowCount) throw new Error('the database or its role is still there')
  })
}

/** Databases that carry the mark, or whose role does. */
export async function ownedDatabases(server: string): Promise<string[]> {
  return connected(server, async (admin) => {
    const { rows } = await admin.query<{ datname: string }>(
      `select datname from pg_database d
        where shobj_description(oid, 'pg_database') like 'slipway:%'
           or exists (select from pg_roles r where shobj_description(r.oid, 'pg_authid') = 'slipway:' || d.datname)
        order by datname collate "C"`,
    )
    return rows.map(({ datname }) => datname)
  })
}
