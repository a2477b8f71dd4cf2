/** Dates as a legacy dump writes them: strict formats, impossible days refused, results in ISO. */

export interface DateFormat {
  source: string
  pattern: RegExp
  tokens: Token[]
}

type Token = keyof typeof tokenPatterns

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec']
const tokenPatterns = {
  YYYY: '(\\d{4})',
  YY: '(\\d{2})',
  MMM: `(${months.join('|')})`,
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  DD: '(\\d{2})',
  D: '(\\d{1,2})',
  HH: '(\\d{2})',
  H: '(\\d{1,2})',
  mm: '(\\d{2})',
  ss: '(\\d{2})',
} as const

/** Compiles a format such as `DD/MM/YYYY` or `YYYY-MM-DD HH:mm`; undefined where it names no full date. */
export function dateFormat(source: string): DateFormat | undefined {
  const tokens: Token[] = []
  const pattern = source.replace(/YYYY|YY|MMM|MM|M|DD|D|HH|H|mm|ss|[\s\S]/g, (part) => {
    if (!Object.hasOwn(tokenPatterns, part)) return part.replace(/[^A-Za-z0-9]/g, '\\$&')
    tokens.push(part as Token)
    return tokenPatterns[part as Token]
  })
  const kinds = tokens.map((token) => (token === 'mm' ? 'minute' : token.charAt(0)))
  const full = ['Y', 'M', 'D'].every((kind) => kinds.filter((k) => k === kind).length === 1) && new Set(kinds).size === kinds.length
  return full ? { source, pattern: new RegExp(`^${pattern}$`, 'i'), tokens } : undefined
}

/** Reads a date by the first format that fits; undefined where none fits or the day does not exist. Two-digit years start at `centuryFrom`. */
export function readDate(text: string, formats: DateFormat[], centuryFrom: number): string | undefined {
  for (const format of formats) {
    const match = format.pattern.exec(text)
    if (!match) continue
    const found = assemble(format.tokens, match.slice(1), centuryFrom)
    if (found) return found
  }
  return undefined
}

function assemble(tokens: Token[], parts: string[], centuryFrom: number): string | undefined {
  const part = (...names: Token[]): string | undefined => parts[tokens.findIndex((token) => names.includes(token))]
  const word = part('MMM')
  const year = part('YYYY') ?? String(fullYear(Number(part('YY')), centuryFrom))
  const month = word ? months.indexOf(word.toLowerCase()) + 1 : Number(part('MM', 'M'))
  const day = Number(part('DD', 'D'))
  const date = new Date(Date.UTC(Number(year), month - 1, day))
  if (Number(year) < 1000 || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined

  const iso = date.toISOString().slice(0, 10)
  const hour = part('HH', 'H')
  if (hour === undefined) return iso
  const clock = [hour, part('mm') ?? '0', part('ss') ?? '0'].map((figure) => figure.padStart(2, '0'))
  const valid = Number(clock[0]) < 24 && Number(clock[1]) < 60 && Number(clock[2]) < 60
  return valid ? `${iso}T${clock.join(':')}` : undefined
}

function fullYear(twoDigits: number, centuryFrom: number): number {
  const year = Math.floor(centuryFrom / 100) * 100 + twoDigits
  return year < centuryFrom ? year + 100 : year
}

/** The instant (UTC, ISO) of a local date and time in a time zone; where a clock change doubles the hour, the earlier one, where it skips it, an hour on. */
export function instant(local: string, timeZone: string): string {
  const wanted = Date.parse(`${local.length === 10 ? `${local}T00:00:00` : local}Z`)
  const candidates = [wanted - 86_400_000, wanted + 86_400_000].map((around) => wanted - offsetAt(around, timeZone))
  const exact = candidates.filter((candidate) => candidate + offsetAt(candidate, timeZone) === wanted)
  return new Date(exact.length > 0 ? Math.min(...exact) : Math.max(...candidates)).toISOString()
}

const clocks = new Map<string, Intl.DateTimeFormat>()

function offsetAt(moment: number, timeZone: string): number {
  const clock = clocks.get(timeZone) ?? newClock(timeZone)
  const at = Object.fromEntries(clock.formatToParts(moment).map(({ type, value }) => [type, Number(value)]))
  return Date.UTC(at['year'] ?? 0, (at['month'] ?? 1) - 1, at['day'], at['hour'], at['minute'], at['second']) - moment
}

function newClock(timeZone: string): Intl.DateTimeFormat {
  const figures = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
  const clock = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...figures })
  clocks.set(timeZone, clock)
  return clock
}

let zones: Set<string> | undefined

/** Whether the runtime knows this time zone. */
export function timeZoneExists(timeZone: string): boolean {
  zones ??= new Set(['UTC', ...Intl.supportedValuesOf('timeZone')])
  return zones.has(timeZone)
}
