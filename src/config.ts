/** The settings: read once from the environment, checked, frozen. Nothing else reads `process.env`. */
import path from 'node:path'
import { z } from 'zod'
import { address, instanceServers, origins, secretKeys, text, token, whole } from './config-values.js'
import type { SecretKeys } from './secrets.js'

/** How Slack reaches the bot: signed HTTP requests, or a WebSocket that the bot opens (Socket Mode); a worker is not reached, it posts. */
type SlackAccess = { botToken: string; opsChannel: string } & (
  | { mode: 'http'; signingSecret: string }
  | { mode: 'socket'; appToken: string }
  | { mode: 'posting' }
)

export interface Config {
  /** Absent where the token or the channel is not given; always there for a bot or a worker. */
  readonly slack: SlackAccess | undefined
  readonly slackApiUrl: string
  /** Origins, besides Slack's and that of `slackApiUrl`, that a `response_url` may have. */
  readonly responseOrigins: readonly string[]
  readonly commandPrefix: string
  /** Absent: the embedded PostgreSQL. */
  readonly databaseUrl: string | undefined
  /** The owner of the bot's tables, for `migrate` alone; absent: `databaseUrl`. */
  readonly migrateUrl: string | undefined
  /** Absent: the queue is kept in PostgreSQL. */
  readonly redisUrl: string | undefined
  /** Where instances live, by the keys that rows name them by; new ones go to the first. Empty: the embedded server, or a worker cannot start. */
  readonly instanceServers: readonly { key: string; url: string }[]
  /** For `migrate instances` alone. */
  readonly instancesSuperuserUrl: string | undefined
  readonly port: number
  readonly publicUrl: string
  /** Absent: keys are kept in `dataDir` (`keptKeys`). */
  readonly secretKeys: SecretKeys | undefined
  readonly dataDir: string
  readonly intakeDir: string
  readonly documentsDir: string
  readonly backupDir: string
  readonly productDir: string
  /** Absent: the defaults of the lifecycle's rules. */
  readonly policyFile: string | undefined
  readonly workspacePort: number
  readonly logLevel: string
  readonly clock: 'system' | 'movable'
  readonly queueLockMs: number
  readonly queueStalledMs: number
  readonly workerConcurrency: number
  readonly sweepMs: number
  /** Sentences about settings that look like misspellings of ours. */
  readonly warnings: readonly string[]
}

/** What the settings are read for: a bot (`start`) is reached by Slack, a `worker` only posts there, nothing else needs Slack. */
export type Purpose = 'start' | 'worker' | 'other'

/** One message that names every bad key; the command line prints it and exits with 78. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'

  constructor(readonly problems: readonly string[]) {
    const count = problems.length === 1 ? '1 setting is' : `${problems.length} settings are`
    super(
      `${count} wrong or missing:\n${problems.map((problem) => `  ${problem}`).join('\n')}\nEvery setting is described in .env.example.`,
    )
  }
}

const settings = z.object({
  SLACK_BOT_TOKEN: token(/^(xapp-|xoxp-)/, 'is not a bot token (those begin with xoxb-)'),
  SLACK_SIGNING_SECRET: text,
  SLACK_APP_TOKEN: token(/^xox/, 'is not an app-level token (those begin with xapp-)'),
  SLACK_API_URL: address('https', 'http').default('https://slack.com/api/'),
  SLACK_OPS_CHANNEL: text,
  RESPONSE_ORIGINS: origins.optional(),
  COMMAND_PREFIX: z
    .string()
    .regex(/^[a-z0-9_-]{1,16}$/, 'is not made of at most 16 lower case letters, digits, - and _')
    .default(''),
  DATABASE_URL: address('postgres', 'postgresql').optional(),
  MIGRATE_URL: address('postgres', 'postgresql').optional(),
  REDIS_URL: address('redis', 'rediss').optional(),
  INSTANCE_SERVERS: instanceServers.optional(),
  INSTANCES_URL: address('postgres', 'postgresql').optional(),
  INSTANCES_SUPERUSER_URL: address('postgres', 'postgresql').optional(),
  PORT: whole(0, 65_535, 3000),
  PUBLIC_URL: address('https', 'http').optional(),
  SECRET_KEYS: secretKeys.optional(),
  DATA_DIR: z.string().default('var'),
  INTAKE_DIR: text,
  DOCUMENTS_DIR: text,
  BACKUP_DIR: text,
  PRODUCT_DIR: z.string().default(path.join(__dirname, 'product', 'clinic')),
  POLICY_FILE: text,
  WORKSPACE_PORT: whole(0, 65_535, 4000),
  LOG_LEVEL: z
    .enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'], 'is not trace, debug, info, warn, error, fatal or silent')
    .default('info'),
  SLIPWAY_CLOCK: z.enum(['system', 'movable'], 'is not system or movable').default('system'),
  QUEUE_LOCK_MS: whole(500, 600_000, 30_000),
  QUEUE_STALLED_MS: whole(500, 600_000, 30_000),
  WORKER_CONCURRENCY: whole(1, 200, 8),
  SWEEP_MS: whole(100, 600_000, 15_000),
})

type Settings = z.infer<typeof settings>

/** Every environment variable that Slipway reads. */
export const SETTINGS = Object.keys(settings.shape) as readonly (keyof Settings)[]

