import { createHash } from 'node:crypto'
import { statementLines } from '../../src/documents/evidence.js'
import { type DocumentData, renderDocument } from '../../src/documents/index.js'
import { recordOnly } from '../support/stand-ins.js'
import { renderAndRead } from './read.js'
import { configuration, destruction, iq, reconciliation, restated } from './samples.js'

const documents: [string, DocumentData][] = [
  ['an IQ', iq],
  ['a configuration report', configuration],
  ['a reconciliation report', reconciliation],
  ['a destruction record', destruction],
]

test.each(documents)('R26 every page of %s has number, revision, page n of m and the footer', async (_, data) => {
  const { pages, sha256 } = await renderAndRead(data)
  expect(pages.length).toBeGreaterThan(1)
  for (const [index, page] of pages.entries()) {
    expect(page).toContain(`${data.number} · Revision 2`)
    expect(page).toContain(`Page ${index + 1} of ${pages.length}`)
    expect(page).toContain('Exported and printed copies are uncontrolled.')
    expect(page).toContain(`SHA-256 ${sha256.slice(0, 16)}…`)
  }
})

test.each(documents)('the same data of %s gives the same bytes, whatever the order of its keys', async (_, data) => {
  const first = await renderDocument(data)
  const turned = Object.fromEntries(Object.entries(data).reverse()) as unknown as DocumentData
  const second = await renderDocument(turned)
  expect(second.sha256).toBe(first.sha256)
  expect(second.pdf.equals(first.pdf)).toBe(true)
})

test.each(documents)('%s carries its record, and the checksum is that of the record', async (_, data) => {
  const { json, sha256, attachments, text } = await renderAndRead(data)
  expect(attachments).toEqual({ [`${data.number}-r2.json`]: json })
  expect(createHash('sha256').update(json).digest('hex')).toBe(sha256)
  expect(JSON.parse(json)).toEqual(data)
  expect(text).toContain(sha256)
})

test.each(documents)('the record of %s is the same without its drawing, as the floor of tests makes it', async (_, data) => {
  const { json, sha256 } = await renderDocument(data)
  expect(await recordOnly(data)).toMatchObject({ json, sha256 })
})

test.each(documents)('%s says of each of its statements what measured it and when', async (_, data) => {
  const { text } = await renderAndRead(data)
  const from = text.indexOf('How each statement is known Statement Measured by At')
  expect(from).toBeGreaterThan(0)
  const said = text.slice(from)
  const lines = statementLines().filter(({ document, path }) => document === data.kind && (path.split(/[.[]/)[0] ?? '') in data)
  for (const { says } of lines) expect(said).toContain(says)
  expect(said).toContain('2025-11-22 10:10:00 UTC')
})

test('a change of one letter changes the checksum', async () => {
  const { sha256 } = await renderDocument(destruction)
  const reason = restated(destruction.reason, { ...destruction.reason.value, text: `${destruction.reason.value.text} ` })
  expect((await renderDocument({ ...destruction, reason })).sha256).not.toBe(sha256)
})

test('names of many languages survive, and what the font lacks is written as its code', async () => {
  const customer = 'Łódź Klinik Ærø, Αθήνα, Київ, Đà Nẵng, Reykjavík ✓ 東京 😀'
  const { text } = await renderAndRead({ ...destruction, customer: restated(destruction.customer, customer) })
  expect(text).toContain('Łódź Klinik Ærø, Αθήνα, Київ, Đà Nẵng, Reykjavík ✓ [U+6771][U+4EAC]')
  expect(text).toContain('Ngô Thị Hoa')
})

test('a cell longer than a page is told in full', async () => {
  const what = Array.from({ length: 900 }, (_, index) => `line${index}`).join(' ')
  const { gone } = destruction
  const [first] = gone.databases.value
  if (!first) throw new Error('the sample has no database')
  const databases = restated(gone.databases, [{ ...first, what }])
  const { text, pages } = await renderAndRead({ ...destruction, gone: { ...gone, databases } })
  expect(pages.length).toBeGreaterThan(3)
  expect(text).toContain('line0 ')
  expect(text).toContain('line899')
})
