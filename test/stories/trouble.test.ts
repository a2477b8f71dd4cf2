/** When the world does not play along: a wrong dump, real volunteers where none may be, a database server that goes away (R9, R16, R40). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { writeLegacyDump } from '../../src/demo/dump.js'
import { type Bot, backends, eventually, startBot } from '../support/bot.js'
import { databasesStanding, recordedFor } from '../support/instances.js'
import { found, seenAnywhere, volunteersOf } from '../support/leaks.js'
import { sql } from '../support/postgres.js'

jest.setTimeout(90_000)

describe.each(backends)('on %s', (backend) => {
  let bot: Bot
  const ops = 'C_OPS'
  beforeAll(async () => {
    bot = await startBot({ backend })
    await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme> --legacy yes').as('U_SALES')
    await bot.says('/customer people acme add <@U_LEAD|marcus> lead').as('U_PM')
    await bot.says('/customer sign acme').as('U_SALES')
    for (const slug of ['hazel', 'ivy']) {
      expect(await bot.says(`/customer add ${slug}`).as('U_SALES')).toContain('is a prospect')
      expect(await bot.says(`/env create demo ${slug}`).as('U_SALES')).toContain('is asked for')
    }
    await bot.becomes('hazel-demo', 'ready')
    await bot.becomes('ivy-demo', 'ready')
  })
  afterAll(() => bot?.stop())

  const folder = () => join(bot.demo.intakeDir, 'acme')
  const databases = (environment: string) => databasesStanding(bot, environment)
  const checksums = async () => JSON.stringify(await bot.demo.slipway.change.db.selectFrom('intake_file').select('sha256').execute())
  const register = async () => {
    const before = await checksums()
    await bot.says('/migration register acme').as('U_ENG')
    await eventually('the files to be registered', async () => (await checksums()) !== before || undefined)
  }

  test('R33 an intake folder that is not there, or empty, is said so', async () => {
    await bot.says('/migration register acme').as('U_ENG')
    expect(await bot.sees(ops, /Trouble[\s\S]*intake folder/)).toMatch(/R33/)
  })

  test('R9 a dump that lacks a column: the run says which file and column, and nothing is half made', async () => {
    mkdirSync(folder(), { recursive: true })
    await writeLegacyDump(folder(), { volunteers: 300, seed: 3, specificationVersion: 2, missingColumn: 'SURNAME' })
    await register()
    await bot.sees(ops, /files registered/)
    await bot.says('/migration run acme').as('U_ENG')
    await bot.becomes('acme-migration', 'failed')
    const said = await bot.sees(ops, /acme-migration[\s\S]*Trouble/)
    expect(said).toMatch(/volunteers\.csv/)
    expect(said).toMatch(/SURNAME/)
    expect(await databases('acme-migration')).toEqual([])
    expect(await bot.says('/migration status acme').as('U_ENG')).not.toMatch(/Iteration 1[\s\S]*review/i)
    expect(found(JSON.stringify(await bot.reads('C_ACME')), ['volunteers.csv', 'SURNAME'])).toEqual([])
  })

  test('R9 with the right dump the same iteration is made, and the customer is asked', async () => {
    await writeLegacyDump(folder(), { volunteers: 300, seed: 3, specificationVersion: 2 })
    await register()
    await bot.says('/migration run acme').as('U_ENG')
    await bot.becomes('acme-migration', 'ready')
    await bot.button('accept-iteration', /[Ii]teration/, 'C_ACME')
    expect(await bot.says('/migration run acme').as('U_ENG')).toMatch(/waits for the customer's verdict[\s\S]*R9/)
  })

  test('R33 files that changed after they were registered are not loaded', async () => {
    expect(await bot.clicks('reject-iteration').as('U_LEAD')).toContain('rejected')
    await writeLegacyDump(folder(), { volunteers: 301, seed: 4, specificationVersion: 2 })
    await bot.says('/migration run acme').as('U_ENG')
    await bot.becomes('acme-migration', 'failed')
    expect(await bot.sees(ops, /acme-migration[\s\S]*Trouble[\s\S]*not as it was registered/)).toMatch(/R33/)
    expect(await databases('acme-migration')).toEqual([])
  })

  test('R16 a Sandbox is not made from Migration, nor from anything that holds real volunteers', async () => {
    await bot.says('/customer add juniper').as('U_SALES')
    await bot.says('/customer sign hazel --sandbox demo').as('U_SALES')
    await bot.clicks('reject', /hazel-sandbox/).as('U_ENG')
    expect(await bot.says('/env create sandbox acme --from acme-migration').as('U_PM')).toMatch(/R2/)
    await bot.clicks('reject', /acme-sandbox/).as('U_ENG')
    await bot.becomes('acme-sandbox', 'destroyed')
    expect(await bot.says('/env create sandbox acme --from acme-migration').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
A Sandbox comes from the base configuration or from the customer's Demo, not from \`acme-migration\` (Migration): it may hold dummy data only.
Rule R16"
`)
  })

  test('R16 real volunteers that turn up after the approval stop the copy itself, and nothing stays of it', async () => {
    await bot.says('/env create sandbox hazel --from hazel-demo').as('U_PM')
    const approve = await bot.button('approve', /hazel-sandbox-2/)
    const [demo] = await databases('hazel-demo')
    const typed = new URL(bot.databaseUrl)
    typed.pathname = `/${demo}`
    await sql(
      typed.href,
      `insert into volunteers (volunteer_number, status, first_name, last_name, birth_date, sex, registered_on)
       values ('V-1', 'active', 'Erika', 'Mustermann', '1980-02-03', 'female', '2024-01-01')`,
    )
    await bot.presses(approve).as('U_ENG')
    await bot.becomes('hazel-sandbox-2', 'failed')
    expect(await bot.sees(ops, /hazel-sandbox-2[\s\S]*Trouble/)).toMatch(/only dummies may be copied[\s\S]*R16/)
    expect(await databases('hazel-sandbox')).toEqual([])
  })

  test('R40 a clone during which the database server drops every connection completes after a retry', async () => {
    await bot.says('/customer sign ivy --sandbox demo').as('U_SALES')
    await bot.clicks('approve', /ivy-sandbox/).as('U_ENG')
    const cut = await eventually('a connection to cut', async () => {
      const rows = await sql(
        bot.databaseUrl,
        `select pg_terminate_backend(a.pid) from pg_stat_activity a
          where (a.datname = any ($1) or exists (select from unnest($1::text[]) d where a.query like 'create database %' || d || '%'))
            and a.pid <> pg_backend_pid()`,
        [await recordedFor(bot, 'ivy-sandbox')],
      )
      return rows.length > 0 ? rows.length : undefined
    })
    expect(cut).toBeGreaterThan(0)
    await bot.becomes('ivy-sandbox', 'ready')
    const attempts = await bot.demo.slipway.change.db
      .selectFrom('step')
      .innerJoin('operation', 'operation.id', 'step.operation_id')
      .innerJoin('environment', 'environment.id', 'operation.environment_id')
      .select('step.attempt')
      .where('environment.name', '=', 'ivy-sandbox')
      .execute()
    expect(Math.max(...attempts.map(({ attempt }) => attempt))).toBeGreaterThan(1)
    expect(await databases('ivy-sandbox')).toHaveLength(2)
  })

  test('R33 all this trouble showed no volunteer to anybody', async () => {
    const volunteers = await volunteersOf(folder())
    expect(found(await seenAnywhere(bot), volunteers)).toEqual([])
    expect(found(bot.logged.join('\n'), volunteers)).toEqual([])
  })
})
