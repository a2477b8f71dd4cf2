/** The product definition: what `product.yaml` may say. Everything that a copy, a checksum or a mask does follows from it (R6, R12, R36). */
import { z } from 'zod'

const name = z.string().regex(/^[a-z_][a-z0-9_]*$/, 'Use a plain SQL name: lower case letters, digits and underscores.')
const id = z.string().regex(/^[a-z][a-z0-9-]*$/, 'Use lower case letters, digits and dashes.')
const version = z.string().regex(/^\d+(\.\d+)*$/, 'Write a version as quoted digits and dots, such as "24.1".')
const sql = z.string().min(1)

const copyModes = ['full', 'configuration', 'merge', 'test'] as const
export type CopyMode = (typeof copyModes)[number]

/** How a value counts when two instances are compared (R19, R37). */
const policies = ['must-match', 'per-environment', 'ignore', 'secret'] as const
export type Policy = (typeof policies)[number]

/** What a column of a volunteer table says about a person (R36). */
const personalClasses = ['identifying', 'quasi', 'free-text', 'clinical', 'key', 'technical'] as const

/** What masking does to a value: `keep` alone lets it through, `blank` leaves null, `empty` an empty text where a constraint asks for one. */
const maskStrategies = [
  'keep',
  'blank',
  'empty',
  'keyed-hash',
  'shift-date',
  'fake-first-name',
  'fake-last-name',
  'fake-name',
  'fake-other-name',
  'fake-email',
  'fake-phone',
  'fake-street',
  'fake-city',
  'fake-postal-code',
] as const
export type MaskStrategy = (typeof maskStrategies)[number]

const reset = z.string().nullable()
const span = { since: version.optional(), until: version.optional() }

const column = z.strictObject({
  ...span,
  type: z.enum(['text', 'integer', 'number', 'boolean', 'date', 'timestamp', 'json']).default('text'),
  /** The table whose row this column points at, by that table's `id`. */
  references: name.optional(),
  policy: z.enum(policies).default('must-match'),
  /** The value that a copy gets instead of the source's (R12, R35). */
  reset: reset.optional(),
  /** Computed by the database: never copied, never compared. */
  generated: z.boolean().default(false),
  class: z.enum(personalClasses).optional(),
  mask: z.enum(maskStrategies).optional(),
})
export type Column = z.infer<typeof column>

const settingRule = z.strictObject({ policy: z.enum(policies), reset: reset.optional(), reason: z.string().optional() })

/** A table of keys and values, where the policy hangs on the key. A rule's name is a key, or a beginning followed by `*`. */
const settings = z.strictObject({ key: name, value: name, rules: z.record(z.string(), settingRule) })

const table = z.strictObject({
  ...span,
  /** The database's own key, which never takes part in a comparison. */
  id: name.optional(),
  /** What its rows are called when they are counted, in the plural: `roles`. */
  unit: z.string().min(1).optional(),
  /** The natural key: what names a row across instances. */
  key: z.array(name).min(1),
  /** In a volunteer table: the column that says which person a row belongs to. */
  person: name.optional(),
  settings: settings.optional(),
  columns: z.record(
    name,
    column.nullable().transform((given) => given ?? column.parse({})),
  ),
})
export type Table = z.infer<typeof table>

const elementClasses = ['configuration', 'study-library', 'studies', 'volunteers', 'users', 'audit'] as const

const partly = z.strictObject({
  /** Per table the rows that are carried; tables not named are carried whole. */
  where: z.record(name, sql).default({}),
  /** Per table and column the rows in which the value is left out (set to null), because what it points at is not carried. */
  clear: z.record(name, z.record(name, sql)).default({}),
})
const modeRule = z.union([z.literal('carry'), z.literal('drop'), partly])

const element = z.strictObject({
  id,
  title: z.string().min(1),
  menu: z.array(z.string().min(1)).min(1),
  class: z.enum(elementClasses),
  owner: z.enum(['source', 'migration']).default('source'),
  /** The element's tables, each with the rows that belong to it (null: all). A table may be shared by elements whose rows do not overlap. */
  tables: z.record(name, sql.nullable()),
  modes: z.strictObject({ full: modeRule, configuration: modeRule, merge: modeRule, test: modeRule }),
})
export type Element = z.infer<typeof element>

