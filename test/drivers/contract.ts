/** What every driver has to fulfil, the fake included. SQL-level proofs are in the tests of each real driver. */
import type { Driver, InstanceAddress, Progress } from '../../src/drivers/driver.js'
import { clinicDir, copyPlan, type ElementCount, loadProduct } from '../../src/product/index.js'
import { sample } from './sample.js'

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
      const counts = await under.driver.copy(source, target, copyPlan(product, version, 'configuration', { migration: false }), unwatched())
      expect(rowsOf(counts, 'sites')).toEqual({ carried: 1, dropped: 1 })
      expect(rowsOf(counts, 'volunteers')).toEqual({ dropped: 40 })
      const found = new Map((await under.driver.configuration(target)).map(({ element, rows }) => [element, rows]))
      expect(found.get('sites')).toMatchObject([{ code: 'VIE' }])
      expect(found.get('general-settings')).toMatchObject([{ key: 'date-format' }])
      expect(found.get('roles')).toMatchObject([{ name: 'Administrator' }])
      expect([found.get('integrations'), found.get('master-library')]).toEqual([[], []])
      expect(await under.driver.inventory(target)).toMatchObject({ volunteers: 0 })
    })

    test('R12 a merge keeps archived sites and the master library, and drops studies, volunteers and what the migration owns', async () => {
      const source = await filled()
      const target = fresh()
      await under.driver.create(target, version)
      const counts = await under.driver.copy(source, target, copyPlan(product, version, 'merge', { migration: true }), unwatched())
      expect(rowsOf(counts, 'sites')).toEqual({ carried: 2 })
      expect(rowsOf(counts, 'studies')).toMatchObject({ dropped: 1 })
      expect(rowsOf(counts, 'medications')).toMatchObject({ dropped: 1 })
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
