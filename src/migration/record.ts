/** One row of a source becomes one record of the product, or the reasons why not. */
import { joinKey, type KeyIndex } from './keys.js'
import { compilePattern } from './pattern.js'
import type { Exclusion, FieldRule, Mapping } from './schema.js'
import type { Mapped, Otherwise } from './tally.js'
import { type Applied, compileField, type FieldContext, type Reason } from './transform.js'

export type Values = (string | null)[]

interface Trouble {
  /** Absent where the row as a whole is meant. */
  field?: string
  reason: Reason
}

export type RowOutcome =
  | { kind: 'record'; key: string; values: Values; blanked: Trouble[] }
  | { kind: 'rejected'; key: string | null; troubles: Trouble[] }
  | { kind: 'excluded'; key: string | null; rule: 'parent' | number; field?: string }

export interface RecordContext extends Omit<FieldContext, 'target' | 'onCode'> {
  mapping: Mapping
  /** The target's columns, in the order of `values`. */
  columns: readonly FieldContext['target'][]
  needsOneOf: readonly string[][]
  keys: KeyIndex
  onCode(mapped: Mapped, code: string, value: string | null | undefined): void
}

interface CompiledField {
  name: string
  at: number
  rule: FieldRule
  apply: (row: readonly string[]) => Applied
}

export interface RecordProgram {
  run(cells: readonly string[]): RowOutcome
  /** What only several fields together can get wrong. */
  together(values: Values): Trouble[]
}

/** Compiles a mapping for the header of its source. */
export function compileRecord(context: RecordContext): RecordProgram {
  const { mapping, columns } = context
  const fields = columns.flatMap((target, at): CompiledField[] => {
    const rule = mapping.fields[target.name]
    if (!rule) return []
    const mapped = { field: target.name, map: rule.map ?? '', otherwise: otherwiseOf(rule, context) }
    const onCode = (code: string, value: string | null | undefined) => context.onCode(mapped, code, value)
    return [{ name: target.name, at, rule, apply: compileField(rule, { ...context, target, onCode }) }]
  })
  const keyAt = mapping.key.map((column) => context.columnAt(column))
  const excludes = mapping.exclude.map((exclusion) => excluder(exclusion, context))
  const run = (cells: readonly string[]): RowOutcome => {
    const key = joinKey(
      keyAt.map((at) => cells[at] ?? ''),
      context.isNull,
    )
    const excluded = excludes.findIndex((leavesOut) => leavesOut(cells))
    if (excluded >= 0) return { kind: 'excluded', key, rule: excluded }
    if (key === null) return { kind: 'rejected', key, troubles: [{ reason: 'missing-key' }] }
    return fill(key, cells, fields, context)
  }
  return { run, together: (values) => together(values, fields, context) }
}

/** What becomes of a code that the field's map lacks. */
function otherwiseOf(rule: FieldRule, { maps }: RecordContext): Otherwise {
  const map = rule.map && Object.hasOwn(maps, rule.map) ? maps[rule.map] : undefined
  if (map && map.otherwise !== 'reject') return map.otherwise
  return rule.onProblem === 'blank' ? 'blanked' : 'rejected'
}

function fill(key: string, cells: readonly string[], fields: CompiledField[], context: RecordContext): RowOutcome {
  const values: Values = context.columns.map((column) => column.default ?? null)
  const troubles: Trouble[] = []
  const blanked: Trouble[] = []
  for (const field of fields) {
    const applied = field.apply(cells)
    if (!applied.ok) {
      troubles.push({ field: field.name, reason: applied.problem })
      continue
    }
    if (applied.blanked) blanked.push({ field: field.name, reason: applied.blanked })
    const found = resolve(applied.value, field.rule, context.keys)
    if (found === 'parent-excluded') return { kind: 'excluded', key, rule: 'parent', field: field.name }
    if (typeof found !== 'object' || found === null) values[field.at] = found
    else if (field.rule.onProblem === 'blank' && !field.rule.required) blanked.push({ field: field.name, reason: found.reason })
    else troubles.push({ field: field.name, reason: found.reason })
  }
  if (troubles.length === 0) troubles.push(...together(values, fields, context))
  return troubles.length > 0 ? { kind: 'rejected', key, troubles } : { kind: 'record', key, values, blanked }
}

function resolve(value: string | null, rule: FieldRule, keys: KeyIndex): string | null | 'parent-excluded' | { reason: Reason } {
  if (value === null || !rule.reference) return value
  const fate = keys.of(rule.reference, value)
  if (typeof fate === 'number') return String(fate)
  if (fate === 'excluded') return 'parent-excluded'
  return { reason: fate === 'rejected' ? 'parent-rejected' : 'orphan' }
}

function together(values: Values, fields: CompiledField[], { columns, needsOneOf }: RecordContext): Trouble[] {
  const given = (name: string) => values[columns.findIndex((column) => column.name === name)] ?? null
  const early = fields.filter(({ rule, at }) => {
    const bound = rule.notBefore ? given(rule.notBefore) : null
    const value = values[at] ?? null
    return bound !== null && value !== null && value < bound
  })
  const empty = needsOneOf.filter((group) => group.every((name) => given(name) === null))
  return [
    ...early.map(({ name }): Trouble => ({ field: name, reason: 'out-of-range' })),
    ...empty.map((group): Trouble => ({ field: group[0] ?? '', reason: 'missing-required' })),
  ]
}

function excluder(exclusion: Exclusion, context: RecordContext): (cells: readonly string[]) => boolean {
  const at = context.columnAt(exclusion.column)
  const cell = (cells: readonly string[]) => cells[at]?.trim() ?? ''
  if ('in' in exclusion) return (cells) => exclusion.in.includes(cell(cells))
  if ('empty' in exclusion) return (cells) => cell(cells) === '' || context.isNull(cell(cells))
  const pattern = compilePattern(exclusion.matches)
  return (cells) => pattern?.matches(cell(cells)) ?? false
}
