import { statementLines } from '../../src/documents/evidence.js'

test('every field of every document is a statement that says what measured it', () => {
  const lines = statementLines()
  expect(new Set(lines.map(({ document }) => document)).size).toBe(4)
  for (const { by, says } of lines) expect([by.length > 0, says.length > 5]).toEqual([true, true])
})
