/** The qualification of a real instance that is broken itself: what is found, what cannot be executed, and what a mend shows (R22). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type IqData, readIq } from '../../src/documents/index.js'
import { postgresDriver } from '../../src/drivers/postgres.js'
import { clinic, type Floor, floorFolder, openFloor } from '../support/floor.js'
import { inDatabase, instanceServer, sql, testServer } from '../support/postgres.js'
import { stateDatabase } from '../support/state.js'

jest.setTimeout(180_000)

const { folder, remove } = floorFolder()
const driver = postgresDriver({ product: clinic })
let floor: Floor
let drop: () => Promise<void>
let instance: string
let ownerUrl: string
beforeAll(async () => {
  const database = await stateDatabase()
  drop = database.drop
  ownerUrl = database.ownerUrl
  floor = await openFloor({ url: database.url, driver, folder, instancesUrl: await instanceServer(), real: true })
  await floor.ask('U_SALES', { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: true })
  await floor.ask('U_SALES', { verb: 'customer-sign', slug: 'acme', sandbox: 'base' })
  await floor.work()
  await floor.click('U_ENG', 'approve', 'no')
  await floor.ask('U_PM', { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.work()
  const row = await floor.db.selectFrom('instance').select('database').where('name', '=', 'acme-preprod').executeTakeFirstOrThrow()
  instance = inDatabase(await testServer(), row.database ?? '')
})
afterAll(async () => {
  const at = new URL(instance).pathname.slice(1)
  await driver.drop({ server: await instanceServer(), database: at, role: `${at}_app`, secret: '', maintenanceSecret: '' })
  await floor.close()
  await drop()
  remove()
})

/** Executes the qualification and reads its IQ. */
async function executed(): Promise<IqData> {
  await floor.click('U_ENG', 'start-qualification')
  await floor.work()
  const { file } = await floor.db
    .selectFrom('document')
    .select('file')
    .where('kind', '=', 'iq')
    .orderBy('revision', 'desc')
    .executeTakeFirstOrThrow()
  const data = readIq(readFileSync(join(folder, 'documents', file.replace(/\.pdf$/, '.json')), 'utf8'))
  if (!data) throw new Error(`${file} is no IQ`)
  return data
}
/** Somebody configures in the instance after Slipway looked at it for the first time. */
function configuredOnce(statement: string): void {
  let configured = false
  const inventory: typeof driver.inventory = async (at) => {
    const found = await driver.inventory(at)
    if (!configured) await sql(instance, statement)
    configured = true
    return found
  }
  floor.deps.tools.driver = Object.assign(Object.create(driver), { inventory })
}
async function reportedChecksum(): Promise<string> {
  const { file } = await floor.db
    .selectFrom('document')
    .select('file')
    .where('kind', '=', 'configuration-report')
    .orderBy('revision', 'desc')
    .executeTakeFirstOrThrow()
  return JSON.parse(readFileSync(join(folder, 'documents', file.replace(/\.pdf$/, '.json')), 'utf8')).everything.value
}
const wrong = ({ checks }: IqData) => checks.value.filter(({ result }) => result === 'fail' || result === 'blocked')
const deviations = async () =>
  floor.db.selectFrom('deviation').select(['number', 'check_id', 'disposition', 'corrected_by']).orderBy('number').execute()

const usersOf = ({ counts }: IqData) => counts?.value.find(({ element }) => element === 'users')

test('R34 users who are gone after the making are counted at the execution, and the IQ fails', async () => {
  const [kept] = await sql(
    instance,
    `select (select json_agg(u) from public.users u) as users, (select json_agg(r) from public.user_roles r) as roles`,
  )
  await sql(instance, 'delete from public.user_roles; delete from public.users')
  const data = await executed()
  expect(wrong(data)).toEqual([])
  const { startedAt, finishedAt } = data.execution.value
  const countedAt = data.counts?.at ?? ''
  expect([data.counts?.measuredBy, startedAt <= countedAt, countedAt <= finishedAt]).toEqual(['counted', true, true])
  expect(usersOf(data)).toMatchObject({ disposition: 'loaded', planned: 4, actual: 0 })
  expect(data.counts?.value.filter(({ planned, actual }) => planned !== actual).map(({ element }) => element)).toEqual(['users'])
  expect(await deviations()).toMatchObject([{ number: 'DEV-ACME-PREPROD-1', check_id: 'plan', disposition: 'open' }])
  for (const table of ['users', 'user_roles'])
    await sql(
      instance,
      `insert into public.${table} overriding system value select * from json_populate_recordset(null::public.${table}, $1)`,
      [JSON.stringify(kept?.[table === 'users' ? 'users' : 'roles'])],
    )
})

