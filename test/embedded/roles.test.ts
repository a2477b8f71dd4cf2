/** The embedded default does by itself what production asks an operator for: an owner, a runtime login, migrated tables, a closed database. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openState } from '../../src/app/state.js'
import { openDatabase } from '../../src/db/connection.js'
import { migrateDatabase } from '../../src/db/migrate.js'
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/index.js'
import { sql } from '../support/postgres.js'

let dataDir: string
let server: EmbeddedServer
beforeAll(async () => {
  dataDir = fs.mkdtempSync(path.join(os.tmpdir(), 'slipway-roles-'))
  fs.chmodSync(dataDir, 0o755)
  server = await startEmbedded({ dataDir, fast: true })
})
afterAll(async () => {
  await server.stop()
  fs.rmSync(dataDir, { recursive: true, force: true })
})

const open = () => openState({ databaseUrl: undefined, dataDir })

test("today's embedded state, whose tables are the superuser's, is taken over; starts side by side come to the same", async () => {
  const old = openDatabase(server.url, 1, () => undefined)
  await migrateDatabase(old.db)
  await old.close()
  const [one, two] = await Promise.all([open(), open()])
  expect([one.url, one.embedded?.superuserUrl]).toEqual([two.url, server.url])
  const owners = await sql(
    server.url,
    `select distinct relowner::regrole::text as owner from pg_class where relnamespace in ('slipway'::regnamespace, 'bullmq'::regnamespace)`,
  )
  expect(owners).toEqual([{ owner: 'slipway_owner' }])
  expect(new URL(one.url).username).toBe('slipway_runtime')
})

test('the passwords lie in files that only we read, and the runtime login cannot change the trail', async () => {
  const { url } = await open()
  for (const login of ['owner', 'runtime']) {
    const file = path.join(dataDir, 'postgres', `password-${login}`)
    expect(fs.statSync(file).mode & 0o777).toBe(0o600)
  }
  await expect(sql(url, 'alter table slipway.audit_entry disable trigger user')).rejects.toMatchObject({ code: '42501' })
  const [row] = await sql(
    url,
    `select rolsuper or rolcreatedb or rolcreaterole or rolbypassrls as mighty from pg_roles where rolname = current_user`,
  )
  expect(row).toEqual({ mighty: false })
  const [open_] = await sql(url, `select has_database_privilege('public', 'slipway', 'connect') as is`)
  expect(open_).toEqual({ is: false })
})

test('a lost password is made anew', async () => {
  await open()
  fs.rmSync(path.join(dataDir, 'postgres', 'password-runtime'))
  const { url } = await open()
  expect(await sql(url, 'select 1 as works')).toEqual([{ works: 1 }])
})
