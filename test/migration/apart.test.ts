/** The migration program in a process of its own: the same result, and limits that the customer's files cannot reach across. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { getPriority } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { type ApartRun, intake, readSpecification, runApart, runMigration } from '../../src/migration/index.js'
import { runHere } from '../support/stand-ins.js'
import { consume, folderWith, product, productVersion, today } from './support.js'

const mask = { level: 'pseudonymised', k: 5 } as const
const good = `version: 3
sources:
  people: { file: people.csv, delimiter: ";", dates: [DD/MM/YYYY] }
entities:
  volunteers:
    source: people
    key: [NO]
    duplicates: { on: [first_name, last_name] }
    fields:
      status: { constant: active }
      first_name: { from: FIRST, extract: "^(.+)$" }
      last_name: LAST
      birth_date: { from: BORN, date: true }
      sex: { constant: male }
      registered_on: { constant: 2020-01-01 }
`
const header = 'NO;FIRST;LAST;BORN\n'
type Apart = Parameters<typeof runApart>[0]

async function options(folder: string, more: Partial<Apart> = {}): Promise<Apart> {
  const found = await intake(folder)
  if (!found.ok) throw new Error(found.refusal.text)
  return { folder, registered: found.files, product, productVersion, today, lookups: {}, ...more }
}

async function apart(folder: string, more: Partial<Apart> = {}): Promise<ApartRun> {
  const started = await runApart(await options(folder, more))
  if (!started.ok) throw new Error(started.refusal.text)
  return started.run
}

const consumed = (run: Pick<ApartRun, 'tables'>) => consume(run as never)

/** What looks at processes from outside needs /proc. */
const onLinux = process.platform === 'linux' ? test : test.skip

/** The processes of runs that this one started and that still run. */
function children(): number[] {
  if (process.platform !== 'linux') return []
  const all = readFileSync(`/proc/${process.pid}/task/${process.pid}/children`, 'utf8').split(' ').filter(Boolean).map(Number)
  return all.filter((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('child.ts'))
}

afterEach(() => expect(children()).toEqual([]))

test('R9 the result is what it is in this process, books and leak scan included; only what is drawn by the mask differs', async () => {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 300, specificationVersion: 2 })
  const read = await readSpecification(folder)
  if (!read.ok) throw new Error(read.refusal.text)
  const here = await runMigration({ folder, specification: read.file, product, productVersion, today, mask })
  if (!here.ok) throw new Error(here.refusal.text)
  const there = await apart(folder, { mask })
  const [mine, theirs] = [await consume(here.run), await consumed(there)]
  expect(kept(theirs)).toEqual(kept(mine))
  expect(there.reconciliation()).toEqual(here.run.reconciliation())
  const measured = await there.maskMeasures()
  expect(measured).toEqual(here.run.maskMeasures())
  expect(measured.identifiers).toBeGreaterThan(300)
  const plain = await apart(folder)
  const leaking = Object.values(await consumed(plain))
  await plain.end()
  const scan = async (run: Pick<ApartRun, 'leakScan'>) => {
    const hits = []
    for (const { table, columns, rows } of leaking) hits.push(...(await run.leakScan({ table, columns, rows: each(rows) })))
    return hits
  }
  const found = await scan(there)
  expect(found).toEqual(await scan(here.run))
  expect(found.length).toBeGreaterThan(3)
  await there.end()
})

/** Of masked tables what no key has a part in. */
function kept(tables: Awaited<ReturnType<typeof consumed>>) {
  return Object.values(tables).map(({ table, columns, records }) => [
    table,
    columns,
    records.map(({ sex, name, title }) => [sex, name, title]),
  ])
}

async function* each<T>(rows: readonly T[]): AsyncGenerator<T> {
  yield* rows
}

