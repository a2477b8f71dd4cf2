/** What the migration tests share: temporary dumps, the clinic product, and a run that is read to the end. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type MigrationOptions, type MigrationRun, parseSpecification, runMigration } from '../../src/migration/index.js'
import { clinicDir, type LoadTable, loadProduct } from '../../src/product/index.js'

export const product = loadProduct(clinicDir)
export const productVersion = '24.2'
export const today = '2026-06-30'

const folders: string[] = []

/** A folder with these files in it, removed after the tests. */
export async function folderWith(files: Record<string, string | Buffer> = {}): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'slipway-dump-'))
  folders.push(folder)
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), content)
  }
  return folder
}

afterAll(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true })
})

/** A specification of text, which must be a good one. */
export function specificationOf(text: string) {
  const parsed = parseSpecification(text)
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.refusal, null, 2))
  return parsed.file
}

export interface Loaded {
  table: string
  columns: readonly string[]
  rows: (readonly (string | null)[])[]
  /** The rows as objects. */
  records: Record<string, string | null>[]
}

/** Reads every table of a run into memory. */
export async function consume(run: MigrationRun): Promise<Record<string, Loaded>> {
  const loaded: Record<string, Loaded> = {}
  for await (const { table, columns, rows } of run.tables()) {
    const all: (readonly (string | null)[])[] = []
    for await (const row of rows) all.push(row)
    const records = all.map((row) => Object.fromEntries(columns.map((column, at) => [column, row[at] ?? null])))
    loaded[table] = { table, columns, rows: all, records }
  }
  return loaded
}

/** A table in memory as one to scan. */
export function asLoad({ table, columns, rows }: Omit<Loaded, 'records'>): LoadTable {
  return {
    table,
    columns,
    rows: (async function* () {
      yield* rows
    })(),
  }
}

/** Starts a run that must not be refused. */
export async function started(folder: string, specification: string, more: Partial<MigrationOptions> = {}): Promise<MigrationRun> {
  const outcome = await runMigration({ folder, specification: specificationOf(specification), product, productVersion, today, ...more })
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.refusal, null, 2))
  return outcome.run
}

/** A run of a few files, read to the end. */
export async function migrated(files: Record<string, string | Buffer>, specification: string, more: Partial<MigrationOptions> = {}) {
  const run = await started(await folderWith(files), specification, more)
  const tables = await consume(run)
  return { run, tables, books: run.reconciliation() }
}

/** One entity's books. */
export function entityIn(books: ReturnType<MigrationRun['reconciliation']>, entity: string) {
  const found = books.entities.find((each) => each.entity === entity)
  if (!found) throw new Error(`no entity ${entity}`)
  return found
}

/** A specification with nothing wrong in it, for tests to spoil, and the dump that it reads. */
export const good = `version: 3
sources:
  people: { file: people.csv, delimiter: ";", dates: [DD/MM/YYYY] }
maps:
  sex: { codes: { M: male, F: female } }
entities:
  volunteers:
    source: people
    key: [NO]
    fields:
      status: { constant: active }
      first_name: FIRST
      last_name: LAST
      birth_date: { from: BORN, date: true }
      sex: { from: SEX, map: sex }
      registered_on: { constant: 2020-01-01 }
`
export const people = 'NO;FIRST;LAST;BORN;SEX\n1;Ada;Byron;10/12/1990;F\n'
