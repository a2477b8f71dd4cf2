/** The record of what one run of the migration program did with the customer's files (R9): counts and checksums, no volunteer's data. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { environment, file, head, instance, moment, rows, sha256 } from './parts.js'

const entity = z.strictObject({ entity: z.string(), extracted: rows, loaded: rows, rejected: rows, excluded: rows, merged: rows })

export const reconciliationReportSchema = z.strictObject({
  kind: z.literal('reconciliation-report'),
  ...head,
  environment,
  instance,
  version: measured(z.string(), ['inventory', 'registry'], { says: 'The product version that was loaded', brokenBy: '' }),
  iteration: measured(z.int(), ['registry'], { says: 'The iteration', brokenBy: '' }),
  run: measured(z.strictObject({ startedAt: moment, finishedAt: moment }), ['clock'], { says: 'Start and end of the run', brokenBy: '' }),
  /** This, the program and the product version are what an acceptance is bound to. */
  specification: measured(z.strictObject({ version: z.string(), sha256 }), ['program', 'files'], {
    says: 'The Migration Specification that was carried out',
    brokenBy: '',
  }),
  program: measured(z.string(), ['release', 'program'], { says: 'The migration program', brokenBy: '' }),
  files: measured(z.array(z.strictObject({ ...file.shape, rows: rows.optional() })), ['program', 'files'], {
    says: 'The files that were read',
    brokenBy: '',
  }),
  entities: measured(z.array(entity), ['program'], { says: 'The balance of each entity', brokenBy: '' }),
  rejects: measured(z.array(z.strictObject({ entity: z.string(), reason: z.string(), count: rows })), ['program'], {
    says: 'Rejected records by reason',
    brokenBy: '',
  }),
  codes: measured(
    z.array(z.strictObject({ list: z.string(), source: z.string(), target: z.string().nullable(), count: rows })),
    ['program', 'none'],
    { says: 'How often each code came, and what became of it', brokenBy: '' },
  ),
  tables: measured(z.array(z.strictObject({ table: z.string(), rows, sha256 })), ['program', 'none'], {
    says: 'Rows and checksum of each table that was loaded',
    brokenBy: '',
  }),
  resultSha256: measured(sha256.or(z.literal('')), ['program', 'registry'], { says: 'The checksum of the result', brokenBy: '' }),
  /** By number only, and what each is an example of. */
  testVolunteers: measured(z.array(z.strictObject({ number: z.string(), example: z.string() })), ['program'], {
    says: 'The chosen test volunteers',
    brokenBy: '',
  }),
})
