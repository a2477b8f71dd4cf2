import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { canonicalRow, canonicalTable, compareKeys, type Value } from '../../src/product/canonical.js'
import { configurationElements, configurationRoots, ElementDigest } from '../../src/product/index.js'
import { clinic } from './product.js'

const settings = canonicalTable(clinic, '24.2', 'general_settings')

/** Rows of general settings: key, integration, note, value. Some keys are per-environment or secret. */
const key = fc.oneof(
  fc.constantFrom('mail.host', 'mail.password', 'sso.issuer', 'branding.name'),
  fc.stringMatching(/^[a-z]{1,6}\.[a-z]{1,4}$/),
)
const row = fc.tuple(key, fc.constantFrom('t', 'f'), fc.string({ unit: 'grapheme' }), fc.option(fc.string({ unit: 'grapheme' })))
const rows = fc.uniqueArray(row, { selector: ([each]) => each, maxLength: 40 })
const sum = (given: readonly (readonly Value[])[]) => {
  const digest = new ElementDigest('general-settings')
  const keyed = given.map((each) => ({ each, key: canonicalRow(settings, each).key }))
  for (const { each } of keyed.sort((a, b) => compareKeys(a.key, b.key))) digest.add(settings, each)
  return digest.finish()
}
const mustMatch = ([each]: readonly Value[]) => !/^(mail|sso|lab|device|sms|api|safety|branding|environment)\./.test(each ?? '')

test('R19 the order in which rows are found does not matter', () => {
  const shuffled = rows.chain((given) => fc.tuple(fc.constant(given), fc.shuffledSubarray(given, { minLength: given.length })))
  fc.assert(fc.property(shuffled, ([a, b]) => expect(sum(b)).toEqual(sum(a))))
})

test('R19 any change of a value, any row more and any row less is another checksum', () => {
  const change = fc.record({ at: fc.nat(), column: fc.constantFrom(1, 2, 3), value: fc.string() })
  fc.assert(
    fc.property(
      rows.filter((given) => given.some(mustMatch)),
      change,
      (given, { at, column, value }) => {
        const matching = given.filter(mustMatch)
        const target = matching[at % matching.length] as Value[]
        const text = column === 1 ? (target[1] === 't' ? 'f' : 't') : `${target[column] ?? ''}${value}!`
        const changed = given.map((each) => (each === target ? target.with(column, text) : each))
        const less = given.filter((each) => each !== target)
        for (const other of [changed, less]) {
          expect(sum(other).sha256).not.toBe(sum(given).sha256)
          expect(sum(other).mustMatch).not.toBe(sum(given).mustMatch)
        }
      },
    ),
  )
})

test('R37 what belongs to the environment does not matter to must-match, and matters to everything', () => {
  fc.assert(
    fc.property(rows, fc.string({ minLength: 1 }), (given, text) => {
      const others = given.filter(([each]) => each !== 'mail.host')
      const one = [...others, ['mail.host', 't', '', `${text}1`]]
      const two = [...others, ['mail.host', 't', '', `${text}2`]]
      expect(sum(one).mustMatch).toBe(sum(two).mustMatch)
      expect(sum(one).mustMatch).toBe(sum(others).mustMatch)
      expect(sum(one).sha256).not.toBe(sum(two).sha256)
    }),
  )
})

test('R37 an address that belongs to the environment is left out of must-match', () => {
  const integrations = canonicalTable(clinic, '24.2', 'outbound_integrations')
  const row = (endpoint: Value, title: Value) => {
    const values: Record<string, Value> = {
      code: 'mail-out',
      account: null,
      enabled: 'f',
      endpoint,
      kind: 'mail',
      options: '{}',
      secret: null,
      title,
    }
    return canonicalRow(
      integrations,
      [...integrations.key, ...integrations.values].map(({ name }) => values[name] ?? null),
    )
  }
  expect(row('smtp://a', 'Mail').mustMatch).toBe(row('smtp://b', 'Mail').mustMatch)
  expect(row('smtp://a', 'Mail').everything).not.toBe(row('smtp://b', 'Mail').everything)
  expect(row('smtp://a', 'Mail').mustMatch).not.toBe(row('smtp://a', 'Post').mustMatch)
})

