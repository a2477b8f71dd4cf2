/** What every driver has to fulfil, the fake included. SQL-level proofs are in the tests of each real driver. */
import type { ConfigurationPart, Driver, InstanceAddress, Progress } from '../../src/drivers/driver.js'
import { clinicDir, copyPlan, type ElementCount, type LoadTable, loadProduct } from '../../src/product/index.js'
import { each, sample } from './sample.js'

export const product = loadProduct(clinicDir)
export const version = '24.1'

/** A driver with the server that it works on, and what the contract cannot do by itself. */
export interface UnderTest {
  driver: Driver
  server: string
  /** Makes a database of this name that Slipway does not know. */
  stranger(name: string): Promise<void>
}

const identity = { name: 'acme-val-1', url: 'https://val.acme.example', customer: 'acme', environment: 'val', role: 'main' } as const

/** Progress that nobody watches. */
export function unwatched(signal = new AbortController().signal): Progress {
  return { report: () => undefined, signal }
}

let made = 0
/** Fresh names on a server. */
export function address(server: string, database = `contract_${process.pid}_${made++}`): InstanceAddress {
  return { server, database, role: database, secret: `secret-of-${database}`, maintenanceSecret: `maintenance-of-${database}` }
}

/** Volunteers of these numbers, without a contact, in place of those that are there. */
async function* people(...numbers: string[]): AsyncGenerator<LoadTable> {
  const columns = ['id', 'volunteer_number', 'status', 'first_name', 'last_name', 'birth_date', 'sex', 'registered_on']
  const rows = numbers.map((number, at) => [`${at + 1}`, number, 'active', 'Erika', 'Mustermann', '1980-02-03', 'female', '2024-01-01'])
  yield { table: 'participations', columns: ['id', 'volunteer_id', 'study_id', 'status'], rows: each([]) }
  yield { table: 'volunteers', columns, rows: each(rows) }
}

/** Rows of an element in the outcome of a copy, per disposition. */
function rowsOf(counts: readonly ElementCount[], element: string): Record<string, number> {
  return Object.fromEntries(counts.filter((line) => line.element === element).map(({ disposition, rows }) => [disposition, rows]))
}

