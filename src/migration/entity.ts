/** Takes one entity from its sources to numbered records: rejects, exclusions and duplicates fall out on the way, each with its reason. */
import { comparable } from '../product/index.js'
import type { KeyIndex } from './keys.js'
import type { WarningKind } from './reconciliation.js'
import { compileRecord, type RecordProgram, type RowOutcome, type Values } from './record.js'
import type { Reject, RejectsFile } from './rejects.js'
import type { EntityRule, Mapping, Specification } from './schema.js'
import { openSource, type SourceRow, type SourceSeal } from './source.js'
import { pathOf, type SpecificationFile } from './specification.js'
import type { Tally } from './tally.js'
import type { Target } from './target.js'

/** A record on its way to the product. `id` counts from 1 within the entity. */
export interface LoadedRecord {
  id: number
  values: Values
  merged: number
  damaged: boolean
}

export interface EntityContext {
  folder: string
  file: SpecificationFile
  target: Target
  rule: EntityRule
  today: string
  keys: KeyIndex
  tally: Tally
  rejects: RejectsFile
  /** What every source looked like when the run began. */
  seals: ReadonlyMap<string, SourceSeal>
  warn(kind: WarningKind, field: string | undefined, file: string): void
  /** Told the values of a whole record that does not become one: a duplicate that was merged, or that came second to its key. */
  lost?: ((values: Values) => void) | undefined
  /** Told which file is being read. */
  reading?: ((file: string) => void) | undefined
  signal?: AbortSignal | undefined
}

/** Yields the entity's records in the order of their ids. With a rule for duplicates they are held until the last row is read. */
export async function* recordsOf(context: EntityContext): AsyncGenerator<LoadedRecord> {
  const { rule } = context
  const shelf: Shelf = { next: 1, groups: new Map(), taken: new Map(), waiting: rule.duplicates ? [] : undefined }
  for (const [index, mapping] of rule.mappings.entries()) {
    yield* mappingRecords(context, mapping, index, shelf)
  }
  yield* shelf.waiting ?? []
}

interface Shelf {
  next: number
  /** Survivors by what duplicates are told by. */
  groups: Map<string, LoadedRecord>
  /** Per unique rule the values that are taken. */
  taken: Map<string, Set<string>>
  waiting: LoadedRecord[] | undefined
}

async function* mappingRecords(context: EntityContext, mapping: Mapping, index: number, shelf: Shelf): AsyncGenerator<LoadedRecord> {
  const { file, target, rule, folder, signal } = context
  const name = fileName(file.specification, mapping)
  const seal = context.seals.get(mapping.source)
  const expected = seal && { name, bytes: seal.bytes, sha256: seal.sha256 }
  context.reading?.(name)
  const opened = await openSource(folder, sourceOf(file.specification, mapping), { expected, signal })
  const program = compile(context, mapping, opened.header)
  const desk = new Desk(context, mapping, pathOf(target.entity, rule, index), name)
  for await (const row of opened.rows) {
    signal?.throwIfAborted()
    context.tally.turnTo(name, row.number)
    const record = await settle(row, program, desk, shelf)
    if (record && shelf.waiting) shelf.waiting.push(record)
    else if (record) yield record
  }
}

async function settle(row: SourceRow, program: RecordProgram, desk: Desk, shelf: Shelf): Promise<LoadedRecord | undefined> {
  if ('problem' in row) {
    await desk.reject(row.number, null, [{ reason: row.problem }])
    return undefined
  }
  if (row.text) desk.warn(row.text === 'damaged' ? 'damaged-text' : 'repaired-text')
  const outcome = program.run(row.cells)
  if (outcome.kind === 'excluded') await desk.exclude(row.number, outcome)
  if (outcome.kind === 'rejected') await desk.reject(row.number, outcome.key, outcome.troubles)
  if (outcome.kind !== 'record') return undefined

  for (const { field } of outcome.blanked) desk.warn('blanked', field)
  return desk.admit(row, outcome, program, shelf)
}

/** Keeps the books of one mapping: what happens to a row is counted, written down, and remembered for references. */
class Desk {
  readonly #fileHash: string
  readonly #places: Map<string, number>
  /** What only one record may have: the product's natural key, unless the program numbers it, and the specification's unique fields. */
  readonly #claims: { name: string; fields: readonly string[]; natural: boolean }[]

  constructor(
    private readonly context: EntityContext,
    private readonly mapping: Mapping,
    private readonly path: (string | number)[],
    private readonly fileName: string,
  ) {
    const { target, rule, seals } = context
    this.#fileHash = seals.get(mapping.source)?.sha256 ?? ''
    this.#places = new Map(target.columns.map(({ name }, at) => [name, at]))
    const natural = target.key.every((field) => this.#places.has(field)) ? [target.key] : []
    this.#claims = [
      ...natural.map((fields) => ({ name: 'key', fields, natural: true })),
      ...rule.unique.map((fields) => ({ name: fields.join(), fields, natural: false })),
    ]
  }

  warn(kind: WarningKind, field?: string): void {
    this.context.warn(kind, field, this.fileName)
  }

  async reject(row: number, key: string | null, troubles: { field?: string; reason: Reject['reason'] }[]): Promise<void> {
    const { tally, keys, target } = this.context
    tally.countReject(troubles[0]?.reason ?? 'malformed-row')
    if (key !== null) keys.note(target.entity, key, 'rejected')
    for (const { field, reason } of troubles) {
      await this.#write(row, key, { outcome: 'rejected', reason, path: field === undefined ? [] : ['fields', field] })
    }
  }

