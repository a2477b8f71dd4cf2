/** The `slipway` command line, as an operator meets it: what it prints and how it ends. */
import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseKeys } from '../../src/secrets.js'
import { freshDatabase, sql, testServer } from '../support/postgres.js'
import { startProductionRedis } from '../support/production.js'
import { startRedis } from '../support/redis.js'
import { sealedDatabase } from '../support/sealed.js'
import { makeRole, stateDatabase, withLogin } from '../support/state.js'

const key = (id: string, byte: number) => `${id}:${Buffer.alloc(32, byte).toString('base64')}`

const root = join(__dirname, '..', '..')
let dataDir: string
let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'slipway-cli-'))
  database = await freshDatabase()
})
afterAll(async () => {
  await database.drop()
  rmSync(dataDir, { recursive: true, force: true })
})

/** Runs `slipway <line>` from the sources, with nothing of this process's environment but the PATH. */
function slipway(line: string, env: Record<string, string> = {}): Promise<{ code: number | null; out: string; err: string }> {
  const child = spawn(
    process.execPath,
    ['-r', join(root, 'test', 'support', 'register.cjs'), join(root, 'src', 'cli.ts'), ...line.split(' ')],
    {
      cwd: root,
      env: { PATH: process.env['PATH'] ?? '', DATA_DIR: dataDir, DATABASE_URL: database.url, ...env },
    },
  )
  let out = ''
  let err = ''
  child.stdout.on('data', (chunk) => {
    out += chunk
  })
  child.stderr.on('data', (chunk) => {
    err += chunk
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, out, err }))
  })
}

test('start without SLACK_* ends with 78 and one message that names every missing key', async () => {
  const { code, out, err } = await slipway('start')
  expect({ code, out }).toEqual({ code: 78, out: '' })
  expect(err).toMatchInlineSnapshot(`
"3 settings are wrong or missing:
  SLACK_BOT_TOKEN is missing
  SLACK_OPS_CHANNEL is missing
  SLACK_SIGNING_SECRET or SLACK_APP_TOKEN is missing: the first for HTTP, the second for Socket Mode
Every setting is described in .env.example.
"
`)
})

test('a wrong setting ends with 78 and names the key, without a stack trace', async () => {
  const { code, err } = await slipway('migrate', { PORT: 'eighty', LOG_LEVEL: 'loud' })
  expect(code).toBe(78)
  expect(err).toMatchInlineSnapshot(`
"2 settings are wrong or missing:
  PORT is not a whole number from 0 to 65535
  LOG_LEVEL is not trace, debug, info, warn, error, fatal or silent
Every setting is described in .env.example.
"
`)
})

test('manifest prints an app manifest that Slack can read, with every command', async () => {
  const { code, out } = await slipway('manifest', { COMMAND_PREFIX: 'acme-', PUBLIC_URL: 'https://slipway.example' })
  expect(code).toBe(0)
  const manifest = JSON.parse(out) as { features: { slash_commands: { command: string; url?: string }[] }; settings: object }
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(expect.arrayContaining(['/acme-env', '/acme-golive']))
  expect(JSON.stringify(manifest)).toContain('https://slipway.example')
})

test('product check is content with the product that ships, and names what is wrong with another', async () => {
  expect(await slipway('product check')).toMatchObject({ code: 0, out: expect.stringContaining('the product is in order') })
  const wrong = await slipway('product check', { PRODUCT_DIR: dataDir })
  expect(wrong.code).not.toBe(0)
  expect(wrong.out + wrong.err).toContain('product.yaml')
  expect(wrong.out + wrong.err).not.toMatch(/\n\s+at /)
})

test('R32 audit verify recomputes the chains', async () => {
  expect(await slipway('migrate')).toMatchObject({ code: 0 })
  expect(await slipway('audit verify')).toMatchObject({ code: 0, out: expect.stringMatching(/\d+ entries verified\. Head: [0-9a-f]{64}/) })
})

