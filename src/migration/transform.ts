/** One field's way from the dump to the product: read, clean, map, date, default, limits; each step may name a problem instead. */
import { type DateFormat, dateFormat, instant, readDate } from './dates.js'
import { joinKey } from './keys.js'
import { compilePattern } from './pattern.js'
import type { CodeMap, FieldRule } from './schema.js'
import type { TargetColumn } from './target.js'

/** Why a row was not loaded. The word goes into the report; the value never does. */
export type Reason =
  | 'bad-date'
  | 'bad-value'
  | 'column-count'
  | 'damaged-text'
  | 'duplicate-key'
  | 'malformed-row'
  | 'missing-key'
  | 'missing-required'
  | 'no-match'
  | 'orphan'
  | 'out-of-range'
  | 'parent-rejected'
  | 'unmapped-code'

interface Problem {
  problem: Reason
}

/** `blanked` tells that a problem was met and, as the specification asks, the field left empty for it. */
export type Applied = { ok: true; value: string | null; blanked?: Reason } | { ok: false; problem: Reason }

type Step = (value: string) => string | null | Problem

export interface FieldContext {
  columnAt(name: string): number
  isNull(value: string): boolean
  dates: string[]
  twoDigitYearsFrom: number
  maps: Record<string, CodeMap>
  timeZone: string
  /** ISO date. */
  today: string
  target: TargetColumn
  /** Told of every code that goes through the field's map; `undefined` is a code that the map lacks. */
  onCode(code: string, value: string | null | undefined): void
}

/** Compiles a field's rule for one source. A reference keeps the text that it is looked up by. */
export function compileField(rule: FieldRule, context: FieldContext): (row: readonly string[]) => Applied {
  const read = reader(rule, context)
  const steps = stepsOf(rule, context)
  return (row) => {
    const raw = read(row)
    const found = raw === null ? null : through(steps, raw)
    if (isProblem(found)) {
      if (rule.onProblem === 'reject') return { ok: false, problem: found.problem }
      return rule.required || context.target.required
        ? { ok: false, problem: 'missing-required' }
        : { ok: true, value: context.target.default ?? null, blanked: found.problem }
    }
    const value = found ?? rule.default ?? context.target.default ?? null
    return value === null && (rule.required || context.target.required) ? { ok: false, problem: 'missing-required' } : { ok: true, value }
  }
}

function reader(rule: FieldRule, context: FieldContext): (row: readonly string[]) => string | null {
  if ('constant' in rule) return () => rule.constant
  const clean = (text: string | undefined): string | null => {
    const value = (rule.trim ? text?.trim() : text) ?? ''
    return value === '' || context.isNull(value) ? null : value.normalize('NFC')
  }
  if ('from' in rule) {
    const at = context.columnAt(rule.from)
    return (row) => clean(row[at])
  }
  const places = rule.concat.map((column) => context.columnAt(column))
  if (rule.reference)
    return (row) =>
      joinKey(
        places.map((at) => row[at] ?? ''),
        context.isNull,
      )
  return (row) => {
    const parts = places.map((at) => clean(row[at])).filter((part) => part !== null)
    return parts.length > 0 ? parts.join(rule.separator) : null
  }
}

function stepsOf(rule: FieldRule, context: FieldContext): Step[] {
  const steps: Step[] = []
  const pattern = rule.extract === undefined ? undefined : compilePattern(rule.extract)
  if (pattern) steps.push((value) => pattern.extract(value) ?? { problem: 'no-match' })
  const { padZeros } = rule
  if (padZeros) steps.push((value) => value.padStart(padZeros, '0'))
  if (rule.case) steps.push(cases[rule.case])
  const map = rule.map && Object.hasOwn(context.maps, rule.map) ? context.maps[rule.map] : undefined
  if (map) steps.push(code(map, context))
  if (rule.date) steps.push(dateStep(rule.date === true ? context.dates : rule.date, context.twoDigitYearsFrom))
  if (rule.reference) return steps
  if (rule.decimal === ',') steps.push((value) => value.replaceAll('.', '').replace(',', '.'))
  steps.push(fitted(context.target, context.timeZone))
  if (rule.range) steps.push(within(rule.range, context))
  return steps
}

