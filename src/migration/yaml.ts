/** YAML of a stranger: no deeper than it need be, no aliases, no names that are traps; with the line of every path, found in one step. */
import { type Document, isAlias, isMap, isPair, isScalar, isSeq, Lexer, LineCounter, type Node, Parser, parseDocument } from 'yaml'
import { specificationDepth } from './limits.js'

export type ReadYaml = { ok: true; value: unknown; lineOf: LineOf } | { ok: false; line: number; problem: string; instead: string }

/** The line on which a path stands, or the nearest line above it. */
export type LineOf = (path: readonly PropertyKey[]) => number

/** Reads a YAML text into plain values; what it takes is in proportion to its length. */
export function readYaml(text: string): ReadYaml {
  const lines = new LineCounter()
  const deep = tooDeep(text)
  if (deep) return deep
  // That keys are unique is looked at below: the library compares each with each.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: false })
  const broken = document.errors[0]
  if (broken) return { ok: false, line: lines.linePos(broken.pos[0]).line, problem: firstLine(broken.message), instead: 'correct the YAML' }
  const places = placesOf(document, lines)
  if (places.trap) return { ok: false, ...places.trap }
  return { ok: true, value: document.toJS({ maxAliasCount: 0 }), lineOf: (path) => lineIn(places.root, path) }
}

/** The library's message without an excerpt of the text, and never longer than a line. */
function firstLine(message: string): string {
  return (message.split('\n')[0] ?? '').slice(0, 200)
}

/** Composing a document is recursive: its depth is measured on the tokens, before. */
function tooDeep(text: string): Extract<ReadYaml, { ok: false }> | undefined {
  let line = 1
  const parser = new Parser(() => {
    line += 1
  })
  for (const lexeme of new Lexer().lex(text)) {
    for (const _token of parser.next(lexeme));
    if (parser.stack.length > specificationDepth)
      return { ok: false, line, problem: `nests deeper than ${specificationDepth} levels`, instead: 'write it flat' }
  }
  return undefined
}

interface Place {
  line: number
  below: Map<string, Place>
}

interface Trap {
  line: number
  problem: string
  instead: string
}

const again = { problem: 'says the same key a second time', instead: 'say it once' }

interface Places {
  root: Place
  trap: Trap | undefined
}

function placesOf(document: Document, lines: LineCounter): Places {
  const root: Place = { line: 1, below: new Map() }
  const places: Places = { root, trap: undefined }
  const lineAt = (node: unknown, above: number) => {
    const range = (node as Node | null)?.range
    return range ? lines.linePos(range[0]).line : above
  }
  const walk = (node: unknown, place: Place): void => {
    places.trap ??= trapIn(node, place.line)
    const items = isMap(node) || isSeq(node) ? node.items : []
    for (const [at, item] of items.entries()) {
      const pair = isPair(item) ? item : undefined
      const name = pair ? String(isScalar(pair.key) ? pair.key.value : pair.key) : String(at)
      const child: Place = { line: lineAt(pair ? pair.key : item, place.line), below: new Map() }
      const twice = place.below.has(name)
      place.below.set(name, child)
      if (pair) places.trap ??= keyTrap(pair.key, child.line) ?? (twice ? { line: child.line, ...again } : undefined)
      walk(pair ? pair.value : item, child)
    }
  }
  walk(document.contents, root)
  return places
}

function trapIn(node: unknown, line: number): Trap | undefined {
  if (isAlias(node)) return { line, problem: 'is an alias of YAML', instead: 'write the value itself' }
  if (isScalar(node) && typeof node.value === 'string' && node.value.includes('\0'))
    return { line, problem: 'holds the character NUL', instead: 'remove it' }
  return undefined
}

function keyTrap(key: unknown, line: number): Trap | undefined {
  if (!isScalar(key)) return { line, problem: 'has a key that is no plain word', instead: 'use a word' }
  if (String(key.value) === '__proto__') return { line, problem: 'names something `__proto__`', instead: 'use another name' }
  return trapIn(key, line)
}

function lineIn(root: Place, path: readonly PropertyKey[]): number {
  let place = root
  for (const part of path) {
    const below = place.below.get(String(part))
    if (!below) break
    place = below
  }
  return place.line
}
