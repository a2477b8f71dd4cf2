/** docs/evidence.md is made from the documents' schemas, and what it says of tests is so. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { evidencePage, statementLines } from '../../src/documents/evidence.js'

const tests = readdirSync('test', { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.test.ts') || file === join('drivers', 'contract.ts'))
  .map((file) => readFileSync(join('test', file), 'utf8'))
  .join('\n')

test('every field of every document is a statement that says what measured it, and names a test that is there', () => {
  const lines = statementLines()
  expect(new Set(lines.map(({ document }) => document)).size).toBe(4)
  for (const { by, says } of lines) expect([by.length > 0, says.length > 5]).toEqual([true, true])
  const titled = (title: string) => [`'${title}'`, `"${title}"`, `\`${title}\``].some((quoted) => tests.includes(quoted))
  expect(
    lines.filter(({ brokenBy }) => brokenBy.length < 20 || !titled(brokenBy)).map(({ document, path }) => `${document} ${path}`),
  ).toEqual([])
})

test('docs/evidence.md is what the schemas say (npm run evidence)', () => {
  expect(readFileSync('docs/evidence.md', 'utf8')).toBe(evidencePage())
})
