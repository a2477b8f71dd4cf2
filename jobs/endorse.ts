/** Issues each signed IQ once more with its signature (R22): the same content, checked against its checksum, and who signed it when. */
import { contentSha256, type IqData, measuredBy } from '../src/documents/index.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { requestKinds } from '../src/lifecycle/request-kinds.js'
import { iqDocuments, signatureOf } from '../src/lifecycle/situation.js'
import type { Signature } from '../src/lifecycle/types.js'
import { issuedIq } from './documents/iq-evidence.js'
import { personFacts, productTime, writeDocument } from './documents/issue.js'
import { instanceIn, type Job, must, type StepContext, StepRefused } from './job.js'

/** Everybody whose click filled a slot of the request: the signature is recorded with the last of them (R29, R30). */
function signersOf({ situation }: StepContext, signature: Signature): Pick<Signature, 'userId' | 'profileId' | 'at'>[] {
  const asked = situation.requests.findLast((r) => r.kind === 'sign-iq' && r.subject === signature.subject && r.state === 'granted')
  const given = (asked?.verdicts ?? []).filter(({ verdict }) => verdict === 'yes')
  return given.some(({ userId }) => userId === signature.userId) ? given : [signature]
}

/** By its own number, its own revisions; the click is the last of the signers'. */
function issueOf(context: StepContext, number: string, { userId, profileId, at }: Signature, issuedAt: Date): IqData['signedIssue'] {
  const { name } = personFacts(context, userId, profileId)
  const revision = context.situation.documents.filter((d) => d.number === number).length + 1
  return measuredBy('click', at)({ number, revision, at: issuedAt.toISOString(), by: `${name} (${userId})` })
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
        const signers = signersOf(context, signature)
        if (signature.hash !== hashOf(document.sha256))
          throw new StepRefused('R22', 'signature-differs', `The signature on ${document.number} is for another content.`)
        const data = await issuedIq(context, document)
        const meaning = requestKinds['sign-iq'].actions[0]?.confirm ?? ''
        const number = `${document.number}-SIGNED`
        const issuedAt = context.moment()
        const signed: IqData = {
          ...data,
          signedIssue: issueOf(context, number, signature, issuedAt),
          signedClocks: productTime(issuedAt),
          signatures: measuredBy(
            'click',
            signature.at,
          )(
            signers.map(({ userId, profileId, at }) => ({
              ...personFacts(context, userId, profileId),
              meaning,
              at: at.toISOString(),
              contentSha256: contentSha256(data),
              shownSha256: document.sha256,
            })),
          ),
        }
        const { file, sha256 } = await writeDocument(context, signed, `${document.number}-r${document.revision}-signed`)
        return {
          result: { number, file, sha256 },
          effects: [
            {
              do: 'add-document',
              number,
              kind: 'signed-iq',
              environmentId: environment.id,
              instanceId: instance.id,
              operationId: context.operation.id,
              file,
              sha256,
              change: 'Issued with its signature',
              askedBy: signature.userId,
            },
          ],
        }
      },
    },
  ],
}
