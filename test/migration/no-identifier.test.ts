/** R13, R36 as a property: whoever the dump's people are, and wherever somebody typed one of them, nothing of them is in the masked rows. */
import { appendFile, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import fc from 'fast-check'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { readSpecification, runMigration } from '../../src/migration/index.js'
import { asLoad, consume, folderWith, product, productVersion, today } from './support.js'

jest.setTimeout(120_000)

const plain = (text: string) =>
  text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^\p{L}\d]/gu, '')

async function cellsOf(folder: string, file: string): Promise<string[][]> {
  const text = await readFile(join(folder, file), 'latin1')
  return text
    .split('\r\n')
    .slice(1, -1)
    .flatMap((line) => (line.includes('"') ? [] : [line.split(';')]))
}

/** What names somebody, read from the files themselves. Numbers of six digits are looked for as whole words only. */
async function identifiersOf(folder: string): Promise<{ parts: string[]; words: string[] }> {
  const people = await cellsOf(folder, 'volunteers.csv')
  const contacts = await cellsOf(folder, 'contacts.csv')
  const subjects = (await readFile(join(folder, 'participations.csv'), 'utf8')).split('\r\n').slice(1, -1)
  const names = people.flatMap(([, last = '', first = '']) =>
    last.trim() && first.length > 1 ? [`${first}${last}`, `${last}${first}`] : [],
  )
  const reachable = contacts.flatMap(([, email = '', mobile = '', street = '']) => [
    email,
    mobile === 'NULL' ? '' : mobile.replace(/\D/g, ''),
    street,
  ])
  const told = [...names, ...reachable, ...people.map((row) => row[10] ?? ''), ...subjects.map((line) => line.split(',')[2] ?? '')]
  const parts = told.map(plain).filter((each) => each.length >= 8)
  return { parts: [...new Set(parts)], words: people.map(([number = '']) => number) }
}

const places: [file: string, row: (text: string) => string][] = [
  ['studies.csv', (text) => `X1,"${text}",Helix,I`],
  ['studies.csv', (text) => `X2,A study,"${text}",I`],
  ['studies.csv', (text) => `"${text}",A study,Helix,I`],
  ['condition_terms.csv', (text) => `X3,"${text}",skin`],
  ['condition_terms.csv', (text) => `X4,Rash,"${text}"`],
  ['conditions.csv', (text) => `100000,C001,2020-01-01,,Y,"${text}"`],
  ['medications.csv', (text) => `100000\t${text}\t10\tmg\tOD\tOral\t2020-01-01\t`],
  ['appointments.csv', (text) => `100000,,2026-05-01 10:00,30,VIS,P,"${text}"`],
]

const level = fc.constantFrom('identifiers', 'pseudonymised', 'k-anonymous' as const)
const spelt = fc.constantFrom<(text: string) => string>(
  (text) => text,
  (text) => text.toUpperCase(),
  (text) => `ask ${text} about it`,
  (text) => text.normalize('NFKD').replace(/\p{M}/gu, ''),
)

test('R13 R36 no source identifier of a generated dump is found in the masked output, wherever it was typed', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.nat(),
      fc.integer({ min: 20, max: 60 }),
      level,
      fc.nat(),
      spelt,
      fc.constantFrom(...places),
      async (seed, volunteers, level, victim, spell, [file, row]) => {
        const folder = await folderWith()
        await writeLegacyDump(folder, { volunteers, seed, specificationVersion: 2, customField: 'legacy-number' })
        const { parts, words } = await identifiersOf(folder)
        const people = await cellsOf(folder, 'volunteers.csv')
        const [number = '', last = '', first = ''] = people[victim % people.length] ?? []
        await appendFile(join(folder, file), `${row(spell(`${first} ${last} (${number})`))}\r\n`)
        const read = await readSpecification(folder)
        if (!read.ok) throw new Error(read.refusal.text)
        const started = await runMigration({
          ...{ folder, specification: read.file, product, productVersion, today, mask: { level, k: 2 } },
          lookups: { volunteer_custom_fields: { 'legacy-number': '1' } },
        })
        if (!started.ok) throw new Error(started.refusal.text)
        const tables = await consume(started.run)
        const cells = Object.values(tables).flatMap(({ rows }) => rows.flat())
        const texts = [...new Set(cells.flatMap((cell) => (cell && /\p{L}/u.test(cell) ? [cell] : [])))]
        const found = parts.filter((part) => texts.some((text) => plain(text).includes(part)))
        expect(found).toEqual([])
        const said = new Set(texts.flatMap((text) => text.split(/[^\p{L}\d]+/u)))
        expect(words.filter((word) => said.has(word))).toEqual([])
        for (const table of Object.values(tables)) expect(await started.run.leakScan(asLoad(table))).toEqual([])
      },
    ),
    { numRuns: 25 },
  )
})
