import { type ChildProcess, spawn } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type EmbeddedServer, startEmbedded } from '../../src/embedded/index.js'
import { sql } from '../support/postgres.js'

const asRoot = process.getuid?.() === 0
const folders: string[] = []
let server: EmbeddedServer | undefined

/** A fresh folder; with mode 0700, as here, the server's account cannot enter it when we are root. */
function folder(mode = 0o700): string {
  const made = fs.mkdtempSync(path.join(os.tmpdir(), 'slipway-embedded-'))
  fs.chmodSync(made, mode)
  folders.push(made)
  return made
}

async function start(dataDir: string, fast = true): Promise<EmbeddedServer> {
  server = await startEmbedded({ dataDir, fast })
  return server
}

function postmaster(dataDir: string): number {
  return Number(fs.readFileSync(path.join(dataDir, 'postgres/data/postmaster.pid'), 'utf8').split('\n')[0])
}

afterEach(async () => {
  await server?.stop()
  server = undefined
  for (const made of folders.splice(0)) {
    const home = path.join(made, 'postgres')
    if (fs.existsSync(home)) fs.rmSync(fs.realpathSync(home), { recursive: true })
    fs.rmSync(made, { recursive: true, force: true })
  }
})

test('starts in a folder that only we may enter, adopts the live server, stops and comes back with its data on its port', async () => {
  const dataDir = folder()
  const first = await start(dataDir)
  await sql(first.url, 'create table kept (id int)')
  const pid = postmaster(dataDir)
  expect(fs.lstatSync(path.join(dataDir, 'postgres')).isSymbolicLink()).toBe(asRoot)
  expect(fs.statSync(path.join(dataDir, 'postgres/password')).mode & 0o777).toBe(0o600)

  const [second, third] = await Promise.all([start(dataDir), start(dataDir)])
  expect([second.url, third.url, postmaster(dataDir)]).toEqual([first.url, first.url, pid])

  await first.stop()
  await expect(sql(first.url, 'select 1')).rejects.toMatchObject({ code: 'ECONNREFUSED' })
  const again = await start(dataDir)
  expect(again.url).toBe(first.url)
  expect(await sql(again.url, 'select * from kept')).toEqual([])
})

test('restarts a killed server, and one whose lock names a process that is something else', async () => {
  const dataDir = folder(0o755)
  const first = await start(dataDir, false)
  await sql(first.url, 'create table kept (id int)')
  process.kill(postmaster(dataDir), 'SIGKILL')
  const second = await start(dataDir, false)
  expect(await sql(second.url, 'select * from kept')).toEqual([])

  process.kill(postmaster(dataDir), 'SIGKILL')
  const stranger: ChildProcess = spawn('sleep', ['60'])
  const lock = path.join(dataDir, 'postgres/data/postmaster.pid')
  fs.writeFileSync(lock, fs.readFileSync(lock, 'utf8').replace(/^\d+/, String(stranger.pid)))
  const third = await start(dataDir, false)
  expect(await sql(third.url, 'select * from kept')).toEqual([])
  stranger.kill()
})

test('clears the start lock of a dead process, and concurrent starts end with one server', async () => {
  const dataDir = folder(0o755)
  const gone = spawn('true')
  await new Promise((resolve) => gone.on('exit', resolve))
  fs.writeFileSync(path.join(dataDir, 'postgres.lock'), `${gone.pid} left`)
  const all = await Promise.all([start(dataDir), start(dataDir), start(dataDir)])
  expect(new Set(all.map(({ url }) => url)).size).toBe(1)
  expect(fs.existsSync(path.join(dataDir, 'postgres.lock'))).toBe(false)
})
