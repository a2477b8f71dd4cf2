/** What is left of an environment that was destroyed (R42). */
import { z } from 'zod'
import { measured } from '../measured.js'
import { attachment, environment, head, moment, person, rows } from './parts.js'

const verification = z.strictObject({
  what: z.enum(['database', 'role', 'files', 'secrets']),
  instance: z.string(),
  /** How it was looked for, and what came back. */
  evidence: z.string(),
  result: z.enum(['gone', 'present', 'unknown']),
  at: moment,
})

const destroyed = z.strictObject({
  name: z.string(),
  role: z.enum(['main', 'test', 'single']),
  database: z.string(),
  version: z.string(),
  everything: z.string(),
  mustMatch: z.string(),
  volunteers: z.strictObject({ count: rows, class: z.string() }),
})

export const destructionRecordSchema = z.strictObject({
  kind: z.literal('destruction-record'),
  ...head,
  environment,
  instances: measured(z.array(destroyed), ['registry', 'inventory'], { says: 'What was destroyed, as it was at the end', brokenBy: '' }),
  reason: measured(z.string(), ['registry'], { says: 'Why it was destroyed', brokenBy: '' }),
  requested: measured(z.strictObject({ by: person, at: moment }), ['registry', 'click'], {
    says: 'Who asked for it, and when',
    brokenBy: '',
  }),
  announcedAt: measured(moment, ['registry', 'posted'], { says: 'When it was announced', brokenBy: '' }),
  postponed: measured(rows, ['registry'], { says: 'How often it was postponed', brokenBy: '' }),
  destroyedAt: measured(moment, ['clock'], { says: 'When it was destroyed', brokenBy: '' }),
  approvals: measured(z.array(z.strictObject({ ...person.shape, at: moment, comment: z.string().optional() })), ['click'], {
    says: 'Who approved it',
    brokenBy: '',
  }),
  /** The final configuration reports and the audit extract, archived before. */
  archived: measured(z.array(attachment), ['registry', 'files'], { says: 'What was archived before', brokenBy: '' }),
  verifications: measured(z.array(verification), ['server', 'registry'], { says: 'What was looked for and not found', brokenBy: '' }),
})
