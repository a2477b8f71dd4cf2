/** The sweeper: what a crash, a lost queue or the mere passing of time left undone is taken up again. Every worker runs it; it is safe side by side. */
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Tools } from '../../jobs/job.js'
import { rejectsName } from '../../jobs/leftovers.js'
import { basisOf, type ChangeDeps } from '../change/deps.js'
import { showJob, stepJob } from '../change/follow.js'
import { tellUncounted } from '../change/heard.js'
import { changeBySystem } from '../change/index.js'
import { forgetAnswers } from '../db/answered.js'
import { claimDue, requireUnder } from '../db/due.js'
import { readAllAllotments, readGoneSince } from '../db/environment.js'
import { readDirtyChannels } from '../db/message.js'
import { addOutbox } from '../db/outbox.js'
import { readSilentSteps } from '../db/step.js'
import { anchorWhenDue } from './anchor.js'
import { noteDatabase } from './databases.js'
import type { InstanceServer } from './servers.js'

const day = 86_400_000
/** Asking the servers for databases costs connections; every so many sweeps will do. */
const straysEvery = 4
/** Few at once, for other workers take their part; and not for ever, for a sweep also looks after steps of which nothing was heard. */
const [placesAtOnce, mostPlaces] = [50, 1_000]

/** One sweep: deadlines that are due, steps of which nothing was heard for `silentMs`, channels with messages to show. One customer's trouble is not another's. */
export async function sweep(deps: ChangeDeps, silentMs: number, stopped = () => false): Promise<void> {
  const troubles = await lookAtDue(deps, stopped)
  await deps.db.transaction().execute(async (tx) => {
    const silent = await readSilentSteps(tx, silentMs)
    const channels = await readDirtyChannels(tx)
    const shows = channels.map((channel) => ({ ...showJob(channel), name: 'show-again' }))
    await addOutbox(tx, [...silent.map((s) => stepJob(s.id, s.attempt)), ...shows])
  })
  await forgetAnswers(deps.db, new Date(Date.now() - day))
  deps.nudge()
  if (troubles.length > 0) throw new AggregateError(troubles, 'carrying out what is due')
}

/** Looks at the places whose moment has come; what could not be looked at comes again in a minute (db/due.ts). Returns what went wrong. `stopped` is asked between two places. */
export async function lookAtDue(deps: ChangeDeps, stopped = () => false): Promise<unknown[]> {
  const troubles: unknown[] = []
  const basis = basisOf(deps)
  for (let looked = 0; looked < mostPlaces && !stopped(); looked += placesAtOnce) {
    const claimed = await claimDue(deps.db, { now: await deps.clock.now(deps.db), limit: placesAtOnce, basis })
    for (const customerId of claimed) {
      // Who is told to stop leaves the rest to their lease.
      if (stopped()) break
      await changeBySystem(deps, { verb: 'customer-due', customerId }).catch((error) => troubles.push(error))
    }
    if (claimed.length < placesAtOnce) break
  }
  return troubles
}

/**
 * Drops databases that are ours, on record, and said to be gone: a CREATE DATABASE that outlived its killed client.
 * What has no row of ours is left alone, marked or not: the server may be shared with another Slipway.
 */
export async function dropStrays(
  { db, clock }: Pick<ChangeDeps, 'db' | 'clock'>,
  { driver, servers }: { driver: Pick<Tools['driver'], 'owned' | 'drop'>; servers: readonly InstanceServer[] },
): Promise<string[]> {
  const rows = await readAllAllotments(db)
  const dropped: string[] = []
  // A server that no setting names is `doctor`'s to tell.
  for (const { key, url } of servers.filter((each) => rows.some((row) => row.server === each.key))) {
    const standing = new Set(await driver.owned(url))
    for (const { database, login, customer_id: customerId } of rows.filter(
      (row) => row.server === key && row.gone_at && standing.has(row.database),
    )) {
      await driver.drop({ server: url, database, role: login, secret: '', maintenanceSecret: '' })
      await db.transaction().execute(async (tx) => {
        await noteDatabase(tx, 'database-stray-dropped', database, { customerId, after: { server: key } }, await clock.now(tx))
      })
      dropped.push(database)
    }
  }
  return dropped
}

/**
 * Removes the rejects files of what is gone since a day: a worker that was given up for dead may write its file after everything was undone.
 * Later than that no such worker works any more, and what an environment's end left is looked for there.
 */
export async function dropLateRejects({ db, clock }: Pick<ChangeDeps, 'db' | 'clock'>, documentsDir: string): Promise<void> {
  const since = new Date((await clock.now(db)).getTime() - day)
  for (const { instance, slug, operationId } of await readGoneSince(db, since))
    await rm(join(documentsDir, slug ?? 'community', rejectsName(instance, operationId)), { force: true })
}

/** Before a worker's first sweep: it says by what it decides, and where that is new, everybody is looked at. */
export async function begin(deps: ChangeDeps): Promise<void> {
  await requireUnder(deps.db, basisOf(deps), await deps.clock.now(deps.db))
}

interface Sweeping {
  driver: Tools['driver']
  servers: readonly InstanceServer[]
  documentsDir: string
  everyMs: number
  silentMs: number
  onError: (error: unknown) => void
}

/** Sweeps now and then every `everyMs`; a sweep that fails is reported and the next one comes. */
export function startSweeper(deps: ChangeDeps, sweeping: Sweeping): { stop(): Promise<void> } {
  const { driver, servers, documentsDir, everyMs, silentMs, onError } = sweeping
  let stopped = false
  let count = 0
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> = Promise.resolve()
  let begun = false
  const once = async () => {
    // What cannot be said now is said at the next sweep.
    if (!begun) await begin(deps).then(() => (begun = true), onError)
    await sweep(deps, silentMs, () => stopped).catch(onError)
    await tellUncounted(deps).catch(onError)
    await anchorWhenDue(deps, documentsDir).catch(onError)
    if (count % straysEvery === 0) {
      await dropStrays(deps, { driver, servers }).catch(onError)
      await dropLateRejects(deps, documentsDir).catch(onError)
    }
    count += 1
  }
  const next = () => {
    running = once().then(() => {
      if (!stopped) timer = setTimeout(next, everyMs)
    })
  }
  next()
  return {
    async stop() {
      stopped = true
      clearTimeout(timer)
      await running
    },
  }
}
