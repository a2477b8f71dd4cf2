import { postgresDriver } from '../../src/drivers/postgres.js'
import { sql, testServer } from '../support/postgres.js'
import { driverContract, product } from './contract.js'

driverContract('the PostgreSQL driver', async () => {
  const server = await testServer()
  return {
    driver: postgresDriver({ product }),
    server,
    async stranger(name) {
      await sql(server, `create database "${name}"`)
    },
  }
})
