/** Real databases for tests, all on the one server that global-setup.ts started. */
import { randomBytes } from 'node:crypto'
import { Client } from 'pg'

/** The URL of the server's superuser. */
export async function testServer(): Promise<string> {
  const url = process.env['TEST_DATABASE_URL'] ?? process.env['SLIPWAY_TEST_SERVER']
  if (!url) throw new Error('finding the test server: test/support/global-setup.ts has not run')
  return url
}

/** The URL under which instances are administered there: a login that is no superuser. */
export async function instanceServer(): Promise<string> {
  const url = process.env['TEST_INSTANCES_URL'] ?? process.env['SLIPWAY_TEST_INSTANCES']
  if (!url) throw new Error('finding the test server for instances: test/support/global-setup.ts has not run')
  return url
}

/** One connection for as long as `use` runs. */
export async function connected<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Runs one statement on a database, as its superuser unless the URL says otherwise. */
export async function sql(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  return connected(url, async (client) => (await client.query(text, values)).rows)
}

interface Closed {
  name: string
  template?: string | undefined
  owner?: string
  /** Who may connect beside the owner. */
  open?: readonly string[]
}

/** Makes a database that is closed to everybody from the first moment, as instances demand of every database beside them. */
export async function closedDatabase(server: string, { name, template, owner, open = [] }: Closed): Promise<void> {
  await connected(server, async (client) => {
    await client.query(`create database "${name}"${template ? ` template "${template}"` : ''} allow_connections false`)
    await client.query(`revoke connect, temporary on database "${name}" from public`)
    if (owner) await client.query(`alter database "${name}" owner to "${owner}"`)
    for (const role of open) await client.query(`grant connect, temporary on database "${name}" to "${role}"`)
    await client.query(`alter database "${name}" allow_connections true`)
  })
}

/** A name that no other test has. */
export function freshName(): string {
  return `test_${randomBytes(6).toString('hex')}`
}

/** The server's URL for another of its databases. */
export function inDatabase(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

/** An empty database of its own for one test file. */
export async function freshDatabase(): Promise<{ url: string; name: string; drop(): Promise<void> }> {
  const server = await testServer()
  const name = freshName()
  await closedDatabase(server, { name })
  return { url: inDatabase(server, name), name, drop: () => dropDatabase(server, name) }
}

export async function dropDatabase(server: string, name: string): Promise<void> {
  await sql(server, `drop database if exists "${name}" with (force)`)
}
