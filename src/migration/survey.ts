/** The first look at a dump: every file the specification names is read once, for its columns, its rows and its checksum. */
import { lstat, realpath } from 'node:fs/promises'
import { join, sep } from 'node:path'
import type { IntakeFile } from './intake.js'
import { type Finding, type Refused, refuse } from './refusal.js'
import { columnsOf, type FileSource, type Mapping } from './schema.js'
import { openSource, type SourceSeal, UnreadableSource } from './source.js'
import { pathOf, type SpecificationFile } from './specification.js'

/** What the run is later held to: rows per source, and the files as they were. */
export interface Survey {
  ok: true
  seals: ReadonlyMap<string, SourceSeal>
  files: (IntakeFile & { rows: number })[]
}

/** Surveys a dump, or refuses it: a file is missing, is no CSV, or lacks a column that the specification names. */
export async function survey(folder: string, file: SpecificationFile, signal?: AbortSignal): Promise<Survey | Refused> {
  const seals = new Map<string, SourceSeal>()
  const files: Survey['files'] = []
  for (const [name, source] of Object.entries(file.specification.sources)) {
    const refusal = 'rows' in source ? undefined : await absent(folder, name, source, file)
    if (refusal) return refusal
    const read = await readThrough(folder, name, file, signal)
    if ('ok' in read) return read
    seals.set(name, read.seal)
    if (!('rows' in source)) files.push({ name: source.file, bytes: read.seal.bytes, sha256: read.seal.sha256, rows: read.seal.rows })
    const lacking = missingColumns(name, read.header, file)
    if (lacking) return lacking
  }
  return { ok: true, seals, files }
}

async function absent(folder: string, name: string, source: FileSource, file: SpecificationFile): Promise<Refused | undefined> {
  const line = file.lineOf(['sources', name, 'file'])
  const path = join(folder, source.file)
  const state = await lstat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT' || error.code === 'ENOTDIR') return undefined
    throw error
  })
  if (!state) {
    const text = `The file \`${source.file}\`, named in line ${line} of the specification, is not in the intake folder.`
    return refuse({ code: 'missing-file', rule: 'R8', text, who: 'the customer', file: source.file, line })
  }
  const inside = (await realpath(path)).startsWith((await realpath(folder)) + sep)
  if (state.isFile() && inside) return undefined
  return refuse({
    code: 'intake-link',
    rule: 'R33',
    text: `\`${source.file}\` is a link or no plain file; hand over the file itself.`,
    file: source.file,
    line,
  })
}

async function readThrough(folder: string, name: string, file: SpecificationFile, signal?: AbortSignal) {
  const source = file.specification.sources[name]
  if (!source) throw new Error(`reading the specification: there is no source ${name}`)
  try {
    const { header, rows, seal } = await openSource(folder, source, signal)
    for await (const _row of rows) signal?.throwIfAborted()
    return { header, seal }
  } catch (error) {
    // A file that is no CSV is the customer's to mend; everything else is a fault.
    if (!(error instanceof UnreadableSource)) throw error
    const line = file.lineOf(['sources', name])
    const text = `\`${error.file}\` cannot be read as the specification says (line ${line}): a quotation never ends, or a row is beyond all measure.`
    return refuse({ code: 'unreadable-source', rule: 'R8', text, who: 'the customer', file: error.file, line })
  }
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
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
  const text = `\`${label}\` ${first.problem}, which line ${first.line} of the specification reads${more}.`
  return refuse({
    code: 'missing-column',
    rule: 'R8',
    text,
    who: 'the customer',
    file: label,
    column: first.column,
    line: first.line,
    findings,
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
  const problem = times === 0 ? `has no column \`${column}\`` : `has the column \`${column}\` ${times} times`
  const instead = `name one of: ${header.join(', ')}`
  return [{ line: file.lineOf(path), path: path.join('.'), problem, instead, column }]
}
