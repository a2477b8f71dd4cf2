/** Reads a Migration Specification: findings name the line, what is wrong and what would do instead. */
import { createHash } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import type { z } from 'zod'
import { type IntakeFile, SPECIFICATION_FILE } from './intake.js'
import { mostFindings, specificationBytes } from './limits.js'
import { changed, openPlain, type Registered, registeredAs, Watch } from './plain-file.js'
import { cut, type Finding, joined, listed, type Placeless, placed, type Refused, refuse, shown } from './refusal.js'
import { columnsOf, type EntityRule, type Mapping, type Specification, specificationSchema } from './schema.js'
import { type LineOf, readYaml } from './yaml.js'

/** A specification that holds together, with the checksum that acceptances are bound to (R9). */
export interface SpecificationFile {
  specification: Specification
  sha256: string
  /** As it lay in the intake folder. */
  file: IntakeFile
  /** The line of the specification on which a path stands, for messages. */
  lineOf: LineOf
}

export type ParsedSpecification = { ok: true; file: SpecificationFile } | Refused

/** The specification of an intake folder, parsed. Refused: there is none, it is a link, is above 1 MB, or is not the one that was registered. */
export async function readSpecification(folder: string, registered?: readonly Registered[]): Promise<ParsedSpecification> {
  const opened = await openPlain(folder, SPECIFICATION_FILE)
  if (!opened) {
    const missing = `There is no \`${SPECIFICATION_FILE}\` in the intake folder.`
    return refuse({ code: 'specification-missing', rule: 'R8', text: missing, who: 'the customer lead' })
  }
  if (!opened.ok) return opened
  try {
    const watch = new Watch(registeredAs(SPECIFICATION_FILE, registered))
    const text = opened.bytes > specificationBytes ? undefined : await textOf(opened.handle, watch)
    if (text === undefined) return tooLarge()
    return watch.same ? parseSpecification(text, watch) : changed(SPECIFICATION_FILE)
  } finally {
    await opened.handle.close()
  }
}

/** The text of a file that may grow while it is read; undefined where it is above the limit by then. */
async function textOf(handle: FileHandle, watch: Watch): Promise<string | undefined> {
  const buffer = Buffer.alloc(specificationBytes + 1)
  let length = 0
  for (;;) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length)
    if (bytesRead === 0) break
    length += bytesRead
    if (length > specificationBytes) return undefined
  }
  watch.see(buffer.subarray(0, length))
  return buffer.toString('utf8', 0, length)
}

function tooLarge(): Refused {
  const text = `\`${SPECIFICATION_FILE}\` is larger than ${specificationBytes / 1_000_000} MB; what is listed in it belongs into a file of its own.`
  return refuse({ code: 'specification-too-large', rule: 'R8', text, who: 'the customer lead', file: SPECIFICATION_FILE })
}

/** Parses the YAML text of a specification and checks its shape and its inner references. `read`: the bytes that it came from. */
export function parseSpecification(text: string, read: Pick<IntakeFile, 'bytes' | 'sha256'> = sealOf(text)): ParsedSpecification {
  if (text.length > specificationBytes) return tooLarge()
  const yaml = readYaml(text)
  if (!yaml.ok) return invalid([{ line: yaml.line, path: '', problem: yaml.problem, instead: yaml.instead }])
  const { lineOf } = yaml
  const parsed = specificationSchema.safeParse(yaml.value)
  if (!parsed.success) return invalid(explained(parsed.error.issues, lineOf), parsed.error.issues.length)

  const found = innerFindings(parsed.data)
  if (found.length > 0) return invalid(placed(found, lineOf), found.length)
  const { sha256 } = sealOf(text)
  const file = { name: SPECIFICATION_FILE, bytes: read.bytes, sha256: read.sha256 }
  return { ok: true, file: { specification: parsed.data, sha256, file, lineOf } }
}

function sealOf(text: string): Pick<IntakeFile, 'bytes' | 'sha256'> {
  return { bytes: Buffer.byteLength(text), sha256: createHash('sha256').update(text).digest('hex') }
}

