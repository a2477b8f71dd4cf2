/** Issues each signed IQ once more with its signature (R22): the same content, checked against its checksum, and who signed it when. */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { contentSha256, type IqData, measuredBy } from '../src/documents/index.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { requestKinds } from '../src/lifecycle/request-kinds.js'
import { iqDocuments, signatureOf } from '../src/lifecycle/situation.js'
import type { Document } from '../src/lifecycle/types.js'
import { personFacts, writeDocument } from './documents/issue.js'
import { instanceIn, type Job, must, type StepContext, StepRefused } from './job.js'

/** The record as it was signed. What lies in the folder must be what was recorded when it was issued. */
async function recordOf(context: StepContext, document: Document): Promise<IqData> {
  const data = JSON.parse(await readFile(join(context.documentsDir, document.file.replace(/\.pdf$/, '.json')), 'utf8')) as IqData
  const { sha256 } = await context.renderDocument(data)
  if (sha256 !== document.sha256)
    throw new StepRefused(
      'R22',
      'document-changed',
      `${document.number} is not as it was issued: its checksum differs. It is not handed out as signed.`,
    )
  return data
}

export const endorse: Job = {
  name: 'endorse',
  retry: { attempts: 4, backoffMs: 2_000 },
  plan: async () => [],
  steps: [
    {
      name: 'endorse',
      title: 'Issue the signed IQ',
      for: 'each',
      async do(context) {
        const instance = instanceIn(context)
        const environment = must(context.environment, 'the environment')
        const document = must(
          iqDocuments(context.situation, environment).find((d) => d.instanceId === instance.id),
          'the IQ',
        )
        const signature = must(signatureOf(context.situation, 'sign-iq', document.id), 'the signature')
        if (signature.hash !== hashOf(document.sha256))
          throw new StepRefused('R22', 'signature-differs', `The signature on ${document.number} is for another content.`)
        const data = await recordOf(context, document)
        const meaning = requestKinds['sign-iq'].actions[0]?.confirm ?? ''
        const signed: IqData = {
          ...data,
          signatures: measuredBy(
            'click',
            signature.at,
          )([
            {
              ...personFacts(context, signature.userId, signature.profileId),
              meaning,
              at: signature.at.toISOString(),
              contentSha256: contentSha256(data),
            },
          ]),
        }
        const { file, sha256 } = await writeDocument(context, signed, `${document.number}-r${document.revision}-signed`)
        return {
          result: { number: `${document.number}-SIGNED`, file, sha256 },
          effects: [
            {
              do: 'add-document',
              number: `${document.number}-SIGNED`,
              kind: 'signed-iq',
              environmentId: environment.id,
              instanceId: instance.id,
              operationId: context.operation.id,
              file,
              sha256,
            },
          ],
        }
      },
    },
  ],
}
