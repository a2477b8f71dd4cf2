/** Many texts, remembered as 64 bits of a salted hash each, with a count: a few bytes per text, and nothing that could be read back. */
import { hash, randomBytes } from 'node:crypto'

/** 1 MB at the least, 400 MB at the most: the spellings of the identifiers of about 700,000 volunteers. */
const most = 12_000_000

/** Thrown where there are more texts than are kept: whoever asked for them knows what they were, and refuses in true words. */
export class TooManyTexts extends Error {
  constructor(readonly most: number) {
    super(`there are more than ${most.toLocaleString('en')} different texts`)
    this.name = 'TooManyTexts'
  }
}

/** A first look costs a moment, the salted hash a hundred times that: nearly all texts are unknown, and go no further. */
const firstLook = { bits: 1 << 24 }

/** The salt is made here and is never told. */
export class KnownHashes {
  readonly #salt = randomBytes(16).toString('base64')
  readonly #seed = randomBytes(4).readInt32LE()
  readonly #first = new Uint8Array(firstLook.bits / 8)
  #hashes = new BigUint64Array(1 << 16)
  #counts = new Uint32Array(1 << 16)
  #size = 0

  constructor(private readonly limit = most) {}

  get size(): number {
    return this.#size
  }

  /** Counts a text, and returns whether it is a new one. Throws `TooManyTexts` where there are more than are kept. */
  add(text: string): boolean {
    const key = this.#hashOf(text)
    const at = this.#placeOf(key)
    const isNew = this.#counts[at] === 0
    if (isNew) {
      if (this.#size >= this.limit) throw new TooManyTexts(this.limit)
      this.#size++
      this.#hashes[at] = key
      const bit = this.#bitOf(text)
      this.#first[bit >> 3] = (this.#first[bit >> 3] ?? 0) | (1 << (bit & 7))
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    if (this.#size * 2 > this.#hashes.length) this.#grow()
    return isNew
  }

  /** How often the text was added. */
  count(text: string): number {
    const bit = this.#bitOf(text)
    if (((this.#first[bit >> 3] ?? 0) & (1 << (bit & 7))) === 0) return 0
    return this.#counts[this.#placeOf(this.#hashOf(text))] ?? 0
  }

  /** The counts of all texts. */
  *counts(): Generator<number> {
    for (const count of this.#counts) if (count > 0) yield count
  }

  #bitOf(text: string): number {
    let bit = this.#seed
    for (let at = 0; at < text.length; at++) bit = Math.imul(bit ^ text.charCodeAt(at), 0x01000193)
    return (bit ^ (bit >>> 15)) & (firstLook.bits - 1)
  }

  #hashOf(text: string): bigint {
    return BigInt(`0x${hash('sha256', this.#salt + text, 'hex').slice(0, 16)}`)
  }

  #placeOf(key: bigint): number {
    const last = this.#hashes.length - 1
    let at = Number(key & BigInt(last))
    while (this.#counts[at] !== 0 && this.#hashes[at] !== key) at = (at + 1) & last
    return at
  }

  #grow(): void {
    const [hashes, counts] = [this.#hashes, this.#counts]
    this.#hashes = new BigUint64Array(2 * hashes.length)
    this.#counts = new Uint32Array(2 * counts.length)
    for (const [at, count] of counts.entries()) {
      if (count === 0) continue
      const place = this.#placeOf(hashes[at] as bigint)
      this.#hashes[place] = hashes[at] as bigint
      this.#counts[place] = count
    }
  }
}
