/** Stops the server of global-setup.ts and removes its folder. */
import fs from 'node:fs'
import { Client } from 'pg'
import './global-setup.js'

export default async function tearDown(): Promise<void> {
  const server = globalThis.slipwayTestServer
  if (!server) return dropTemplate(process.env['TEST_DATABASE_URL'], process.env['SLIPWAY_TEST_TEMPLATE'])
  await server.stop()
  fs.rmSync(server.dataDir, { recursive: true, force: true })
}

/** A developer's own server stays, and what a run left on it does not. */
async function dropTemplate(url: string | undefined, name: string | undefined): Promise<void> {
  const client = new Client({ connectionString: url })
  await client.connect()
  await client.query(`drop database if exists "${name}"`)
  await client.end()
}
