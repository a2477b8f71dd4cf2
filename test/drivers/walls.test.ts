import { postgresDriver } from '../../src/drivers/postgres.js'
import { instanceServer, testServer } from '../support/postgres.js'
import { address, product, version } from './contract.js'
import { walls } from './walls.js'

walls('PostgreSQL 18', async () => ({ server: await instanceServer(), superuser: await testServer() }))

test('instances can be made and dropped side by side: grants on one parameter share a row of the catalogue', async () => {
  const server = await instanceServer()
  const several = Array.from({ length: 8 }, () => address(server))
  const driver = postgresDriver({ product })
  await Promise.all(several.map((at) => driver.create(at, version)))
  await Promise.all(several.map((at) => driver.drop(at)))
})