test('R22 a role that is no longer built in fails its check and the baseline, by value; nothing is undone', async () => {
  await sql(instance, `update public.roles set built_in = false where id = (select min(id) from public.roles where built_in)`)
  const data = await executed()
  expect(wrong(data).map(({ id, result }) => [id, result])).toEqual([
    ['IQ-08', 'fail'],
    ['IQ-09', 'fail'],
  ])
  expect(data.checks.value.find(({ id }) => id === 'IQ-08')).toMatchObject({ expected: '9', actual: '8' })
  expect(await deviations()).toMatchObject([
    { number: 'DEV-ACME-PREPROD-1', check_id: 'plan', disposition: 'corrected' },
    { number: 'DEV-ACME-PREPROD-2', check_id: 'IQ-08', disposition: 'open' },
    { number: 'DEV-ACME-PREPROD-3', check_id: 'IQ-09', disposition: 'open' },
  ])
  expect(usersOf(data)).toMatchObject({ planned: 4, actual: 4 })
  expect([await floor.environment('acme-preprod'), data.execution.value.number]).toEqual(['qualifying', 2])
})

test('R22 a table that is gone blocks what wanted to look at it, and the IQ is issued all the same, without the report', async () => {
  await sql(instance, `update public.roles set built_in = true where not built_in and id = (select min(id) from public.roles)`)
  await sql(instance, 'alter table public.volunteers rename to put_away')
  const data = await executed()
  expect(
    wrong(data)
      .filter(({ result }) => result === 'blocked')
      .map(({ id }) => id),
  ).toEqual(expect.arrayContaining(['IQ-16', 'IQ-18']))
  expect(data.attachments.value).toEqual([])
  const measured = data.inventory.filter(({ value }) => value.measuredBy === 'none').map(({ name, value }) => [name, value.value])
  expect(measured).toContainEqual(['Schema fingerprint (SHA-256)', 'not measured'])
  expect(data.deviations.value.filter(({ disposition }) => disposition === 'open').map(({ check }) => check)).toContain(
    'configuration-report',
  )
  expect(data.counts).toMatchObject({ measuredBy: 'none', value: [] })
  expect(await deviations()).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ check_id: 'IQ-08', disposition: 'corrected' }),
      expect.objectContaining({ check_id: 'IQ-09' }),
      expect.objectContaining({ check_id: 'plan', disposition: 'open' }),
    ]),
  )
})

test('R22 the execution after the mend passes, and every deviation is closed by its number', async () => {
  await sql(instance, 'alter table public.put_away rename to volunteers')
  configuredOnce(
    `update public.general_settings set value = 'Typed in meanwhile' where key = (select min(key) from public.general_settings where key like 'branding.%')`,
  )
  const data = await executed()
  // Configured while the protocol was executed: the IQ prints what its report holds, never another configuration.
  expect(data.inventory.find(({ name }) => name === 'Configuration checksum, everything')?.value.value).toBe(await reportedChecksum())
  expect(wrong(data).map(({ id, actual }) => [id, actual])).toEqual([])
  expect(data.inventory.find(({ name }) => name === 'Version')?.value).toMatchObject({ value: '24.2', measuredBy: 'inventory' })
  expect((await deviations()).filter(({ disposition }) => !['corrected', 'superseded'].includes(String(disposition)))).toEqual([])
  const row = await floor.db
    .selectFrom('document')
    .selectAll()
    .where('kind', '=', 'iq')
    .orderBy('revision', 'desc')
    .executeTakeFirstOrThrow()
  expect(row).toMatchObject({ revision: 4, execution: 4, outcome: 'pass' })
})

test('R22 a deviation stays as it was found: the database refuses that it is changed or taken away', async () => {
  const attempts = [
    `update slipway.deviation set what = 'nothing' where number = 'DEV-ACME-PREPROD-1'`,
    `update slipway.deviation set disposition = 'open', corrected_at = null, corrected_by = null where number = 'DEV-ACME-PREPROD-1'`,
    `update slipway.deviation set found_sha256 = repeat('1', 64) where number = 'DEV-ACME-PREPROD-1'`,
    'delete from slipway.deviation',
    'truncate slipway.deviation',
  ]
  for (const attempt of attempts) await expect(sql(ownerUrl, attempt)).rejects.toThrow('a deviation stays as it was found (R22)')
})
