import { postgresDriver } from '../../src/drivers/postgres.js'
import { type OwnServer, ownServer } from '../support/own-server.js'
import { address, product, version } from './contract.js'
import { walls } from './walls.js'

let own: OwnServer
beforeAll(async () => {
  own = await ownServer()
})
afterAll(() => own?.stop())

walls('PostgreSQL 18', async () => own)

test('instances can be made and dropped side by side: grants on one parameter share a row of the catalogue', async () => {
  const several = Array.from({ length: 8 }, () => address(own.server))
  const driver = postgresDriver({ product })
  await Promise.all(several.map((at) => driver.create(at, version)))
  await Promise.all(several.map((at) => driver.drop(at)))
})
