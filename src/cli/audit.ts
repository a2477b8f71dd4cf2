/** `slipway audit`: the trail verified, chains and anchors, or printed. */
import { join } from 'node:path'
import { withState } from '../app/state.js'
import { createClock } from '../clock.js'
import type { Config } from '../config.js'
import { auditHeads, readAudit } from '../db/audit.js'
import { readAnchors } from '../db/audit-anchor.js'
import { verifyAudit } from '../db/audit-verify.js'
import { anchorFileName, readAnchorFile } from '../queue/anchor-file.js'
import { entrySaid } from '../views/audit-words.js'

type Say = (line: string) => void

/** There is an anchor every day; one that comes late is still looked for. */
const lateMs = 2 * 86_400_000

/**
 * `slipway audit verify`: recomputes every chain, and holds them against every anchor of the file in DOCUMENTS_DIR (R32). Returns 1 where
 * something does not fit; a trail that was never anchored is said to be so.
 */
export async function auditVerify(config: Config, say: Say): Promise<number> {
  const file = join(config.documentsDir, anchorFileName)
  const clock = createClock(config.clock === 'movable')
  return withState(config, async (db) => {
    const remembered = await readAnchors(db)
    const look = await verifyAudit(db, (hold) => readAnchorFile(config.documentsDir, remembered, hold))
    const { entries, broken, head, anchors } = look
    const cut = anchors?.broken
    say(broken ? `The audit trail is broken at ${broken}.` : `${entries} entries verified. Head: ${head}`)
    const late = anchors?.last && (await clock.now(db)).getTime() - Date.parse(anchors.last.at) > lateMs
    if (cut) say(`The anchors in ${file} are broken: ${cut}.`)
    else if (anchors?.last)
      say(`${anchors.last.number} anchors in ${file} ${broken ? 'were read' : 'fit'}; the last is of ${anchors.last.at}.`)
    else say(`There is no anchor yet (${file}): what was cut off with its head would not be found.`)
    if (late) say('The last anchor is older than two days, and there should be one every day: does a worker run, and can it write there?')
    return broken || cut || late ? 1 : 0
  })
}

/** `slipway audit export`: one JSON line per entry, chain by chain, newest first; `says` is the entry in words, which its hash does not cover. */
export async function auditExport(config: Config, say: Say): Promise<number> {
  return withState(config, async (db) => {
    for (const { chain } of (await auditHeads(db)).heads) {
      for (const entry of await readAudit(db, chain, Number.MAX_SAFE_INTEGER))
        say(JSON.stringify({ chain, ...entry, says: entrySaid(entry) }))
    }
    return 0
  })
}
