/** Evidence of an IQ beside its checks: what the making recorded, and attachments as they lie on disk. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type IqData, readIq, recordOf, spoiltFiles } from '../../src/documents/index.js'
import type { Document } from '../../src/lifecycle/types.js'
import { builtOf, type StepContext, StepRefused } from '../job.js'
import type { Issued } from './issue.js'

const sha256 = (bytes: Buffer | string) => createHash('sha256').update(bytes).digest('hex')

/** The start-up output: each step of the making with its result, as the operation recorded it. Its times are product time, and it says so. */
export function makingEvidence(context: StepContext, at: Date): IqData['evidence']['value'][number] {
  const { operation, steps } = builtOf(context)
  const own = steps.filter(({ role, stage }) => stage > 0 && (role === null || role === context.role))
  const told = own.map(({ name, title, state, attempt, startedAt, endedAt, result }) => ({
    step: name,
    title,
    state,
    attempt,
    startedAt,
    endedAt,
    result: withoutPeople(result),
  }))
  const making = { operation: operation.id, verb: operation.verb, planHash: operation.planHash, times: 'product time', steps: told }
  const content = JSON.stringify(making, null, 2)
  return {
    name: 'making.json',
    bytes: Buffer.byteLength(content),
    sha256: sha256(content),
    capturedAt: at.toISOString(),
    capturedBy: 'Slipway',
    content,
  }
}

/** Which volunteers were chosen for a review is nobody's business here: numbers are pseudonyms (R33). */
function withoutPeople(result: Record<string, unknown> | null): Record<string, unknown> | null {
  if (!result) return null
  const { testVolunteers: _, ...rest } = result
  return rest
}

/** A document that was just issued, as an attachment: its checksums are taken from the bytes on disk, those of its rows, too. Refuses where one of its files is not as it was issued. */
export async function attached(
  context: StepContext,
  title: string,
  { effect, revision }: Issued,
): Promise<IqData['attachments']['value'][number]> {
  const [spoilt] = await spoiltFiles(join(context.documentsDir, effect.file), effect.sha256)
  if (spoilt)
    throw new StepRefused(
      'R22',
      'attachment-differs',
      `Of ${effect.number}, ${spoilt.file} in the documents folder ${spoilt.how}. Look after the folder, then start the qualification again.`,
    )
  return { title, number: `${effect.number} r${revision}`, sha256: effect.sha256 }
}

/** An IQ's record as it was issued. Refuses what is no longer that, and what an earlier Slipway issued in another shape. */
export async function issuedIq(context: StepContext, document: Document): Promise<IqData> {
  const bytes = await readFile(recordFile(context, document.file))
  if (sha256(bytes) !== document.sha256)
    throw new StepRefused(
      'R22',
      'document-changed',
      `${document.number} is not as it was issued: its checksum differs. It is not handed out as signed.`,
    )
  const data = readIq(bytes.toString())
  if (!data)
    throw new StepRefused(
      'R22',
      'record-outdated',
      `${document.number} was issued by an earlier Slipway and does not hold what an IQ holds now. Execute the qualification again.`,
    )
  return data
}

function recordFile({ documentsDir }: StepContext, file: string): string {
  return join(documentsDir, recordOf(file))
}
