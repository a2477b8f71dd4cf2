/** The legacy dump at the end of an environment: what is removed is what was registered, reached over no link (R33, R42). */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { StepContext } from '../../jobs/job.js'
import { destroyDump, lookForDump } from '../../jobs/legacy-dump.js'

let root = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'slipway-intake-'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const at = (path: string) => join(root, path)
function put(path: string, text: string): void {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), text)
}

interface Ground {
  registered: Record<string, string>
  legacyDump?: 'keep' | 'destroy'
  /** Called when a file's bytes begin to be read. */
  reading?: () => void
  /** What the destroy step told. */
  removed?: string[]
}

function contextOf({ registered, legacyDump = 'destroy', reading = () => {}, removed }: Ground): StepContext {
  const { signal } = new AbortController()
  const listen = signal.addEventListener.bind(signal)
  signal.addEventListener = (...args: Parameters<typeof listen>) => {
    reading()
    listen(...args)
  }
  const files = Object.entries(registered).map(([name, text]) => ({
    name,
    bytes: text.length,
    sha256: createHash('sha256').update(text).digest('hex'),
  }))
  return {
    intakeDir: root,
    situation: { customer: { slug: 'acme' }, files, policy: { version: '9' } },
    operation: { plan: { data: { legacyDump, policy: '7' } } },
    steps: removed ? [{ name: 'destroy', role: null, result: { dump: removed } }] : [],
    role: null,
    progress: { signal, report: () => {} },
  } as unknown as StepContext
}

test("R33 R42 a folder that is swapped for a link while its file is read leads to nobody else's file", async () => {
  put('acme/data/dump.csv', 'ours')
  put('bravo/data/dump.csv', 'theirs')
  let swapped = false
  const reading = () => {
    if (swapped) return
    swapped = true
    renameSync(at('acme/data'), at('acme/data.away'))
    symlinkSync(at('bravo/data'), at('acme/data'))
  }
  await destroyDump(contextOf({ registered: { 'data/dump.csv': 'ours' }, reading })).catch(() => {})
  expect([swapped, existsSync(at('bravo/data/dump.csv'))]).toEqual([true, true])
})

test('R33 R42 a folder or a file that is a link is not followed, and the teardown says so', async () => {
  put('bravo/data/dump.csv', 'same')
  put('acme/note.txt', '')
  const context = contextOf({ registered: { 'data/dump.csv': 'same' } })
  symlinkSync(at('bravo/data'), at('acme/data'))
  await expect(destroyDump(context)).rejects.toMatchObject({ code: 'dump-left', message: expect.stringContaining('is a link') })
  rmSync(at('acme'), { recursive: true })
  symlinkSync(at('bravo'), at('acme'))
  await expect(destroyDump(context)).rejects.toMatchObject({ code: 'dump-left' })
  expect(existsSync(at('bravo/data/dump.csv'))).toBe(true)
})

test('R42 what nobody registered is not looked at, however large or odd, and does not stop the teardown', async () => {
  put('acme/dump.csv', 'ours')
  put('acme/huge.bin', '')
  truncateSync(at('acme/huge.bin'), 65 * 2 ** 30)
  symlinkSync('/etc/hostname', at('acme/link'))
  expect(await destroyDump(contextOf({ registered: { 'dump.csv': 'ours' } }))).toEqual(['dump.csv'])
  expect([existsSync(at('acme/dump.csv')), existsSync(at('acme/huge.bin'))]).toEqual([false, true])
})

test('R42 an intake folder that is missing is not taken for files that are gone', async () => {
  const ground = { registered: { 'dump.csv': 'ours' } }
  await expect(destroyDump(contextOf(ground))).rejects.toMatchObject({ rule: 'R42', code: 'dump-left' })
  await expect(lookForDump(contextOf({ ...ground, removed: ['dump.csv'] }))).rejects.toMatchObject({ rule: 'R42', code: 'dump-left' })
  const kept = await lookForDump(contextOf({ ...ground, legacyDump: 'keep' }))
  expect(kept?.map(({ found }) => found)).toEqual(['not-looked-for'])
})

test('R42 a file that was moved within the intake folder stops the teardown by its name', async () => {
  put('acme/elsewhere/renamed.csv', 'ours')
  const context = contextOf({ registered: { 'dump.csv': 'ours' } })
  await expect(destroyDump(context)).rejects.toMatchObject({ message: expect.stringContaining('elsewhere/renamed.csv') })
})

test('R42 what this teardown removed is told apart from what was not found', async () => {
  put('acme/dump.csv', 'ours')
  const registered = { 'dump.csv': 'ours', 'never.csv': 'never' }
  const removed = await destroyDump(contextOf({ registered }))
  expect(removed).toEqual(['dump.csv'])
  const found = await lookForDump(contextOf({ registered, removed }))
  expect(found?.map(({ name, found: how }) => [name, how])).toEqual([
    ['dump.csv', 'removed'],
    ['never.csv', 'not-found'],
  ])
  put('acme/dump.csv', 'it came back')
  await expect(lookForDump(contextOf({ registered, removed }))).rejects.toMatchObject({ code: 'dump-left' })
})
