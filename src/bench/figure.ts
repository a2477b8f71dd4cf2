/** One measured thing held against its goal, and how a run of several says it. */
import { median, percentile, rounded } from './report.js'

/** One line of `--json`. Rates and counts are better the higher, times (ms) and sizes (MiB) the lower. */
export interface Figure {
  bench: string
  figure: string
  /** The median of the rounds, in `unit`. */
  ours: number
  /** The same of the peer in the same run; null where there is none (memory). */
  peer: number | null
  peerName: string | null
  /** ours / peer; null without a peer. */
  ratio: number | null
  /** Of the ratio; without a peer, of `ours`. */
  goal: number
  met: boolean
  unit: string
  /** How many single measurements `ours` stands on: commands, chains, looks, processes. */
  n: number
  /** The lowest and highest ratio of a single round; without a peer, of `ours`. */
  spread: [number, number]
}

export interface Comparison {
  bench: string
  figure: string
  /** One value per round, in the order of the rounds. */
  ours: readonly number[]
  /** The peer's values of the same rounds; absent where there is no peer. */
  peer?: readonly number[]
  peerName?: string
  goal: number
  /** `most`: the ratio (or, without a peer, ours) may be the goal at most; `least`: it has to be the goal at least. */
  bound: 'most' | 'least'
  unit: string
  n: number
}

/** Medians of the rounds against the goal. */
export function figureOf({ bench, figure, ours, peer, peerName, goal, bound, unit, n }: Comparison): Figure {
  const [own, other] = [median(ours), peer ? median(peer) : null]
  const ratio = other === null ? null : own / other
  const held = ratio ?? own
  const each = peer ? ours.map((value, round) => value / (peer[round] ?? Number.NaN)) : [...ours]
  return {
    bench,
    figure,
    ours: rounded(own),
    peer: other === null ? null : rounded(other),
    peerName: peer ? (peerName ?? null) : null,
    ratio: ratio === null ? null : rounded(ratio),
    goal,
    met: bound === 'most' ? held <= goal : held >= goal,
    unit,
    n,
    spread: [rounded(percentile(each, 0)), rounded(percentile(each, 1))],
  }
}

/** The figures for people, one a line. */
export function figureTable(figures: readonly Figure[]): string {
  const heads = ['figure', 'ours', 'peer', 'unit', 'ratio (lowest to highest)', 'goal', 'met', 'n']
  const rows = figures.map((f) => [
    f.figure,
    String(f.ours),
    f.peer === null ? '' : `${f.peer} (${f.peerName})`,
    f.unit,
    `${f.ratio ?? ''} (${f.spread.join(' to ')})`,
    String(f.goal),
    f.met ? 'yes' : 'no',
    String(f.n),
  ])
  const widths = heads.map((head, column) => Math.max(head.length, ...rows.map((row) => (row[column] ?? '').length)))
  return [heads, ...rows]
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
