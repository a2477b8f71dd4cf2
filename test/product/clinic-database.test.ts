/** The clinic in a real database: its schema, its content, and the SQL that is made from its definition. */
import { Client } from 'pg'
import {
  applicableChecks,
  type ContentSet,
  canonicalQueries,
  configurationElements,
  configurationRoots,
  content,
  copyPlan,
  ElementDigest,
  type Procedure,
  releaseConfiguration,
  releaseExpectations,
  resets,
  rowsAsText,
  schemaFiles,
  tablesOf,
  upgradeFiles,
} from '../../src/product/index.js'
import { unreset } from '../../src/product/resets.js'
import { freshDatabase } from '../support/postgres.js'
import { clinic } from './product.js'

const { versions } = clinic.definition
const asText = { getTypeParser: () => (value: string) => value }

let at: Awaited<ReturnType<typeof freshDatabase>>
let client: Client

beforeEach(async () => {
  at = await freshDatabase()
  client = new Client({ connectionString: at.url, options: '-c TimeZone=UTC -c DateStyle=ISO -c synchronous_commit=off' })
  await client.connect()
})
afterEach(async () => {
  await client.end()
  await at.drop()
})

async function install(version: string, sets: ContentSet[]): Promise<void> {
  for (const { sql } of schemaFiles(clinic, version)) await client.query(sql)
  for (const { table, columns, rows } of content(clinic, version, sets)) {
    const records: object[] = []
    for await (const row of rows) records.push(Object.fromEntries(columns.map((column, place) => [column, row[place]])))
    const list = columns.map((column) => `"${column}"`).join(', ')
    await client.query(`insert into "${table}" (${list}) select ${list} from jsonb_populate_recordset(null::"${table}", $1)`, [
      JSON.stringify(records),
    ])
  }
  for (const table of tablesOf(clinic, version).filter((each) => clinic.definition.tables[each]?.id === 'id')) {
    await client.query(`select setval(pg_get_serial_sequence($1, 'id'), 1000000)`, [table])
  }
}

async function reset(version: string): Promise<number> {
  let rows = 0
  for (const each of resets(clinic, version)) {
    const statement = `update "${each.table}" set "${each.column}" = $1 where ${unreset(each)}`
    rows += (await client.query(statement, [each.value])).rowCount ?? 0
  }
  return rows
}

const everything: ContentSet[] = ['base', 'dummy', 'demo']

async function roots(version: string): Promise<ReturnType<typeof configurationRoots>> {
  const checksums = []
  for (const { id } of configurationElements(clinic)) {
    const digest = new ElementDigest(id)
    for (const { shape, sql } of canonicalQueries(clinic, version, id)) {
      const { rows } = await client.query({ text: sql, rowMode: 'array', types: asText })
      for (const row of rows) digest.add(shape, row)
    }
    checksums.push(digest.finish())
  }
  return configurationRoots(clinic, checksums)
}

async function execute(procedure: Procedure): Promise<string> {
  if (procedure.kind === 'inventory') return procedure.part
  if (procedure.kind === 'query') return rowsAsText((await client.query({ text: procedure.sql, rowMode: 'array' })).rows)
  await client.query('begin')
  try {
    for (const statement of procedure.statements) await client.query(statement)
    return 'not refused'
  } catch (error) {
    return (error as { code: string }).code
  } finally {
    await client.query('rollback')
  }
}

test.each(versions)('version %s: the schema is as the definition says, column by column', async (version) => {
  await install(version, [])
  const { rows } = await client.query(
    `select table_name, json_agg(column_name order by column_name) as columns from information_schema.columns
     where table_schema = 'public' group by table_name`,
  )
  const found = Object.fromEntries(rows.map(({ table_name, columns }) => [table_name, columns]))
  const { tables, system } = clinic.definition
  const present = (span: { since?: string | undefined; until?: string | undefined }) =>
    (span.since === undefined || span.since <= version) && (span.until === undefined || version <= span.until)
  for (const [table, spec] of Object.entries(tables).filter(([, each]) => present(each))) {
    const columns = Object.entries(spec.columns).flatMap(([column, each]) => (present(each) ? [column] : []))
    expect([table, found[table]]).toEqual([table, columns.sort()])
  }
  expect(Object.keys(found).filter((table) => !(table in tables) && !system.includes(table))).toEqual([])
})

