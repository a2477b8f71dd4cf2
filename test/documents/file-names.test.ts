/** A document's files: found under every name that is given to one, and verified with the rows that lie beside it (R26). */
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { begunAbout, fileStem, filesAbout, rowsFile, rowsNamedIn, spoiltFiles } from '../../src/documents/file-names.js'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-names-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')

test('every name that is given to a file of an instance is found as one, and no other instance’s', () => {
  const sum = sha256('')
  const names = [
    `${fileStem('CR-ACME-DEMO-r2', sum)}.json`,
    `${fileStem('IQ-ACME-DEMO-r1-signed', sum)}.pdf`,
    rowsFile('CR-ACME-DEMO-r12', 'code_list_items', sum),
  ]
  expect(names.map((name) => filesAbout('acme-demo').test(name))).toEqual([true, true, true])
  expect(names.map((name) => filesAbout('acme').test(name))).toEqual([false, false, false])
  const others = [rowsFile('CR-ACME-DEMO-2-r1', 'items', sum), `${fileStem('DR-ACME-DEMO-r1', sum)}.pdf`, 'AX-ACME-DEMO.json']
  expect(others.map((name) => filesAbout('acme-demo').test(name))).toEqual([false, false, false])
  expect(begunAbout('acme-demo').test('CR-ACME-DEMO-r2-items.ndjson.0badcafe.part')).toBe(true)
})

/** A report on record, with rows beside it. */
function report(rows = '["a"]\n') {
  const name = rowsFile('CR-A-r1', 'items', sha256(rows))
  const record = JSON.stringify({
    content: { value: { tables: [{ table: 'items', file: { name, bytes: rows.length, sha256: sha256(rows) } }] } },
  })
  const pdf = join(folder, `${fileStem('CR-A-r1', sha256(record))}.pdf`)
  writeFileSync(pdf, 'pdf')
  writeFileSync(pdf.replace('.pdf', '.json'), record)
  writeFileSync(join(folder, name), rows)
  return { pdf, name, sum: sha256(record), rows: join(folder, name) }
}

test('R26 a report whose rows lie there otherwise or no more, or whose PDF is gone, is not as it was issued', async () => {
  const { pdf, name, sum, rows } = report()
  expect(await spoiltFiles(pdf, sum)).toEqual([])
  writeFileSync(rows, '["b"]\n')
  expect(await spoiltFiles(pdf, sum)).toEqual([{ file: name, how: 'is not any more what was recorded' }])
  rmSync(rows)
  expect(await spoiltFiles(pdf, sum)).toEqual([{ file: name, how: 'is not there any more' }])
  writeFileSync(rows, '["a"]\n')
  rmSync(pdf)
  expect(await spoiltFiles(pdf, sum)).toMatchObject([{ file: expect.stringMatching(/\.pdf$/), how: 'is not there any more' }])
})

test('R26 a record that cannot be read names no rows, and is not taken for one without rows', async () => {
  const { pdf } = report()
  const record = pdf.replace('.pdf', '.json')
  expect(await rowsNamedIn(record)).toHaveLength(1)
  writeFileSync(record, '{')
  expect(await rowsNamedIn(record)).toBeNull()
  rmSync(record)
  expect(await rowsNamedIn(record)).toBeNull()
})
