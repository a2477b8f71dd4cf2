/** Stops the server of global-setup.ts and removes its folder. */
import fs from 'node:fs'
import './global-setup.js'

export default async function tearDown(): Promise<void> {
  const server = globalThis.slipwayTestServer
  if (!server) return
  await server.stop()
  fs.rmSync(server.dataDir, { recursive: true, force: true })
}
