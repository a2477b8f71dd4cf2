/**
 * New ids for old ones (R13): a permutation under a key, so that different ids stay different, references stay right, and nobody without the
 * key can tell which was which. Nothing is remembered.
 */
import { createCipheriv, createHmac } from 'node:crypto'

const rounds = 6
const half = 15
const narrow = 1 << (2 * half)
const wideHalf = 31n
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/**
 * The new id for each id of one table, in PostgreSQL's text form. Whole numbers from 1 to 2^30 stay there, so that they fit an `integer`
 * and a sequence has room above them; larger ones stay below 2^62; a UUID stays one, any other text becomes a code. Throws on a number
 * that is not positive: it cannot be told apart from nothing.
 */
export function newIds(key: Buffer): (id: string) => string {
  // Six random functions of 15 bits: a Feistel network over them is a permutation whatever they are.
  const stream = createCipheriv('aes-256-ctr', key, Buffer.alloc(16)).update(Buffer.alloc(rounds * 2 * 2 ** half))
  const mixed = (round: number, value: number) => stream.readUInt16LE(2 * (round * 2 ** half + value)) & (2 ** half - 1)
  return (id) => {
    if (!/^-?\d+$/.test(id)) return coded(key, id)
    const number = BigInt(id)
    if (number < 1n) throw new Error('giving new ids: an id is no positive number')
    if (number > BigInt(narrow)) return String(wide(key, number))
    let [left, right] = [(Number(number) - 1) >>> half, (Number(number) - 1) & (2 ** half - 1)]
    for (let round = 0; round < rounds; round++) [left, right] = [right, left ^ mixed(round, right)]
    return String(left * 2 ** half + right + 1)
  }
}

/** Walks on until it is outside of the narrow ids, so that the two kinds never meet. */
function wide(key: Buffer, number: bigint): bigint {
  const mask = (1n << wideHalf) - 1n
  let walked = number
  do {
    let [left, right] = [walked >> wideHalf, walked & mask]
    if (left > mask) throw new Error('giving new ids: an id is larger than 2^62')
    for (let round = 0; round < rounds; round++) {
      const drawn = createHmac('sha256', key).update(`${round} ${right}`).digest().readUInt32LE(0)
      ;[left, right] = [right, left ^ (BigInt(drawn) & mask)]
    }
    walked = (left << wideHalf) | right
  } while (walked <= BigInt(narrow))
  return walked
}

function coded(key: Buffer, text: string): string {
  const hex = createHmac('sha256', key).update(text).digest('hex')
  if (!uuid.test(text)) return `M${hex.slice(0, 16).toUpperCase()}`
  return [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`, `8${hex.slice(17, 20)}`, hex.slice(20, 32)].join('-')
}
