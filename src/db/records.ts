/** Records that rules read and that are never changed but by a later record: signatures, files, iterations, go-lives, documents, access, freezes. */
import type { Insertable } from 'kysely'
import type { DocumentKind, GoLive, IntakeFile, IqOutcome, Iteration, Signature } from '../lifecycle/types.js'
import { inChunks } from './chunks.js'
import type { Tx } from './connection.js'
import type { Database } from './schema.js'

export async function insertSignature(tx: Tx, s: Signature & { customerId: string | null; profileId: string | null }): Promise<void> {
  await tx
    .insertInto('signature')
    .values({
      id: s.id,
      customer_id: s.customerId,
      kind: s.kind,
      subject: s.subject,
      user_id: s.userId,
      role: s.role,
      hash: s.hash,
      comment: s.comment,
      at: s.at,
      profile_id: s.profileId,
      awaits: s.awaits ?? false,
    })
    .execute()
}

export async function replaceFiles(tx: Tx, customerId: string, files: Omit<IntakeFile, 'registeredAt'>[], now: Date): Promise<void> {
  await tx.deleteFrom('intake_file').where('customer_id', '=', customerId).execute()
  const rows = files.map((f) => ({ customer_id: customerId, name: f.name, bytes: f.bytes, sha256: f.sha256, registered_at: now }))
  await inChunks(rows, (some) => tx.insertInto('intake_file').values(some).execute())
}

export async function insertIteration(tx: Tx, i: Iteration & { customerId: string }): Promise<void> {
  const { customerId, filesHash, resultHash, report, ...rest } = i
  await tx
    .insertInto('iteration')
    .values({
      ...rest,
      customer_id: customerId,
      files_hash: filesHash,
      result_hash: resultHash,
      report: report ? JSON.stringify(report) : null,
    })
    .onConflict((c) => c.columns(['customer_id', 'number']).doNothing())
    .execute()
}

export async function updateIteration(
  tx: Tx,
  i: { id: string; state: Iteration['state']; resultHash?: string; balanced?: boolean; report?: Record<string, unknown> },
): Promise<void> {
  await tx
    .updateTable('iteration')
    .set({
      state: i.state,
      ...(i.resultHash ? { result_hash: i.resultHash } : {}),
      ...(i.balanced === undefined ? {} : { balanced: i.balanced }),
      ...(i.report ? { report: JSON.stringify(i.report) } : {}),
    })
    .where('id', '=', i.id)
    .execute()
}

export async function insertGolive(
  tx: Tx,
  row: {
    id: string
    customer_id: string
    date: string
    state: GoLive['state']
    started_by: string
    started_at: Date
    profile_id: string | null
  },
): Promise<void> {
  await tx.insertInto('golive').values(row).execute()
}

export async function updateGolive(tx: Tx, id: string, state: GoLive['state']): Promise<void> {
  await tx.updateTable('golive').set({ state }).where('id', '=', id).execute()
}

interface NewDocument {
  id: string
  number: string
  kind: DocumentKind
  customerId: string | null
  environmentId: string | null
  instanceId: string | null
  operationId: string | null
  file: string
  sha256: string
  change?: string
  askedBy?: string
  at: Date
  execution: number | null
  outcome: IqOutcome | null
}

/** The next revision of a document number (R26); the same content again is the same revision (a step that ran twice). Returns the revision. */
export async function insertDocument(tx: Tx, d: NewDocument): Promise<number> {
  const last = await tx
    .selectFrom('document')
    .select(['revision', 'sha256'])
    .where('number', '=', d.number)
    .orderBy('revision', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (last?.sha256 === d.sha256) return last.revision
  const revision = (last?.revision ?? 0) + 1
  const row = {
    id: d.id,
    customer_id: d.customerId,
    number: d.number,
    revision,
    kind: d.kind,
    environment_id: d.environmentId,
    instance_id: d.instanceId,
    operation_id: d.operationId,
    file: d.file,
    sha256: d.sha256,
    change: d.change ?? null,
    asked_by: d.askedBy ?? null,
    at: d.at,
    execution: d.execution,
    outcome: d.outcome,
  }
  await tx.insertInto('document').values(row).execute()
  return revision
}

export async function insertAccess(tx: Tx, row: Omit<Insertable<Database['access']>, 'revoked_at'>): Promise<void> {
  await tx
    .insertInto('access')
    .values({ ...row, revoked_at: null })
    .execute()
}

export async function revokeAccess(tx: Tx, id: string, now: Date): Promise<void> {
  await tx.updateTable('access').set({ revoked_at: now }).where('id', '=', id).where('revoked_at', 'is', null).execute()
}

export async function insertFreeze(
  tx: Tx,
  row: { id: string; customer_id: string | null; reason: string; by: string; at: Date; profile_id: string | null },
): Promise<void> {
  await tx
    .insertInto('freeze')
    .values({ ...row, lifted_at: null })
    .execute()
}

export async function liftFreeze(tx: Tx, customerId: string | null, now: Date): Promise<void> {
  await tx
    .updateTable('freeze')
    .set({ lifted_at: now })
    .where('customer_id', 'is not distinct from', customerId)
    .where('lifted_at', 'is', null)
    .execute()
}
