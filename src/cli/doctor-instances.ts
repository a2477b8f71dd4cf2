/** What `slipway doctor` says about the servers of instances: each finding with the statements or the setting that mend it. */

import { unconvertedSentence } from '../app/servers.js'
import type { Config } from '../config.js'
import type { Db } from '../db/connection.js'
import { readServers, readUnconverted } from '../db/instance-database.js'
import { examineServer } from '../drivers/postgres/administrator.js'
import { rowLogging } from '../row-logging.js'
import { type Finding, statements, withClient } from './doctor-finding.js'

/** Every server of the settings, and every key that a record names and no setting does. `withDb` opens Slipway's own database. */
export async function instanceFindings(
  { instanceServers, databaseUrl }: Pick<Config, 'instanceServers' | 'databaseUrl'>,
  withDb: <T>(use: (db: Db) => Promise<T>) => Promise<T>,
): Promise<Finding[]> {
  const servers = await Promise.all(
    instanceServers.map(async ({ key, url }) => {
      const what = `instance server ${key}`
      const found = await examineServer(url, databaseUrl)
      const away = found.some(({ code }) => code === 'unreachable' || code === 'too-old')
      const log = away
        ? []
        : [
            await statements(`the log of ${what}`, 'Volunteers can come into it. Run there as a superuser:', () =>
              withClient(url, rowLogging),
            ),
          ]
      if (found.length === 0) return [{ what, ok: true, advice: null }, ...log]
      return [...found.map(({ text, mend }) => ({ what: `${what}: ${text}`, ok: false, advice: mend })), ...log]
    }),
  )
  return [...servers.flat(), ...(await unnamed(instanceServers, databaseUrl, withDb)), ...(await unconverted(withDb))]
}

async function unconverted(withDb: <T>(use: (db: Db) => Promise<T>) => Promise<T>): Promise<Finding[]> {
  try {
    const sentence = unconvertedSentence(await withDb(readUnconverted))
    return sentence ? [{ what: sentence, ok: false, advice: 'Stop the workers and run slipway migrate instances (docs/security.md).' }] : []
  } catch {
    return [] // the database has a finding of its own
  }
}

async function unnamed(
  servers: Config['instanceServers'],
  databaseUrl: string | undefined,
  withDb: <T>(use: (db: Db) => Promise<T>) => Promise<T>,
): Promise<Finding[]> {
  const known = new Set(servers.map(({ key }) => key))
  // On the embedded server instances stand under a key of its own.
  if (databaseUrl === undefined) known.add('embedded')
  try {
    const named = await withDb(readServers)
    return named
      .filter((key) => !known.has(key))
      .map((key) =>
        key.includes('://')
          ? { what: 'instance servers: records still hold an address with its password', ok: false, advice: 'Run slipway migrate.' }
          : {
              what: `instance server ${key}: instances stand there, and no setting names it`,
              ok: false,
              advice: 'Add it to INSTANCE_SERVERS.',
            },
      )
  } catch {
    return [] // the database has a finding of its own
  }
}
