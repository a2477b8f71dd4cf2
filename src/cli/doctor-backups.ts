/** What `slipway doctor` says of the backups that policy declares: whether they are of servers that there are, and of all of them (R42). */
import type { Finding } from './doctor-finding.js'

/** Slipway's own database and folders. */
const own = 'slipway'

/**
 * Warnings only: a key that is no server's declares nothing, and of a server without an entry a destruction record says that it is not known
 * what its backups still hold. `servers` are the keys of the settings.
 */
export function backupFindings(declared: Readonly<Record<string, unknown>>, servers: readonly string[]): Finding[] {
  const known = [...servers, own]
  const strange = Object.keys(declared).filter((key) => !known.includes(key))
  const missing = known.filter((key) => declared[key] === undefined)
  return [
    ...strange.map(
      (key): Finding => ({
        what: `backups of ${key}: policy declares them, and no server of INSTANCE_SERVERS has that key`,
        ok: 'warn',
        advice: `Name a server's key there (${known.join(', ')}), or take the entry out.`,
      }),
    ),
    ...missing.map(
      (key): Finding => ({
        what: `backups of ${key}: policy declares none, so that destruction records say that what they hold is not known`,
        ok: 'warn',
        advice: `Declare under \`backups.${key}\` in POLICY_FILE what is kept, where, and for how many days.`,
      }),
    ),
  ]
}
