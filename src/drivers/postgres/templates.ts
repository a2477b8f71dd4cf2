/** Schema-only template databases, one per product version and server: an instance is a copy of one. */
import { createHash } from 'node:crypto'
import { administering, type Client, clean, ident, literal, lockName } from './connection.js'
import { asTemporary, dropRoles, ensureOwning } from './roles.js'
import { schemaLines } from './schema.js'

/** The files of one version of a product, in order. */
export interface VersionSchema {
  product: string
  version: string
  files: readonly { name: string; sql: string }[]
}

const known = new Map<string, readonly string[]>()

/** The role that owns templates and what is in them. It belongs to the login that administers the server: two Slipways do not share it. */
export async function templateOwner(admin: Client): Promise<string> {
  const { rows } = await admin.query<{ name: string }>(`select current_user || '_templates' as name`)
  return rows[0]?.name ?? ''
}

/** `slipway_tpl_<product>_<version>_<hash of owner and sql>`, at most 48 bytes: another schema is another template. */
function templateName(owner: string, { product, version, files }: VersionSchema): string {
  const hash = createHash('sha256').update(`${owner}\0`)
  for (const { name, sql } of files) hash.update(`${name}\0${sql}\0`)
  const readable = `${product}_${version}`.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  return `slipway_tpl_${readable.slice(0, 22)}_${hash.digest('hex').slice(0, 12)}`
}

/** Makes the template where the server lacks it. One that is not marked as a template is half-made and is made again. */
export function ensureTemplate(server: string, schema: VersionSchema): Promise<string> {
  return administering(server, async (admin) => {
    const owner = await templateOwner(admin)
    const name = templateName(owner, schema)
    if (await isComplete(admin, name)) return name
    await lockName(admin, name, 'alone')
    if (await isComplete(admin, name)) return name
    await ensureOwning(admin, owner)
    await admin.query(`drop database if exists ${ident(name)} with (force)`)
    await dropRoles(admin, { database: name, role: name })
    // Closed until PUBLIC has no right any more; from then on nobody but its owner's members can connect.
    await admin.query(`create database ${ident(name)} owner ${ident(owner)} template template0 encoding 'UTF8' allow_connections false`)
    await admin.query(`comment on database ${ident(name)} is ${literal(`slipway-template:${schema.product}:${schema.version}`)}`)
    await admin.query(`revoke all on database ${ident(name)} from public`)
    await admin.query(`alter database ${ident(name)} allow_connections true`)
    await asTemporary(admin, { server, database: name }, [owner], (client) => apply(client, owner, schema))
    await admin.query(`alter database ${ident(name)} is_template true`)
    return name
  })
}

/** The lines of the version's schema, as this server writes them. */
export async function templateLines(server: string, schema: VersionSchema): Promise<readonly string[]> {
  const template = await ensureTemplate(server, schema)
  const { host } = new URL(server)
  const key = `${host} ${template}`
  const found = known.get(key)
  if (found) return found
  const lines = await administering(server, async (admin) =>
    asTemporary(admin, { server, database: template }, [await templateOwner(admin)], schemaLines),
  )
  known.set(key, lines)
  return lines
}

async function isComplete(admin: Client, name: string): Promise<boolean> {
  const { rowCount } = await admin.query(`select from pg_database where datname = $1 and datistemplate`, [name])
  return rowCount === 1
}

/** A release's files are written for `public`, and one may change the session (`pg_dump -s` empties the search path), so each begins afresh. */
async function apply(client: Client, owner: string, { files }: VersionSchema): Promise<void> {
  for (const { name, sql } of files) {
    await client.query(`reset all; set role ${ident(owner)}; set search_path = public; begin`)
    await client.query(sql).catch((error: unknown) => {
      const cause = clean(error)
      throw new Error(`applying ${name}: ${cause.message}`, { cause })
    })
    await client.query('commit')
  }
}