function through(steps: Step[], start: string): string | null | Problem {
  let value = start
  for (const step of steps) {
    const next = step(value)
    if (next === null || typeof next !== 'string') return next
    value = next
  }
  return value
}

function isProblem(value: string | null | Problem): value is Problem {
  return value !== null && typeof value === 'object'
}

const cases: Record<'upper' | 'lower' | 'title', Step> = {
  upper: (value) => value.toUpperCase(),
  lower: (value) => value.toLowerCase(),
  title: (value) =>
    value.toLowerCase().replace(/(^|[\s'’-])(\p{L})/gu, (_, before: string, letter: string) => before + letter.toUpperCase()),
}

function code(map: CodeMap, context: FieldContext): Step {
  return (value) => {
    const known = Object.hasOwn(map.codes, value)
    const mapped = known ? map.codes[value] : map.otherwise === 'reject' ? undefined : map.otherwise.value
    context.onCode(value, known ? mapped : undefined)
    return mapped === undefined ? { problem: 'unmapped-code' } : mapped
  }
}

function formatsOf(sources: string[]): DateFormat[] {
  return sources.map(dateFormat).filter((format): format is DateFormat => format !== undefined)
}

function dateStep(sources: string[], centuryFrom: number): Step {
  const formats = formatsOf(sources)
  return (value) => readDate(value, formats, centuryFrom) ?? { problem: 'bad-date' }
}

/** Days that do not exist (0000-00-00 in many a dump) are told here: neither the clock nor the database takes them. */
const isoDay = formatsOf(['YYYY-MM-DD'])
const isoMoment = formatsOf(['YYYY-MM-DD', 'YYYY-MM-DDTHH:mm:ss'])

/** The last word is the product's: a value must fit the column that it is meant for. */
function fitted(target: TargetColumn, timeZone: string): Step {
  const { type, codes } = target
  switch (type) {
    case 'json':
      return (value) => (isJson(value) ? value : { problem: 'bad-value' })
    case 'text':
      return (value) =>
        value.includes('\0') ? { problem: 'damaged-text' } : codes && !codes.includes(value) ? { problem: 'unmapped-code' } : value
    case 'integer':
      return (value) => (/^-?\d{1,9}$/.test(value) ? String(Number(value)) : { problem: 'bad-value' })
    case 'number':
      return (value) => (/^-?\d+(\.\d+)?$/.test(value) ? value : { problem: 'bad-value' })
    case 'boolean':
      return (value) => (value === 'true' || value === 'false' ? value : { problem: 'bad-value' })
    case 'date':
      return (value) => readDate(value.slice(0, 10), isoDay, 0) ?? { problem: 'bad-date' }
    case 'timestamp':
      return (value) => {
        const moment = readDate(value, isoMoment, 0)
        return moment === undefined ? { problem: 'bad-date' } : instant(moment, timeZone)
      }
    default:
      return type satisfies never
  }
}

function within(range: NonNullable<FieldRule['range']>, { today, target }: FieldContext): Step {
  const numeric = target.type === 'integer' || target.type === 'number'
  const limit = (bound: string | number | undefined) => (bound === 'today' ? today : bound)
  const [min, max] = [limit(range.min), limit(range.max)]
  return (value) => {
    const measured = numeric ? Number(value) : value.slice(0, 10)
    const below = min !== undefined && measured < (numeric ? Number(min) : String(min))
    const above = max !== undefined && measured > (numeric ? Number(max) : String(max))
    return below || above ? { problem: 'out-of-range' } : value
  }
}

/** JSON that PostgreSQL takes: it has no place for NUL, written out or not. */
function isJson(value: string): boolean {
  if (value.includes('\0') || /\\u0000/.test(value)) return false
  try {
    JSON.parse(value)
    return true
  } catch {
    return false // a value that does not fit, as every other that does not
  }
}
