/** Anchors the audit trail's heads outside the database: every day, one worker, one line of the file and one message in #ops (R32). */
import type { ChangeDeps } from '../change/deps.js'
import { showJob } from '../change/follow.js'
import { appendAudit, auditHeads, systemChain } from '../db/audit.js'
import { insertAnchor, lastAnchor, setAnchorDue, takeAnchorDue } from '../db/audit-anchor.js'
import { areEntries } from '../db/audit-verify.js'
import type { Tx } from '../db/connection.js'
import { wishMessages } from '../db/message.js'
import { addOutbox } from '../db/outbox.js'
import { anchorFileName, appendAnchor } from './anchor-file.js'

const everyMs = 86_400_000

/**
 * Writes an anchor when one is due; true when this call did. Of several workers one writes, and the others go on. The line is in the file
 * before the database says so: whoever dies in between is followed by one who finds the line and keeps it.
 */
export async function anchorWhenDue(deps: ChangeDeps, documentsDir: string): Promise<boolean> {
  const done = await deps.db.transaction().execute(async (tx) => {
    const now = await deps.clock.now(tx)
    const taken = await takeAnchorDue(tx, now, everyMs)
    if (!taken) return false
    await anchor(deps, tx, { due: taken.due, now, documentsDir })
    // At the same hour, and after a pause of days one anchor, not one for each day.
    const passed = Math.floor((now.getTime() - taken.due.getTime()) / everyMs)
    await setAnchorDue(tx, new Date(taken.due.getTime() + (passed + 1) * everyMs))
    return true
  })
  if (done) deps.nudge()
  return done
}

async function anchor(deps: ChangeDeps, tx: Tx, { due, now, documentsDir }: { due: Date; now: Date; documentsDir: string }): Promise<void> {
  const { heads, head } = await auditHeads(tx)
  const last = await lastAnchor(tx)
  const number = (last?.number ?? 0) + 1
  const entries = heads.reduce((sum, { seq }) => sum + seq, 0)
  const all = heads.map((one): [string, number, string] => [one.chain, one.seq, one.hash])
  const line = { number, due: due.toISOString(), at: now.toISOString(), entries, head, heads: all }
  const known = last?.line_hash ?? null
  const { hash, before } = await appendAnchor(documentsDir, line, { known, genuine: (named) => areEntries(tx, named) })
  await insertAnchor(tx, {
    number,
    due_at: due,
    at: now,
    entries,
    head,
    line_hash: hash,
  })
  const fits = before === known ? 'yes' : 'no'
  const data = { number, entries, head, line: hash, fits }
  const wish = {
    key: `anchor.${number}`,
    audience: 'ops',
    view: 'announcement',
    subject: 'audit-anchored',
    data,
    channel: deps.opsChannel,
  } as const
  const { channels } = await wishMessages(tx, null, [wish], now)
  await addOutbox(tx, channels.map(showJob))
  const after = { number, entries, head, line: hash }
  await appendAudit(tx, systemChain, now, [{ actor: 'system', verb: 'audit-anchored', subject: anchorFileName, after }])
}
