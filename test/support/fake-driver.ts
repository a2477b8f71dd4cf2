/** A driver in memory, for tests of what stands above drivers. It passes the same contract as the real ones (test/drivers). */
import {
  type ConfigurationPart,
  type Driver,
  DriverRefused,
  type InstanceAddress,
  type Inventory,
  type Load,
  type Presence,
  type Progress,
  type Remnant,
  type Selection,
} from '../../src/drivers/driver.js'
import {
  applicableChecks,
  arrivedCounts,
  type CheckResult,
  type CopyPlan,
  type ElementCount,
  type IdentityOf,
  identityText,
  inProtocolOrder,
  judge,
  leftOutChecks,
  Mask,
  type Override,
  type Product,
  releaseExpectations,
  resets,
  tablesOf,
} from '../../src/product/index.js'
import { actualOf, configurationOf, fingerprint, type Held, inventoryOf, peopleOf } from './fake-instance.js'
import { isTrue, type Row, type Tables } from './fake-sql.js'

interface Options {
  product: Product
  /** Called before every method does anything; what it throws, the method throws. */
  before?(method: keyof Driver, at?: InstanceAddress): void | Promise<void>
}

/** Nothing is shared between two fakes. */
export class FakeDriver implements Driver {
  /** What there is, by server and database. */
  readonly held = new Map<string, Held>()
  /** Names of databases that somebody else made. */
  readonly strangers = new Set<string>()
  readonly ownChecks = []
  private readonly product: Product
  private readonly before: NonNullable<Options['before']>

  constructor({ product, before = () => undefined }: Options) {
    this.product = product
    this.before = before
  }

  async create(at: InstanceAddress, version: string): Promise<void> {
    await this.before('create', at)
    this.refuseStrangers(at)
    this.held.set(nameOf(at), { version, frozen: false, identity: 'unset', tables: new Map() })
  }

  async load(at: InstanceAddress, tables: AsyncIterable<Load>, { signal }: Progress): Promise<Record<string, number>> {
    await this.before('load', at)
    const into = this.find(at)
    if (into.frozen) throw new Error(`loading ${at.database}: it is read-only`)
    const written: Record<string, number> = {}
    for await (const { table, columns, rows, keep } of tables) {
      signal.throwIfAborted()
      const kept = keep ? (into.tables.get(table) ?? []).filter((row) => isTrue(keep, row, into.tables)) : []
      const added: Row[] = []
      for await (const row of rows) added.push(Object.fromEntries(columns.map((column, place) => [column, row[place] ?? null])))
      into.tables.set(table, [...kept, ...added])
      written[table] = added.length
    }
    return written
  }

  async copy(source: InstanceAddress, target: InstanceAddress, plan: CopyPlan, { signal }: Progress): Promise<ElementCount[]> {
    await this.before('copy', target)
    signal.throwIfAborted()
    const [from, into] = [this.find(source), this.find(target)]
    this.refuseReal(from, plan)
    for (const [table, rows] of carried(this.product, from.tables, plan)) into.tables.set(table, rows)
    return arrivedCounts(count(from.tables, plan), count(into.tables, plan))
  }

  async dryRun(source: InstanceAddress, plan: CopyPlan): Promise<ElementCount[]> {
    await this.before('dryRun', source)
    this.refuseReal(this.find(source), plan)
    return count(this.find(source).tables, plan)
  }

  async adapt(at: InstanceAddress, identity: IdentityOf): Promise<void> {
    await this.before('adapt', at)
    const found = this.find(at)
    found.identity = identityText(identity)
    for (const table of tablesOf(this.product, found.version)) {
      const overrides = resets(this.product, found.version).filter((reset) => reset.table === table)
      const rows = found.tables.get(table) ?? []
      const adapted = rows.map((row) => overridden(row, overrides, found.tables))
      found.tables.set(table, adapted)
    }
  }

  async freeze(at: InstanceAddress): Promise<void> {
    await this.before('freeze', at)
    this.find(at).frozen = true
  }

  async unfreeze(at: InstanceAddress): Promise<void> {
    await this.before('unfreeze', at)
    this.find(at).frozen = false
  }

  async inventory(at: InstanceAddress): Promise<Inventory> {
    await this.before('inventory', at)
    return inventoryOf(this.product, this.find(at))
  }

  async *configuration(at: InstanceAddress): AsyncGenerator<ConfigurationPart> {
    await this.before('configuration', at)
    yield* configurationOf(this.product, this.find(at))
  }

