/** What a run says: one object, or a table of it. */
import { readFileSync } from 'node:fs'
import { cpus, loadavg, release, totalmem, type } from 'node:os'

/** One measured thing; figures by name, each name carrying its unit. */
export interface Result {
  name: string
  [figure: string]: string | number
}

export interface Figures {
  /** Versions of the servers that took part. */
  versions: Record<string, string>
  results: Result[]
  ratios: Record<string, number>
}

export interface Report extends Figures {
  machine: { cpu: string; cores: number; memoryGiB: number; system: string; loadAtEnd: number }
  at: string
}

/** The figures with the machine, its load and the versions that they were taken on. */
export function report(figures: Figures): Report {
  return {
    machine: {
      cpu: cpus()[0]?.model ?? 'unknown',
      cores: cpus().length,
      memoryGiB: Math.round(totalmem() / 2 ** 30),
      system: `${type()} ${release()}`,
      loadAtEnd: rounded(loadavg()[0] ?? 0),
    },
    ...figures,
    versions: { node: process.version.slice(1), ...packageVersions(), ...figures.versions },
    at: new Date().toISOString(),
  }
}

/** The machine, its load and the versions, in one line. */
export function machine(): string {
  const { machine: on, versions, at } = report({ versions: {}, results: [], ratios: {} })
  return `${at}: ${said(on)}; ${said(versions)}`
}

function packageVersions(): Record<string, string> {
  return Object.fromEntries(
    ['@slack/bolt', 'bullmq', 'pg', 'kysely'].map((name) => {
      // Not `require(name/package.json)`: not every package exports it.
      const folder = require.resolve.paths(name)?.find((path) => readable(`${path}/${name}/package.json`))
      return [name, folder ? String(JSON.parse(readFileSync(`${folder}/${name}/package.json`, 'utf8')).version) : 'unknown']
    }),
  )
}

function readable(file: string): boolean {
  try {
    return readFileSync(file).length > 0
  } catch {
    return false // looked for in the next folder
  }
}

/** The report as lines of text, for people. */
export function table({ machine, at, versions, results, ratios }: Report): string {
  const width = Math.max(...results.map((r) => r.name.length), ...Object.keys(ratios).map((name) => name.length))
  const lines = results.map(({ name, ...figures }) => `${name.padEnd(width)}  ${said(figures)}`)
  const shares = Object.entries(ratios).map(([name, ratio]) => `${name.padEnd(width)}  ${ratio}`)
  return [`${at}: ${said(machine)}`, said(versions), '', ...lines, '', ...shares].join('\n')
}

const said = (pairs: Record<string, unknown>) =>
  Object.entries(pairs)
    .map(([key, value]) => `${key} ${value}`)
    .join(', ')

/** The value below which `share` (0 to 1) of the values lie; NaN of none. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN
}

export const median = (values: readonly number[]): number => percentile(values, 0.5)

/** Three digits that count are as many as a busy machine can vouch for. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
