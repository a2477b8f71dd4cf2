/** Which servers instances live on, and the rows that still name one by its address instead of its key. */
import { type Config, ConfigError } from '../config.js'
import type { Db } from '../db/connection.js'
import { readServers, readUnconverted, renameServer } from '../db/instance-database.js'
import { examineServer } from '../drivers/postgres/administrator.js'
import type { EmbeddedServer } from '../embedded/index.js'
import type { InstanceServer } from '../queue/servers.js'

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

/** What is said of instances that have no three roles yet, which no worker touches; undefined where there are none. */
export function unconvertedSentence(rows: readonly { instance: string }[]): string | undefined {
  if (rows.length === 0) return undefined
  const some = rows.slice(0, 5).map(({ instance }) => instance)
  const more = rows.length > some.length ? ` and ${rows.length - some.length} more` : ''
  return `${rows.length === 1 ? '1 instance is' : `${rows.length} instances are`} not converted: ${some.join(', ')}${more}`
}

/** Warns of what a worker will stumble over: servers that are not as they have to be, and instances that are not converted. Changes nothing. */
export async function warnOfInstances(db: Db, servers: readonly InstanceServer[], warn: (sentence: string) => void): Promise<void> {
  const sentence = unconvertedSentence(await readUnconverted(db))
  if (sentence) warn(`${sentence}: run slipway migrate instances`)
  const keys = new Set(servers.map(({ key }) => key))
  for (const name of (await readServers(db)).filter((each) => !keys.has(each) && !each.includes('://')))
    warn(`instances stand on the server ${name}, which INSTANCE_SERVERS does not name`)
  for (const { key, url } of servers)
    for (const { text } of await examineServer(url, undefined))
      warn(`instance server ${key} (INSTANCE_SERVERS): ${text}; slipway doctor says what to do`)
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
