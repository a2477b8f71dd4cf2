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

/** Runs one statement on a database, as its superuser unless the URL says otherwise. */
export async function sql(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    return (await client.query(text, values)).rows
  } finally {
    await client.end()
  }
}

/** Makes a database that is closed to everybody from the first moment, as instances demand of every database beside them. */
export async function closedDatabase(server: string, name: string, template?: string): Promise<void> {
  await sql(server, `create database "${name}"${template ? ` template "${template}"` : ''} allow_connections false`)
  await sql(server, `revoke connect, temporary on database "${name}" from public`)
  await sql(server, `alter database "${name}" allow_connections true`)
}

/** An empty database of its own for one test file, or a copy of the database `template`. */
export async function freshDatabase(template?: string): Promise<{ url: string; name: string; drop(): Promise<void> }> {
  const server = await testServer()
  const name = `test_${randomBytes(6).toString('hex')}`
  await closedDatabase(server, name, template)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    url: url.href,
    name,
    async drop() {
      await sql(server, `drop database if exists "${name}" with (force)`)
    },
  }
}
