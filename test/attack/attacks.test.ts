/** Every attack of the list is made by tests that are there: a title that changed would be an attack that nobody makes. */
import { existsSync, readFileSync } from 'node:fs'
import attacks from './attacks.json'

test.each(attacks.map(({ id, attack, file, tests }) => ({ id, attack, file, tests })))('$id: $attack', ({ file, tests }) => {
  const sources = [file, ...(/walls|postgres-16/.test(file) ? ['test/drivers/walls.ts'] : [])]
    .map((each) => readFileSync(each, 'utf8'))
    .join('')
  expect(tests.length).toBeGreaterThan(0)
  for (const title of tests) {
    expect(title.length).toBeGreaterThan(5)
    // Titles of a table carry their row: `DB-07 finds …` stands there as `'DB-07'` and `%s finds %s`.
    const [, id] = /^(DB-\d\d) finds$/.exec(title) ?? []
    expect(sources).toContain(id ? `'${id}'` : title)
  }
})

test('every test that the threat model names is there', () => {
  const named = [...readFileSync('docs/security.md', 'utf8').matchAll(/`(test\/[\w./-]+\.ts)`/g)].map(([, file]) => String(file))
  expect(named.length).toBeGreaterThan(10)
  expect(named.filter((file) => !existsSync(file))).toEqual([])
})