test('R37 a secret counts as set or not set, never as itself', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.string({ minLength: 1 }), (a, b) => {
      const withPassword = (value: Value) => sum([['mail.password', 't', '', value]])
      expect(withPassword(a)).toEqual(withPassword(b))
      expect(withPassword(a).sha256).not.toBe(withPassword(null).sha256)
    }),
  )
})

test('the tree is that of RFC 6962', () => {
  const sha = (...parts: (string | Buffer)[]) =>
    createHash('sha256')
      .update(Buffer.concat(parts.map((part) => Buffer.from(part as string))))
      .digest()
  const leaves = (count: number) => Array.from({ length: count }, (_, at) => [`k${at}`, 't', '', null])
  const leaf = (at: number) =>
    sha(
      '\0',
      JSON.stringify([
        'general_settings',
        [`k${at}`],
        [
          ['integration', 'true'],
          ['note', ''],
          ['value', null],
        ],
      ]),
    )
  const node = (left: Buffer, right: Buffer) => sha('\u0001', left, right)
  expect(sum([]).sha256).toBe(sha('').toString('hex'))
  expect(sum(leaves(1)).sha256).toBe(leaf(0).toString('hex'))
  const four = node(node(leaf(0), leaf(1)), node(leaf(2), leaf(3)))
  expect(sum(leaves(5)).sha256).toBe(node(four, leaf(4)).toString('hex'))
  expect(sum(leaves(7)).sha256).toBe(node(four, node(node(leaf(4), leaf(5)), leaf(6))).toString('hex'))
})

test('the checksum of a known configuration never changes: every baseline rests on it', () => {
  const known = sum([
    ['date.format', 'f', 'How dates are shown', 'dd MMM yyyy'],
    ['mail.host', 't', 'Outgoing mail server', 'smtp.example'],
    ['mail.password', 't', '', 'x'],
  ])
  expect(known).toMatchInlineSnapshot(`
{
  "element": "general-settings",
  "mustMatch": "0af31ddf562bd7ae45e76022e8f044b3009d119d295aa38b45dcee1f5277f1ac",
  "rows": 3,
  "sha256": "ecb86b2238d3d4bce414da014d48fccbb7c5778a916b065718da8cb3e2423796",
}
`)
})

test('rows out of order and rows with the same key are faults, not other checksums', () => {
  const digest = new ElementDigest('general-settings')
  digest.add(settings, ['b', 't', '', null])
  expect(() => digest.add(settings, ['a', 't', '', null])).toThrow(
    'checksum of general-settings: in general_settings rows must come sorted; out of order is ["a"]',
  )
  expect(() =>
    sum([
      ['a', 't', '', null],
      ['a', 'f', '', null],
    ]),
  ).toThrow('share the natural key ["a"]')
})

describe('the two roots', () => {
  const all = configurationElements(clinic).map(({ id }) => ({ element: id, rows: 1, sha256: 'a', mustMatch: 'b' }))
  const changed = (element: string, change: object) => all.map((each) => (each.element === element ? { ...each, ...change } : each))

  test('R19 cover configuration and the master library, in no particular order', () => {
    expect(all.map(({ element }) => element)).toEqual(expect.arrayContaining(['roles', 'labs', 'master-library', 'medications']))
    expect(all.map(({ element }) => element)).not.toEqual(expect.arrayContaining(['users']))
    expect(configurationRoots(clinic, all.toReversed())).toEqual(configurationRoots(clinic, all))
  })
  test('R37 must-match leaves out what the migration owns', () => {
    const before = configurationRoots(clinic, all)
    const list = configurationRoots(clinic, changed('medications', { sha256: 'x', mustMatch: 'x' }))
    expect(list.mustMatch).toBe(before.mustMatch)
    expect(list.everything).not.toBe(before.everything)
    expect(configurationRoots(clinic, changed('roles', { mustMatch: 'x' })).mustMatch).not.toBe(before.mustMatch)
  })
  test('refuse a configuration that is not whole', () => {
    expect(() => configurationRoots(clinic, all.slice(1))).toThrow('elements missing or doubled (roles)')
  })
})

test('R19 a hundred thousand rows are hashed one by one', () => {
  const digest = new ElementDigest('general-settings')
  for (let at = 0; at < 100_000; at += 1) digest.add(settings, [`k${String(at).padStart(6, '0')}`, 'f', 'a note', String(at)])
  expect(digest.finish().rows).toBe(100_000)
  expect(JSON.stringify(digest).length).toBeLessThan(20_000)
})