  async exclude(row: number, { key, rule, field }: Extract<RowOutcome, { kind: 'excluded' }>): Promise<void> {
    const { tally, keys, target } = this.context
    const parent = rule === 'parent'
    tally.countExclusion(parent ? 'parent-excluded' : (this.mapping.exclude[rule]?.reason ?? ''))
    if (key !== null) keys.note(target.entity, key, 'excluded')
    const path = parent ? ['fields', field ?? ''] : ['exclude', rule]
    await this.#write(row, key, { outcome: 'excluded', reason: parent ? 'parent-excluded' : 'excluded-by-rule', path })
  }

  /** Merges a duplicate into the record that came first, rejects a second owner of a key, numbers the rest. */
  async admit(
    row: { number: number; text?: string },
    { key, values }: { key: string; values: Values },
    program: RecordProgram,
    shelf: Shelf,
  ) {
    const { keys, target, rule, tally } = this.context
    const group = rule.duplicates && this.#textOf(values, rule.duplicates.on, comparable)
    const first = group === undefined ? undefined : shelf.groups.get(group)
    if (first) {
      this.context.lost?.(values)
      this.#merge(first, values, program)
      tally.countMerge()
      first.damaged ||= row.text === 'damaged'
      keys.note(target.entity, key, first.id)
      await this.#write(row.number, key, { outcome: 'merged', reason: 'duplicate', path: ['duplicates'] })
      return undefined
    }
    if (this.#taken(key, values, shelf)) {
      this.context.lost?.(values)
      await this.reject(row.number, key, [{ reason: 'duplicate-key' }])
      return undefined
    }
    const record: LoadedRecord = { id: shelf.next++, values, merged: 0, damaged: row.text === 'damaged' }
    if (group !== undefined) shelf.groups.set(group, record)
    keys.note(target.entity, key, record.id)
    return record
  }

  #merge(first: LoadedRecord, values: Values, program: RecordProgram): void {
    const { columns } = this.context.target
    first.merged++
    for (const [at, column] of columns.entries()) {
      const [kept, offered] = [first.values[at] ?? null, values[at] ?? null]
      if (offered === null || kept === offered || this.#claims.some(({ fields }) => fields.includes(column.name))) continue
      if (kept !== null) this.warn('merge-conflict', column.name)
      else first.values[at] = offered
      if (kept === null && program.together(first.values).length > 0) first.values[at] = null
    }
  }

  /** Whether a value that only one record may have is taken; if not, it is from now on. */
  #taken(key: string, values: Values, shelf: Shelf): boolean {
    const { keys, target } = this.context
    if (typeof keys.of(target.entity, key) === 'number') return true
    const claims = this.#claims
      .filter(({ natural, fields }) => natural || fields.every((field) => this.#valueOf(values, field) !== null))
      .map(({ name, fields }) => ({ name, text: this.#textOf(values, fields, String) }))
    if (claims.some(({ name, text }) => shelf.taken.get(name)?.has(text))) return true
    for (const { name, text } of claims) shelf.taken.set(name, (shelf.taken.get(name) ?? new Set()).add(text))
    return false
  }

  #textOf(values: Values, fields: readonly string[], by: (text: string) => string): string {
    return fields.map((field) => by(this.#valueOf(values, field) ?? '')).join('\u001f')
  }

  #valueOf(values: Values, field: string): string | null {
    return values[this.#places.get(field) ?? -1] ?? null
  }

  async #write(row: number, key: string | null, told: Pick<Reject, 'outcome' | 'reason'> & { path: (string | number)[] }): Promise<void> {
    const { rejects, file, target } = this.context
    const path = [...this.path, ...told.path]
    const { outcome, reason } = told
    const hash = key === null ? '' : rejects.hashOf(this.#fileHash, key)
    const rule = path.join('.')
    await rejects.write({ file: this.fileName, row, entity: target.entity, outcome, keyHash: hash, rule, line: file.lineOf(path), reason })
  }
}

function compile(context: EntityContext, mapping: Mapping, header: string[]): RecordProgram {
  const { file, target, rule, today, keys, tally } = context
  const source = sourceOf(file.specification, mapping)
  const nulls = new Set('rows' in source ? [] : source.nulls)
  return compileRecord({
    mapping,
    columns: target.columns,
    needsOneOf: rule.needsOneOf,
    keys,
    columnAt: (name) => header.indexOf(name),
    isNull: (value) => nulls.has(value),
    dates: 'rows' in source ? ['YYYY-MM-DD'] : source.dates,
    twoDigitYearsFrom: 'rows' in source ? 1930 : source.twoDigitYearsFrom,
    maps: file.specification.maps,
    timeZone: file.specification.timeZone,
    today,
    onCode: (mapped, code, value) => tally.countCode(mapped, code, value),
  })
}

/** What a mapping reads: the file's name, or for rows written in the specification the source's. */
function fileName(specification: Specification, mapping: Mapping): string {
  const source = sourceOf(specification, mapping)
  return 'rows' in source ? mapping.source : source.file
}

function sourceOf(specification: Specification, mapping: Mapping) {
  const source = specification.sources[mapping.source]
  if (!source) throw new Error(`reading the specification: there is no source ${mapping.source}`)
  return source
}
