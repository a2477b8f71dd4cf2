/** `var/demo/summary.json`: what came out of the whole way, read from the state. */
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { type ChangeDeps, frameOf } from '../change/deps.js'
import { verifyAudit } from '../db/audit-verify.js'
import { customerIdOfSlug } from '../db/customer.js'
import { countMessages } from '../db/message.js'
import { readSituation } from '../db/situation.js'
import { checklist } from '../lifecycle/golive.js'
import { kinds } from '../lifecycle/kinds.js'
import type { Document, Environment, Situation } from '../lifecycle/types.js'

/** Where the state and the documents are kept. */
interface Kept {
  slipway: { change: Pick<ChangeDeps, 'db' | 'clock' | 'policy' | 'versions' | 'program'> }
  documentsDir: string
}

/** The summary in the shape that DESIGN §2 fixes. `durationsMs` is what was measured by the caller. */
export async function summarize({ slipway: { change }, documentsDir }: Kept, slug: string, durationsMs: Record<string, number>) {
  const { db } = change
  const frame = await frameOf(change, db)
  const s = await readSituation(db, await customerIdOfSlug(db, slug), frame)
  const { broken, entries, head } = await verifyAudit(db)
  const messages = await countMessages(db)
  return {
    customer: slug,
    state: s.customer?.state,
    environments: [...s.environments, ...(s.community ? [s.community] : [])].map((e) => environmentOf(s, e)),
    checklist: checklist(s).map(({ id, party, state, doneBy, at }) => ({ id, party, state, doneBy, at })),
    documents: s.documents.map((d) => documentOf(join(documentsDir, d.file), d)),
    audit: { entries, head, verified: broken === null },
    messages: { customerChannel: messages['customer'] ?? 0, opsChannel: messages['ops'] ?? 0 },
    durationsMs: { ...durationsMs, ...operationDurations(s) },
  }
}

/** `file` is the PDF, from the working directory; `sha256` is the checksum of its bytes. */
function documentOf(file: string, { number, kind, revision }: Document) {
  return {
    number,
    kind,
    revision,
    file: relative(process.cwd(), file),
    sha256: createHash('sha256').update(readFileSync(file)).digest('hex'),
  }
}

function environmentOf(s: Situation, e: Environment) {
  return {
    name: e.name,
    kind: e.kind,
    pair: kinds[e.kind].pair,
    controlled: kinds[e.kind].controlled,
    state: e.state,
    source: e.source,
    instances: e.instances.map((i) => ({
      role: i.role,
      database: i.database,
      version: i.measured?.version ?? null,
      volunteers: { count: i.measured?.volunteers ?? null, class: i.measured?.class ?? null },
      configurationChecksum: i.everything,
    })),
    documents: s.documents.filter((d) => d.environmentId === e.id).map((d) => d.number),
  }
}

/** By environment and verb; under a moved clock only steps that lie between no moves are true durations. */
function operationDurations(s: Situation): Record<string, number> {
  const done = s.operations.filter((o) => o.startedAt && o.endedAt && o.state === 'done' && o.environmentId)
  return Object.fromEntries(
    done.map((o) => [
      `${o.verb} ${[...s.environments].find((e) => e.id === o.environmentId)?.name ?? ''}`,
      (o.endedAt?.getTime() ?? 0) - (o.startedAt?.getTime() ?? 0),
    ]),
  )
}