test('start on a database that was not migrated ends with 78 and one sentence', async () => {
  const empty = await freshDatabase()
  const slack = { SLACK_BOT_TOKEN: 'xoxb-x', SLACK_SIGNING_SECRET: 'secret', SLACK_OPS_CHANNEL: 'C_OPS' }
  const { code, err } = await slipway('start bot', { ...slack, DATABASE_URL: empty.url, LOG_LEVEL: 'silent' })
  expect(code).toBe(78)
  expect(err).toMatch(/^The database's schema is not up to date \(0001[^)]*\): run slipway migrate\.\n$/)
  expect(await sql(empty.url, `select to_regnamespace('slipway') as is`)).toEqual([{ is: null }])
  await empty.drop()
})

test('every command on a database that a newer Slipway migrated ends with 78 and one sentence', async () => {
  const newer = await stateDatabase()
  await sql(newer.superuserUrl, `insert into slipway.migration (name) values ('9999-later.sql')`)
  const env = { DATABASE_URL: newer.url, MIGRATE_URL: newer.ownerUrl }
  for (const line of ['migrate', 'audit verify']) {
    const { code, err } = await slipway(line, env)
    expect({ line, code }).toEqual({ line, code: 78 })
    expect(err).toMatch(/^A newer Slipway migrated this database \(9999-later\.sql .*\n$/)
  }
  await newer.drop()
})

test('migrate as the owner gives each named login its rights, and doctor is content with them', async () => {
  const server = await testServer()
  const own = await freshDatabase()
  for (const role of ['slipway_test_owner', 'slipway_test_runtime', 'slipway_test_bot']) await makeRole(server, role)
  await sql(server, `alter database "${own.name}" owner to slipway_test_owner`)
  const env = { MIGRATE_URL: withLogin(own.url, 'slipway_test_owner'), DATABASE_URL: withLogin(own.url, 'slipway_test_runtime') }
  const migrated = await slipway('migrate --bot-role slipway_test_bot', env)
  expect(migrated).toMatchObject({ code: 0, out: expect.stringContaining('slipway_test_bot has the rights of a bot') })
  expect(migrated.out).toContain('slipway_test_runtime has the rights of a worker')
  const { out } = await slipway('doctor', env)
  expect(out).toMatch(/ok {4}the login of DATABASE_URL \(slipway_test_runtime\) cannot change the audit trail/)
  expect(out).toMatch(/ok {4}only named logins may connect/)
  const missing = await slipway('migrate --worker-role nobody_of_this_name', env)
  expect(missing).toMatchObject({ code: 78, err: expect.stringContaining('create role "nobody_of_this_name" login') })
  await own.drop()
})

test('migrate with the login that works with the tables says whose they are, and prints no way to take them', async () => {
  const own = await stateDatabase()
  const { code, err } = await slipway('migrate', { DATABASE_URL: own.url })
  expect(code).toBe(78)
  expect(err).toContain(
    'The tables belong to slipway_test_owner, and slipway_test_runtime is a login that works with them: set MIGRATE_URL',
  )
  expect(err).not.toContain('owner to')
  await own.drop()
})

test('doctor says what to run where one login is everything, and where strangers may connect', async () => {
  const open = await freshDatabase()
  await slipway('migrate', { DATABASE_URL: open.url })
  await sql(open.url, `grant connect on database "${open.name}" to public`)
  const { code, out } = await slipway('doctor', { DATABASE_URL: open.url })
  expect(code).toBe(1)
  expect(out).toMatch(
    /FAIL {2}the login of DATABASE_URL \(\w+\) cannot change the audit trail[\s\S]*create role slipway_owner login password/,
  )
  expect(out).toContain(`revoke connect, temporary on database ${open.name} from public;`)
  await open.drop()
})

test('a REVOKE by somebody who does not own the database changes nothing, and migrate says who must run it', async () => {
  const server = await testServer()
  const foreign = await freshDatabase()
  await makeRole(server, 'slipway_test_owner')
  await sql(server, `grant connect, temporary on database "${foreign.name}" to public`)
  await sql(server, `grant create on database "${foreign.name}" to slipway_test_owner`)
  const { code, out } = await slipway('migrate', { DATABASE_URL: withLogin(foreign.url, 'slipway_test_owner') })
  expect(code).toBe(0)
  expect(out).toContain(`revoke connect, temporary on database ${foreign.name} from public;`)
  await foreign.drop()
})

test('the clock of a real system is never moved', async () => {
  const refused = await slipway('clock advance 36h')
  expect(refused.code).toBe(78)
  expect(refused.err).toContain('never moved')
  expect(await slipway('clock advance 36h', { SLIPWAY_CLOCK: 'movable' })).toMatchObject({
    code: 0,
    out: expect.stringContaining('129600 s ahead'),
  })
  expect((await slipway('clock advance tomorrow', { SLIPWAY_CLOCK: 'movable' })).err).toContain('14d')
})

test('doctor names every dependency, and what to do about those that fail', async () => {
  const { code, out } = await slipway('doctor', { REDIS_URL: 'redis://127.0.0.1:1' })
  expect(code).toBe(1)
  expect(out).toMatch(/ok {4}PostgreSQL \(DATABASE_URL\)/)
  expect(out).toMatch(/FAIL {2}queue \(REDIS_URL\)[\s\S]*Redis must answer/)
  expect(out).toMatch(/FAIL {2}policy[\s\S]*Name your people/)
  expect(out).toMatch(/FAIL {2}Slack[\s\S]*SLACK_BOT_TOKEN/)
  expect(out).not.toContain(new URL(database.url).password)
})

test('doctor finds a Redis that asks for no password, by asking it, and is content with one that does', async () => {
  const open = await startRedis()
  const closed = await startProductionRedis(join(dataDir, 'redis'), 'redis0')
  try {
    // A password in the URL proves nothing: a Redis that wants none takes any.
    const pretended = open.url.replace('redis://', 'redis://:pretended@')
    for (const url of [open.url, pretended]) {
      const { code, out } = await slipway('doctor bot', { REDIS_URL: url })
      expect(code).toBe(1)
      expect(out).toMatch(/FAIL {2}Redis's password \(REDIS_URL\): .*\n {6}.*Set requirepass/)
      expect(out).not.toContain('pretended')
    }
    expect((await slipway('doctor bot', { REDIS_URL: closed.url })).out).toMatch(/ok {4}queue \(REDIS_URL\)\nok {4}Redis's password/)
    const wrong = await slipway('doctor bot', { REDIS_URL: closed.url.replace('redis0', 'redis1') })
    expect(wrong.out).toMatch(/FAIL {2}queue \(REDIS_URL\): WRONGPASS/)
  } finally {
    await closed.stop()
    await open.stop()
  }
})

test('doctor looks at what a part needs: a bot needs no keys, no instances and no folders; a worker without SECRET_KEYS is told', async () => {
  await slipway('migrate')
  const { out: ofBot } = await slipway('doctor bot')
  expect(ofBot).not.toMatch(/SECRET_KEYS|INSTANCES_URL|folder/)
  const { out: ofWorker } = await slipway('doctor worker')
  expect(ofWorker).toMatch(/FAIL {2}keys \(SECRET_KEYS\): not set[\s\S]*openssl rand -base64 32[\s\S]*slipway secrets reseal/)
  expect(await slipway('doctor worker', { SECRET_KEYS: key('k1', 1) })).toMatchObject({
    out: expect.stringContaining('ok    keys (SECRET_KEYS)'),
  })
  expect((await slipway('doctor everything')).code).toBe(64)
})

test('doctor prints the statements to run where rows can come into the log of the server', async () => {
  const name = new URL(database.url).pathname.slice(1)
  await sql(database.url, `alter database ${name} set log_statement = 'all'`)
  const { out } = await slipway('doctor bot')
  await sql(database.url, `alter database ${name} reset log_statement`)
  expect(out).toContain(
    `FAIL  the log of DATABASE_URL's server\n      Rows can come into it. Run there as a superuser:\n      alter database ${name} reset log_statement;`,
  )
  expect((await slipway('doctor bot')).out).toContain("ok    the log of DATABASE_URL's server")
})

test('secrets reseal needs SECRET_KEYS, says what it did, and what may be removed', async () => {
  expect(await slipway('secrets reseal')).toMatchObject({
    code: 78,
    err: expect.stringContaining('SECRET_KEYS is missing: put the new key first'),
  })
  expect((await slipway('secrets')).code).toBe(64)
  const done = await slipway('secrets reseal', { SECRET_KEYS: `${key('k2', 2)},${key('k1', 1)}` })
  expect(done).toMatchObject({
    code: 0,
    out: expect.stringMatching(/^0 values sealed anew under the key "k2"\.\nNothing is left[\s\S]*then "k1" may be removed/),
  })
})

test('a worker whose own key cannot open what another machine sealed ends with 78, and names the key, before it takes any work', async () => {
  const sealed = await sealedDatabase()
  await sealed.fill(parseKeys(key('k1', 1)), 0, 2)
  const slack = { SLACK_BOT_TOKEN: 'xoxb-1', SLACK_OPS_CHANNEL: 'C1', DATABASE_URL: sealed.url }
  try {
    await slipway('migrate', slack)
    const { code, err } = await slipway('start worker', slack)
    expect(code).toBe(78)
    expect(err).toMatch(
      /2 sealed values are under the key "k1", and this machine made a key of its own \("kept-\w+", in DATA_DIR\).*add "k1" to SECRET_KEYS/,
    )
    expect(await slipway('doctor worker', { ...slack, SECRET_KEYS: key('k2', 2) })).toMatchObject({
      out: expect.stringMatching(/FAIL {2}keys.*"k1"/),
    })
  } finally {
    await sealed.drop()
  }
})

test('whatever is no command ends with 64 and says what there is', async () => {
  const { code, err } = await slipway('strat')
  expect(code).toBe(64)
  expect(err).toContain('slipway start [bot|worker]')
})
