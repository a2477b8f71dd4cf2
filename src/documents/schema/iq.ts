/** The record of an Installation Qualification of one instance (R22): protocol and executed report in one. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { maskSchema, testTextSchema } from './mask.js'
import { attachment, bothClocks, countLine, environment, file, head, instance, moment, person, sha256 } from './parts.js'

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  requirement: z.string(),
  expected: z.string(),
  actual: z.string(),
  /** Both as people read them, where the product's definition has words for them. */
  inWords: z.strictObject({ expected: z.string(), actual: z.string() }).optional(),
  /** `n/a`: it does not apply to this instance; `actual` says why. */
  result: z.enum(['pass', 'fail', 'blocked', 'n/a']),
  evidence: z.string(),
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
})

const deviation = z.strictObject({
  number: z.string(),
  check: z.string(),
  /** The document and execution that found it. */
  foundBy: z.string(),
  description: z.string(),
  impact: z.string(),
  critical: z.boolean(),
  /** Only `accepted`, by somebody with a reason, `corrected` or `superseded` lets the qualification pass. */
  disposition: z.enum(['open', 'accepted', 'rejected', 'corrected', 'superseded']),
  /** QA's last word; `by`, `at` and `reason` are its. */
  decision: z.enum(['accepted', 'rejected']).optional(),
  by: person.optional(),
  at: moment.optional(),
  reason: z.string().optional(),
  /** The execution in which its check passed. */
  correctedBy: z.string().optional(),
  correctedAt: moment.optional(),
  /** The deviation that the same check has now. */
  supersededBy: z.string().optional(),
})

/** A confirmed click in Slack, for a content. `shownSha256` is the record's checksum as it was issued unsigned: its first digits were in the message. */
const signature = z.strictObject({ ...person.shape, meaning: z.string(), at: moment, contentSha256: sha256, shownSha256: sha256 })

export const iqSchema = z.strictObject({
  kind: z.literal('iq'),
  ...head,
  environment,
  instance,
  /** Of the protocol that was executed; frozen before the execution. */
  protocol: measured(z.strictObject({ version: z.string(), sha256 }), ['release'], {
    says: "The protocol that was executed: the product's checks and the driver's own, each as it is defined",
    brokenBy: 'the protocol that an IQ names is the one of the release: another check is another checksum',
  }),
  /** Its times are those of the wall clock of the machine that executed it. */
  execution: measured(
    z.strictObject({ number: z.int().min(1), startedAt: moment, finishedAt: moment, responsible: person, performedBy: person }),
    ['clock'],
    {
      says: 'The execution: its number, start and end by the wall clock, who answers for it and who executed it',
      brokenBy: 'R29 the execution has its own start and end by the wall clock, around its checks, and names who started it',
    },
  ),
  requiredSigners: measured(
    z.array(z.strictObject({ duty: z.string(), party: z.enum(['vendor', 'customer']), role: z.string() })),
    ['policy'],
    { says: 'Who has to sign', brokenBy: 'R29 who has to sign an IQ is who the policy names, not a word of the code' },
  ),
  references: z.array(
    z.strictObject({
      title: z.string(),
      reference: measured(z.string(), ['registry', 'release', 'plan', 'program', 'click', 'inventory', 'none'], {
        says: 'What the qualification refers to, who asked for and who approved it',
        brokenBy: 'an IQ refers to the making of its instance: its plan, its source, and who asked for it, by name and role at that moment',
      }),
    }),
  ),
  /** What was found installed: name and value. */
  inventory: z.array(
    z.strictObject({
      name: z.string(),
      value: measured(z.string(), ['inventory', 'probe', 'none'], {
        says: 'What was found installed at the execution, and who answered under its address',
        brokenBy: 'R22 a table that is gone blocks what wanted to look at it, and the IQ is issued all the same, without the report',
      }),
    }),
  ),
  /** What the plan promised and what was counted in the instance at the execution (R34); absent where the plan named no rows. */
  counts: measured(z.array(countLine), ['counted', 'none'], {
    says: 'Rows planned, and rows counted in the instance at the execution, by element',
    brokenBy: 'R34 users who are gone after the making are counted at the execution, and the IQ fails',
  }).optional(),
  /** Where volunteers came through a mask: VAL Main. */
  mask: maskSchema.optional(),
  /** VAL Test, of which all text was traced to Main. */
  text: testTextSchema.optional(),
  checks: measured(z.array(check), ['check'], {
    says: 'Each check with what was expected and what was found, when, or why it does not apply',
    brokenBy: 'R22 a failed check leaves an executed, failed IQ with its deviation, and nothing is undone',
  }),
  deviations: measured(z.array(deviation), ['registry'], {
    says: 'The deviations of this instance and what became of each',
    brokenBy: 'R22 what an execution no longer shows is corrected by its number, and what it shows anew is another deviation',
  }),
  /** Evidence beside the checks' own raw output, which is indexed by itself. */
  evidence: measured(
    z.array(z.strictObject({ ...file.shape, capturedAt: moment, capturedBy: z.string(), content: z.string() })),
    ['files', 'registry'],
    {
      says: 'Further evidence, with its bytes: what the making recorded',
      brokenBy: 'R22 the evidence holds what the making recorded of this instance, and its checksum is that of the bytes',
    },
  ),
  attachments: measured(z.array(attachment), ['files'], {
    says: 'What is attached, with the checksum of the bytes on disk',
    brokenBy: 'R22 an attachment that lies on disk with other bytes than were issued is refused',
  }),
  /** Of the IQ that was issued once more, with its signature, under a number of its own: no part of what was signed. */
  signedIssue: measured(z.strictObject({ number: z.string(), revision: z.int().min(1), at: moment, by: z.string() }), ['click'], {
    says: 'The number under which it was issued with its signature, when and by whose click',
    brokenBy: 'R22 the signed IQ names its own number, and when it was issued with whose signature; what was signed stays the same content',
  }).optional(),
  signatures: measured(z.array(signature), ['click'], {
    says: 'Who signed which content, when and with what meaning, and the checksum that the message showed',
    brokenBy: 'R22 a signature for another content than was issued is refused',
  }),
  /** When it was issued with its signatures: like them no part of the content. Absent before, and where an earlier Slipway issued it. */
  signedClocks: measured(bothClocks, ['clock'], {
    says: 'Product time at the issue with signatures, and how far it was before the wall clock',
    brokenBy: 'an IQ with signatures is issued after the last of them, and its content keeps its own date',
  }).optional(),
})
