/**
 * Checksums of configuration: SHA-256 per row, a Merkle tree per element, and two roots over the elements (R19, R37).
 *
 * The tree is that of RFC 6962: a leaf is SHA-256 of a zero byte and the row's bytes, a node SHA-256 of a one byte and its two
 * children, the left child covers the largest power of two below the number of leaves, and the empty tree is SHA-256 of nothing.
 * An element's leaves are the rows of its tables, tables in alphabetical order, rows by key. A root's leaves are the elements in
 * alphabetical order, each the UTF-8 of `JSON.stringify([element, root of the element])`. The must-match root leaves out elements
 * that the migration owns: those are compared with the migration's reconciliation.
 */
import { hash } from 'node:crypto'
import { type CanonicalTable, canonicalRow, compareKeys, type Value } from './canonical.js'
import type { Product } from './load.js'
import { configurationElements } from './tables.js'

/** An element's checksum; `sha256` covers everything, `mustMatch` leaves per-environment, ignored and secret values out. */
export interface ElementChecksum {
  element: string
  rows: number
  sha256: string
  mustMatch: string
}

/** Takes an element's rows one by one, never holding more than a few hashes per level of the tree. */
export class ElementDigest {
  private readonly all = new MerkleTree()
  private readonly matching = new MerkleTree()
  private rows = 0
  private last: { table: string; key: readonly Value[] } | undefined

  constructor(private readonly element: string) {}

  /**
   * Adds a row in the order of `canonicalQueries`; a row out of order or twice is a fault, never a silent other checksum. Returns the row as
   * people read it, the key's columns first; null where it takes no part.
   */
  add(shape: CanonicalTable, row: readonly Value[]): Value[] | null {
    const { key, values, everything, mustMatch } = canonicalRow(shape, row)
    this.expectOrder(shape.table, key)
    if (everything === undefined) return null
    this.rows += 1
    const leaf = leafHash(everything)
    this.all.add(leaf)
    if (mustMatch !== undefined) this.matching.add(mustMatch === everything ? leaf : leafHash(mustMatch))
    return [...key, ...values]
  }

  finish(): ElementChecksum {
    return { element: this.element, rows: this.rows, sha256: this.all.root(), mustMatch: this.matching.root() }
  }

  private expectOrder(table: string, key: readonly Value[]): void {
    const { last } = this
    this.last = { table, key }
    if (!last || last.table < table) return
    const order = last.table === table ? compareKeys(last.key, key) : 1
    if (order < 0) return
    const what = order === 0 ? 'two rows share the natural key' : 'rows must come sorted; out of order is'
    throw new Error(`checksum of ${this.element}: in ${table} ${what} ${JSON.stringify(key)}`)
  }
}

/** The two roots over an instance's configuration (R37): compare `mustMatch` between instances, `everything` with the instance's own past. */
export function configurationRoots(product: Product, checksums: readonly ElementChecksum[]): { everything: string; mustMatch: string } {
  const ordered = [...checksums].sort((a, b) => (a.element < b.element ? -1 : 1))
  const expected = configurationElements(product).map(({ id }) => id)
  const missing = expected.filter((id) => !ordered.some(({ element }) => element === id))
  if (missing.length > 0 || ordered.length !== expected.length)
    throw new Error(`configuration checksum: elements missing or doubled (${missing})`)
  const owned = new Set(configurationElements(product).flatMap(({ id, owner }) => (owner === 'migration' ? [id] : [])))
  return {
    everything: rootOf(ordered.map(({ element, sha256 }) => [element, sha256])),
    mustMatch: rootOf(ordered.filter(({ element }) => !owned.has(element)).map(({ element, mustMatch }) => [element, mustMatch])),
  }
}

function rootOf(pairs: readonly (readonly [string, string])[]): string {
  const tree = new MerkleTree()
  for (const pair of pairs) tree.add(leafHash(JSON.stringify(pair)))
  return tree.root()
}

function leafHash(text: string): Buffer {
  return hash('sha256', `\u0000${text}`, 'buffer')
}

class MerkleTree {
  private readonly full: { leaves: number; hash: Buffer }[] = []

  add(leaf: Buffer): void {
    let subtree = { leaves: 1, hash: leaf }
    for (let last = this.full.at(-1); last?.leaves === subtree.leaves; last = this.full.at(-1)) {
      this.full.pop()
      subtree = { leaves: subtree.leaves * 2, hash: join(last.hash, subtree.hash) }
    }
    this.full.push(subtree)
  }

  root(): string {
    const last = this.full.at(-1)
    if (!last) return hash('sha256', '')
    return this.full
      .slice(0, -1)
      .reduceRight((right, { hash: left }) => join(left, right), last.hash)
      .toString('hex')
  }
}

function join(left: Buffer, right: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.of(1), left, right]), 'buffer')
}
