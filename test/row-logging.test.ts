/** H6: what a PostgreSQL server writes into its log about rows, on a real server, and whether `rowLogging` knows. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { Client } from 'pg'
import { type EmbeddedServer, startEmbedded } from '../src/embedded/index.js'
import { quietArguments, rowLogging } from '../src/row-logging.js'
import { serverSettings } from './support/compose.js'
import { sql } from './support/postgres.js'

const folder = mkdtempSync(join(tmpdir(), 'slipway-logging-'))
let server: EmbeddedServer
let logFile: string
beforeAll(async () => {
  server = await startEmbedded({ dataDir: folder, fast: true })
  const [row] = await sql(server.url, 'show data_directory')
  logFile = join(dirname(String(row?.['data_directory'])), 'server.log')
  await sql(server.url, 'create table volunteer (id int primary key, name text check (length(name) < 40), born date)')
  await sql(server.url, `create function quietly() returns int language plpgsql as $$ begin raise log 'x'; return 1; end $$`)
})
afterAll(async () => {
  await server.stop()
  rmSync(dirname(logFile), { recursive: true, force: true })
  rmSync(folder, { recursive: true, force: true })
})

type Settings = Record<string, string>
const ofServers: Settings = Object.fromEntries(quietArguments.map((setting) => setting.split('=')))
/** What PostgreSQL does where nobody says otherwise. */
const factory: Settings = { log_min_messages: 'warning', log_min_error_statement: 'error', log_error_verbosity: 'default' }

