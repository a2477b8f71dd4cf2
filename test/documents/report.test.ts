/** Reports of many rows, as they are written: beyond a limit beside the report, never held as a whole, and whole or not at all. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type ConfigurationReportData, type ReportFacts, type ReportPart, type ReportTask, writeReport } from '../../src/documents/index.js'
import { configuration } from './samples.js'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-report-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const { content: _, comparison: __, ...facts } = configuration
const head = { element: 'terms', table: 'terms', title: 'Terms', columns: ['code', 'term'], key: 1 }
const task = (more: Partial<ReportTask> = {}): ReportTask => ({ folder, name: 'CR-1-r1', rowLimit: 10, earlier: null, ...more })
const rows = (from: number, to: number) => Array.from({ length: to - from }, (_, n) => [`T${1000 + from + n}`, `term ${from + n}`])

async function* parts(batches: string[][][], said: ReportFacts = facts): AsyncGenerator<ReportPart> {
  yield { part: 'table', ...head }
  for (const batch of batches) yield { part: 'rows', rows: batch }
  yield { part: 'facts', facts: said }
}

async function written(given: ReportTask, from: AsyncIterable<ReportPart>) {
  const outcome = await writeReport(given, from)
  if (outcome.alike) throw new Error('nothing was written')
  const data = JSON.parse(readFileSync(join(folder, outcome.record), 'utf8')) as ConfigurationReportData
  const read = execFileSync(process.execPath, ['test/support/pdf-text.mjs', join(folder, outcome.pdf)], { encoding: 'utf8' })
  return { ...outcome, data, text: JSON.parse(read).pages.join(' ').replace(/\s+/g, ' ') as string }
}

test('R19 rows beyond the limit lie beside the report: it has their number and checksum, and names the file', async () => {
  const { data, text, beside } = await written(task(), parts([rows(0, 6), rows(6, 25)]))
  const [table] = data.content.value.tables
  expect([table?.rows, table?.listed, table?.file?.name]).toEqual([25, undefined, beside[0]])
  const bytes = readFileSync(join(folder, beside[0] ?? ''))
  expect(table?.file).toMatchObject({ bytes: bytes.length, sha256: createHash('sha256').update(bytes).digest('hex') })
  expect(
    bytes
      .toString('utf8')
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line)),
  ).toEqual(rows(0, 25))
  for (const said of ['25 rows, each named by code, in the file', table?.file?.sha256, 'more than 10 rows is not listed'])
    expect(text).toContain(said)
  expect(text).not.toContain('T1003')
})

test('R19 rows up to the limit are listed in the report, and its record is canonical and attached', async () => {
  const { data, text, beside, record, sha256 } = await written(task(), parts([rows(0, 10)]))
  expect([data.content.value.tables[0]?.listed, beside]).toEqual([rows(0, 10), []])
  for (const [code] of rows(0, 10)) expect(text).toContain(code)
  expect(
    createHash('sha256')
      .update(readFileSync(join(folder, record)))
      .digest('hex'),
  ).toBe(sha256)
  expect(readdirSync(folder).sort()).toEqual([`CR-1-r1-${sha256.slice(0, 8)}.json`, `CR-1-r1-${sha256.slice(0, 8)}.pdf`])
})

test('R19 what changed is found among rows that lie beside both reports, and a file that was changed is not compared with', async () => {
  const first = await written(task(), parts([rows(0, 25)]))
  const earlier = { record: first.record, revision: 1, at: '2026-03-02T09:00:00.000Z', sha256: first.sha256 }
  const changed: ReportFacts = { ...facts, everything: { ...facts.everything, value: 'd'.repeat(64) } }
  const now = [...rows(1, 24), ['T1024', 'another term'], ['T1025', 'term 25']]
  const second = await written(task({ name: 'CR-1-r2', earlier }), parts([now], changed))
  expect(second.data.comparison.value.tables[0]).toMatchObject({
    added: 1,
    removed: 1,
    changed: 1,
    shown: [
      { change: 'removed', key: ['T1000'] },
      { change: 'changed', key: ['T1024'], fields: [{ column: 'term', before: 'term 24', after: 'another term' }] },
      { change: 'added', key: ['T1025'] },
    ],
  })
  writeFileSync(join(folder, first.beside[0] ?? ''), 'spoilt\n')
  const third = await written(task({ name: 'CR-1-r3', earlier }), parts([now], changed))
  expect(third.data.comparison.value).toMatchObject({ impossible: `the file ${first.beside[0]} is not as it was issued`, tables: [] })
})

test('what fails while rows come leaves no file behind, and parts of a process that died long ago are removed', async () => {
  const dead = join(folder, 'CR-1-r1.content.0a0b0c0d.part')
  writeFileSync(dead, 'half')
  utimesSync(dead, new Date(0), new Date(0))
  async function* broken(): AsyncGenerator<ReportPart> {
    yield { part: 'table', ...head }
    yield { part: 'rows', rows: rows(0, 25) }
    throw new Error('the connection was lost')
  }
  await expect(writeReport(task(), broken())).rejects.toThrow('the connection was lost')
  expect(readdirSync(folder)).toEqual([])
})

test('what cannot be put in its place leaves nothing of it behind', async () => {
  const { sha256 } = await written(task(), parts([rows(0, 5)]))
  rmSync(folder, { recursive: true })
  mkdirSync(join(folder, `CR-1-r1-${sha256.slice(0, 8)}.json`, 'in-the-way'), { recursive: true })
  await expect(writeReport(task(), parts([rows(0, 5)]))).rejects.toThrow()
  expect(readdirSync(folder)).toEqual([`CR-1-r1-${sha256.slice(0, 8)}.json`])
})

test('a report of 100,000 rows takes less than 300 MB more than the process without it', () => {
  const args = ['-r', './test/support/register.cjs', 'test/documents/many-rows.ts', folder, '100000']
  const { growthMiB, listed } = JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' }))
  expect(listed).toBe(100_000)
  expect(growthMiB).toBeLessThan(300)
})
