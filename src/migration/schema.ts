/** The shape of a Migration Specification, without regard to a product; what refers to what is checked in specification.ts. */
import iconv from 'iconv-lite'
import { z } from 'zod'
import { dateFormat, timeZoneExists } from './dates.js'
import { staysInside } from './intake.js'
import { compilePattern } from './pattern.js'

/** Longer is no name of a column, and more of them no clinic's database. */
const word = z.string().min(1).max(200)
const many = 2_000
const tooMany = `has more than ${many} entries`
const regex = z
  .string()
  .min(1)
  .refine(
    (text) => compilePattern(text) !== undefined,
    'is no regular expression that is taken here (RE2: at most 500 characters, no look-around, no back references)',
  )
const date = z
  .string()
  .max(60)
  .refine((text) => dateFormat(text) !== undefined, 'is no full date format, such as DD/MM/YYYY or YYYY-MM-DD')
const cell = z.union([z.string(), z.number(), z.boolean()]).transform(String)
const cellOrNothing = z.union([cell, z.null()])

const mark = z
  .string()
  .length(1)
  .refine((text) => !/[\r\n\ud800-\udfff]/.test(text), 'is no character that can part or quote cells')

const fileOptions = z.strictObject({
  file: word.refine(staysInside, 'leads out of the intake folder'),
  format: z.literal('csv').default('csv'),
  delimiter: mark.default(','),
  quote: mark.nullable().default('"'),
  encoding: word.refine((name) => iconv.encodingExists(name), 'is no known encoding, such as utf8, windows-1252 or latin1').default('utf8'),
  dates: z.array(date).min(1).max(20).default(['YYYY-MM-DD']),
  twoDigitYearsFrom: z.int().min(1000).max(9899).default(1930),
  nulls: z.array(z.string('is a word of YAML itself; put it in quotation marks')).default([]),
  damagedText: z.enum(['warn', 'repair', 'reject']).default('warn'),
})
const fileSource = fileOptions.refine(({ delimiter, quote }) => delimiter !== quote, {
  path: ['quote'],
  message: 'is the delimiter, too',
})
const inlineSource = z.strictObject({ rows: z.array(z.record(word, cell)).min(1) })

const limit = z.union([z.literal('today'), z.iso.date(), z.number()])
const transforms = {
  trim: z.boolean().default(true),
  extract: regex.optional(),
  /** The length to which zeros that a spreadsheet took are put back. */
  padZeros: z.int().min(1).max(40).optional(),
  case: z.enum(['upper', 'lower', 'title']).optional(),
  map: word.optional(),
  date: z.union([z.literal(true), date.transform((one) => [one]), z.array(date).min(1).max(20)]).optional(),
  decimal: z.enum(['.', ',']).default('.'),
  default: cell.optional(),
  required: z.boolean().default(false),
  range: z.strictObject({ min: limit.optional(), max: limit.optional() }).optional(),
  /** Another field of the same record that must not be later. */
  notBefore: word.optional(),
  /** The value is the key of a record of this entity; the field gets that record's new id. */
  reference: word.optional(),
  onProblem: z.enum(['reject', 'blank']).default('reject'),
}
const field = z.union([
  word.transform((from) => z.strictObject({ from: word, ...transforms }).parse({ from })),
  z.strictObject({ from: word, ...transforms }),
  z.strictObject({ concat: z.array(word).min(2).max(100), separator: z.string().max(20).default(' '), ...transforms }),
  z.strictObject({ constant: cell, ...transforms }),
])

const exclusion = z.union([
  z.strictObject({ column: word, in: z.array(cell).min(1), reason: word }),
  z.strictObject({ column: word, matches: regex, reason: word }),
  z.strictObject({ column: word, empty: z.literal(true), reason: word }),
])
const mapping = {
  source: word,
  key: z.array(word).min(1).max(100),
  fields: z.record(word, field).refine(few, tooMany),
  exclude: z.array(exclusion).max(many).default([]),
}
const recordRules = {
  /** Records that agree in these fields are one: the first stays, and takes from the others what it lacks. */
  duplicates: z.strictObject({ on: z.array(word).min(1).max(100) }).optional(),
  /** Fields that no two records may share; the later record is rejected. */
  unique: z.array(z.array(word).min(1).max(100)).max(100).default([]),
  /** Of each group at least one field must have a value. */
  needsOneOf: z.array(z.array(word).min(1).max(100)).max(100).default([]),
}
const entity = z.union([
  z.strictObject({ ...mapping, ...recordRules }).transform(({ duplicates, unique, needsOneOf, ...single }) => ({
    mappings: [single],
    duplicates,
    unique,
    needsOneOf,
  })),
  z.strictObject({ mappings: z.array(z.strictObject(mapping)).min(1).max(200), ...recordRules }),
])
const codeMap = z.strictObject({
  codes: z.record(z.string(), cellOrNothing),
  otherwise: z.union([z.literal('reject'), z.strictObject({ value: cellOrNothing })]).default('reject'),
})

export const specificationSchema = z.strictObject({
  version: z.int().min(1),
  title: word.optional(),
  timeZone: z.string().refine(timeZoneExists, 'is no time zone, such as Europe/Amsterdam').default('UTC'),
  sources: z.record(word, z.union([fileSource, inlineSource])).refine(few, tooMany),
  maps: z.record(word, codeMap).refine(few, tooMany).default({}),
  entities: z.record(word, entity).refine(few, tooMany),
})

export type Specification = z.output<typeof specificationSchema>
export type Source = Specification['sources'][string]
export type FileSource = Extract<Source, { file: string }>
export type EntityRule = Specification['entities'][string]
export type Mapping = EntityRule['mappings'][number]
export type FieldRule = Mapping['fields'][string]
export type Exclusion = Mapping['exclude'][number]
export type CodeMap = Specification['maps'][string]

/** The columns of a source that a field reads. */
export function columnsOf(rule: FieldRule): string[] {
  if ('from' in rule) return [rule.from]
  return 'concat' in rule ? rule.concat : []
}

function few(record: object): boolean {
  return Object.keys(record).length <= many
}
