import { readFileSync } from 'node:fs'
import path from 'node:path'
import Ajv from 'ajv'
import { readConfig, SETTINGS } from '../src/config.js'
import { quietArguments } from '../src/row-logging.js'
import { compose, composeText, environmentFrom, type ServiceName, serverSettings } from './support/compose.js'

const { redis, postgres, instances, migrate, bot, worker, proxy } = compose.services
const slipways = { migrate, bot, worker }
/** What an operator gives, each value to be found again wherever it goes. */
const given: Record<string, string> = {
  POSTGRES_PASSWORD: 'super0',
  MIGRATE_PASSWORD: 'migrate0',
  BOT_PASSWORD: 'bot0',
  WORKER_PASSWORD: 'worker0',
  INSTANCES_PASSWORD: 'instances0',
  REDIS_PASSWORD: 'redis0',
  SECRET_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
  SLACK_BOT_TOKEN: 'xoxb-1',
  SLACK_OPS_CHANNEL: 'C1',
  SLACK_SIGNING_SECRET: 'signing0',
  SLACK_APP_TOKEN: 'xapp-1',
}

/** The Compose specification's own schema, as dclint carries it. */
function validator() {
  const file = path.join(path.dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json')
  const { $schema, ...schema } = JSON.parse(readFileSync(file, 'utf8'))
  return new Ajv({ strict: false, validateFormats: false }).compile(schema)
}

/** Which of the operator's values a service gets to see, in whatever setting. */
function known(service: ServiceName): string[] {
  const seen = Object.values(environmentFrom(service, given)).join(' ')
  return Object.keys(given).filter((name) => seen.includes(given[name] ?? ''))
}

test('the file is valid by the Compose specification, and the schema can refuse', () => {
  const valid = validator()
  expect(valid(compose) ? [] : valid.errors).toEqual([])
  expect(valid({ ...compose, services: { ...compose.services, bot: { ...bot, imagee: 'x' } } })).toBe(false)
  expect(valid({ ...compose, services: { ...compose.services, bot: { ...bot, depends_on: { redis: { condition: 'soon' } } } } })).toBe(
    false,
  )
})

test('each service has the secrets that it needs and no other: the bot none of instances, and the worker none of signing', () => {
  expect(known('migrate')).toEqual(['MIGRATE_PASSWORD'])
  expect(known('bot').sort()).toEqual(
    ['BOT_PASSWORD', 'REDIS_PASSWORD', 'SLACK_APP_TOKEN', 'SLACK_BOT_TOKEN', 'SLACK_OPS_CHANNEL', 'SLACK_SIGNING_SECRET'].sort(),
  )
  expect(known('worker').sort()).toEqual(
    ['INSTANCES_PASSWORD', 'REDIS_PASSWORD', 'SECRET_KEYS', 'SLACK_BOT_TOKEN', 'SLACK_OPS_CHANNEL', 'WORKER_PASSWORD'].sort(),
  )
  expect(known('instances').sort()).toEqual(['INSTANCES_PASSWORD', 'POSTGRES_PASSWORD'])
  expect(Object.keys(bot.environment ?? {})).not.toEqual(expect.arrayContaining(['INSTANCE_SERVERS']))
  expect([known('redis'), known('proxy')]).toEqual([['REDIS_PASSWORD'], []])
})

test("the customers' files, the documents and the backups are the worker's alone, where the settings say they are", () => {
  const { intakeDir, documentsDir, backupDir } = readConfig({ DATA_DIR: worker.environment?.['DATA_DIR'] })
  const policy = `\${POLICY_FILE:?set it to the path of the policy file}:/data/policy.yaml:ro`
  expect(bot.volumes).toEqual([policy])
  expect(migrate.volumes).toBeUndefined()
  expect(worker.volumes).toEqual([`intake:${intakeDir}`, `documents:${documentsDir}`, `backups:${backupDir}`, policy])
  const kept = Object.values(compose.services).flatMap(({ volumes = [] }) => volumes.filter((volume) => /^\w+:/.test(volume)))
  expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(kept.map((volume) => volume.split(':')[0]))].sort())
})

test('a network for each need: instances are reached from the worker only, and nothing but proxy and bot is reached from outside', () => {
  const on = (network: string) =>
    Object.entries(compose.services).flatMap(([name, { networks }]) => (networks.includes(network) ? [name] : []))
  expect(on('instances')).toEqual(['instances', 'worker'])
  expect(on('state')).toEqual(['postgres', 'migrate', 'bot', 'worker'])
  expect(on('queue')).toEqual(['redis', 'bot', 'worker'])
  for (const network of ['instances', 'state', 'queue']) expect(compose.networks[network]).toEqual({ internal: true })
  expect(Object.entries(compose.services).flatMap(([name, { ports }]) => (ports ? [name] : []))).toEqual(['bot', 'proxy'])
})