/** Declares the contract's tests for one driver. */
export function driverContract(name: string, start: () => Promise<UnderTest>): void {
  describe(`${name} fulfils the driver contract`, () => {
    let under: UnderTest
    const used: InstanceAddress[] = []

    function fresh(): InstanceAddress {
      const at = address(under.server)
      used.push(at)
      return at
    }

    async function filled(): Promise<InstanceAddress> {
      const at = fresh()
      await under.driver.create(at, version)
      await under.driver.load(at, sample(), unwatched())
      return at
    }

    beforeAll(async () => {
      under = await start()
    })
    afterAll(async () => {
      for (const at of used) await under.driver.drop(at)
    })

    test('create makes an empty instance of the version, and makes it again when it is there', async () => {
      const at = await filled()
      await under.driver.create(at, version)
      expect(await under.driver.presence(at)).toBe('open')
      expect(await under.driver.inventory(at)).toMatchObject({ version, volunteers: 0 })
      expect(await under.driver.owned(under.server)).toContain(at.database)
    })

    test('create and drop keep their hands off what Slipway did not make', async () => {
      const at = address(under.server)
      await under.stranger(at.database)
      await expect(under.driver.create(at, version)).rejects.toThrow(/belongs to somebody else/)
      await expect(under.driver.drop(at)).rejects.toThrow(/belongs to somebody else/)
      expect(await under.driver.owned(under.server)).not.toContain(at.database)
    })

    test('load replaces the tables it names and leaves the others', async () => {
      const at = await filled()
      const before = await under.driver.inventory(at)
      expect(await under.driver.load(at, sample('volunteers', 'participations'), unwatched())).toEqual({
        volunteers: 40,
        participations: 1,
      })
      expect(await under.driver.inventory(at)).toEqual(before)
    })

    test('R6 a full copy carries everything but credentials and secrets, as its dry run said', async () => {
      const source = await filled()
      const target = fresh()
      const plan = copyPlan(product, version, 'full', { migration: false })
      const planned = await under.driver.dryRun(source, plan)
      await under.driver.create(target, version)
      for (const _ of ['first', 'again']) expect(await under.driver.copy(source, target, plan, unwatched())).toEqual(planned)
      const [from, to] = [await under.driver.inventory(source), await under.driver.inventory(target)]
      expect({ ...to, elements: [], everything: '' }).toEqual({ ...from, elements: [], everything: '' })
      expect(rowsOf(planned, 'volunteers')).toEqual({ carried: 40 })
      expect(rowsOf(planned, 'users')).toEqual({ carried: 1, reset: 1 })
    })

    test('R16 an inventory counts who is a dummy, who is masked and who is neither, contact or no contact', async () => {
      const at = await filled()
      expect((await under.driver.inventory(at)).people).toEqual({ all: 40, dummy: 40, masked: 0 })
      const masked = fresh()
      await under.driver.create(masked, version)
      await under.driver.copy(
        at,
        masked,
        copyPlan(product, version, 'full', { migration: false, mask: { level: 'pseudonymised', k: 5 } }),
        unwatched(),
      )
      expect((await under.driver.inventory(masked)).people).toEqual({ all: 40, dummy: 0, masked: 40 })
      await under.driver.load(masked, people('V-1', 'DUMMY-1'), unwatched())
      expect((await under.driver.inventory(masked)).people).toEqual({ all: 2, dummy: 1, masked: 0 })
    })

    test('R16 a source with one volunteer who is no dummy is refused, by the dry run and by the copy, before a row is copied', async () => {
      const [source, target] = [await filled(), fresh()]
      await under.driver.create(target, version)
      await under.driver.load(source, people('DUMMY-1', 'V-1'), unwatched())
      const full = copyPlan(product, version, 'full', { migration: false })
      const refused = {
        name: 'DriverRefused',
        code: 'real-volunteers',
        rule: 'R16',
        message: expect.stringMatching(/^1 of the 2 volunteers/),
      }
      await expect(under.driver.dryRun(source, full)).rejects.toMatchObject(refused)
      await expect(under.driver.copy(source, target, full, unwatched())).rejects.toMatchObject(refused)
      expect(await under.driver.inventory(target)).toMatchObject({ volunteers: 0 })
      const configuration = copyPlan(product, version, 'configuration', { migration: false })
      await under.driver.copy(source, target, configuration, unwatched())
    })

    test('R6 a copy of a copy is the copy, to the checksum of everything', async () => {
      const source = await filled()
      const [first, second] = [fresh(), fresh()]
      const plan = copyPlan(product, version, 'full', { migration: false })
      for (const [from, to] of [
        [source, first],
        [first, second],
      ] as const) {
        await under.driver.create(to, version)
        await under.driver.copy(from, to, plan, unwatched())
      }
      expect(await under.driver.inventory(second)).toEqual(await under.driver.inventory(first))
    })

    test('R6 a configuration copy leaves volunteers, studies, users, archived sites and integration settings behind', async () => {
      const source = await filled()
      const target = fresh()
      await under.driver.create(target, version)
      const plan = copyPlan(product, version, 'configuration', { migration: false })
      const planned = await under.driver.dryRun(source, plan)
      expect([rowsOf(planned, 'sites'), rowsOf(planned, 'volunteers')]).toEqual([{ carried: 1, dropped: 1 }, { dropped: 40 }])
      const counts = await under.driver.copy(source, target, plan, unwatched())
      expect([rowsOf(counts, 'sites'), rowsOf(counts, 'volunteers')]).toEqual([{ carried: 1 }, {}])
      const found = await rowsByElement(under.driver, target)
      expect(found.get('sites')).toMatchObject([{ code: 'VIE' }])
      expect(found.get('general-settings')).toMatchObject([{ key: 'date-format' }])
      expect(found.get('roles')).toMatchObject([{ name: 'Administrator' }])
      expect([found.get('integrations'), found.get('master-library')]).toEqual([[], []])
      expect(await under.driver.inventory(target)).toMatchObject({ volunteers: 0 })
    })

    test('R19 the configuration comes table by table in the order of its checksums, and ends with the inventory of the same moment', async () => {
      const at = await filled()
      const parts = await partsOf(under.driver, at)
      expect(parts.at(-1)).toEqual({ part: 'inventory', inventory: await under.driver.inventory(at) })
      const tables = parts.flatMap((each) => (each.part === 'table' ? [each] : []))
      const elements = [...new Set(tables.map(({ element }) => element))]
      expect(tables.map(({ element, table }) => [elements.indexOf(element), table])).toEqual(
        tables
          .map(({ element, table }) => [elements.indexOf(element), table] as [number, string])
          .sort(([a, x], [b, y]) => a - b || (x < y ? -1 : 1)),
      )
      const sites = (await rowsByElement(under.driver, at)).get('sites')
      expect(sites?.map((row) => row['code'])).toEqual(['OLD', 'VIE'])
    })

    test('R12 a merge keeps archived sites and the master library, and drops studies, volunteers and what the migration owns', async () => {
      const source = await filled()
      const target = fresh()
      await under.driver.create(target, version)
      const plan = copyPlan(product, version, 'merge', { migration: true })
      const planned = await under.driver.dryRun(source, plan)
      const counts = await under.driver.copy(source, target, plan, unwatched())
      expect(rowsOf(counts, 'sites')).toEqual({ carried: 2 })
      expect([rowsOf(planned, 'studies'), rowsOf(planned, 'medications')]).toMatchObject([{ dropped: 1 }, { dropped: 1 }])
      expect([rowsOf(counts, 'studies'), rowsOf(counts, 'medications')]).toEqual([{}, {}])
      expect(rowsOf(counts, 'master-library')).toEqual({ carried: 2 })
      const [from, to] = [await under.driver.inventory(source), await under.driver.inventory(target)]
      expect([to.volunteers, to.mustMatch]).toEqual([0, from.mustMatch])
    })

    test('R12 R35 adapt gives the instance its own identity and blanks what it must not inherit', async () => {
      const at = await filled()
      const checks = async () => new Map((await under.driver.check(at, expected)).map(({ id, result }) => [id, result]))
      const { mustMatch } = await under.driver.inventory(at)
      const said = `${identity.name} | ${identity.url} | ${identity.customer} | ${identity.environment} | ${identity.role}`
      const expected = { version, identity: said, mustMatch, volunteers: 'dummy', masterLibraries: '1' }
      const before = await checks()
      expect([before.get('IQ-01'), before.get('IQ-12'), before.get('IQ-13')]).toEqual(['fail', 'fail', 'fail'])
      for (const _ of ['first', 'again']) await under.driver.adapt(at, identity)
      const after = await checks()
      expect([after.get('IQ-01'), after.get('IQ-02'), after.get('IQ-12'), after.get('IQ-13')]).toEqual(['pass', 'pass', 'pass', 'pass'])
      expect((await under.driver.inventory(at)).mustMatch).toBe(mustMatch)
    })

    test('R22 each check has its own start and end by the wall clock, and one that does not apply stands there with its reason', async () => {
      const at = await filled()
      const before = Date.now()
      const results = await under.driver.check(at, { version, volunteers: 'real' })
      const executed = results.filter(({ result }) => result !== 'n/a')
      const times = executed.map(({ startedAt = '', finishedAt = '' }) => [Date.parse(startedAt), Date.parse(finishedAt)] as const)
      expect(times.filter(([start, end]) => !(before <= start && start <= end && end <= Date.now()))).toEqual([])
      const left = results.filter(({ result }) => result === 'n/a')
      expect(left.map(({ id }) => id)).toEqual(['IQ-16', 'IQ-17', 'IQ-18', 'IQ-21'])
      expect(left[0]?.actual).toBe('Applies only to volunteers: none or dummy. Expected here is volunteers: real.')
      expect(results.map(({ id }) => id).filter((id) => id.startsWith('IQ'))).toEqual(product.checks.map(({ id }) => id))
      const unsaid = await under.driver.check(at, { version })
      expect(unsaid.find(({ id }) => id === 'IQ-16')).toMatchObject({ result: 'blocked' })
    })

    test('R22 a check without an expectation is blocked', async () => {
      const at = await filled()
      const results = await under.driver.check(at, {})
      expect(results.find(({ id }) => id === 'IQ-02')).toMatchObject({ result: 'blocked' })
    })

    test('R15 a frozen instance takes no rows, can be copied and comes back', async () => {
      const at = await filled()
      for (const _ of ['first', 'again']) await under.driver.freeze(at)
      expect(await under.driver.presence(at)).toBe('frozen')
      await expect(under.driver.load(at, sample('volunteers'), unwatched())).rejects.toThrow(/read-only/)
      const target = fresh()
      await under.driver.create(target, version)
      await under.driver.copy(at, target, copyPlan(product, version, 'full', { migration: false }), unwatched())
      expect(await under.driver.presence(target)).toBe('open')
      await under.driver.load(target, sample('volunteers', 'participations'), unwatched())
      for (const _ of ['first', 'again']) await under.driver.unfreeze(at)
      expect(await under.driver.presence(at)).toBe('open')
      await under.driver.load(at, sample('volunteers', 'participations'), unwatched())
    })

    test('a copy whose claim is lost stops', async () => {
      const source = await filled()
      const target = fresh()
      await under.driver.create(target, version)
      const lost = new AbortController()
      lost.abort()
      const plan = copyPlan(product, version, 'configuration', { migration: false })
      await expect(under.driver.copy(source, target, plan, unwatched(lost.signal))).rejects.toMatchObject({ name: 'AbortError' })
    })

    test('R42 drop leaves nothing, and what is absent is dropped already', async () => {
      const at = await filled()
      const parts = async () => (await under.driver.remnants(at)).map(({ part, present }) => `${part} ${present}`)
      expect(await parts()).toEqual(['database true', 'owner true', 'application true', 'maintenance true'])
      for (const _ of ['first', 'again']) await under.driver.drop(at)
      expect(await parts()).toEqual(['database false', 'owner false', 'application false', 'maintenance false'])
      expect(await under.driver.presence(at)).toBe('absent')
      expect(await under.driver.owned(under.server)).not.toContain(at.database)
      await expect(under.driver.inventory(at)).rejects.toThrow(at.database)
    })
  })
}

async function partsOf(driver: Driver, at: InstanceAddress): Promise<ConfigurationPart[]> {
  const parts: ConfigurationPart[] = []
  for await (const each of driver.configuration(at)) parts.push(each)
  return parts
}

/** The rows of each element, by the names of their columns. */
async function rowsByElement(driver: Driver, at: InstanceAddress): Promise<Map<string, Record<string, string | null>[]>> {
  const found = new Map<string, Record<string, string | null>[]>()
  let columns: string[] = []
  let rows: Record<string, string | null>[] = []
  for (const each of await partsOf(driver, at)) {
    if (each.part === 'table') {
      columns = each.columns
      rows = found.get(each.element) ?? []
      found.set(each.element, rows)
    }
    if (each.part === 'rows')
      for (const row of each.rows) rows.push(Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
  }
  return found
}
