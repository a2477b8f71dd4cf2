/** Where instances live: servers by the keys that rows name them by (settings `INSTANCE_SERVERS`, `INSTANCES_URL`). */
import { StepRefused } from '../../jobs/job.js'

export interface InstanceServer {
  key: string
  /** The administrator's URL, read from the settings at every use: so a password can be changed without touching a row. */
  url: string
}

/** The server of a key. Refuses one that no setting names. */
export function serverUrl(servers: readonly InstanceServer[], key: string): string {
  const server = servers.find((each) => each.key === key)
  if (server) return server.url
  const known = servers.map((each) => each.key).join(', ') || 'none'
  // A URL is what rows held before there were keys; it is not repeated, for it carries a password.
  const text = key.includes('://')
    ? 'The record of this instance still names its server by an address. Run `slipway migrate`.'
    : `No setting names the instance server "${key}" (INSTANCE_SERVERS names: ${known}). The operator adds it, then the step can be resumed.`
  throw new StepRefused('R39', 'server-unknown', text)
}
