/** Schema-only template databases, one per product version and server: an instance is a copy of one. */
import { createHash } from 'node:crypto'
import { type Client, clean, connected, ident, inDatabase, literal, lockName } from './connection.js'
import { ensureOwners, templateOwner } from './ownership.js'
import { schemaLines } from './schema.js'

/** The files of one version of a product, in order. */
export interface VersionSchema {
  product: string
  version: string
  files: readonly { name: string; sql: string }[]
}

const known = new Map<string, readonly string[]>()

/** `slipway_tpl_<product>_<version>_<hash of the sql>`, at most 63 bytes: another schema is another template. */
function templateName({ product, version, files }: VersionSchema): string {
  const hash = createHash('sha256')
  for (const { name, sql } of files) hash.update(`${name}\0${sql}\0`)
  const readable = `${product}_${version}`.toLowerCase().replace(/[^a-z0-9]+/g, '_')
  return `slipway_tpl_${readable.slice(0, 38)}_${hash.digest('hex').slice(0, 12)}`
}

/** Makes the template where the server lacks it. One that is not marked as a template is half-made and is made again. */
export async function ensureTemplate(server: string, schema: VersionSchema): Promise<string> {
  const name = templateName(schema)
  await connected(server, async (admin) => {
    if (await isComplete(admin, name)) return
    await lockName(admin, name, 'alone')
    if (await isComplete(admin, name)) return
    await ensureOwners(admin)
    await admin.query(`drop database if exists ${ident(name)} with (force)`)
    await admin.query(`create database ${ident(name)} owner ${templateOwner} template template0 encoding 'UTF8'`)
    await admin.query(`comment on database ${ident(name)} is ${literal(`slipway-template:${schema.product}:${schema.version}`)}`)
    await connected(inDatabase(server, name), (client) => apply(client, schema))
    await admin.query(`revoke connect on database ${ident(name)} from public`)
    await admin.query(`alter database ${ident(name)} is_template true`)
  })
  return name
}

/** The lines of the version's schema, as this server writes them. */
export async function templateLines(server: string, schema: VersionSchema): Promise<readonly string[]> {
  const { host } = new URL(server)
  const key = `${host} ${templateName(schema)}`
  const found = known.get(key)
  if (found) return found
  const lines = await connected(inDatabase(server, await ensureTemplate(server, schema)), schemaLines)
  known.set(key, lines)
  return lines
}

async function isComplete(admin: Client, name: string): Promise<boolean> {
  const { rowCount } = await admin.query(`select from pg_database where datname = $1 and datistemplate`, [name])
  return rowCount === 1
}

/** A file may change the session (`pg_dump -s` empties the search path), so each begins afresh. */
async function apply(client: Client, { files }: VersionSchema): Promise<void> {
  for (const { name, sql } of files) {
    await client.query(`reset all; set role ${templateOwner}; begin`)
    await client.query(sql).catch((error: unknown) => {
      const cause = clean(error)
      throw new Error(`applying ${name}: ${cause.message}`, { cause })
    })
    await client.query('commit')
  }
}
