/** What a customer may put into the intake folder to harm others: 31 of the first 33 of these succeeded on 8399a5b; all are refusals now. */
import { link, mkdir, open, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { intake, parseSpecification, readSpecification, runMigration } from '../../src/migration/index.js'
import { compilePattern } from '../../src/migration/pattern.js'
import { consume, folderWith, good, migrated, people, product, productVersion, specificationOf, started, today } from './support.js'

const edited = (from: string, to: string) => good.replace(from, to)

/** Far above what is needed on a starved machine, far below what the attack took. */
const patienceMs = 5_000

function refusalOf(text: string) {
  const began = performance.now()
  const outcome = parseSpecification(text)
  expect(performance.now() - began).toBeLessThan(patienceMs)
  if (outcome.ok) throw new Error('it was accepted')
  return outcome.refusal
}

test('R8 a block of thousands of wrong lines is told in no time: 50 findings, and how many more', () => {
  const lines = Array.from({ length: 15_000 }, (_, at) => `  k${at}: {}`).join('\n')
  const refusal = refusalOf(`version: 1\nsources: {}\nmaps:\n${lines}\nentities: {}\n`)
  expect(refusal.findings).toHaveLength(50)
  expect(refusal).toMatchObject({ code: 'specification-invalid', more: 14_950, line: 4, findings: { 49: { line: 53 } } })
  expect(refusal.text).toContain('(and 14999 more)')
})

test('R8 thousands of names that refer to nothing are not told each with thousands of names that would do', () => {
  const rows = Array.from({ length: 1_900 }, (_, at) => `      field_${at}: { from: F, map: nothing_${at} }`).join('\n')
  const maps = Array.from({ length: 1_900 }, (_, at) => `  map_${at}: { codes: {} }`).join('\n')
  const refusal = refusalOf(good.replace('maps:', `maps:\n${maps}`).replace('      sex:', `${rows}\n      sex:`))
  expect([refusal.findings?.length, refusal.more]).toEqual([50, 1_850])
  expect(JSON.stringify(refusal).length).toBeLessThan(30_000)
})

test.each([
  ['more than 1 MB', `${good}# ${'x'.repeat(1_000_000)}`, /larger than 1 MB/],
  ['lists in lists', '['.repeat(400_000), /nests deeper than 32 levels; write it flat/],
  ['dashes', '- '.repeat(400_000), /nests deeper than 32 levels/],
  ['aliases of aliases', 'a: &a [x, x]\nb: [*a, *a]\n', /Line 2 of the specification: is an alias of YAML/],
  ['an alias of itself', 'a: &a [*a]\n', /is an alias of YAML/],
  ['__proto__', edited('{ M: male', '{ __proto__: male'), /Line 5 .* names something `__proto__`/],
  ['NUL', edited('source: people', 'source: "peo\\0ple"'), /Line 8 .* holds the character NUL/],
  ['a map of every object', edited('map: sex }', 'map: constructor }'), /names the map "constructor", which does not exist/],
  ['a source of every object', edited('source: people', 'source: toString'), /names the source "toString", which does not exist/],
  ['an entity of every object', edited('FIRST\n', '{ from: FIRST, reference: valueOf }\n'), /names the entity "valueOf"/],
  ['the same key twice', edited('version: 3', 'version: 3\nversion: 4'), /Line 2 .* says the same key a second time/],
  ['a key that is a list', '? [a]\n: b\n', /has a key that is no plain word/],
  ['a name without end', edited('FIRST\n', `${'F'.repeat(5_000)}\n`), /does not fit/],
  ['a pattern that looks around', edited('FIRST\n', '{ from: FIRST, extract: "(?=a)" }\n'), /is no regular expression that is taken here/],
  ['a pattern of a million states', edited('FIRST\n', '{ from: FIRST, extract: ".{999}.{999}.{999}" }\n'), /is no regular expression that/],
  ['a quote that is the delimiter', edited('delimiter: ";"', 'delimiter: "\\""'), /quote` is the delimiter, too/],
  ['a delimiter that ends lines', edited('delimiter: ";"', 'delimiter: "\\n"'), /is no character that can part or quote cells/],
])('R8 a specification is refused for %s', (_, text, said) => {
  expect(refusalOf(text).text).toMatch(said)
})

test('R8 a pattern that took for ever takes time in proportion to the text', async () => {
  const began = performance.now()
  const text = edited('FIRST\n', '{ from: FIRST, extract: "^(a+)+$" }\n')
  const { books } = await migrated({ 'people.csv': people.replace('Ada', `${'a'.repeat(50_000)}!`) }, text)
  expect(books.entities.find(({ entity }) => entity === 'volunteers')?.rejectedBy).toEqual({ 'no-match': 1 })
  expect(performance.now() - began).toBeLessThan(2 * patienceMs)
  expect(compilePattern('^(\\d+)-')?.extract('12-3')).toBe('12')
})

/** The files as they lie there, and a specification that was read from there. */
async function registered(files: Record<string, string | Buffer> = { 'people.csv': people, 'specification.yaml': good }) {
  const folder = await folderWith(files)
  const found = await intake(folder)
  if (!found.ok) throw new Error(found.refusal.text)
  return { folder, registered: found.files }
}
const run = (folder: string, files: Awaited<ReturnType<typeof registered>>['registered']) =>
  runMigration({ folder, specification: specificationOf(good), product, productVersion, today, registered: files })

test('R33 a specification that became a link after it was registered is not followed', async () => {
  const { folder, registered: files } = await registered()
  await rename(join(folder, 'specification.yaml'), join(folder, 'other.yaml'))
  await symlink('other.yaml', join(folder, 'specification.yaml'))
  expect(await readSpecification(folder, files)).toMatchObject({ ok: false, refusal: { code: 'intake-link', rule: 'R33' } })
})

test('R33 another specification than the registered one is refused', async () => {
  const { folder, registered: files } = await registered()
  expect(await readSpecification(folder, files)).toMatchObject({ ok: true })
  await writeFile(join(folder, 'specification.yaml'), good.replace('1990', '1991').replace('version: 3', 'version: 4'))
  expect(await readSpecification(folder, files)).toMatchObject({ ok: false, refusal: { code: 'file-changed' } })
})

test.each([
  ['changed', (path: string) => writeFile(path, people.replace('Ada', 'Eve'))],
  ['longer', (path: string) => writeFile(path, `${people}2;Bo;Lee;10/12/1990;M\n`)],
])('R33 a file that is %s is refused before anything is loaded', async (_, change) => {
  const { folder, registered: files } = await registered()
  await change(join(folder, 'people.csv'))
  expect(await run(folder, files)).toMatchObject({ ok: false, refusal: { code: 'file-changed', file: 'people.csv', line: 3 } })
})

test('R33 a file that nobody registered is refused', async () => {
  const { folder, registered: files } = await registered()
  const rest = files.filter(({ name }) => name !== 'people.csv')
  expect(await run(folder, rest)).toMatchObject({ ok: false, refusal: { code: 'file-changed' } })
})

test('R33 a file exchanged between the check and the load is not loaded', async () => {
  const { folder, registered: files } = await registered()
  const outcome = await run(folder, files)
  if (!outcome.ok) throw new Error(outcome.refusal.text)
  await writeFile(join(folder, 'new.csv'), people.replace('Ada', 'Eve'))
  await rename(join(folder, 'new.csv'), join(folder, 'people.csv'))
  await expect(consume(outcome.run)).rejects.toMatchObject({ refusal: { code: 'file-changed', file: 'people.csv' } })
})

test('R33 a folder that became a link to another is refused, whatever lies there', async () => {
  const folder = await folderWith({ 'sub/people.csv': people, 'specification.yaml': good })
  const outside = await folderWith({ 'people.csv': people })
  await rm(join(folder, 'sub'), { recursive: true })
  await symlink(outside, join(folder, 'sub'))
  const specification = specificationOf(edited('people.csv', 'sub/people.csv'))
  expect(await runMigration({ folder, specification, product, productVersion, today })).toMatchObject({
    ok: false,
    refusal: { code: 'intake-link' },
  })
})

test.each([
  ['a line', (write: (text: string) => Promise<unknown>) => write('2;')],
  ['a quotation', (write: (text: string) => Promise<unknown>) => write('2;"')],
])('R8 %s of 200 MB is refused with its file and line, and hardly read', async (_, begin) => {
  const folder = await folderWith({ 'people.csv': people })
  const file = await open(join(folder, 'people.csv'), 'a')
  await begin((text) => file.write(text))
  for (let megabyte = 0; megabyte < 200; megabyte++) await file.write('a\u0020'.repeat(500_000))
  await file.close()
  const [began, memory] = [performance.now(), process.memoryUsage.rss()]
  const outcome = await runMigration({ folder, specification: specificationOf(good), product, productVersion, today })
  expect(outcome).toMatchObject({ ok: false, refusal: { code: 'line-too-long', file: 'people.csv', line: 3 } })
  expect(performance.now() - began).toBeLessThan(patienceMs)
  expect(process.memoryUsage.rss() - memory).toBeLessThan(100 * 2 ** 20)
})

test('R8 more columns than a table can have are refused', async () => {
  const folder = await folderWith({ 'people.csv': `${Array.from({ length: 3_000 }, (_, at) => `c${at}`).join(';')}\n` })
  const outcome = await runMigration({ folder, specification: specificationOf(good), product, productVersion, today })
  expect(outcome).toMatchObject({ ok: false, refusal: { code: 'unreadable-source', text: expect.stringContaining('2000 columns') } })
})

test('R33 an intake folder of too many files, too deep or too large is refused before it is read', async () => {
  const folder = await folderWith({ 'dump.csv': 'x' })
  for (let at = 0; at < 20_000; at += 500)
    await Promise.all(Array.from({ length: 500 }, (_, i) => link(join(folder, 'dump.csv'), join(folder, `f${at + i}`))))
  expect(await intake(folder)).toMatchObject({ ok: false, refusal: { code: 'intake-too-many' } })

  const deep = await folderWith()
  await mkdir(join(deep, ...Array.from({ length: 20 }, () => 'd')), { recursive: true })
  expect(await intake(deep)).toMatchObject({ ok: false, refusal: { code: 'intake-name' } })

  const large = await folderWith({ 'dump.csv': '' })
  await truncate(join(large, 'dump.csv'), 65 * 2 ** 30)
  expect(await intake(large)).toMatchObject({ ok: false, refusal: { code: 'intake-too-large', file: 'dump.csv' } })
})

test('R33 a name that a spreadsheet would carry out is text in the rejects file', async () => {
  const file = "=cmd|' /C calc'!A0.csv"
  const folder = await folderWith({ [file]: people.replace('10/12/1990', '99/99/1990') })
  const rejectsFile = join(folder, 'out.csv')
  const text = edited('people.csv', `"${file}"`)
  await consume(await started(folder, text, { rejectsFile }))
  const { readFile, stat } = await import('node:fs/promises')
  expect((await readFile(rejectsFile, 'utf8')).split('\n')[1]).toMatch(/^'=cmd/)
  expect((await stat(rejectsFile)).mode & 0o777).toBe(0o600)
})

test('R33 a folder that the rejects file makes is closed to others', async () => {
  const folder = await folderWith({ 'people.csv': people })
  const { stat } = await import('node:fs/promises')
  await consume(await started(folder, good, { rejectsFile: join(folder, 'documents', 'acme', 'out.csv') }))
  for (const made of ['documents', 'documents/acme']) expect([made, (await stat(join(folder, made))).mode & 0o777]).toEqual([made, 0o750])
})

test('R9 the hash of a legacy key is different in every run, and the result is not', async () => {
  const folder = await folderWith({ 'people.csv': people.replace('10/12/1990', '99/99/1990') })
  const { readFile } = await import('node:fs/promises')
  const hashes: string[] = []
  const results: string[] = []
  for (const name of ['one.csv', 'two.csv']) {
    const rejectsFile = join(folder, name)
    const run = await started(folder, good, { rejectsFile })
    await consume(run)
    hashes.push(/,([0-9a-f]{16}),/.exec(await readFile(rejectsFile, 'utf8'))?.[1] ?? '')
    results.push(`${run.reconciliation().resultHash} ${run.reconciliation().rejects.sha256}`)
  }
  expect(hashes[0]).toHaveLength(16)
  expect(hashes[0]).not.toBe(hashes[1])
  expect(results[0]).toBe(results[1])
})
