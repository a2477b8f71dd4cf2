/** The first look at a dump: every file the specification names is read once, for its columns, its rows and its checksum. */
import type { IntakeFile } from './intake.js'
import { mostColumns } from './limits.js'
import { type Registered, registeredAs } from './plain-file.js'
import { cut, type Finding, joined, listed, MigrationRefused, type Refused, refuse, shown } from './refusal.js'
import { columnsOf, type Mapping } from './schema.js'
import { openSource, type SourceSeal, UnreadableSource } from './source.js'
import { pathOf, type SpecificationFile } from './specification.js'

/** What the run is later held to: rows per source, and the files as they were. */
export interface Survey {
  ok: true
  seals: ReadonlyMap<string, SourceSeal>
  files: (IntakeFile & { rows: number })[]
}

export interface Surveying {
  folder: string
  file: SpecificationFile
  /** As the files were registered; absent: they are taken as they lie there. */
  registered?: readonly Registered[] | undefined
  signal?: AbortSignal | undefined
  /** Told which file is being read. */
  reading?: ((file: string) => void) | undefined
}

/** Surveys a dump, or refuses it: a file is missing, not as registered, no CSV, has a line without end, or lacks a column that the specification names. */
export async function survey(surveying: Surveying): Promise<Survey | Refused> {
  const { file } = surveying
  const seals = new Map<string, SourceSeal>()
  const files: Survey['files'] = []
  for (const [name, source] of Object.entries(file.specification.sources)) {
    const read = await readThrough(surveying, name)
    if ('ok' in read) return read
    seals.set(name, read.seal)
    if (!('rows' in source)) files.push({ name: source.file, bytes: read.seal.bytes, sha256: read.seal.sha256, rows: read.seal.rows })
    const lacking = missingColumns(name, read.header, file)
    if (lacking) return lacking
  }
  return { ok: true, seals, files }
}

async function readThrough({ folder, file, registered, signal, reading }: Surveying, name: string) {
  const source = file.specification.sources[name]
  if (!source) throw new Error(`reading the specification: there is no source ${name}`)
  const label = 'rows' in source ? name : source.file
  reading?.(label)
  try {
    const expected = 'rows' in source ? undefined : registeredAs(source.file, registered)
    const { header, rows, seal } = await openSource(folder, source, { expected, signal })
    if (header.length > mostColumns) return unreadable(label, file.lineOf(['sources', name]), `it has more than ${mostColumns} columns`)
    for await (const _row of rows) signal?.throwIfAborted()
    return { header, seal }
  } catch (error) {
    // A file that is no CSV, or not as it should be, is the customer's to mend; everything else is a fault.
    if (error instanceof MigrationRefused) return refuse({ line: file.lineOf(['sources', name, 'file']), ...error.refusal })
    if (!(error instanceof UnreadableSource)) throw error
    return unreadable(error.file, file.lineOf(['sources', name]), 'a quotation never ends')
  }
}

function unreadable(name: string, line: number, why: string): Refused {
  const text = `\`${name}\` cannot be read as the specification says (line ${line}): ${why}.`
  return refuse({ code: 'unreadable-source', rule: 'R8', text, who: 'the customer', file: name, line })
}

function missingColumns(name: string, header: string[], file: SpecificationFile): Refused | undefined {
  const source = file.specification.sources[name]
  const label = source && 'file' in source ? source.file : name
  const findings = Object.entries(file.specification.entities).flatMap(([entity, rule]) =>
    rule.mappings.flatMap((mapping, index) =>
      mapping.source === name ? wanted(mapping, pathOf(entity, rule, index)).flatMap((each) => lacking(each, header, file)) : [],
    ),
  )
  const [first] = findings
  if (!first) return undefined
  const { others, ...told } = shown(findings)
  const text = `\`${label}\` ${first.problem}, which line ${first.line} of the specification reads${others}.`
  return refuse({
    code: 'missing-column',
    rule: 'R8',
    text,
    who: 'the customer',
    file: label,
    column: first.column,
    line: first.line,
    ...told,
  })
}

interface Wanted {
  path: (string | number)[]
  column: string
}

function wanted(mapping: Mapping, path: (string | number)[]): Wanted[] {
  return [
    ...mapping.key.map((column, at) => ({ path: [...path, 'key', at], column })),
    ...Object.entries(mapping.fields).flatMap(([field, rule]) =>
      columnsOf(rule).map((column) => ({ path: [...path, 'fields', field], column })),
    ),
    ...mapping.exclude.map(({ column }, at) => ({ path: [...path, 'exclude', at], column })),
  ]
}

function lacking({ path, column }: Wanted, header: string[], file: SpecificationFile): (Finding & { column: string })[] {
  const times = header.filter((name) => name === column).length
  if (times === 1) return []
  const problem = times === 0 ? `has no column \`${cut(column)}\`` : `has the column \`${cut(column)}\` ${times} times`
  const instead = `name one of: ${listed(header)}`
  return [{ line: file.lineOf(path), path: joined(path), problem, instead, column }]
}
