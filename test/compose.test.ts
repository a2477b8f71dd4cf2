import { readFileSync } from 'node:fs'
import path from 'node:path'
import Ajv from 'ajv'
import { parse } from 'yaml'
import { readConfig, SETTINGS } from '../src/config.js'

interface Service {
  image: string
  command: string[]
  ports?: string[]
  networks: string[]
  volumes: string[]
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  healthcheck: { test?: string[]; disable?: boolean }
  container_name?: string
  read_only?: boolean
}

interface Compose {
  services: Record<'redis' | 'postgres' | 'migrate' | 'bot' | 'worker', Service>
  networks: Record<string, { internal?: boolean }>
  volumes: Record<string, unknown>
}

const text = readFileSync('docker-compose.yml', 'utf8')
const compose: Compose = parse(text, { merge: true })
const { redis, postgres, migrate, bot, worker } = compose.services

/** The Compose specification's own schema, as dclint carries it. */
function validator() {
  const file = path.join(path.dirname(require.resolve('dclint/package.json')), 'schemas/compose.schema.json')
  const { $schema, ...schema } = JSON.parse(readFileSync(file, 'utf8'))
  return new Ajv({ strict: false, validateFormats: false }).compile(schema)
}

test('the file is valid by the Compose specification, and the schema can refuse', () => {
  const valid = validator()
  expect(valid(compose) ? [] : valid.errors).toEqual([])
  expect(valid({ ...compose, services: { ...compose.services, bot: { ...bot, imagee: 'x' } } })).toBe(false)
  expect(valid({ ...compose, services: { ...compose.services, bot: { ...bot, depends_on: { redis: { condition: 'soon' } } } } })).toBe(
    false,
  )
})

test('Redis keeps its jobs: append-only file, no eviction, a volume', () => {
  expect(redis.command.join(' ')).toMatch(/--appendonly yes .*--maxmemory-policy noeviction/)
  expect(redis.volumes).toEqual(['redis:/data'])
})

test('Redis and PostgreSQL are reachable from inside only', () => {
  for (const service of [redis, postgres]) {
    expect(service.ports).toBeUndefined()
    expect(service.networks).toEqual(['inside'])
  }
  expect(compose.networks['inside']).toEqual({ internal: true })
})

test('no secret has a default: without it nothing starts', () => {
  for (const [name] of text.matchAll(/\$\{\w*(PASSWORD|SECRET_KEYS|BOT_TOKEN)[^}]*\}/g)) expect(name).toMatch(/^\$\{\w+:\?.+\}$/)
  expect(bot.environment?.['DATABASE_URL']).toContain(`slipway:\${POSTGRES_PASSWORD:?`)
  expect(postgres.environment?.['POSTGRES_PASSWORD']).toMatch(/^\$\{POSTGRES_PASSWORD:\?/)
  expect(Object.values(bot.environment ?? {}).join()).not.toMatch(/xox|xapp-/)
})

test('bot and worker start after the database is migrated and the queue answers; the worker can be scaled', () => {
  for (const service of [bot, worker]) {
    expect(service.depends_on).toEqual({
      redis: { condition: 'service_healthy' },
      postgres: { condition: 'service_healthy' },
      migrate: { condition: 'service_completed_successfully' },
    })
    expect(service.read_only).toBe(true)
  }
  expect(migrate.depends_on).toEqual({ postgres: { condition: 'service_healthy' } })
  expect([worker.ports, worker.container_name]).toEqual([undefined, undefined])
  expect([bot.command, worker.command]).toEqual([
    ['start', 'bot'],
    ['start', 'worker'],
  ])
  expect(bot.healthcheck.test?.join(' ')).toContain('/readyz')
})

test('intake, documents and backups outlive the containers, where the settings say they are', () => {
  const { intakeDir, documentsDir, backupDir } = readConfig({ DATA_DIR: bot.environment?.['DATA_DIR'] })
  const policy = `\${POLICY_FILE:?set it to the path of the policy file}:/data/policy.yaml:ro`
  for (const service of [bot, worker])
    expect(service.volumes).toEqual([`intake:${intakeDir}`, `documents:${documentsDir}`, `backups:${backupDir}`, policy])
  const kept = Object.values(compose.services).flatMap(({ volumes }) => volumes.filter((volume) => volume !== policy))
  const used = kept.map((volume) => volume.split(':')[0])
  expect(Object.keys(compose.volumes).sort()).toEqual([...new Set(used)].sort())
})

test('the environment names settings that exist, and is enough to start', () => {
  for (const service of [migrate, bot, worker])
    expect(Object.keys(service.environment ?? {}).filter((key) => !(SETTINGS as readonly string[]).includes(key))).toEqual([])
  const given = {
    POSTGRES_PASSWORD: 'abc',
    SECRET_KEYS: `k:${Buffer.alloc(32).toString('base64')}`,
    SLACK_BOT_TOKEN: 'xoxb-1',
    SLACK_OPS_CHANNEL: 'C1',
    SLACK_SIGNING_SECRET: 's',
  }
  expect(readConfig(interpolated(worker.environment ?? {}, given), 'start')).toMatchObject({
    databaseUrl: 'postgresql://slipway:abc@postgres:5432/slipway',
    workerConcurrency: 8,
  })
})

/** What Compose makes of `${NAME:-default}` and `${NAME:?message}`. */
function interpolated(environment: Record<string, string>, given: Record<string, string>): Record<string, string> {
  const value = (raw: string) =>
    raw.replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => given[name] ?? (kind === '-' ? rest : ''))
  return Object.fromEntries(Object.entries(environment).map(([key, raw]) => [key, value(raw)]))
}

test('the image runs as an ordinary user and is built from what the repository holds', () => {
  const dockerfile = readFileSync('Dockerfile', 'utf8')
  expect(dockerfile).toMatch(
    /^FROM node:20-bookworm-slim\n[\s\S]*^USER node$[\s\S]*^HEALTHCHECK [\s\S]*\/healthz[\s\S]*^ENTRYPOINT \["node", "dist\/src\/cli.js"\]$/m,
  )
  const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, names]) => names?.split(' ') ?? [])
  for (const name of copied) expect(() => readFileSync(name)).not.toThrow(/ENOENT/)
  expect(readFileSync('.dockerignore', 'utf8').split('\n')).toEqual(expect.arrayContaining(['.env', 'node_modules', 'var']))
})
