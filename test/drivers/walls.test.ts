import { instanceServer, testServer } from '../support/postgres.js'
import { walls } from './walls.js'

walls('PostgreSQL 18', async () => ({ server: await instanceServer(), superuser: await testServer() }))
