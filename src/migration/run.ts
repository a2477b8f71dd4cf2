/** The migration program (R8): a customer's dump and specification in, tables for the product and the reconciliation out. */
import type { LoadTable, MaskPolicy, Product } from '../product/index.js'
import { disagreement } from './agreement.js'
import { type LoadedRecord, recordsOf } from './entity.js'
import { KeyIndex } from './keys.js'
import { type LeakHit, LeakScanner, type LeakSearch } from './leaks.js'
import { ListDigests } from './lists.js'
import type { Registered } from './plain-file.js'
import { type EntityReconciliation, filesHash, type Reconciliation, resultHash, type Warning, type WarningKind } from './reconciliation.js'
import type { Values } from './record.js'
import type { Refused } from './refusal.js'
import { openRejects, type RejectsFile, type RejectsSeal } from './rejects.js'
import { type TestVolunteer, type Trait, testVolunteers } from './review.js'
import { type MaskMeasures, open, type Passage, RunMask } from './run-mask.js'
import type { EntityRule } from './schema.js'
import type { SpecificationFile } from './specification.js'
import { type Survey, survey } from './survey.js'
import { Tally } from './tally.js'
import { type Lookups, outputColumns, rowWriter, type Target, targetsOf } from './target.js'

/** The program's version, to which acceptances are bound (R9): raised whenever the same dump may come out differently. */
export const PROGRAM_VERSION = '1.1.0'

export interface MigrationOptions {
  /** The customer's intake folder. */
  folder: string
  specification: SpecificationFile
  product: Product
  productVersion: string
  /** ISO date: what "today" means in ranges. */
  today: string
  /** The configuration's rows that the dump may point at, as the target has them. */
  lookups?: Lookups
  /** Obfuscates volunteers in flight (R13), with a key that this run makes, keeps to itself and takes along. */
  mask?: MaskPolicy
  /** Where the rejects file goes; without it only its checksum is made. */
  rejectsFile?: string
  /** The files as they were registered: every other one is refused. Absent: they are taken as they lie there. */
  registered?: readonly Registered[] | undefined
  /** Told which file is being read. */
  reading?: (file: string) => void
  signal?: AbortSignal
}

/** A run in progress. `tables` may be taken once; the rest can be asked for when they have all been consumed. */
export interface MigrationRun {
  /** All tables that migration brings, also those the specification leaves empty, parents first. */
  tables(): AsyncGenerator<LoadTable>
  reconciliation(): Reconciliation
  /** Looks for the source's identifiers in rows of the target (R36). */
  leakScan(table: LoadTable): Promise<LeakHit[]>
  /** The same for rows that are shown one by one. */
  leakSearch(table: string, columns: readonly string[]): LeakSearch
  /** Of a masked run whose target's people were shown to the leak scan. */
  maskMeasures(): MaskMeasures
  testVolunteers(count?: number): TestVolunteer[]
}

/**
 * Checks specification, product and dump against each other and, if they agree, makes a run ready. Masking that meets a column
 * which the product does not classify throws here, before the first row of any table (R36).
 */
export async function runMigration(options: MigrationOptions): Promise<{ ok: true; run: MigrationRun } | Refused> {
  const targets = targetsOf(options.product, options.productVersion, options.lookups)
  const disagrees = disagreement(options.specification, targets)
  if (disagrees) return disagrees
  const { folder, specification: file, registered, signal, reading } = options
  const found = await survey({ folder, file, registered, signal, reading })
  return found.ok ? { ok: true, run: new Run(options, targets, found) } : found
}

type Row = readonly (string | null)[]

/** A table on its way out: how its rows are written, masked and remembered. */
interface Outlet {
  target: Target
  columns: readonly string[]
  write: (record: Pick<LoadedRecord, 'id' | 'values'>) => Row
  passage: Passage
  learn: (row: Row) => void
  /** Told of every row as it is sent. */
  sent: (row: Row) => void
}

/** An entity that the specification leaves out is loaded empty: what a base or a source held there is not part of a migration. */
const nothing: EntityRule = { mappings: [], unique: [], needsOneOf: [], duplicates: undefined }

/** A row without what the program itself numbers: what comes of the files stands at its end. */
function unnumbered(row: Row, values: Values): Row {
  const own = row.length - values.length
  return row.map((value, at) => (at < own ? null : value))
}

class Run implements MigrationRun {
  readonly #keys: KeyIndex
  readonly #leaks: LeakScanner
  readonly #lists: ListDigests
  readonly #mask: RunMask | undefined
  readonly #outlets: Outlet[]
  readonly #warnings = new Map<string, Warning>()
  readonly #books: EntityReconciliation[] = []
  readonly #traits: Trait[] = []
  /** Per volunteer the records of other elements: contacts are no history. */
  readonly #history = new Map<number, number>()
  #rejects: RejectsSeal | undefined
  #taken = false