test.each(versions)('version %s: the base content is what the release certificate says', async (version) => {
  await install(version, ['base'])
  expect((await roots(version)).mustMatch).toBe(releaseConfiguration(clinic, version))
})

test('R34 per table, the lines of a plan part the rows of an element: none twice, none left out', async () => {
  await install('24.2', everything)
  const count = async ({ table, where }: { table: string; where?: string | null }) =>
    Number((await client.query(`select count(*) from "${table}"${where == null ? '' : ` where ${where}`}`)).rows[0].count)
  for (const mode of ['full', 'configuration', 'merge', 'test'] as const) {
    const plan = copyPlan(clinic, '24.2', mode, { migration: true })
    for (const { id, tables } of clinic.definition.elements) {
      for (const [table, where] of Object.entries(tables)) {
        const parts = plan.elements
          .filter(({ element }) => element === id)
          .flatMap((line) => line.parts.filter((part) => part.table === table))
        let rows = 0
        for (const part of parts) rows += await count(part)
        expect([mode, id, table, rows]).toEqual([mode, id, table, await count({ table, where })])
      }
    }
  }
})

test('R22, R35 the checks of a fresh instance pass once it is adapted, and find what is wrong before', async () => {
  await install('24.2', everything)
  const expected = {
    ...releaseExpectations(clinic, '24.2'),
    identity: 'unset | unset | unset | unset | unset',
    volunteers: 'dummy',
    people: '320',
  }
  const failed = async () => {
    const ids: string[] = []
    for (const { check, procedure, expected: wanted } of applicableChecks(clinic, '24.2', expected)) {
      if (procedure.kind !== 'inventory' && (await execute(procedure)) !== wanted) ids.push(check.id)
    }
    return ids
  }
  expect(await failed()).toEqual(['IQ-12'])
  expect(await reset('24.2')).toBeGreaterThan(0)
  expect(await reset('24.2')).toBe(0)
  await client.query(`update volunteers set volunteer_number = 'V1' where id = 1; update users set password_hash = 'x' where id = 1`)
  expect(await failed()).toEqual(['IQ-13', 'IQ-16'])
})

test('R19 the checksum follows the content, not ids or the order on disk', async () => {
  await install('24.2', everything)
  const before = await roots('24.2')
  await client.query(`delete from item_data; update items set id = id + 100000; update dictionary_terms set id = id + 1000`)
  await client.query(`cluster dictionary_terms using dictionary_terms_term`)
  await client.query(`update general_settings set value = 'smtp.other.example' where key = 'mail.host'`)
  expect((await roots('24.2')).mustMatch).toBe(before.mustMatch)
  await client.query(`update items set question = question || ' ' where study_id = 1 and oid = 'VS_SYS'`)
  expect((await roots('24.2')).mustMatch).not.toBe(before.mustMatch)
})

test('R27 an upgrade brings an instance in use to the new schema, its content kept', async () => {
  await install('24.1', everything)
  for (const { sql } of upgradeFiles(clinic, '24.1', '24.2')) await client.query(sql)
  const { rows } = await client.query(
    `select t.name, count(*)::int from devices d join device_types t on t.id = d.device_type_id group by 1 order by 1 limit 1`,
  )
  expect(rows).toEqual([{ name: 'Analytical balance', count: 2 }])
  expect((await client.query(clinic.definition.versionQuery)).rows).toEqual([{ version: '24.2' }])
  await expect(roots('24.2')).resolves.toHaveProperty('everything')
})