test('the port of the bot is bound to this machine; TLS stands before it, asked for by a profile, with limits that fit Slack', () => {
  expect(bot.ports?.length).toBeGreaterThan(0)
  for (const port of bot.ports ?? []) expect(port).toMatch(/^127\.0\.0\.1:/)
  expect(proxy.profiles).toEqual(['tls'])
  const caddy = readFileSync('docs/operations/compose/Caddyfile', 'utf8')
  expect(caddy).toMatch(/max_size 1MB[\s\S]*reverse_proxy bot:3000/)
  for (const limit of ['read_header', 'read_body', 'write', 'idle', 'max_header_size']) expect(caddy).toMatch(new RegExp(`${limit} \\d+`))
  expect(caddy).toMatch(/path \/slack\/events/)
})

test('images are named exactly: a version of three or two numbers and its base', () => {
  const ours = new Set(Object.values(slipways).map(({ image }) => image))
  const foreign = Object.values(compose.services).flatMap(({ image }) => (ours.has(image) ? [] : [image]))
  const built = [...readFileSync('Dockerfile', 'utf8').matchAll(/^FROM (\S+)/gm)].map(([, image]) => image ?? '')
  for (const image of [...foreign, ...built]) expect(image).toMatch(/^[a-z]+:\d+\.\d+(\.\d+)?-[a-z-]+$/)
  expect([foreign.length, built.length]).toEqual([4, 2])
})

test('both PostgreSQL servers keep row values out of their logs', () => {
  const quiet = Object.fromEntries(quietArguments.map((setting) => setting.split('=')))
  for (const server of ['postgres', 'instances'] as const) expect(serverSettings(server)).toMatchObject(quiet)
})

test('Redis keeps its jobs: append-only file, no eviction, a volume', () => {
  expect(redis.command.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/)
  expect(redis.volumes).toEqual(['redis:/data'])
})

test('no secret has a default: without it nothing starts', () => {
  for (const [name] of composeText.matchAll(/\$\{\w*(PASSWORD|SECRET_KEYS|BOT_TOKEN)[^}]*\}/g)) expect(name).toMatch(/^\$\{\w+:\?.+\}$/)
  for (const service of ['redis', 'postgres', 'instances', 'migrate', 'bot', 'worker'] as const)
    expect(() => environmentFrom(service, {})).toThrow(/^Compose: \w+: set it to/)
  expect(composeText).not.toMatch(/xox|xapp-/)
})

test('bot and worker start after the database is migrated and the queue answers; the worker can be scaled', () => {
  const ready = {
    redis: { condition: 'service_healthy' },
    postgres: { condition: 'service_healthy' },
    migrate: { condition: 'service_completed_successfully' },
  }
  expect(bot.depends_on).toEqual(ready)
  expect(worker.depends_on).toEqual({ ...ready, instances: { condition: 'service_healthy' } })
  expect(migrate.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  for (const service of [bot, worker, migrate]) expect(service.read_only).toBe(true)
  expect([worker.ports, worker.container_name]).toEqual([undefined, undefined])
  expect([bot.command, worker.command]).toEqual([
    ['start', 'bot'],
    ['start', 'worker'],
  ])
  expect(bot.healthcheck.test?.join(' ')).toContain('/readyz')
  expect([postgres, instances].map(({ healthcheck }) => healthcheck.test?.[1])).toEqual(['pg_isready', 'pg_isready'])
})

test('the environment names settings that exist, and is enough to start each part', () => {
  for (const service of Object.values(slipways))
    expect(Object.keys(service.environment ?? {}).filter((key) => !(SETTINGS as readonly string[]).includes(key))).toEqual([])
  expect(readConfig(environmentFrom('bot', { ...given, SLACK_APP_TOKEN: '' }), 'start')).toMatchObject({
    databaseUrl: 'postgresql://slipway_bot:bot0@postgres:5432/slipway',
    redisUrl: 'redis://:redis0@redis:6379',
    slack: { mode: 'http', signingSecret: 'signing0' },
    secretKeys: undefined,
  })
  expect(readConfig(environmentFrom('worker', given), 'worker')).toMatchObject({
    databaseUrl: 'postgresql://slipway_worker:worker0@postgres:5432/slipway',
    slack: { mode: 'posting' },
    workerConcurrency: 8,
  })
})

test('the image runs as an ordinary user on a supported Node and is built from what the repository holds', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  expect(dockerfile).toMatch(
    /^FROM node:24\.\d+\.\d+-bookworm-slim\n[\s\S]*^USER node$[\s\S]*^HEALTHCHECK [\s\S]*\/healthz[\s\S]*^ENTRYPOINT \["node", "dist\/src\/cli.js"\]$/m,
  )
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names?.split(' ') ?? [])
  for (const name of copied) expect(() => readFileSync(name)).not.toThrow(/ENOENT/)
  expect(readFileSync('.dockerignore', 'utf8').split('\n')).toEqual(expect.arrayContaining(['.env', 'node_modules', 'var']))
})