  constructor(
    private readonly options: MigrationOptions,
    private readonly targets: Target[],
    private readonly surveyed: Survey,
  ) {
    const { product, productVersion, mask, lookups = {}, specification } = options
    this.#keys = new KeyIndex(targets.flatMap(({ columns }) => columns.flatMap(({ reference }) => reference ?? [])))
    this.#leaks = new LeakScanner(product, productVersion)
    this.#lists = new ListDigests(
      product,
      productVersion,
      targets.map(({ table }) => table),
    )
    this.#mask = mask && new RunMask({ product, productVersion, specification: specification.specification, policy: mask })
    this.#outlets = targets.map((target) => {
      const columns = outputColumns(target)
      return {
        target,
        columns,
        write: rowWriter(target, targets, lookups),
        passage: this.#mask?.passage(target.table, columns) ?? open,
        learn: this.#leaks.learner(target.table, columns),
        sent: this.#lists.collector(target.table, columns),
      }
    })
  }

  async *tables(): AsyncGenerator<LoadTable> {
    if (this.#taken) throw new Error('taking the tables of a migration run: they were taken before')
    this.#taken = true
    const rejects = await openRejects(this.options.rejectsFile)
    for (const outlet of this.#outlets) {
      const { entity, table } = outlet.target
      yield { table, columns: outlet.columns, rows: this.#rows(outlet, rejects) }
      if (this.#books.at(-1)?.entity !== entity) throw new Error(`loading ${table}: its rows were not read to the end`)
    }
    this.#rejects = await rejects.close()
  }

  async *#rows(outlet: Outlet, rejects: RejectsFile): AsyncGenerator<Row> {
    const { folder, specification, today, signal, reading } = this.options
    const { target } = outlet
    const rule = specification.specification.entities[target.entity] ?? nothing
    const tally = new Tally(target.columns, new Map(this.#books.map(({ entity, loaded }) => [entity, loaded])))
    const { seals } = this.surveyed
    const warn = (kind: WarningKind, field: string | undefined, file: string) => this.#warn(target.entity, kind, field, file)
    const told = { warn, reading, lost: (values: Values) => outlet.learn(unnumbered(outlet.write({ id: 0, values }), values)) }
    const context = { folder, file: specification, target, rule, today, keys: this.#keys, tally, rejects, seals, signal, ...told }
    for await (const record of recordsOf(context)) {
      const row = outlet.write(record)
      tally.countLoaded(record.id, record.values)
      outlet.learn(row)
      const masked = outlet.passage.mask(row)
      this.#remember(outlet, record, masked)
      const leaving = outlet.passage.leave(row, masked)
      if (!leaving) continue
      outlet.sent(leaving)
      yield leaving
    }
    for (const row of outlet.passage.rest()) {
      outlet.sent(row)
      yield row
    }
    const extracted = rule.mappings.reduce((sum, { source }) => sum + (seals.get(source)?.rows ?? 0), 0)
    this.#books.push(tally.close(target, extracted))
  }

  #warn(entity: string, kind: WarningKind, field: string | undefined, file: string): void {
    const place = JSON.stringify([entity, kind, field, file])
    const warning = this.#warnings.get(place) ?? { kind, entity, ...(field === undefined ? {} : { field }), file, rows: 0 }
    this.#warnings.set(place, { ...warning, rows: warning.rows + 1 })
  }

  #remember({ target, columns }: Outlet, { id, values, merged, damaged }: LoadedRecord, masked: Row): void {
    const { people } = this.options.product.definition
    if (target.table === people.table) {
      const birth = values[target.columns.findIndex(({ type }) => type === 'date')] ?? ''
      const number = masked[columns.indexOf(target.filled.find(({ name }) => target.key.includes(name))?.name ?? '')] ?? String(id)
      const nulls = values.filter((value) => value === null).length
      this.#traits.push({ id, number, birth, nulls, merged: merged > 0, damaged })
      return
    }
    const person = this.targets.find(({ table }) => table === people.table)
    if (target.element === person?.element) return
    const owner = Number(values[target.columns.findIndex(({ reference }) => reference !== undefined && reference === person?.entity)] ?? 0)
    if (owner > 0) this.#history.set(owner, (this.#history.get(owner) ?? 0) + 1)
  }

  reconciliation(): Reconciliation {
    if (!this.#rejects) throw new Error('reconciling a migration run: its tables are not consumed yet')
    const { specification, productVersion, today, mask } = this.options
    const { version } = specification.specification
    return {
      program: PROGRAM_VERSION,
      productVersion,
      specification: { version, sha256: specification.sha256, file: specification.file },
      today,
      masked: mask !== undefined,
      files: this.surveyed.files,
      filesHash: filesHash(this.surveyed.files),
      entities: this.#books,
      balanced: this.#books.every(({ balanced }) => balanced),
      orphans: this.#books.reduce((sum, { orphans }) => sum + orphans, 0),
      rejects: this.#rejects,
      warnings: [...this.#warnings.values()],
      lists: this.#lists.digests(),
      resultHash: resultHash(this.#books),
    }
  }

  async leakScan({ table, columns, rows }: LoadTable): Promise<LeakHit[]> {
    const search = this.leakSearch(table, columns)
    for await (const row of rows) search.look(row)
    return search.hits()
  }

  leakSearch(table: string, columns: readonly string[]): LeakSearch {
    const search = this.#leaks.search(table, columns)
    return this.#mask?.watching(table, columns, search) ?? search
  }

  maskMeasures(): MaskMeasures {
    if (!this.#mask) throw new Error('measuring a mask: this run has none')
    return this.#mask.measures(this.#leaks.learnt, this.#leaks.forms())
  }

  testVolunteers(count?: number): TestVolunteer[] {
    return testVolunteers(this.#traits, this.#history, count)
  }
}
