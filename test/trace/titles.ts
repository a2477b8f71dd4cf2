/** Which tests claim which rules: titles read from the sources, those of a table's rows where the row begins with the rule. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export interface Claim {
  rule: string
  file: string
  title: string
}

/** Every title in test/**, with the rules that it begins with (`R9 R33 …`, `R12, R35 …`). */
export function claims(folder = 'test'): Claim[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'))
  return files.sort().flatMap((file) => claimsOf(join(folder, file), readFileSync(join(folder, file), 'utf8')))
}

const titled =
  /(?:\b(?:test|it|describe)(?:\.each(?:<[^>]*>)?(?:\(\w+\)|\(\[\.\.\.\w+\]\))?)?|[\]}] as const\)|[\])]\))\(\s*(['"`])(R\d+(?:.|\\\1)*?)\1/g
const row = /^\s*\[?\s*\[?'(R\d+)',\s*'([a-z0-9-]+)'/gm

function claimsOf(file: string, source: string): Claim[] {
  const titles = [...source.matchAll(titled)].map(([, , title = '']) => title)
  const rows = [...source.matchAll(row)].map(([, rule, code]) => `${rule} ${code}`)
  return [...titles, ...rows].flatMap((title) => rulesIn(title).map((rule) => ({ rule, file, title })))
}

function rulesIn(title: string): string[] {
  const head = /^(?:R\d+[,: ]*(?:and )?)+/.exec(title)?.[0] ?? ''
  return [...new Set(head.match(/R\d+/g) ?? [])]
}

/** The first of every rule before the second of any, each in its order: the first n are in as many rules as can be. */
export function rulesFirst<T extends { rule: string }>(faults: readonly T[]): T[] {
  const seen = new Map<string, number>()
  const turned = faults.map((fault) => {
    const turn = seen.get(fault.rule) ?? 0
    seen.set(fault.rule, turn + 1)
    return { fault, turn }
  })
  return turned.sort((a, b) => a.turn - b.turn).map(({ fault }) => fault)
}
