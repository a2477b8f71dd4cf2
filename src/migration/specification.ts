/** Reads a Migration Specification: findings name the line, what is wrong and what would do instead. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument } from 'yaml'
import type { z } from 'zod'
import { SPECIFICATION_FILE } from './intake.js'
import { type Finding, type Refused, refuse } from './refusal.js'
import { columnsOf, type EntityRule, type Mapping, type Specification, specificationSchema } from './schema.js'

/** A specification that holds together, with the checksum that acceptances are bound to (R9). */
export interface SpecificationFile {
  specification: Specification
  sha256: string
  /** The line of the specification on which a path stands, for messages. */
  lineOf(path: readonly PropertyKey[]): number
}

export type ParsedSpecification = { ok: true; file: SpecificationFile } | Refused

/** The specification of an intake folder, parsed. */
export async function readSpecification(folder: string): Promise<ParsedSpecification> {
  const text = await readFile(join(folder, SPECIFICATION_FILE), 'utf8').catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return undefined
    throw error
  })
  if (text !== undefined) return parseSpecification(text)
  const missing = `There is no \`${SPECIFICATION_FILE}\` in the intake folder.`
  return refuse({ code: 'specification-missing', rule: 'R8', text: missing, who: 'the customer lead' })
}

/** Parses the YAML text of a specification and checks its shape and its inner references. */
export function parseSpecification(text: string): ParsedSpecification {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false })
  const lineOf = (path: readonly PropertyKey[]) => lineAt(document, lines, path)
  const broken = document.errors[0]
  if (broken) {
    const finding = { line: lines.linePos(broken.pos[0]).line, path: '', problem: broken.message, instead: 'correct the YAML' }
    return invalid([finding])
  }
  const parsed = specificationSchema.safeParse(document.toJS())
  if (!parsed.success) return invalid(parsed.error.issues.flatMap((issue) => explain(issue, [], lineOf)))

  const findings = innerFindings(parsed.data).map(({ path, ...rest }) => ({ line: lineOf(path), path: path.join('.'), ...rest }))
  if (findings.length > 0) return invalid(findings)
  const sha256 = createHash('sha256').update(text).digest('hex')
  return { ok: true, file: { specification: parsed.data, sha256, lineOf } }
}

/** The refusal for a specification with findings; the sentence quotes the first. */
export function invalid(findings: Finding[]): Refused {
  const first = findings[0]
  const more = findings.length > 1 ? ` (and ${findings.length - 1} more)` : ''
  const said = `Line ${first?.line ?? 1} of the specification: ${first?.path ? `\`${first.path}\` ` : ''}${first?.problem ?? ''}; ${first?.instead ?? ''}${more}.`
  return refuse({
    code: 'specification-invalid',
    rule: 'R8',
    text: said,
    who: 'the customer lead',
    findings,
    ...(first ? { line: first.line } : {}),
  })
}

type Issue = z.core.$ZodIssue

/** Of a union, the branch that fits best speaks: that is what its author was writing. */
function explain(issue: Issue, parents: PropertyKey[], lineOf: SpecificationFile['lineOf']): Finding[] {
  const path = [...parents, ...issue.path]
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => weight(a) - weight(b))[0] ?? []
    return nearest.flatMap((inner) => explain(inner, path, lineOf))
  }
  const at = { line: lineOf(path), path: path.join('.') }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      line: lineOf([...path, key]),
      path: [...path, key].join('.'),
      problem: 'is not known here',
      instead: 'remove it or correct its spelling',
    }))
  }
  if (issue.code === 'custom') return [{ ...at, problem: issue.message, instead: 'name one that exists' }]
  return [{ ...at, problem: `does not fit (${issue.message})`, instead: 'correct it as the message says' }]
}

function weight(issues: readonly Issue[]): number {
  return issues.reduce((sum, issue) => sum + (issue.code === 'unrecognized_keys' ? issue.keys.length : issue.path.length === 0 ? 5 : 1), 0)
}

interface InnerFinding {
  path: (string | number)[]
  problem: string
  instead: string
}

function innerFindings(specification: Specification): InnerFinding[] {
  return Object.entries(specification.entities).flatMap(([name, rule]) => [
    ...rule.mappings.flatMap((mapping, index) => mappingFindings(specification, mapping, pathOf(name, rule, index))),
    ...recordFindings(rule, name),
  ])
}

/** Where a mapping stands in the text: an entity with a single source has it one level higher. */
export function pathOf(entity: string, rule: EntityRule, index: number): (string | number)[] {
  return rule.mappings.length > 1 ? ['entities', entity, 'mappings', index] : ['entities', entity]
}

function mappingFindings({ sources, maps, entities }: Specification, mapping: Mapping, path: (string | number)[]): InnerFinding[] {
  const source = sources[mapping.source]
  if (!source) return [unknown([...path, 'source'], 'source', mapping.source, Object.keys(sources))]
  const findings = Object.entries(mapping.fields).flatMap(([field, rule]) => {
    const at = [...path, 'fields', field]
    const found: InnerFinding[] = []
    if (rule.map && !maps[rule.map]) found.push(unknown([...at, 'map'], 'map', rule.map, Object.keys(maps)))
    if (rule.reference && !entities[rule.reference]) {
      found.push(unknown([...at, 'reference'], 'entity', rule.reference, Object.keys(entities)))
    }
    if ('rows' in source) found.push(...inlineFindings(source.rows, columnsOf(rule), at))
    return found
  })
  if ('rows' in source) findings.push(...inlineFindings(source.rows, mapping.key, [...path, 'key']))
  return findings
}

function inlineFindings(rows: Record<string, string>[], columns: string[], path: (string | number)[]): InnerFinding[] {
  const known = Object.keys(rows[0] ?? {})
  return columns.filter((column) => !known.includes(column)).map((column) => unknown(path, 'column', column, known))
}

/** What the rules for whole records name must be mapped. */
function recordFindings(rule: EntityRule, entity: string): InnerFinding[] {
  const all = rule.mappings.flatMap(({ fields }) => Object.entries(fields))
  const mapped = [...new Set(all.map(([field]) => field))]
  const named: [string[], string[]][] = [
    [['duplicates', 'on'], rule.duplicates?.on ?? []],
    [['unique'], rule.unique.flat()],
    [['needsOneOf'], rule.needsOneOf.flat()],
    ...all.map(([field, { notBefore }]): [string[], string[]] => [['fields', field, 'notBefore'], notBefore ? [notBefore] : []]),
  ]
  return named.flatMap(([path, fields]) =>
    fields.filter((field) => !mapped.includes(field)).map((field) => unknown(['entities', entity, ...path], 'mapped field', field, mapped)),
  )
}

function unknown(path: (string | number)[], kind: string, name: string, known: string[]): InnerFinding {
  return { path, problem: `names the ${kind} "${name}", which does not exist`, instead: `name one of: ${known.join(', ') || '(none yet)'}` }
}

function lineAt(document: Document, lines: LineCounter, path: readonly PropertyKey[]): number {
  for (let depth = path.length; depth > 0; depth--) {
    const parent = document.getIn(path.slice(0, depth - 1), true)
    const pair = isMap(parent) ? parent.items.find(({ key }) => isScalar(key) && String(key.value) === String(path[depth - 1])) : undefined
    const node = pair?.key ?? document.getIn(path.slice(0, depth), true)
    if (isNode(node) && node.range) return lines.linePos(node.range[0]).line
  }
  return 1
}
