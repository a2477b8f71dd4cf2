import { randomBytes } from 'node:crypto'

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz'

/** A new stable id: `op_` and 16 characters of 5 random bits each. Without dots, for a button's value is joined with them. */
export function newId(
  prefix: 'cus' | 'env' | 'ins' | 'op' | 'stp' | 'req' | 'sig' | 'itr' | 'liv' | 'mea' | 'doc' | 'dev' | 'acc' | 'frz' | 'msg',
): string {
  return `${prefix}_${[...randomBytes(16)].map((byte) => alphabet[byte & 31]).join('')}`
}
