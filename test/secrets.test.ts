import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { keptKeys, open, parseKeys, seal } from '../src/secrets.js'

const first = `one:${Buffer.alloc(32, 1).toString('base64')}`
const second = `two:${Buffer.alloc(32, 2).toString('base64')}`

test('what is sealed can be opened, and looks different each time', () => {
  const keys = parseKeys(first)
  expect(open(keys, seal(keys, 'pässwörd ✓'))).toBe('pässwörd ✓')
  expect(seal(keys, 'same')).not.toBe(seal(keys, 'same'))
  expect(seal(keys, 'hidden')).not.toContain('hidden')
})

test('after a change of keys the old values still open, and new ones use the new key', () => {
  const sealed = seal(parseKeys(first), 'old')
  const keys = parseKeys(`${second}, ${first}`)
  expect(open(keys, sealed)).toBe('old')
  expect(seal(keys, 'new')).toMatch(/^v1\.two\./)
  expect(() => open(parseKeys(second), sealed)).toThrow('sealed with key "one", which SECRET_KEYS does not hold')
})

test('a value that was changed, renamed or moved to another row does not open', () => {
  const keys = parseKeys(`${first},${second}`)
  const sealed = seal(keys, 'text', 'instance-1')
  expect(open(keys, sealed, 'instance-1')).toBe('text')
  expect(() => open(keys, sealed, 'instance-2')).toThrow('belongs to something else')
  expect(() => open(keys, sealed.replace('.one.', '.two.'), 'instance-1')).toThrow('was changed')
  const last = sealed.at(-2) === 'A' ? 'B' : 'A'
  expect(() => open(keys, sealed.slice(0, -2) + last + sealed.slice(-1), 'instance-1')).toThrow('was changed')
  expect(() => open(keys, 'v0.one.abc')).toThrow('format is not known')
})

test.each([
  ['', 'each entry is'],
  ['one', 'is not 32 bytes'],
  ['o.ne:abc', 'each entry is'],
  [`${first},one:${Buffer.alloc(32, 3).toString('base64')}`, 'same id'],
])('keys written as %j are refused', (text, reason) => {
  expect(() => parseKeys(text)).toThrow(reason)
})

test('without SECRET_KEYS a key is made once, readable by its owner only, and kept', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'slipway-keys-'))
  expect(keptKeys(folder)).toEqual(keptKeys(folder))
  expect(statSync(path.join(folder, 'secret-keys')).mode & 0o777).toBe(0o600)
  rmSync(folder, { recursive: true })
})
