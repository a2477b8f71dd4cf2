/** The record of what one run of the migration program did with the customer's files (R9): counts and checksums, no volunteer's data. */
import { z } from 'zod'
import { measured } from '../measured.js'
import { countLine, environment, file, head, instance, moment, rows, sha256 } from './parts.js'

const entity = z.strictObject({ entity: z.string(), extracted: rows, loaded: rows, rejected: rows, excluded: rows, merged: rows })

/** A row of a source file, as a spreadsheet numbers it: the header is row 1. Never its content. */
const place = z.strictObject({ file: z.string(), row: rows })

/** Rows that met a reason, and the first of them; no examples where the record is older than they are. */
const reasoned = z.strictObject({ entity: z.string(), reason: z.string(), count: rows, examples: z.array(place).optional() })

/** `source` is a word of the specification's map; null stands for all codes that the map lacks, which are told by rows alone. */
const code = z.strictObject({
  list: z.string(),
  field: z.string(),
  source: z.string().nullable(),
  target: z.string().nullable(),
  count: rows,
  /** Of codes that the map lacks: what became of them, how many different ones there are, and where the first stand. */
  unmapped: z.strictObject({ became: z.enum(['rejected', 'left empty', 'replaced']), distinct: rows, examples: z.array(place) }).optional(),
})

const warning = z.strictObject({ entity: z.string(), field: z.string().optional(), what: z.string(), file: z.string(), count: rows })

export const reconciliationReportSchema = z.strictObject({
  kind: z.literal('reconciliation-report'),
  ...head,
  environment,
  instance,
  version: measured(z.string(), ['registry', 'program'], {
    says: 'The product version that was ordered, and that the program ran for',
    brokenBy: 'R9 version, program and specification are those of the run itself, whatever is on record elsewhere',
  }),
  installed: measured(z.string().nullable(), ['inventory', 'none'], {
    says: 'The product version that was found installed after the load',
    brokenBy: 'R9 the installed version is what was found in the instance, and without a measurement only the ordered one is named',
  }),
  iteration: measured(z.int(), ['registry'], {
    says: 'The iteration, whose scripts were carried out',
    brokenBy: 'R28 VAL and PROD have a report of their own run, and their IQ cites its result',
  }),
  /** False in VAL and PROD, whose run is carried out with the scripts that were approved as that iteration. */
  review: measured(z.boolean(), ['registry'], {
    says: 'Whether the run is that iteration itself, for the review of the customer',
    brokenBy: 'R28 VAL and PROD have a report of their own run, and their IQ cites its result',
  }),
  run: measured(z.strictObject({ startedAt: moment, finishedAt: moment }), ['product-clock', 'registry'], {
    says: 'Start and end of the run',
    brokenBy: 'R9 the run in a report has the start and end of the load, not those of the operation',
  }),
  /** This, the program and the product version are what an acceptance is bound to. */
  specification: measured(z.strictObject({ version: z.string(), sha256 }), ['program', 'files', 'registry'], {
    says: 'The Migration Specification that was carried out',
    brokenBy: 'R9 version, program and specification are those of the run itself, whatever is on record elsewhere',
  }),
  program: measured(z.string(), ['release', 'program', 'registry'], {
    says: 'The migration program',
    brokenBy: 'R9 version, program and specification are those of the run itself, whatever is on record elsewhere',
  }),
  files: measured(z.array(z.strictObject({ ...file.shape, rows: rows.optional() })), ['program', 'files'], {
    says: 'The files that were read, the specification among them',
    brokenBy: 'R9 the report of an iteration says how often each code came, what each table was loaded with, and by which specification',
  }),
  entities: measured(z.array(entity), ['program'], {
    says: 'The balance of each entity',
    brokenBy: 'R9 a run that lost a row is refused, and no report says that it is balanced',
  }),
  rejects: measured(z.array(reasoned), ['program'], {
    says: 'Rejected records by reason, with the first rows',
    brokenBy: 'R9 a reason is a sentence, and its examples are rows of the file, never what stands in them',
  }),
  exclusions: measured(z.array(reasoned), ['program', 'none'], {
    says: 'Rows left out by a rule of the specification, with the first rows',
    brokenBy: 'R9 a reason is a sentence, and its examples are rows of the file, never what stands in them',
  }),
  warnings: measured(z.array(warning), ['program', 'none'], {
    says: 'What was loaded otherwise than it stood in the file',
    brokenBy: 'R9 a field that was left empty, repaired text and a conflict of duplicates are warnings of the report',
  }),
  codes: measured(z.array(code), ['program', 'none'], {
    says: 'How often each code came, and what became of it',
    brokenBy: 'R33 a code that the specification does not map is told by its row, for it may be a name',
  }),
  counts: measured(z.array(countLine), ['read', 'none'], {
    says: 'Rows by element, as the dry run counted them for the plan and as they stood in the database after the load',
    brokenBy: 'R9 rows that are gone from the database after the load are seen, and nothing of the load stays',
  }),
  tables: measured(z.array(z.strictObject({ table: z.string(), rows, sha256 })), ['program', 'none'], {
    says: 'Rows and checksum of each table that was loaded',
    brokenBy: 'R9 one changed value of the dump changes the checksum of its table and of the result, and no other',
  }),
  /** Before the mask, where there was one: the same in Migration, VAL and PROD for the same files. */
  resultSha256: measured(sha256.or(z.literal('')), ['program', 'registry'], {
    says: 'The checksum of the result',
    brokenBy: 'R9 one changed value of the dump changes the checksum of its table and of the result, and no other',
  }),
  masked: measured(z.boolean(), ['program', 'none'], {
    says: 'Whether what was loaded was masked on its way',
    brokenBy: 'R13 checksums are those of what was read, whatever the mask; the lists are those of what was sent',
  }),
  /** By number only, and what each is an example of. */
  testVolunteers: measured(z.array(z.strictObject({ number: z.string(), example: z.string() })), ['program'], {
    says: 'The chosen test volunteers',
    brokenBy: 'R9 chosen test volunteers go by number, and none are named where none were loaded',
  }),
})
