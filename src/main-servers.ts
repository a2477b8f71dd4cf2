/** Which servers instances live on, and the rows that still name one by its address instead of its key. */
import { type Config, ConfigError } from './config.js'
import type { Db } from './db/connection.js'
import { readServers, renameServer } from './db/instance-database.js'
import type { EmbeddedServer } from './embedded.js'
import type { InstanceServer } from './queue/servers.js'

/** The embedded server as rows name it, for those who only look at names. */
export const embeddedServer: InstanceServer = { key: 'embedded', url: 'postgres://127.0.0.1/postgres' }

/** The servers of the settings; without any the embedded one, where it runs. */
export function instanceServers(config: Config, embedded: Pick<EmbeddedServer, 'instancesUrl'> | null): readonly InstanceServer[] {
  if (config.instanceServers.length > 0) return config.instanceServers
  return embedded ? [{ ...embeddedServer, url: embedded.instancesUrl }] : []
}

/** The servers that a worker needs; throws `ConfigError` where no setting names one. */
export function workerServers(...given: Parameters<typeof instanceServers>): readonly InstanceServer[] {
  const servers = instanceServers(...given)
  if (servers.length === 0) throw new ConfigError(['INSTANCE_SERVERS is missing: a worker has to know where instances live'])
  return servers
}

/**
 * Rows that hold an administrator's URL, password and all, get the server's key instead; returns how many servers were renamed.
 * Throws `ConfigError` where no setting names such a server: nothing is changed then.
 */
export async function nameServers(db: Db, servers: readonly InstanceServer[]): Promise<number> {
  const old = (await readServers(db)).filter((name) => name.includes('://'))
  const named = old.map((url) => ({ url, key: servers.find((server) => isSame(server, url))?.key }))
  const strange = named.filter(({ key }) => key === undefined).map(({ url }) => new URL(url).host)
  if (strange.length > 0) {
    throw new ConfigError([
      `INSTANCE_SERVERS names no server at ${[...new Set(strange)].join(', ')}, where instances stand that are on record`,
    ])
  }
  await db.transaction().execute(async (tx) => {
    for (const { url, key } of named) await renameServer(tx, url, key ?? '')
  })
  return named.length
}

/** Host and port decide. The embedded server's port may have changed since, and nothing else can have been meant by a loopback address there. */
function isSame({ key, url }: InstanceServer, old: string): boolean {
  const [one, other] = [new URL(url), new URL(old)]
  if (key === embeddedServer.key) return /^(127\.0\.0\.1|localhost|\[::1\])$/.test(other.hostname)
  return one.hostname === other.hostname && (one.port || '5432') === (other.port || '5432')
}
