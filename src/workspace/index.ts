import type { AddressInfo } from 'node:net'
import { Courier } from './deliver/courier'
import { makeServer } from './server'
import type { CommandHint, WorkspaceOptions } from './types'
import { World } from './world'

export { demoWorkspace } from './people'
export type { WorkspaceOptions } from './types'

export interface Workspace {
  /** Where the page and the control API are, as `http://127.0.0.1:4000`. */
  url: string
  /** What the bot uses as `SLACK_API_URL`. */
  apiUrl: string
  setEventsUrl(url: string | undefined): void
  setCommands(commands: CommandHint[]): void
  stop(): Promise<void>
}

/** Starts a Slack workspace on this machine: Web API, delivery to the bot, control API and page. State is in memory. */
export async function startWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const world = new World(options)
  const courier = new Courier(world, options.eventsUrl)
  const server = makeServer({ world, courier })
  const host = options.host ?? '127.0.0.1'
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, host, resolve)
  })
  const { port } = server.address() as AddressInfo
  world.url = `http://${host === '0.0.0.0' ? '127.0.0.1' : host}:${port}`
  return {
    url: world.url,
    apiUrl: `${world.url}/api/`,
    setEventsUrl: (url) => courier.setEventsUrl(url),
    setCommands(commands) {
      world.directory.commands = commands
      world.changes.announce({ kind: 'commands', commands })
    },
    async stop() {
      world.stopTimers()
      await courier.stop()
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}
