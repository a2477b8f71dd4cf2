/** `slipway secrets reseal`: every sealed value under the current key, so that an old key can be taken out of SECRET_KEYS. */
import { type Clock, createClock } from '../clock.js'
import { type Config, ConfigError } from '../config.js'
import { appendAudit, systemChain } from '../db/audit.js'
import type { Db } from '../db/connection.js'
import { countSealed, replaceSealed, type Sealed, sealedColumns, sealedUnderOthers } from '../db/sealed.js'
import { forgetOtherKeys } from '../db/secret-key.js'
import { open, type SecretKeys, seal } from '../secrets.js'

const batch = 100

export interface Resealed {
  resealed: number
  /** Where a value lies that none of the keys opens: `table key`. It was left as it was. */
  closed: string[]
  /** What is left under other keys than the current one: id and count. */
  left: Map<string, number>
}

/**
 * Seals every value anew under the first of `keys`, in transactions of 100, each with its audit entry; a value is opened before it is replaced, and
 * one that does not open stays. Workers that hold both keys go on meanwhile; killed, it is run again.
 */
export async function reseal(db: Db, keys: SecretKeys, clock: Clock): Promise<Resealed> {
  const [{ id: current }] = keys
  const done: Resealed = { resealed: 0, closed: [], left: new Map() }
  for (const column of sealedColumns) {
    for (let after = ''; ; ) {
      const found = await sealedUnderOthers(db, column, { current, after, limit: batch })
      const last = found.at(-1)
      if (!last) break
      done.resealed += await resealBatch(db, keys, { found, clock, closed: done.closed })
      after = last.key
    }
  }
  done.left = await countSealed(db)
  done.left.delete(current)
  if (done.left.size === 0) await forgetOtherKeys(db, current)
  return done
}

async function resealBatch(
  db: Db,
  keys: SecretKeys,
  { found, clock, closed }: { found: Sealed[]; clock: Clock; closed: string[] },
): Promise<number> {
  return db.transaction().execute(async (tx) => {
    const from: Record<string, number> = {}
    for (const one of found) {
      const opened = openedOrNull(keys, one)
      if (opened === null) closed.push(`${one.at.table} ${one.key}`)
      else if (await replaceSealed(tx, one, seal(keys, opened, one.at.bindingOf(one.key)))) {
        const id = one.value.split('.')[1] ?? ''
        from[id] = (from[id] ?? 0) + 1
      }
    }
    const count = Object.values(from).reduce((sum, n) => sum + n, 0)
    if (count === 0) return 0
    const entry = { actor: 'operator', verb: 'secrets-resealed', subject: 'secrets', before: from, after: { [keys[0].id]: count } }
    await appendAudit(tx, systemChain, await clock.now(tx), [entry])
    return count
  })
}

function openedOrNull(keys: SecretKeys, { at, key, value }: Sealed): string | null {
  try {
    return open(keys, value, at.bindingOf(key))
  } catch {
    return null // named to the operator, and kept as it is
  }
}

/** Runs it and says the counts. Exit code 1 while anything is left under another key. */
export async function secretsReseal(config: Config, db: Db, say: (line: string) => void): Promise<number> {
  const keys = config.secretKeys
  if (!keys)
    throw new ConfigError([
      'SECRET_KEYS is missing: put the new key first and behind it those of before; a machine that made its own has it in the file secret-keys of DATA_DIR',
    ])
  const { resealed, closed, left } = await reseal(db, keys, createClock(config.clock === 'movable'))
  say(`${resealed} values sealed anew under the key "${keys[0].id}".`)
  for (const place of closed) say(`None of the keys opens ${place}; it was left as it was.`)
  for (const [id, count] of left) say(`${count} values are left under the key "${id}": do not remove it.`)
  if (left.size > 0) return 1
  const old = keys.slice(1).map(({ id }) => `"${id}"`)
  say(
    old.length > 0
      ? `Nothing is left under another key. Once every worker was started anew with "${keys[0].id}" first, run this again; then ${old.join(', ')} may be removed.`
      : 'Nothing is left under another key.',
  )
  return 0
}
