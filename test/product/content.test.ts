import { type ContentSet, columnsOf, content } from '../../src/product/index.js'
import { clinic } from './product.js'

async function rows(version: string, sets: ContentSet[], table: string): Promise<Record<string, string | null>[]> {
  const found = content(clinic, version, sets).find((each) => each.table === table)
  const all: Record<string, string | null>[] = []
  for await (const row of found?.rows ?? [])
    all.push(Object.fromEntries((found?.columns ?? []).map((column, at) => [column, row[at] ?? null])))
  return all
}

test('base content holds configuration and a master library, and no volunteer', async () => {
  const tables = content(clinic, '24.2', ['base']).map(({ table }) => table)
  expect(tables).not.toContain('volunteers')
  const studies = await rows('24.2', ['base'], 'studies')
  expect(studies.map(({ code, is_master_library }) => [code, is_master_library])).toEqual([['LIBRARY', 'true']])
})

test('sets that share a table are merged, in the order of the foreign keys', async () => {
  const sets: ContentSet[] = ['base', 'dummy', 'demo']
  const order = content(clinic, '24.1', sets).map(({ table }) => table)
  expect(order).toEqual(Object.keys(clinic.definition.tables).filter((table) => order.includes(table)))
  expect(new Set(order).size).toBe(order.length)
  expect((await rows('24.1', sets, 'studies')).map(({ code }) => code)).toEqual(['LIBRARY', 'DEMO-101', 'DEMO-102', 'DEMO-090'])
})

test('a later version has its own files where the schema has changed', async () => {
  expect((await rows('24.1', ['base'], 'devices'))[0]).toHaveProperty('kind', 'Analytical balance')
  expect((await rows('24.2', ['base'], 'devices'))[0]).toHaveProperty('device_type_id', '1')
  expect(await rows('24.2', ['base'], 'permissions')).toHaveLength((await rows('24.1', ['base'], 'permissions')).length + 2)
})

test('an empty field is null, an empty text is one', async () => {
  const [first] = await rows('24.2', ['dummy'], 'volunteers')
  expect(first).toMatchObject({ volunteer_number: 'DUMMY-0001', national_id: null, notes: null })
  expect((await rows('24.2', ['base'], 'studies'))[0]).toHaveProperty('sponsor', '')
})

test('R16 every dummy volunteer is recognisably one', async () => {
  const volunteers = await rows('24.2', ['dummy'], 'volunteers')
  expect(volunteers.length).toBeGreaterThan(200)
  expect(volunteers.filter(({ volunteer_number }) => !volunteer_number?.startsWith('DUMMY-'))).toEqual([])
  const mails = (await rows('24.2', ['dummy'], 'volunteer_contacts')).flatMap(({ email }) => email ?? [])
  expect(mails.length).toBeGreaterThanOrEqual(volunteers.length)
  expect(mails.filter((mail) => !mail.endsWith('@dummy.example'))).toEqual([])
})

test('R12 dummy volunteers fit any instance: they point at nothing but each other', async () => {
  for (const { table, columns } of content(clinic, '24.2', ['dummy'])) {
    const pointers = columnsOf(clinic, '24.2', table).filter(
      ([, { references }]) => references !== undefined && references !== 'volunteers',
    )
    for (const row of await rows('24.2', ['dummy'], table)) {
      expect(pointers.filter(([column]) => columns.includes(column) && row[column] !== null)).toEqual([])
    }
  }
})
