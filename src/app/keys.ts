/** Whether a worker's keys fit what is sealed in the database, before it takes any work. */
import { type Config, ConfigError } from '../config.js'
import type { Db } from '../db/connection.js'
import { countSealed, oneSealedUnder } from '../db/sealed.js'
import { noteSecretKey, readSecretKeys } from '../db/secret-key.js'
import type { Log } from '../log.js'
import { fingerprint, keptKeys, open, type SecretKeys } from '../secrets.js'

/** The keys that a worker starts with; `kept`: it made them itself, for SECRET_KEYS is not set. */
interface WorkerKeys {
  keys: SecretKeys
  kept: boolean
}

/** The keys that a worker works with, after `fitKeys`; its warnings are logged. */
export async function workerKeys(config: Config, db: Db, log: Log): Promise<SecretKeys> {
  const keys = config.secretKeys ?? keptKeys(config.dataDir)
  for (const warning of await fitKeys(db, { keys, kept: !config.secretKeys }, new Date())) log.warn(warning)
  return keys
}

/**
 * Notes the current key's fingerprint. Returns warnings; throws `ConfigError` (exit 78) where a value of the database lies under a key that is
 * missing or another than the one given under its id, for such a worker would fail in the middle of a customer's operation.
 */
export async function fitKeys(db: Db, mine: WorkerKeys, now: Date): Promise<string[]> {
  const problems = await misfits(db, mine)
  if (problems.length > 0) throw new ConfigError(problems)
  const [current] = mine.keys
  await noteSecretKey(db, { id: current.id, fingerprint: fingerprint(current), kept: mine.kept, seen_at: now })
  const known = await readSecretKeys(db)
  const differing = mine.keys.filter((key) => known.some(({ id, fingerprint: print }) => id === key.id && print !== fingerprint(key)))
  if (differing.length > 0)
    throw new ConfigError(
      differing.map(
        ({ id }) =>
          `SECRET_KEYS has under the id "${id}" another key than a worker before: give every worker the same, or the new key an id of its own`,
      ),
    )
  const strangers = known.filter(({ id }) => !mine.keys.some((key) => key.id === id))
  return strangers.map(({ id, kept, seen_at }) => warningOf({ id, kept, seen: seen_at }, mine))
}

/** Sentences about what is sealed and cannot be opened with these keys; measured by opening one value of each key. */
export async function misfits(db: Db, { keys, kept }: WorkerKeys): Promise<string[]> {
  const problems: string[] = []
  for (const [id, count] of await countSealed(db)) {
    if (!keys.some((key) => key.id === id)) {
      const whose = kept
        ? `this machine made a key of its own ("${keys[0].id}", in DATA_DIR), and it does not open them`
        : 'SECRET_KEYS does not hold it'
      problems.push(
        `SECRET_KEYS: ${count} sealed values are under the key "${id}", and ${whose}: add "${id}" to SECRET_KEYS of every worker`,
      )
      continue
    }
    const sample = await oneSealedUnder(db, id)
    if (sample && !opens(keys, sample.value, sample.at.bindingOf(sample.key)))
      problems.push(
        `SECRET_KEYS: the key "${id}" is another than the one that ${count} values were sealed with: give the right one under this id`,
      )
  }
  return problems
}

function opens(keys: SecretKeys, sealed: string, boundTo: string): boolean {
  try {
    open(keys, sealed, boundTo)
    return true
  } catch {
    return false // what is wrong with it is the caller's sentence
  }
}

function warningOf(other: { id: string; kept: boolean; seen: Date }, mine: WorkerKeys): string {
  const since = other.seen.toISOString()
  if (mine.kept || other.kept)
    return `another machine's worker seals with the key "${other.id}" (last started ${since}), and ${mine.kept ? 'this one made a key of its own' : 'made it itself'}: what one seals, the other cannot open. Set the same SECRET_KEYS on every machine.`
  return `a worker seals with the key "${other.id}" (last started ${since}), which SECRET_KEYS here does not hold: add it, behind the current one, before anything is sealed with it.`
}
