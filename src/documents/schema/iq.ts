/** The record of an Installation Qualification of one instance (R22): protocol and executed report in one. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { maskSchema, testTextSchema } from './mask.js'
import { attachment, countLine, environment, file, head, instance, moment, person, sha256 } from './parts.js'

const check = z.strictObject({
  id: z.string(),
  title: z.string(),
  requirement: z.string(),
  expected: z.string(),
  actual: z.string(),
  result: z.enum(['pass', 'fail', 'blocked']),
  evidence: z.string(),
  startedAt: moment.optional(),
  finishedAt: moment.optional(),
})

const deviation = z.strictObject({
  number: z.string(),
  check: z.string(),
  description: z.string(),
  impact: z.string(),
  cause: z.string(),
  correction: z.string(),
  /** Only `accepted`, with an approver, lets the qualification pass. */
  disposition: z.enum(['open', 'accepted', 'rejected']),
  approver: z.string().optional(),
})

/** A confirmed click in Slack. `contentSha256` is the checksum of the content that was shown to the signer. */
const signature = z.strictObject({ ...person.shape, meaning: z.string(), at: moment, contentSha256: sha256 })

export const iqSchema = z.strictObject({
  kind: z.literal('iq'),
  ...head,
  environment,
  instance,
  /** Of the protocol that was executed; frozen before the execution. */
  protocol: measured(z.strictObject({ version: z.string(), sha256 }), ['release'], {
    says: 'The protocol that was executed',
    brokenBy: '',
  }),
  execution: measured(z.strictObject({ number: z.int().min(1), startedAt: moment, finishedAt: moment, performedBy: person }), ['clock'], {
    says: 'The execution: its number, start and end, and who performed it',
    brokenBy: '',
  }),
  requiredSigners: measured(
    z.array(z.strictObject({ duty: z.string(), party: z.enum(['vendor', 'customer']), role: z.string() })),
    ['policy'],
    { says: 'Who has to sign', brokenBy: '' },
  ),
  references: z.array(
    z.strictObject({
      title: z.string(),
      reference: measured(z.string(), ['registry', 'release', 'plan', 'program', 'click'], {
        says: 'What the qualification refers to',
        brokenBy: '',
      }),
    }),
  ),
  /** What was found installed: name and value. */
  inventory: z.array(
    z.strictObject({
      name: z.string(),
      value: measured(z.string(), ['inventory', 'registry', 'probe', 'none'], { says: 'What was found installed', brokenBy: '' }),
    }),
  ),
  /** What the plan promised and what was counted afterwards (R34); absent where nothing was copied. */
  counts: measured(z.array(countLine), ['counted'], {
    says: 'Rows planned and rows written, by element',
    brokenBy: '',
  }).optional(),
  /** Where volunteers came through a mask: VAL Main. */
  mask: maskSchema.optional(),
  /** VAL Test, of which all text was traced to Main. */
  text: testTextSchema.optional(),
  checks: measured(z.array(check), ['check'], { says: 'Each check with what was expected and what was found', brokenBy: '' }),
  deviations: measured(z.array(deviation), ['registry'], { says: 'The deviations of this instance', brokenBy: '' }),
  /** Evidence beside the checks' own raw output, which is indexed by itself. */
  evidence: measured(z.array(z.strictObject({ ...file.shape, capturedAt: moment, capturedBy: z.string() })), ['files'], {
    says: 'Further evidence',
    brokenBy: '',
  }),
  attachments: measured(z.array(attachment), ['files'], { says: 'What is attached', brokenBy: '' }),
  signatures: measured(z.array(signature), ['click'], { says: 'Who signed which content, when and with what meaning', brokenBy: '' }),
})
