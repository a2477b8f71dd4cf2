/** One server for the whole run; the tests find it by `testServer` in postgres.ts. A developer's own is taken from TEST_DATABASE_URL. */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import Module from 'node:module'
import os from 'node:os'
import path from 'node:path'

const prefix = 'slipway-test-'

export default async function setUp(): Promise<void> {
  process.env['SLIPWAY_TEST_TEMPLATE'] = `test_template_${randomBytes(6).toString('hex')}`
  if (process.env['TEST_DATABASE_URL']) return // and TEST_INSTANCES_URL beside it
  resolveSources()
  const { startEmbedded, stopEmbedded } = await import('../../src/embedded/index.js')
  await sweep(stopEmbedded)
  const dataDir = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${process.pid}-`))
  fs.chmodSync(dataDir, 0o755)
  const server = await startEmbedded({ dataDir, fast: true })
  process.env['SLIPWAY_TEST_SERVER'] = server.url
  process.env['SLIPWAY_TEST_INSTANCES'] = server.instancesUrl
  globalThis.slipwayTestServer = { dataDir, stop: server.stop }
}

/** Servers of runs that were killed before they could stop theirs. */
async function sweep(stop: (dataDir: string) => Promise<void>): Promise<void> {
  for (const name of fs.readdirSync(os.tmpdir())) {
    const pid = name.startsWith(prefix) ? Number(name.slice(prefix.length).split('-')[0]) : Number.NaN
    const dataDir = path.join(os.tmpdir(), name)
    if (Number.isNaN(pid) || isAlive(pid) || fs.statSync(dataDir).uid !== process.getuid?.()) continue
    await stop(dataDir)
    fs.rmSync(dataDir, { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Jest's moduleNameMapper does not apply to global setup, so that `./x.js` would not be found as `./x.ts` here. */
function resolveSources(): void {
  const loader = Module as unknown as { _resolveFilename(request: string, ...rest: unknown[]): string }
  const original = loader._resolveFilename
  loader._resolveFilename = (request, ...rest) => {
    const source = /^\.{1,2}\/.*\.js$/.test(request) && !String((rest[0] as NodeModule | undefined)?.id).includes('node_modules')
    return original.call(loader, source ? request.replace(/\.js$/, '.ts') : request, ...rest)
  }
}

declare global {
  var slipwayTestServer: { dataDir: string; stop(): Promise<void> } | undefined
}
