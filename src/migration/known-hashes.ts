/** Many texts, remembered as 64 bits of a salted hash each, with a count: a few bytes per text, and nothing that could be read back. */
import { hash, randomBytes } from 'node:crypto'
import { MigrationRefused } from './refusal.js'

/** 16 MB at the least, 192 MB at the most: identifiers of about 700,000 volunteers. */
const most = 12_000_000

/** The salt is made here and is never told. */
export class KnownHashes {
  readonly #salt = randomBytes(16).toString('base64')
  #hashes = new BigUint64Array(1 << 16)
  #counts = new Uint32Array(1 << 16)
  #size = 0

  get size(): number {
    return this.#size
  }

  /** Counts a text. Throws `MigrationRefused` where there are more than are kept. */
  add(text: string): void {
    const key = this.#hashOf(text)
    const at = this.#placeOf(key)
    if (this.#counts[at] === 0) {
      if (this.#size >= most) throw tooMany()
      this.#size++
      this.#hashes[at] = key
    }
    this.#counts[at] = (this.#counts[at] ?? 0) + 1
    if (this.#size * 2 > this.#hashes.length) this.#grow()
  }

  /** How often the text was added. */
  count(text: string): number {
    return this.#counts[this.#placeOf(this.#hashOf(text))] ?? 0
  }

  /** The counts of all texts. */
  *counts(): Generator<number> {
    for (const count of this.#counts) if (count > 0) yield count
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

function tooMany(): MigrationRefused {
  const text = `The identifiers of the source are more than ${most.toLocaleString('en')}: what arrived could not be searched for all of them, and unsearched it does not arrive.`
  return new MigrationRefused({ code: 'limit-memory', rule: 'R36', text, who: 'an engineer of the vendor' })
}
