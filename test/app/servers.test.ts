/** Rows that name a server of instances by an address, password and all (H1). */

import { embeddedServer, nameServers, workerServers } from '../../src/app/servers.js'
import { ConfigError } from '../../src/config.js'
import { type Db, openDatabase } from '../../src/db/connection.js'
import { readServers } from '../../src/db/instance-database.js'
import { serverUrl } from '../../src/queue/servers.js'
import { sql } from '../support/postgres.js'
import { type StateDatabase, stateDatabase } from '../support/state.js'

const old = 'postgres://admin:hidden-word@db.example:5432/postgres'
let database: StateDatabase
let db: Db
let close: () => Promise<void>
beforeEach(async () => {
  database = await stateDatabase()
  ;({ db, close } = openDatabase(database.url, 2, () => {}))
  const row = (name: string, server: string) =>
    sql(
      database.superuserUrl,
      `insert into slipway.instance_database (database, instance_id, operation_id, login, secret, server, recorded_at) values ($1, 'ins', $1, $1, 's', $2, now())`,
      [name, server],
    )
  await sql(
    database.superuserUrl,
    `insert into slipway.environment values ('env', null, 'community', 'community', 1, 'ready', 'base', '24.1', now(), now(), now())`,
  )
  await sql(
    database.superuserUrl,
    `insert into slipway.instance (id, environment_id, role, name, version) values ('ins', 'env', 'single', 'c', '24.1')`,
  )
  await row('one', old)
  await row('two', old)
  await row('three', 'us')
})
afterEach(async () => {
  await close()
  await database.drop()
})

test('get the key of their server, whatever login and database it has now; those that have a key keep it', async () => {
  expect(await nameServers(db, [{ key: 'eu', url: 'postgresql://slipway_instances:new@db.example/other' }])).toBe(1)
  expect(await readServers(db)).toEqual(['eu', 'us'])
})

test('are left as they are where no setting names their server, and the word has no password in it', async () => {
  const naming = nameServers(db, [{ key: 'eu', url: 'postgresql://slipway_instances:new@other.example/other' }])
  await expect(naming).rejects.toThrow(ConfigError)
  await expect(naming).rejects.toThrow(/no server at db\.example:5432/)
  await expect(naming).rejects.not.toThrow(/hidden-word/)
  expect(await readServers(db)).toEqual([old, 'us'])
})

test('on the embedded server a loopback address can have meant nothing else, whatever its port was', async () => {
  await sql(
    database.superuserUrl,
    `update slipway.instance_database set server = 'postgres://slipway:x@127.0.0.1:40123/slipway' where server = $1`,
    [old],
  )
  await nameServers(db, [embeddedServer])
  expect(await readServers(db)).toEqual(['embedded', 'us'])
})

test('R39 a key that no setting names is refused with a word, an address without repeating it; a worker without servers does not start', () => {
  const servers = [{ key: 'eu', url: 'postgres://h/d' }]
  expect(serverUrl(servers, 'eu')).toBe('postgres://h/d')
  expect(() => serverUrl(servers, 'us')).toThrow(/No setting names the instance server "us" \(INSTANCE_SERVERS names: eu\)/)
  expect(() => serverUrl(servers, old)).toThrow(/slipway migrate/)
  expect(() => serverUrl(servers, old)).not.toThrow(/hidden-word/)
  expect(() => workerServers({ instanceServers: [] } as never, null)).toThrow(/INSTANCE_SERVERS is missing/)
})