/** The refusal for a specification with findings; the sentence quotes the first. Of `total` findings 50 are told. */
export function invalid(found: readonly Finding[], total = found.length): Refused {
  const { findings, others, ...more } = shown(found, Math.max(total, found.length))
  const first = findings[0]
  const said = `Line ${first?.line ?? 1} of the specification: ${first?.path ? `\`${first.path}\` ` : ''}${first?.problem ?? ''}; ${first?.instead ?? ''}${others}.`
  return refuse({
    code: 'specification-invalid',
    rule: 'R8',
    text: said,
    who: 'the customer lead',
    findings,
    ...more,
    ...(first ? { line: first.line } : {}),
  })
}

type Issue = z.core.$ZodIssue

/** One issue may stand for many findings: as many are explained as will be told. */
function explained(issues: readonly Issue[], lineOf: LineOf): Finding[] {
  const findings: Finding[] = []
  for (const issue of issues) {
    if (findings.length > mostFindings) break
    for (const finding of explain(issue, [], lineOf).slice(0, mostFindings + 1)) findings.push(finding)
  }
  return findings
}

/** Of a union, the branch that fits best speaks: that is what its author was writing. */
function explain(issue: Issue, parents: PropertyKey[], lineOf: LineOf): Finding[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => weight(a) - weight(b))[0] ?? []
    return nearest.slice(0, mostFindings + 1).flatMap((inner) => explain(inner, path, lineOf))
  }
  const at = { line: lineOf(path), path: joined(path) }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, mostFindings + 1).map((key) => ({
      line: lineOf([...path, key]),
      path: joined([...path, key]),
      problem: 'is not known here',
      instead: 'remove it or correct its spelling',
    }))
  }
  if (issue.code === 'custom') return [{ ...at, problem: issue.message, instead: 'name one that exists' }]
  return [{ ...at, problem: `does not fit (${issue.message.slice(0, 200)})`, instead: 'correct it as the message says' }]
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : issue.path.length === 0 ? 5 : 1), 0)
}

/** The names that a specification may refer to, gathered once: there may be many, and many that refer to them. */
interface Known {
  sources: string[]
  maps: string[]
  entities: string[]
}

function innerFindings(specification: Specification): Placeless[] {
  const { sources, maps, entities } = specification
  const known = { sources: Object.keys(sources), maps: Object.keys(maps), entities: Object.keys(entities) }
  return Object.entries(entities).flatMap(([name, rule]) => [
    ...rule.mappings.flatMap((mapping, index) => mappingFindings(specification, mapping, pathOf(name, rule, index), known)),
    ...recordFindings(rule, name),
  ])
}

/** Where a mapping stands in the text: an entity with a single source has it one level higher. */
export function pathOf(entity: string, rule: EntityRule, index: number): (string | number)[] {
  return rule.mappings.length > 1 ? ['entities', entity, 'mappings', index] : ['entities', entity]
}

function mappingFindings(
  { sources, maps, entities }: Specification,
  mapping: Mapping,
  path: (string | number)[],
  known: Known,
): Placeless[] {
  // A name of the customer's may be that of something every object has.
  const source = Object.hasOwn(sources, mapping.source) ? sources[mapping.source] : undefined
  if (!source) return [unknown([...path, 'source'], 'source', mapping.source, known.sources)]
  const columns = 'rows' in source ? Object.keys(source.rows[0] ?? {}) : undefined
  const findings = Object.entries(mapping.fields).flatMap(([field, rule]) => {
    const at = [...path, 'fields', field]
    const found: Placeless[] = []
    if (rule.map && !Object.hasOwn(maps, rule.map)) found.push(unknown([...at, 'map'], 'map', rule.map, known.maps))
    if (rule.reference && !Object.hasOwn(entities, rule.reference)) {
      found.push(unknown([...at, 'reference'], 'entity', rule.reference, known.entities))
    }
    if (columns) found.push(...inlineFindings(columns, columnsOf(rule), at))
    return found
  })
  if (columns) findings.push(...inlineFindings(columns, mapping.key, [...path, 'key']))
  return findings
}

function inlineFindings(known: string[], columns: string[], path: (string | number)[]): Placeless[] {
  return columns.filter((column) => !known.includes(column)).map((column) => unknown(path, 'column', column, known))
}

/** What the rules for whole records name must be mapped. */
function recordFindings(rule: EntityRule, entity: string): Placeless[] {
  const all = rule.mappings.flatMap(({ fields }) => Object.entries(fields))
  const mapped = new Set(all.map(([field]) => field))
  const known = [...mapped]
  const named: [string[], string[]][] = [
    [['duplicates', 'on'], rule.duplicates?.on ?? []],
    [['unique'], rule.unique.flat()],
    [['needsOneOf'], rule.needsOneOf.flat()],
    ...all.map(([field, { notBefore }]): [string[], string[]] => [['fields', field, 'notBefore'], notBefore ? [notBefore] : []]),
  ]
  return named.flatMap(([path, fields]) =>
    fields.filter((field) => !mapped.has(field)).map((field) => unknown(['entities', entity, ...path], 'mapped field', field, known)),
  )
}

function unknown(path: (string | number)[], kind: string, name: string, known: string[]): Placeless {
  return { path, problem: `names the ${kind} "${cut(name)}", which does not exist`, instead: `name one of: ${listed(known)}` }
}