  async *read(at: InstanceAddress, { table, columns, where }: Selection): AsyncGenerator<readonly (string | null)[]> {
    await this.before('read', at)
    const { tables } = this.find(at)
    for (const row of tables.get(table) ?? []) if (isTrue(where, row, tables)) yield columns.map((column) => row[column] ?? null)
  }

  async check(at: InstanceAddress, expected: Record<string, string>): Promise<CheckResult[]> {
    await this.before('check', at)
    const found = this.find(at)
    const { version } = expected
    const release = version ? { ...releaseExpectations(this.product, version), fingerprint: fingerprint(version) } : {}
    const known = { ...release, ...expected }
    const checks = applicableChecks(this.product, found.version, known)
    const own = checks.map((each) => {
      const startedAt = new Date().toISOString()
      const result = judge(each, actualOf(this.product, found, each), 'executed by a fake')
      return { ...result, startedAt, finishedAt: new Date().toISOString() }
    })
    return inProtocolOrder(this.product, [...own, ...leftOutChecks(this.product, known)])
  }

  async presence(at: InstanceAddress): Promise<Presence> {
    await this.before('presence', at)
    const found = this.held.get(nameOf(at))
    if (!found) return 'absent'
    return found.frozen ? 'frozen' : 'open'
  }

  async remnants(at: InstanceAddress): Promise<Remnant[]> {
    await this.before('remnants', at)
    const present = this.held.has(nameOf(at))
    const named = {
      database: at.database,
      owner: `${at.database}_owner`,
      application: at.role,
      maintenance: `${at.database}_maint`,
    } as const
    return Object.entries(named).map(([part, name]) => ({ part: part as Remnant['part'], name, present }))
  }

  async drop(at: InstanceAddress): Promise<void> {
    await this.before('drop', at)
    this.refuseStrangers(at)
    this.held.delete(nameOf(at))
  }

  async owned(server: string): Promise<string[]> {
    await this.before('owned')
    return [...this.held.keys()].filter((name) => name.startsWith(`${server} `)).map((name) => name.slice(server.length + 1))
  }

  private refuseReal({ tables }: Held, { dummiesOnly }: CopyPlan): void {
    const { all, dummy } = peopleOf(this.product, tables)
    if (dummiesOnly && dummy < all)
      throw new DriverRefused('real-volunteers', 'R16', `${all - dummy} of the ${all} volunteers are no dummies`)
  }

  private find(at: InstanceAddress): Held {
    const found = this.held.get(nameOf(at))
    if (!found) throw new Error(`there is no database ${at.database}`)
    return found
  }

  private refuseStrangers({ database }: InstanceAddress): void {
    if (this.strangers.has(database)) throw new Error(`database ${database} belongs to somebody else`)
  }
}

function nameOf({ server, database }: InstanceAddress): string {
  return `${server} ${database}`
}

function carried(product: Product, tables: Tables, plan: CopyPlan): [string, Row[]][] {
  const made = plan.mask && new Mask(product, plan.version, plan.mask)
  const { masterLibrary } = product.definition
  return plan.tables.map(({ table, columns, where, overrides }) => {
    const mask = made?.rows(table, columns)
    const rows = (tables.get(table) ?? [])
      .filter((row) => isTrue(where, row, tables))
      .map((row) => {
        const kept = overridden(row, overrides, tables)
        const own = columns.map((column) => kept[column] ?? null)
        const library = table === masterLibrary.table && isTrue(masterLibrary.where, row, tables)
        const masked = mask && !library ? mask(own) : own
        return Object.fromEntries(columns.map((column, at) => [column, masked[at] ?? null]))
      })
    return [table, rows]
  })
}

function overridden(row: Row, overrides: readonly Override[], tables: Tables): Row {
  const fitting = overrides.filter(({ where }) => isTrue(where, row, tables))
  return { ...row, ...Object.fromEntries(fitting.reverse().map(({ column, value }) => [column, value])) }
}

function count(tables: Tables, { elements }: CopyPlan): ElementCount[] {
  return elements.map(({ element, title, disposition, parts }) => {
    const counted = parts.map(({ where, ...part }) => {
      const rows = (tables.get(part.table) ?? []).filter((row) => isTrue(where, row, tables)).length
      return { ...part, rows }
    })
    return { element, title, disposition, rows: counted.reduce((sum, { rows }) => sum + rows, 0), parts: counted }
  })
}
