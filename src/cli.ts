#!/usr/bin/env node
/** The `slipway` command line. Exit codes: 0 done, 1 it did not work, 64 wrong usage, 78 wrong settings. */
import { parseArgs } from 'node:util'
import { type Part, startSlipway } from './app/index.js'
import { auditExport, auditVerify } from './cli/audit.js'
import { migrateInstances } from './cli/convert.js'
import { doctor } from './cli/doctor.js'
import { migrate } from './cli/state.js'
import { clockAdvance, productCheck, reseal, showManifest } from './cli/verbs.js'
import { ConfigError, readConfig } from './config.js'
import { StateError } from './db/state-error.js'
import { reference } from './log.js'
import { ProductError } from './product/index.js'

const usage = `slipway start [bot|worker]       run the bot, a worker, or both
slipway migrate                  bring the database's schema up to date, as its owner (MIGRATE_URL);
    [--bot-role <name>] [--worker-role <name>]  further logins that work with it, may be repeated
slipway migrate instances [key]  give instances that stand already their three roles (INSTANCES_SUPERUSER_URL)
slipway doctor [bot|worker]      check every dependency and setting, of both or of one
slipway manifest                 print the Slack app manifest
slipway product check            check the product folder
slipway audit verify|export      recompute the audit chains, or print them
slipway secrets reseal           seal every credential anew under the first of SECRET_KEYS
slipway clock advance <duration> move a movable clock: 36h, 14d
slipway demo [--once]            the local workspace, or the whole way of one customer`

const say = (line: string) => process.stdout.write(`${line}\n`)

async function run(argv: string[]): Promise<number> {
  const { positionals, values } = parseArgs({
    args: argv,
    allowPositionals: true,
    options: {
      once: { type: 'boolean' },
      help: { type: 'boolean' },
      'bot-role': { type: 'string', multiple: true },
      'worker-role': { type: 'string', multiple: true },
    },
  })
  const [word = 'help', verb = '', argument = ''] = positionals
  switch (word) {
    case 'start':
      return start(verb)
    case 'migrate':
      if (verb === 'instances') return migrateInstances(readConfig(), argument, say)
      return migrate(readConfig(), { bot: values['bot-role'] ?? [], worker: values['worker-role'] ?? [] }, say)
    case 'doctor':
      return examine(verb)
    case 'manifest':
      return showManifest(readConfig(), say)
    case 'product':
      return verb === 'check' ? productCheck(readConfig(), say) : wrongUsage()
    case 'audit':
      return verb === 'verify' ? auditVerify(readConfig(), say) : verb === 'export' ? auditExport(readConfig(), say) : wrongUsage()
    case 'secrets':
      return verb === 'reseal' ? reseal(readConfig(), say) : wrongUsage()
    case 'clock':
      return verb === 'advance' ? clockAdvance(readConfig(), argument, say) : wrongUsage()
    case 'demo':
      return demo(Boolean(values.once))
    case 'help':
      say(usage)
      return 0
    default:
      return wrongUsage()
  }
}

function wrongUsage(): number {
  process.stderr.write(`${usage}\n`)
  return 64
}

/** The parts that a word names; none stands for both. Null for any other word. */
function partsOf(which: string): Part[] | null {
  if (which === '') return ['bot', 'worker']
  return which === 'bot' || which === 'worker' ? [which] : null
}

async function examine(which: string): Promise<number> {
  const parts = partsOf(which)
  return parts ? doctor(readConfig(), parts, say) : wrongUsage()
}

async function start(which: string): Promise<number> {
  const parts = partsOf(which)
  if (!parts) return wrongUsage()
  const running = await startSlipway(readConfig(undefined, which === 'worker' ? 'worker' : 'start'), { parts })
  const newer = await Promise.race([signalled(), running.newer])
  await running.stop()
  if (newer) throw newer
  return 0
}

async function demo(once: boolean): Promise<number> {
  // Only here, so that what runs in production does without the demo's memory.
  const { demoOnce, openDemo } = await import('./demo/run.js')
  const config = readConfig()
  if (once) {
    const wrong = await demoOnce({ dataDir: config.dataDir }, say)
    for (const sentence of wrong) process.stderr.write(`${sentence}\n`)
    return wrong.length === 0 ? 0 : 1
  }
  const open = await openDemo({ dataDir: config.dataDir, port: config.workspacePort }, say)
  await signalled()
  await open.stop()
  return 0
}

/** SIGTERM and SIGINT end a process in order: what is under way is finished or left for others. */
function signalled(): Promise<void> {
  return new Promise((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

run(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    // The one place where a command's fault meets a person.
    if (error instanceof ConfigError || error instanceof ProductError || error instanceof StateError) {
      process.stderr.write(`${error.message}\n`)
      process.exit(78)
    }
    const id = reference()
    process.stderr.write(`Something went wrong (reference ${id}): ${error instanceof Error ? error.message : String(error)}\n`)
    if (readLevel() === 'debug' && error instanceof Error) process.stderr.write(`${error.stack}\n`)
    process.exit(1)
  },
)

function readLevel(): string {
  try {
    return readConfig().logLevel
  } catch {
    // The settings were what went wrong; that was said already.
    return 'info'
  }
}