test('R9 what the floor of tests puts in its place tells the same: rows, books, rejects, leaks and refusals', async () => {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 300, specificationVersion: 2 })
  const told = async (start: typeof runApart, name: string) => {
    const rejectsFile = join(folder, '..', `rejects-${process.pid}-${name}.csv`)
    const started = await start(await options(folder, { rejectsFile }))
    if (!started.ok) throw new Error(started.refusal.text)
    const { run } = started
    const loaded = await consumed(run)
    const leaks = []
    for (const { table, columns, rows } of Object.values(loaded)) leaks.push(...(await run.leakScan({ table, columns, rows: each(rows) })))
    await run.end()
    // Keys are hashed with a secret of the run.
    const rejects = readFileSync(rejectsFile, 'utf8').replace(/,[0-9a-f]{16},/g, ',…,')
    rmSync(rejectsFile)
    return { loaded, books: run.reconciliation(), volunteers: run.testVolunteers(), leaks, rejects }
  }
  expect(await told(runHere, 'here')).toEqual(await told(runApart, 'apart'))
  const broken = await options(await folderWith({ 'specification.yaml': 'version: [', 'people.csv': header }))
  expect(await runHere(broken)).toEqual(await runApart(broken))
  const other = { ...(await options(folder)), registered: [] }
  expect(await runHere(other)).toEqual(await runApart(other))
})

test('R8 what a specification or a dump is refused for is refused here', async () => {
  const folder = await folderWith({ 'specification.yaml': 'version: [', 'people.csv': header })
  expect(await runApart(await options(folder))).toMatchObject({ ok: false, refusal: { code: 'specification-invalid', line: 1 } })
})

onLinux('the process gets no variable of ours, and none of our secrets', async () => {
  const run = await apart(await folderWith({ 'specification.yaml': good, 'people.csv': `${header}1;Ada;Byron;10/12/1990\n` }))
  const [pid] = children()
  const variables = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean)
  expect(variables.map((one) => one.split('=')[0]).sort()).toEqual(['NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE'])
  expect(readFileSync(`/proc/${pid}/cmdline`, 'utf8')).not.toMatch(/postgres|slipway-dump/)
  await run.end()
})

onLinux('the process goes after all others for time, and before them where memory runs out', async () => {
  const run = await apart(await folderWith({ 'specification.yaml': good, 'people.csv': `${header}1;Ada;Byron;10/12/1990\n` }))
  const [pid = 0] = children()
  const [niceness, killedFirst] = [getPriority(pid), readFileSync(`/proc/${pid}/oom_score_adj`, 'utf8').trim()]
  await run.end()
  expect(niceness).toBeGreaterThanOrEqual(10)
  expect(killedFirst).toBe('1000')
})

test('R8 a pattern that takes half a minute for one cell is stopped, and the file named', async () => {
  const text = good.replace('"^(.+)$"', '"(?:a?){400}a{400}b"')
  const folder = await folderWith({ 'specification.yaml': text, 'people.csv': `${header}1;b${'a'.repeat(900_000)};Byron;10/12/1990\n` })
  const run = await apart(folder, { limits: { silenceMs: 3_000 } })
  const began = performance.now()
  await expect(consumed(run)).rejects.toMatchObject({
    refusal: { code: 'limit-time', rule: 'R8', file: 'people.csv', text: expect.stringContaining('`people.csv`') },
  })
  expect(performance.now() - began).toBeLessThan(15_000)
  await run.end()
})

test('R8 a run that works too long in all is stopped', async () => {
  const folder = await folderWith()
  await writeLegacyDump(folder, { volunteers: 3_000 })
  expect(await runApart(await options(folder, { limits: { workMs: 50 } }))).toMatchObject({ ok: false, refusal: { code: 'limit-time' } })
})

test.each([
  ['its heap', { heapMb: 48 }],
  ['its memory', { rssMb: 70 }],
])('R8 a dump that does not fit into %s is stopped, and the file named', async (_, limits) => {
  const rows = Array.from({ length: 150_000 }, (_, at) => `${at};Ada${at}${'x'.repeat(150)};Byron;10/12/1990`)
  const folder = await folderWith({ 'specification.yaml': good, 'people.csv': `${header}${rows.join('\n')}\n` })
  const began = await runApart(await options(folder, { limits }))
  if (!began.ok) return expect(began.refusal).toMatchObject({ code: 'limit-memory' })
  await expect(consumed(began.run)).rejects.toMatchObject({ refusal: { code: 'limit-memory', file: 'people.csv' } })
  await began.run.end()
  return undefined
})