/** Reads the settings from `env`, normally the process's; an empty value counts as unset. Throws `ConfigError`. */
export function readConfig(env: Record<string, string | undefined> = process.env, purpose: Purpose = 'other'): Config {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''))
  const misspelt = misspellings(given)
  const parsed = settings.safeParse(given)
  const problems = (parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')} ${issue.message}`)
  if (purpose !== 'other') problems.push(...slackMissing(given, misspelt, purpose))
  if (problems.length > 0 || !parsed.success) throw new ConfigError(problems)
  return Object.freeze(
    configOf(
      parsed.data,
      [...misspelt].map(([wrong, right]) => `${wrong} is set, and is no setting of Slipway's: is ${right} meant?`),
    ),
  )
}

function slackMissing(given: Record<string, unknown>, misspelt: Map<string, string>, purpose: Purpose): string[] {
  const hint = (key: string) =>
    [...misspelt]
      .filter(([, right]) => right === key)
      .map(([wrong]) => ` (${wrong} is set: a misspelling?)`)
      .join('')
  const problems = ['SLACK_BOT_TOKEN', 'SLACK_OPS_CHANNEL'].filter((key) => !given[key]).map((key) => `${key} is missing${hint(key)}`)
  if (purpose === 'start' && !given['SLACK_SIGNING_SECRET'] && !given['SLACK_APP_TOKEN'])
    problems.push(
      `SLACK_SIGNING_SECRET${hint('SLACK_SIGNING_SECRET')} or SLACK_APP_TOKEN${hint('SLACK_APP_TOKEN')} is missing: the first for HTTP, the second for Socket Mode`,
    )
  return problems
}

function configOf(read: Settings, warnings: string[]): Config {
  const dataDir = path.resolve(read.DATA_DIR)
  const folder = (given: string | undefined, name: string) => (given ? path.resolve(given) : path.join(dataDir, name))
  return {
    slack: slackOf(read),
    slackApiUrl: read.SLACK_API_URL,
    responseOrigins: read.RESPONSE_ORIGINS ?? [],
    commandPrefix: read.COMMAND_PREFIX,
    databaseUrl: read.DATABASE_URL,
    migrateUrl: read.MIGRATE_URL ?? read.DATABASE_URL,
    redisUrl: read.REDIS_URL,
    instanceServers: [...(read.INSTANCE_SERVERS ?? []), ...(read.INSTANCES_URL ? [{ key: 'default', url: read.INSTANCES_URL }] : [])],
    instancesSuperuserUrl: read.INSTANCES_SUPERUSER_URL,
    port: read.PORT,
    publicUrl: (read.PUBLIC_URL ?? `http://localhost:${read.PORT}`).replace(/\/+$/, ''),
    secretKeys: read.SECRET_KEYS,
    dataDir,
    intakeDir: folder(read.INTAKE_DIR, 'intake'),
    documentsDir: folder(read.DOCUMENTS_DIR, 'documents'),
    backupDir: folder(read.BACKUP_DIR, 'backups'),
    productDir: path.resolve(read.PRODUCT_DIR),
    policyFile: read.POLICY_FILE && path.resolve(read.POLICY_FILE),
    workspacePort: read.WORKSPACE_PORT,
    logLevel: read.LOG_LEVEL,
    clock: read.SLIPWAY_CLOCK,
    queueLockMs: read.QUEUE_LOCK_MS,
    queueStalledMs: read.QUEUE_STALLED_MS,
    workerConcurrency: read.WORKER_CONCURRENCY,
    sweepMs: read.SWEEP_MS,
    warnings,
  }
}

function slackOf(read: Settings): SlackAccess | undefined {
  const { SLACK_BOT_TOKEN: botToken, SLACK_OPS_CHANNEL: opsChannel, SLACK_SIGNING_SECRET: signingSecret, SLACK_APP_TOKEN: appToken } = read
  if (!botToken || !opsChannel) return undefined
  if (appToken) return Object.freeze({ mode: 'socket', botToken, opsChannel, appToken })
  return Object.freeze(signingSecret ? { mode: 'http', botToken, opsChannel, signingSecret } : { mode: 'posting', botToken, opsChannel })
}

/** Keys that are one or two letters away from a setting that is not set. Short names are left alone: too much is near them. */
function misspellings(given: Record<string, unknown>): Map<string, string> {
  const unset = SETTINGS.filter((key) => key.length >= 8 && !given[key])
  const known = new Set<string>(SETTINGS)
  const found = new Map<string, string>()
  for (const key of Object.keys(given)) {
    const near = known.has(key) ? undefined : unset.find((candidate) => distance(key.toUpperCase(), candidate) <= 2)
    if (near) found.set(key, near)
  }
  return found
}

/** Levenshtein's distance. */
function distance(one: string, other: string): number {
  if (Math.abs(one.length - other.length) > 2) return 3
  let row = Array.from({ length: other.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...one].entries()) {
    const next = [i + 1]
    for (const [j, wanted] of [...other].entries()) {
      next.push(Math.min((row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1, (row[j] ?? 0) + (letter === wanted ? 0 : 1)))
    }
    row = next
  }
  return row.at(-1) ?? 0
}