/** A session with these settings, as a server that has them would give to everybody. */
async function session<T>(settings: Settings, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: server.url })
  await client.connect()
  try {
    for (const [name, value] of Object.entries({ ...ofServers, ...settings })) await client.query(`set ${name} = '${value}'`)
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Everything that puts a row before the server: statements that work, that fail in each way, that take long, that nest. */
async function whatALogMayCatch(client: Client, mark: string): Promise<string[]> {
  const told: string[] = []
  const attempt = (text: string, values?: unknown[]) =>
    client.query(text, values).catch((error: { where?: string }) => told.push(String(error.where ?? '')))
  await attempt('delete from volunteer')
  await attempt(`insert into volunteer values (1, '${mark}')`)
  await attempt('insert into volunteer values (2, $1)', [`${mark}${'x'.repeat(60)}`])
  await attempt(`insert into volunteer values (1, '${mark}')`)
  await attempt(`select '${mark}'::date`)
  await attempt('select $1::text::date', [mark])
  await attempt(`do $$ begin perform quietly() where '${mark}' <> ''; end $$`)
  await attempt('set log_temp_files = 0')
  await attempt(`set work_mem = '64kB'`)
  await attempt(`select count(*) from (select g from generate_series(1, 60000) g where '${mark}' <> '' order by g::text) x`)
  return told
}

/** Whether the mark is in the log, or in what the client is told about its parameters. */
async function caught(settings: Settings): Promise<boolean> {
  const mark = `Mara Ziegler ${Math.random()}`
  const before = readFileSync(logFile, 'utf8').length
  const told = await session(settings, (client) => whatALogMayCatch(client, mark))
  await pause(200)
  const logged = readFileSync(logFile, 'utf8').slice(before)
  expect(logged).toContain('LOG:') // it does log, else this would prove nothing
  return [logged, ...told].some((text) => text.includes(mark))
}

test('the attack: a server as PostgreSQL comes logs the rows of statements that fail, and rowLogging names what to run', async () => {
  expect(await caught(factory)).toBe(true)
  expect(await session(factory, (client) => rowLogging(client))).toEqual([
    "alter system set log_error_verbosity = 'terse'",
    "alter system set log_min_error_statement = 'panic'",
    "alter system set log_min_messages = 'log'",
    'select pg_reload_conf()',
  ])
})

test('what the embedded server had until now was not enough: the first line of an error quotes the value', async () => {
  const before = { log_min_messages: 'warning' }
  expect(await caught(before)).toBe(true)
  expect(await session(before, (client) => rowLogging(client))).toEqual([
    "alter system set log_min_messages = 'log'",
    'select pg_reload_conf()',
  ])
})

test('with our settings, and with those of the compose file, none of it is in the log', async () => {
  expect(await caught({})).toBe(false)
  expect(await session({}, (client) => rowLogging(client))).toEqual([])
  for (const name of ['postgres', 'instances'] as const) {
    const logging = Object.entries(serverSettings(name)).filter(([setting]) => setting.startsWith('log_'))
    expect(await caught({ ...factory, ...Object.fromEntries(logging) })).toBe(false)
    expect(await session({ ...factory, ...Object.fromEntries(logging) }, (client) => rowLogging(client))).toEqual([])
  }
})

test.each([
  ['log_min_messages', 'error'],
  ['log_min_error_statement', 'error'],
  ['log_error_verbosity', 'default'],
  ['log_statement', 'mod'],
  ['log_min_duration_statement', '0'],
  ['log_min_duration_sample', '0'],
  ['log_transaction_sample_rate', '1'],
  ['log_parameter_max_length_on_error', '-1'],
])('%s = %s alone lets a value through, and is found', async (name, value) => {
  expect(await caught({ [name]: value })).toBe(true)
  expect(await session({ [name]: value }, (client) => rowLogging(client))).toContain(`alter system set ${name} = '${ofServers[name]}'`)
})

/** A library that one database or role preloads: a session elsewhere has not loaded it, and PostgreSQL hides its settings from that one. */
async function preloading(whose: string, kept: string[], use: () => Promise<void>): Promise<void> {
  for (const setting of kept) await sql(server.url, `alter ${whose} set ${setting}`)
  try {
    await use()
  } finally {
    await sql(server.url, `alter ${whose} reset all`)
  }
}
const named = async () => session({}, (client) => rowLogging(client))

test('the attack: a library that one database preloads logs rows, and it is found from another one', async () => {
  await sql(server.url, 'create database loud')
  await preloading('database loud', [`session_preload_libraries = 'auto_explain'`], async () => {
    // PostgreSQL takes the setting where the library is loaded.
    await session({}, async (client) => {
      await client.query(`load 'auto_explain'`)
      await client.query('alter system set auto_explain.log_min_duration = 0')
    })
    await sql(server.url, 'select pg_reload_conf()')
    await pause(300)
    const mark = `Mara Ziegler ${Math.random()}`
    const loud = new URL(server.url)
    loud.pathname = '/loud'
    await sql(loud.href, `set log_min_messages = 'log'; select '${mark}'`)
    await pause(200)
    expect(readFileSync(logFile, 'utf8')).toContain(mark)
    expect(await named()).toEqual(['alter database loud reset session_preload_libraries'])
    await sql(server.url, 'alter database loud set auto_explain.log_min_duration = -1')
    expect(await named()).toEqual([])
  })
  await sql(server.url, 'alter system reset auto_explain.log_min_duration')
  await sql(server.url, 'select pg_reload_conf()')
  await sql(server.url, 'drop database loud')
})

test.each([
  ['role preloading', 'session_preload_libraries', `'pg_trgm', 'auto_explain'`, [], `set session_preload_libraries = 'pg_trgm'`],
  ['role preloading', 'local_preload_libraries', `'$libdir/plugins/auto_explain'`, [], 'reset local_preload_libraries'],
  ['role preloading', 'session_preload_libraries', `'pgaudit'`, ['pgaudit.log'], 'reset session_preload_libraries'],
  ['role preloading in database slipway', 'session_preload_libraries', `'$libdir/AUTO_EXPLAIN.so'`, [], 'reset session_preload_libraries'],
  ['role all', 'session_preload_libraries', `'auto_explain'`, [], 'reset session_preload_libraries'],
] as [string, string, string, string[], string][])('of %s, %s = %s is named', async (whose, list, value, besides, remedy) => {
  await sql(server.url, 'drop role if exists preloading')
  await sql(server.url, 'create role preloading')
  await preloading(whose, [...besides.map((name) => `${name} = 'none'`), `${list} = ${value}`], async () => {
    expect(await named()).toEqual([`alter ${whose} ${remedy}`])
  })
})

test('a library without its values: quiet settings beside it, or another library, are nobody’s business', async () => {
  const quiet = [`pgaudit.log = 'none'`, `pgaudit.role = ''`, 'auto_explain.log_min_duration = -1']
  await preloading('database postgres', [...quiet, `session_preload_libraries = 'pgaudit', 'auto_explain'`], async () =>
    expect(await named()).toEqual([]),
  )
  await preloading('database postgres', [`session_preload_libraries = 'pg_stat_statements'`], async () => expect(await named()).toEqual([]))
})

test('a library that everybody preloads from now on is named by a session that has not loaded it; one that has reads its settings', async () => {
  const settle = async (...statements: string[]) => {
    for (const statement of [...statements, 'select pg_reload_conf()']) await sql(server.url, statement)
    await pause(300)
  }
  await session({}, async (client) => {
    await settle(`alter system set session_preload_libraries = 'auto_explain'`)
    expect(await rowLogging(client)).toEqual(['alter system reset session_preload_libraries', 'select pg_reload_conf()'])
  })
  expect(await named()).toEqual([])
  await settle('alter system set auto_explain.log_min_duration = 0')
  expect(await named()).toEqual([`alter system set auto_explain.log_min_duration = '-1'`, 'select pg_reload_conf()'])
  await settle('alter system reset auto_explain.log_min_duration', 'alter system reset session_preload_libraries')
})

test('what a role or a database keeps is found by any login, and named', async () => {
  await sql(server.url, `create role watcher login password 'watcher'`)
  await sql(server.url, 'grant connect on database slipway to watcher')
  await sql(server.url, `create role "Loud one"`)
  await sql(server.url, `alter role "Loud one" in database slipway set log_statement = 'all'`)
  await sql(server.url, `alter database postgres set log_min_duration_statement = 0`)
  await sql(server.url, `alter role all set log_min_duration_sample = 0`)
  const url = new URL(server.url)
  Object.assign(url, { username: 'watcher', password: 'watcher' })
  const client = new Client({ connectionString: url.href })
  await client.connect()
  try {
    expect((await rowLogging(client)).sort()).toEqual([
      'alter database postgres reset log_min_duration_statement',
      'alter role "Loud one" in database slipway reset log_statement',
      'alter role all reset log_min_duration_sample',
    ])
  } finally {
    await client.end()
  }
})
