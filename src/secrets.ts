/** Encrypts what must not lie in the database in clear: the credentials of instances. AES-256-GCM with named keys, so that keys can be changed. */
import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'

export interface SecretKey {
  id: string
  key: Buffer
}

/** The first key is the current one; the others only open what was sealed before. */
export type SecretKeys = readonly [SecretKey, ...SecretKey[]]

const FORMAT = 'v1'
const IV_BYTES = 12
const TAG_BYTES = 16
const KEY_BYTES = 32
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/

/** Reads `id:base64key,id:base64key`. Throws a sentence that never repeats the key itself. */
export function parseKeys(text: string): SecretKeys {
  const keys = text.split(',').map((entry) => {
    const [id = '', encoded = ''] = entry.trim().split(':', 2)
    if (!KEY_ID.test(id)) throw new Error('each entry is <id>:<key>, the id made of letters, digits, - and _')
    const key = Buffer.from(encoded, 'base64')
    if (key.length !== KEY_BYTES) throw new Error(`the key "${id}" is not ${KEY_BYTES} bytes in base64 (make one: openssl rand -base64 32)`)
    return { id, key }
  })
  if (new Set(keys.map(({ id }) => id)).size < keys.length) throw new Error('two keys have the same id')
  const [first, ...rest] = keys
  if (!first) throw new Error('holds no key')
  return [first, ...rest]
}

/** Reads the keys kept in `folder`, where `SECRET_KEYS` is unset; makes them at the first start. For one machine only. */
export function keptKeys(folder: string): SecretKeys {
  const file = path.join(folder, 'secret-keys')
  mkdirSync(folder, { recursive: true })
  const fresh = `kept-${randomBytes(4).toString('hex')}:${randomBytes(KEY_BYTES).toString('base64')}`
  try {
    writeFileSync(file, `${fresh}\n`, { mode: 0o600, flag: 'wx' })
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code !== 'EEXIST') throw new Error(`writing ${file}`, { cause: fault })
  }
  return parseKeys(readFileSync(file, 'utf8').trim())
}

/** Tells two keys apart without telling either: 64 bits of an HMAC under the key, as 16 hexadecimal digits. */
export function fingerprint({ key }: SecretKey): string {
  return createHmac('sha256', key).update('slipway key fingerprint').digest('hex').slice(0, 16)
}

/** Encrypts `text` with the current key. `boundTo` (an instance's id, say) must be given again to open it, so that sealed values cannot be swapped. */
export function seal(keys: SecretKeys, text: string, boundTo = ''): string {
  const [{ id, key }] = keys
  const iv = randomBytes(IV_BYTES)
  const cipher = createCipheriv('aes-256-gcm', key, iv, { authTagLength: TAG_BYTES })
  cipher.setAAD(associated(id, boundTo))
  const sealed = Buffer.concat([iv, cipher.update(text, 'utf8'), cipher.final()])
  return `${FORMAT}.${id}.${Buffer.concat([cipher.getAuthTag(), sealed]).toString('base64url')}`
}

/** Decrypts what `seal` made. Throws when the key is not known or the value was changed. */
export function open(keys: SecretKeys, sealed: string, boundTo = ''): string {
  const [format, id = '', encoded = ''] = sealed.split('.')
  if (format !== FORMAT) throw new Error('opening a sealed value: its format is not known')
  const known = keys.find((candidate) => candidate.id === id)
  if (!known) throw new Error(`opening a sealed value: it was sealed with key "${id}", which SECRET_KEYS does not hold`)
  const bytes = Buffer.from(encoded, 'base64url')
  const [tag, iv] = [bytes.subarray(0, TAG_BYTES), bytes.subarray(TAG_BYTES, TAG_BYTES + IV_BYTES)]
  try {
    const decipher = createDecipheriv('aes-256-gcm', known.key, iv, { authTagLength: TAG_BYTES })
    decipher.setAAD(associated(id, boundTo))
    decipher.setAuthTag(tag)
    return Buffer.concat([decipher.update(bytes.subarray(TAG_BYTES + IV_BYTES)), decipher.final()]).toString('utf8')
  } catch (fault) {
    throw new Error(`opening a value sealed with key "${id}": it was changed, belongs to something else, or the key differs`, {
      cause: fault,
    })
  }
}

function associated(id: string, boundTo: string): Buffer {
  return Buffer.from(`slipway.${FORMAT}.${id}.${boundTo}`, 'utf8')
}
