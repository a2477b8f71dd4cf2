/** A PostgreSQL server of a test file's own: what opens a server to strangers, or looks whether it is open, must not meet the files beside it. */
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { startEmbedded } from '../../src/embedded/index.js'

export interface OwnServer {
  /** As the administrator of instances, who is no superuser. */
  server: string
  superuser: string
  stop(): Promise<void>
}

/** Starts it; `scope` names the packages of another version. */
export async function ownServer(scope?: string): Promise<OwnServer> {
  const dataDir = mkdtempSync(join(tmpdir(), 'slipway-own-'))
  chmodSync(dataDir, 0o755)
  const { url, instancesUrl, stop } = await startEmbedded({ dataDir, fast: true, ...(scope ? { scope } : {}) })
  return {
    server: instancesUrl,
    superuser: url,
    async stop() {
      await stop()
      rmSync(dataDir, { recursive: true, force: true })
    },
  }
}
