/** The names of databases in the trail (R32): allotted, made, dropped, verified gone. On record as it happens; a step that runs twice says so twice. */

import type { Tools } from '../../jobs/job.js'
import type { ChangeDeps } from '../change/deps.js'
import { type AuditEntry, appendAudit, systemChain } from '../db/audit.js'
import type { Tx } from '../db/connection.js'
import { patiently } from '../db/patience.js'

type Driver = Tools['driver']

type DatabaseEvent = 'database-allotted' | 'database-made' | 'database-dropped' | 'database-gone' | 'database-stray-dropped'

export interface DatabaseTrail {
  customerId: string | null
  /** What the entry says besides the name: instance, operation, server's key. */
  after: Record<string, string>
}

/** Appends what became of a database to its customer's chain, in the caller's transaction: call it last. */
export function noteDatabase(
  tx: Tx,
  event: DatabaseEvent,
  database: string,
  { customerId, after }: DatabaseTrail,
  now: Date,
): Promise<void> {
  const entry: AuditEntry = { actor: 'system', verb: event, subject: database, after }
  return appendAudit(tx, customerId ?? systemChain, now, [entry])
}

/** The driver, with each database that it made or dropped on record once the server has said so. */
export function recordedDriver(driver: Driver, { db, clock }: Pick<ChangeDeps, 'db' | 'clock'>, about: DatabaseTrail): Driver {
  const note = (event: DatabaseEvent, database: string) =>
    patiently(() => db.transaction().execute(async (tx) => noteDatabase(tx, event, database, about, await clock.now(tx))))
  const recorded: Pick<Driver, 'create' | 'drop'> = {
    async create(at, version) {
      await driver.create(at, version)
      await note('database-made', at.database)
    },
    async drop(at) {
      await driver.drop(at)
      await note('database-dropped', at.database)
    },
  }
  return new Proxy(driver, {
    get(target, name) {
      if (name === 'create' || name === 'drop') return recorded[name]
      const value: unknown = Reflect.get(target, name)
      return typeof value === 'function' ? value.bind(target) : value
    },
  })
}