onLinux('a process that is killed from outside is a fault, not the customer’s', async () => {
  const run = await apart(await folderWith({ 'specification.yaml': good, 'people.csv': `${header}1;Ada;Byron;10/12/1990\n` }))
  for (const pid of children()) process.kill(pid, 'SIGKILL')
  await expect(consumed(run)).rejects.toThrow(/ended by itself \(SIGKILL\) while it read people\.csv/)
  await run.end()
})

test('a run whose claim is lost ends at once, with its process', async () => {
  const stop = new AbortController()
  const run = await apart(await folderWith({ 'specification.yaml': good, 'people.csv': `${header}1;Ada;Byron;10/12/1990\n` }), {
    signal: stop.signal,
  })
  stop.abort(new Error('claim lost'))
  await expect(consumed(run)).rejects.toThrow('claim lost')
  await run.end()
})

test('while nobody takes rows, none are read ahead but a few', async () => {
  const rows = Array.from({ length: 30_000 }, (_, at) => `${at};Ada${at};Byron;${at % 2 ? '10' : '99'}/12/1990`)
  const text = good.replace('    duplicates: { on: [first_name, last_name] }\n', '')
  const folder = await folderWith({ 'specification.yaml': text, 'people.csv': `${header}${rows.join('\n')}\n` })
  const rejectsFile = join(folder, '.rejects.csv')
  const run = await apart(folder, { rejectsFile })
  for await (const { table, rows: taken } of run.tables()) {
    for await (const _row of taken) if (table === 'volunteers') break
    if (table === 'volunteers') break
  }
  await pause(700)
  // Every second row is rejected, and told at once: what was read is seen there.
  expect(readFileSync(rejectsFile, 'utf8').split('\n').length).toBeLessThan(3_000)
  await run.end()
})

/** A parent of its own, which says its child's process id and is then killed. */
async function parentOf(folder: string): Promise<[ChildProcess, number]> {
  const script = `
    const { runApart, intake } = require('${process.cwd()}/src/migration/index.ts')
    const { clinicDir, loadProduct } = require('${process.cwd()}/src/product/index.ts')
    const { readFileSync } = require('node:fs')
    intake('${folder}').then(({ files }) => {
      runApart({ folder: '${folder}', registered: files, product: loadProduct(clinicDir), productVersion: '24.2', today: '2026-06-30', lookups: {} })
        .then(async ({ run }) => { console.log('ready'); for await (const t of run.tables()) for await (const _ of t.rows); })
      console.log(readFileSync('/proc/' + process.pid + '/task/' + process.pid + '/children', 'utf8').trim())
    })`
  const parent = spawn(process.execPath, ['-r', './test/support/register.cjs', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  parent.stdout?.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  while (!said.includes('ready')) await pause(50)
  return [parent, Number(said.split('\n')[0])]
}

onLinux('when the parent is killed its process ends too, even one that is lost in a row', async () => {
  const text = good.replace('"^(.+)$"', '"(?:a?){400}a{400}b"')
  const folder = await folderWith({ 'specification.yaml': text, 'people.csv': `${header}1;b${'a'.repeat(900_000)};Byron;10/12/1990\n` })
  const [parent, pid] = await parentOf(folder)
  await pause(1_500)
  expect(existsSync(`/proc/${pid}`)).toBe(true)
  parent.kill('SIGKILL')
  await once(parent, 'exit')
  const deadline = Date.now() + 8_000
  while (existsSync(`/proc/${pid}`) && !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8')) && Date.now() < deadline)
    await pause(100)
  expect(existsSync(`/proc/${pid}`) && !/State:\s+Z/.test(readFileSync(`/proc/${pid}/status`, 'utf8'))).toBe(false)
})