const field = z.strictObject({
  title: z.string().optional(),
  required: z.boolean().default(false),
  /** The values that the column takes. */
  codes: z.array(z.string()).min(1).optional(),
  /** The migrated entity that the column points at. */
  entity: id.optional(),
  /** The table, carried from the source of the configuration, that the column points at: rows are named by their natural key. */
  lookup: name.optional(),
  /** What an empty value becomes, because the database refuses null. */
  default: z.string().optional(),
  /** Filled in by the migration program, never mapped from the dump: the same for every record, or numbered (R8: source ids are not kept). */
  value: z.string().optional(),
  sequence: z.strictObject({ prefix: z.string(), digits: z.int().min(1).max(12) }).optional(),
})

const entity = z.strictObject({
  id,
  title: z.string().min(1),
  table: name,
  element: id,
  /** The columns that tell one record from another within an iteration. */
  key: z.array(name).min(1),
  fields: z.record(
    name,
    field.nullable().transform((given) => given ?? field.parse({})),
  ),
})
export type MigrationEntity = z.infer<typeof entity>

const place = z.strictObject({ table: name, column: name, where: sql.optional() })

export const definition = z.strictObject({
  name: z.string().min(1),
  /** Oldest first; a version's schema is its own files after those of every earlier version. */
  versions: z.array(version).min(1),
  /** One row, one column: the version that an instance says it runs. */
  versionQuery: sql,
  /** Tables that the schema files fill themselves; no copy touches them. */
  system: z.array(name).default([]),
  /** Where an instance's own name, address and belonging live. */
  identity: z.strictObject({ name: place, url: place, customer: place, environment: place, role: place }),
  /** Who the volunteers are, and how dummy and masked ones are told from real ones (R16). */
  people: z.strictObject({ table: name, dummy: sql, masked: sql }),
  masterLibrary: place.omit({ column: true }).required(),
  /** The folders whose CSV files make up each set of content, one file per table. */
  content: z.strictObject({ base: z.string(), dummy: z.string(), demo: z.string() }),
  /** What a person may be granted in an instance, and whether R18's training comes first. */
  access: z.array(z.strictObject({ role: z.string().min(1), title: z.string().min(1), training: z.boolean().default(true) })).min(1),
  studyDesign: z.strictObject({
    study: z.strictObject({ table: name, key: name }),
    /** The tables of a design, each with the column that names the study. */
    tables: z.record(name, name),
    /** The tables that hold what was collected, erased before a design is replaced (R21). */
    data: z.record(name, name),
    /** The elements a design depends on, which travel with it. */
    dependsOn: z.array(id),
  }),
  tables: z.record(name, table),
  elements: z.array(element).min(1),
  migration: z.strictObject({ entities: z.array(entity) }),
})
/** A parsed product definition; cross-checked only once `loadProduct` has returned it. */
export type Definition = z.infer<typeof definition>

/** Where an expectation comes from: never from the instance under test (R22). */
const expectation = z.union([
  z.strictObject({ value: z.string() }),
  z.strictObject({ key: z.string() }),
  z.strictObject({ baseRows: name, where: z.record(name, z.string()).default({}) }),
])

const check = z.strictObject({
  id: z.string().regex(/^IQ-\d{2}[a-z]?$/),
  title: z.string().min(1),
  requirement: z.string().min(1),
  /** `query`: rows are compared. `refused`: the statement must fail with the expected SQLSTATE. The others are built in. */
  kind: z.enum(['query', 'refused', 'version', 'fingerprint', 'must-match', 'quarantine', 'secrets']),
  sql: sql.optional(),
  /** As text: columns joined by ` | `, rows by line ends. */
  expected: expectation,
  /** Executed only where the caller's expectation of that key is one of these. */
  onlyWhen: z.record(z.string(), z.array(z.string())).default({}),
})
export const checks = z.array(check).min(1)
/** One IQ check as `checks.yaml` states it. */
export type Check = z.infer<typeof check>
