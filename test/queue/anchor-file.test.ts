/** The anchor file after years: what one more anchor, and a look at all of them, take of it (R32). */
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import * as files from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type AnchorLine, anchorFileName, appendAnchor, readAnchorFile } from '../../src/queue/anchor-file.js'

/** Everything that a line names is in the trail. */
const ours = (known: string | null) => ({ known, genuine: async () => true })

const megabyte = 1_000_000
let folder: string
let file: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'slipway-anchor-file-'))
  file = join(folder, anchorFileName)
})
afterEach(() => {
  jest.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex')
const at = '2026-03-02T09:00:00.000Z'
const resting = Array.from({ length: 1_000 }, (_, n): [string, number, string] => [`cus_${n}`, 1, hashOf(`${n} 1`)])
/** An anchor over `chains` chains of which the first has `seq` entries; the others are at rest. */
const anchorOf = (number: number, chains: number, seq = number): AnchorLine => ({
  ...{ number, due: at, at, entries: chains - 1 + seq, head: hashOf(`${seq}`) },
  heads: [['cus_0', seq, hashOf(`0 ${seq}`)], ...resting.slice(1, chains)],
})
const lines = () => readFileSync(file, 'utf8').split('\n').slice(0, -1)

/** 1,300 full lines of 1,000 chains, as they were written before: more than 100 MB. */
function years(): { prev: string; remembered: Parameters<typeof readAnchorFile>[1] } {
  let prev = '0'.repeat(64)
  const remembered = Array.from({ length: 1_300 }, (_, index) => {
    const anchor = anchorOf(index + 1, 1_000)
    const text = JSON.stringify({ ...anchor, prev })
    appendFileSync(file, `${text}\n`)
    prev = hashOf(text)
    return { number: anchor.number, due_at: new Date(at), at: new Date(at), entries: anchor.entries, head: anchor.head, line_hash: prev }
  })
  expect(statSync(file).size).toBeGreaterThan(100 * megabyte)
  return { prev, remembered }
}

/** Bytes that `work` reads through file handles, or by `readFile`. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  let bytes = 0
  const one = await files.open(__filename)
  const handles = Object.getPrototypeOf(one) as files.FileHandle
  await one.close()
  const { read } = handles
  jest.spyOn(handles, 'read').mockImplementation(async function (this: files.FileHandle, ...given: unknown[]) {
    const found = await (read as (...all: unknown[]) => ReturnType<typeof read>).apply(this, given)
    bytes += found.bytesRead
    return found
  } as typeof read)
  const core = jest.requireActual<typeof files>('node:fs/promises')
  const { readFile } = core
  jest.spyOn(core, 'readFile').mockImplementation((async (...given: Parameters<typeof readFile>) => {
    const found = await readFile(...given)
    bytes += found.length
    return found
  }) as typeof readFile)
  await work()
  expect(bytes).toBeGreaterThan(0)
  return bytes
}

test('R32 one more anchor reads the end of the file only, whatever the file has grown to', async () => {
  const { prev } = years()
  const read = await bytesRead(async () => {
    expect(await appendAnchor(folder, anchorOf(1_301, 1_000), ours(prev))).toMatchObject({ before: prev })
  })
  expect(read).toBeLessThan(megabyte)
})

test('R32 a look at all anchors has read little of the file when it holds the first against the trail', async () => {
  const { remembered } = years()
  const stopped = new Error('stopped at the first')
  const read = await bytesRead(async () => {
    const look = readAnchorFile(folder, remembered, async () => {
      throw stopped
    })
    await look.catch((error) => expect(error).toBe(stopped))
  })
  expect(read).toBeLessThan(megabyte)
})

test('R32 lines that name every chain, as they were written before, fit, and the next one names what moved', async () => {
  const { prev, remembered } = years()
  const { hash } = await appendAnchor(folder, anchorOf(1_301, 1_000), ours(prev))
  const text = lines().at(-1) ?? ''
  expect(JSON.parse(text)).toMatchObject({ number: 1_301, moved: [['cus_0', 1_301, hashOf('0 1301')]] })
  const row = { number: 1_301, due_at: new Date(at), at: new Date(at), entries: 0, head: hashOf('1301'), line_hash: hash }
  let held = 0
  const look = await readAnchorFile(folder, [...remembered, row], async () => {
    held += 1
  })
  expect([held, look.broken, look.last]).toEqual([1_301, null, { number: 1_301, at }])
})

test('R32 a chain at rest is not named again: the file grows by what moves', async () => {
  let before: string | null = null
  for (let number = 1; number <= 300; number += 1) before = (await appendAnchor(folder, anchorOf(number, 500), ours(before))).hash
  const [first = ''] = lines()
  const moved = lines()
    .filter((line) => line.includes('"moved"'))
    .join('\n')
  // All are named again once the lines since have said as much.
  expect(statSync(file).size).toBeLessThan(2 * (first.length + moved.length))
  const all = lines()
    .map((line) => JSON.parse(line))
    .filter((line) => line.heads)
  expect(all.length).toBeGreaterThan(1)
  expect(all.map((line) => line.heads.length)).toEqual(all.map(() => 500))
})

test.each<[string, (text: string[]) => string]>([
  ['is not the one the database knows', ([first = '', second = '']) => `${first}\n${second.replace('"entries":', '"entries":1')}\n`],
  ['follows one that was edited', ([first = '', second = '']) => `${first.replace('"entries":', '"entries":1')}\n${second}\n`],
  ['is gone', () => ''],
])('R32 where the last line %s, the next one takes nothing from it and names every chain', async (_, edit) => {
  const { hash: first } = await appendAnchor(folder, anchorOf(1, 5), ours(null))
  const { hash: second } = await appendAnchor(folder, anchorOf(2, 5), ours(first))
  writeFileSync(file, edit(lines()))
  await appendAnchor(folder, anchorOf(3, 5), ours(second))
  expect(JSON.parse(lines().at(-1) ?? '').heads).toHaveLength(5)
})

test('a folder that the first anchor makes is closed to others', async () => {
  const documents = join(folder, 'made', 'documents')
  await appendAnchor(documents, anchorOf(1, 1), ours(null))
  for (const path of [documents, join(folder, 'made')]) expect([path, statSync(path).mode & 0o777]).toEqual([path, 0o750])
})
