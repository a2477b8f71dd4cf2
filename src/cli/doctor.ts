/** `slipway doctor`: every dependency, token scope and setting, and what to do about each. */
import { access, constants } from 'node:fs/promises'
import type { Part } from '../app/index.js'
import { misfits } from '../app/keys.js'
import { readPolicy } from '../app/policy.js'
import { embeddedServer } from '../app/servers.js'
import { withState } from '../app/state.js'
import type { Config } from '../config.js'
import { type Db, openDatabase } from '../db/connection.js'
import { oldestServer } from '../drivers/postgres/connection.js'
import { ownFolder } from '../files.js'
import { createLog } from '../log.js'
import { checkProduct } from '../product/index.js'
import { rowLogging } from '../row-logging.js'
import { checkSlack } from '../slack/doctor.js'
import { backupFindings } from './doctor-backups.js'
import { type Finding, finding, statements, withClient } from './doctor-finding.js'
import { instanceFindings } from './doctor-instances.js'
import { openRedisWithout, redisPolicy } from './doctor-redis.js'
import { databaseFindings } from './state.js'

/** Checks what these parts need, says a line for each thing and advice for what fails. Exit code 0 only when all is well. */
export async function doctor(config: Config, parts: readonly Part[], say: (line: string) => void): Promise<number> {
  const findings = [
    ...config.warnings.map((what) => ({ what, ok: false, advice: null })),
    ...(await Promise.all([...stateFindings(config), ...(parts.includes('worker') ? workerFindings(config) : [])])),
    ...(await databaseFindings(config, parts.includes('worker') ? 'worker' : 'bot')),
    ...(parts.includes('worker') ? [...(await instanceFindings(config, (use) => withState(config, use))), ...declaredBackups(config)] : []),
    ...(await slackFindings(config, parts)),
  ]
  for (const { what, ok, advice } of findings)
    say(`${ok === 'warn' ? 'warn' : ok ? 'ok  ' : 'FAIL'}  ${what}${advice ? `\n      ${advice.replaceAll('\n', '\n      ')}` : ''}`)
  return findings.every((f) => f.ok) ? 0 : 1
}

/** On the embedded server instances stand under a key of its own. A policy that cannot be read has a finding already. */
function declaredBackups({ policyFile, instanceServers, databaseUrl }: Config): Finding[] {
  const keys = databaseUrl === undefined ? [embeddedServer.key] : instanceServers.map(({ key }) => key)
  try {
    return backupFindings(readPolicy(policyFile).backups, keys)
  } catch {
    return []
  }
}

/** What bot and worker need alike. */
function stateFindings(config: Config): Promise<Finding>[] {
  const { databaseUrl, redisUrl } = config
  return [
    finding('PostgreSQL (DATABASE_URL)', 'Is the server up, and may this role create schemas?', () =>
      databaseUrl ? askPostgres(databaseUrl) : withState(config, async () => undefined),
    ),
    ...(databaseUrl
      ? [
          statements("the log of DATABASE_URL's server", 'Rows can come into it. Run there as a superuser:', () =>
            withClient(databaseUrl, rowLogging),
          ),
        ]
      : []),
    finding('queue (REDIS_URL)', 'Redis must answer, and maxmemory-policy must be noeviction.', async () => {
      const policy = redisUrl ? await redisPolicy(redisUrl) : 'noeviction'
      if (policy !== 'noeviction') throw new Error(`maxmemory-policy is ${policy}`)
    }),
    ...(redisUrl
      ? [
          finding(
            "Redis's password (REDIS_URL)",
            'Whoever reaches it can start and stop work. Set requirepass (or an ACL) there, and REDIS_URL to redis://:<password>@<host>:<port>.',
            async () => {
              if (await openRedisWithout(redisUrl)) throw new Error('Redis answers without one')
            },
          ),
        ]
      : []),
    finding(`product (${config.productDir})`, 'slipway product check says more.', async () => {
      if (checkProduct(config.productDir).length > 0) throw new Error('it has findings')
    }),
    finding('policy (POLICY_FILE)', 'Name your people in it: without, nobody may do anything.', async () => {
      if (Object.keys(readPolicy(config.policyFile).people).length === 0) throw new Error('it names nobody')
    }),
  ]
}

/** What only a worker needs: instances, keys, folders. */
function workerFindings(config: Config): Promise<Finding>[] {
  return [
    finding('instance servers (INSTANCE_SERVERS)', 'Name them, key=url: a worker has to know where instances live.', async () => {
      if (config.databaseUrl && config.instanceServers.length === 0) throw new Error('none is set')
    }),
    finding(
      'keys (SECRET_KEYS)',
      'Set it to id:base64 of 32 bytes (openssl rand -base64 32), the same on every worker. Where a worker made its own key, put that (DATA_DIR/secret-keys) behind it, and run `slipway secrets reseal`.',
      async () => {
        const { secretKeys: keys, databaseUrl } = config
        if (!keys && databaseUrl) throw new Error('not set, so that each machine makes its own, and cannot open what another sealed')
        const wrong = keys && databaseUrl ? await asItStands(databaseUrl, (db) => misfits(db, { keys, kept: false })) : []
        if (wrong.length > 0) throw new Error(wrong.join('; '))
      },
    ),
    ...[config.intakeDir, config.documentsDir, config.backupDir].map((folder) =>
      finding(`folder ${folder}`, 'It must exist and be writable, shared by all workers.', async () => {
        await ownFolder(folder)
        await access(folder, constants.W_OK)
      }),
    ),
  ]
}

/** On the database as it is: where DATABASE_URL's schema is missing, that is what is said. (Without DATABASE_URL the embedded server is started.) */
async function asItStands<T>(url: string, use: (db: Db) => Promise<T>): Promise<T> {
  const { db, close } = openDatabase(url, 1, () => {})
  try {
    return await use(db)
  } finally {
    await close()
  }
}

async function slackFindings(config: Config, parts: readonly Part[]): Promise<Finding[]> {
  const slack = config.slack
  if (!slack || (slack.mode === 'posting' && parts.includes('bot')))
    return [
      { what: 'Slack (SLACK_*)', ok: false, advice: 'Set SLACK_BOT_TOKEN, SLACK_OPS_CHANNEL and SLACK_SIGNING_SECRET or SLACK_APP_TOKEN.' },
    ]
  return checkSlack({
    botToken: slack.botToken,
    ...(slack.mode === 'socket' ? { appToken: slack.appToken } : {}),
    apiUrl: config.slackApiUrl,
    opsChannel: slack.opsChannel,
    log: createLog({ level: 'silent' }),
  })
}

function askPostgres(url: string): Promise<void> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ version: string }>(`select current_setting('server_version_num') as version`)
    if (Number(rows[0]?.version) < oldestServer) throw new Error('it is older than 16, the oldest that is supported')
  })
}
