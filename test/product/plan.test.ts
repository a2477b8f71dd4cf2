import { type CopyMode, copyPlan } from '../../src/product/index.js'
import { resets, unreset } from '../../src/product/resets.js'
import { clinic } from './product.js'

const plan = (mode: CopyMode, migration = false) => copyPlan(clinic, '24.2', mode, { migration })
const tables = (mode: CopyMode, migration = false) => plan(mode, migration).tables.map(({ table }) => table)
const lines = (mode: CopyMode, migration = false) =>
  plan(mode, migration).elements.map(({ element, disposition }) => `${element} ${disposition}`)
const one = (mode: CopyMode, table: string, migration = false) => {
  const found = plan(mode, migration).tables.find((each) => each.table === table)
  if (!found) throw new Error(`${mode} does not carry ${table}`)
  return found
}
const people = ['volunteers', 'volunteer_contacts', 'volunteer_conditions', 'participations', 'appointments', 'item_data']

test('R6 a full copy takes every row of every table that the schema does not fill itself', () => {
  const full = plan('full')
  expect(full.tables.map(({ table }) => table)).toEqual(Object.keys(clinic.definition.tables))
  expect(full.tables.filter(({ where }) => where !== undefined && !where.includes('is_master_library'))).toEqual([])
  expect(full.elements.some(({ disposition }) => disposition === 'dropped')).toBe(false)
  expect(tables('full')).not.toContain('instance')
})

test('R6 a configuration copy takes the listed elements only, without archived sites and integration settings', () => {
  const carried = plan('configuration').elements.filter(({ disposition }) => disposition === 'carried')
  expect(carried.map(({ element }) => element)).toEqual([
    'roles',
    'sites',
    'general-settings',
    'system-settings',
    'dictionaries',
    'devices',
    'labs',
    'barcode-labels',
  ])
  expect(one('configuration', 'sites').where).toBe('not archived')
  expect(one('configuration', 'general_settings').where).toBe('not integration')
  expect(tables('configuration')).not.toEqual(expect.arrayContaining(['users']))
})

test('R6 a device that stood in an archived site comes without its site', () => {
  expect(one('configuration', 'devices').overrides).toContainEqual({
    column: 'site_id',
    value: null,
    where: 'site_id in (select id from public.sites where archived)',
  })
})

test('R12 a merge takes archived sites, users and the master library; volunteers and other studies are deleted', () => {
  expect(one('merge', 'sites').where).toBeUndefined()
  expect(one('merge', 'studies').where).toBe('is_master_library')
  expect(tables('merge')).toEqual(expect.arrayContaining(['users', 'user_roles', 'outbound_integrations', 'reports']))
  for (const table of people) expect(tables('merge')).not.toContain(table)
  expect(lines('merge')).toEqual(expect.arrayContaining(['studies dropped', 'volunteers dropped', 'audit dropped']))
})

test('R12 migration-owned lists come from the migration when there is one, else from the source', () => {
  expect(tables('merge', true)).not.toContain('medications')
  expect(lines('merge', true)).toEqual(
    expect.arrayContaining(['medications dropped', 'medications migrated', 'studies migrated', 'volunteers migrated']),
  )
  expect(tables('merge', false)).toContain('medications')
  expect(lines('merge', false).filter((line) => line.endsWith('migrated'))).toEqual([])
  expect(tables('merge', true)).toEqual(expect.arrayContaining(['volunteer_custom_fields', 'recruitment_sources']))
})

test('R12 a Test instance gets the configuration, migrated lists included, no volunteers and no historical studies', () => {
  expect(tables('test', true)).toEqual(expect.arrayContaining(['medications', 'conditions', 'sites', 'roles', 'users']))
  for (const table of people) expect(tables('test', true)).not.toContain(table)
  expect(one('test', 'studies').where).toMatch(/^\(is_master_library\) or \(.*not archived and not exists/s)
})

test.each(['configuration', 'merge', 'test'] as const)('R16 no volunteer travels in mode %s, whatever the options', (mode) => {
  for (const migration of [true, false]) {
    const personal = plan(mode, migration).tables.filter(({ table }) => clinic.definition.tables[table]?.person !== undefined)
    expect(personal.map(({ table }) => table)).toEqual(mode === 'merge' ? ['audit_events'] : [])
  }
  if (mode === 'merge') expect(one('merge', 'audit_events').where).toBe("area in ('configuration', 'access')")
})

test('R12, R35 credentials, secrets and addresses are reset in every mode', () => {
  for (const mode of ['full', 'merge', 'test'] as const) {
    expect(one(mode, 'users').overrides.map(({ column }) => column)).toEqual([
      'password_hash',
      'totp_secret',
      'api_token_hash',
      'last_login_at',
    ])
    expect(one(mode, 'outbound_integrations').overrides).toContainEqual({ column: 'enabled', value: 'false' })
    expect(one(mode, 'general_settings').overrides).toContainEqual({
      column: 'value',
      value: null,
      where: `starts_with("key", 'mail.') and not ("key" = 'mail.password')`,
    })
  }
})

test('R34 every element has a line in every mode, and the lines of a filtered one part its rows', () => {
  for (const mode of ['full', 'configuration', 'merge', 'test'] as const) {
    const named = new Set(plan(mode, true).elements.map(({ element }) => element))
    expect([...named]).toEqual(clinic.definition.elements.map(({ id }) => id))
  }
  const sites = plan('configuration').elements.filter(({ element }) => element === 'sites')
  expect(sites.map(({ disposition, parts }) => [disposition, parts])).toEqual([
    ['carried', [{ table: 'sites', unit: 'sites', configuration: true, where: 'not archived' }]],
    ['dropped', [{ table: 'sites', unit: 'sites', configuration: true, where: '(not archived) is not true' }]],
  ])
})

test('a plan names the columns and tables of its version', () => {
  const older = copyPlan(clinic, '24.1', 'full', { migration: false }).tables
  expect(older.find(({ table }) => table === 'devices')?.columns).toContain('kind')
  expect(older.some(({ table }) => table === 'device_types')).toBe(false)
  expect(one('full', 'devices').columns).not.toContain('kind')
  expect(one('full', 'reports').columns).not.toContain('body_md5')
})

test('tables come in an order in which every pointer finds its row', () => {
  const order = tables('full')
  for (const [at, table] of order.entries()) {
    const targets = Object.values(clinic.definition.tables[table]?.columns ?? {}).flatMap(({ references }) => references ?? [])
    expect(targets.filter((target) => order.indexOf(target) > at)).toEqual([])
  }
})

test('R35 a reset says which rows it has not reached yet', () => {
  const enabled = resets(clinic, '24.2').find(({ table, column }) => table === 'outbound_integrations' && column === 'enabled')
  expect(enabled && unreset(enabled)).toBe(`"enabled"::text is distinct from 'false'`)
})

test('R19 R34 settings that no comparison looks at, and users, are told apart from what the configuration report holds', () => {
  const parts = (id: string) =>
    plan('merge')
      .elements.filter(({ element }) => element === id)
      .flatMap((line) => line.parts)
  const named = (id: string) => [...new Set(parts(id).map(({ unit, configuration }) => `${unit}: ${configuration}`))]
  expect(named('system-settings')).toEqual(['settings: true', 'not compared: false'])
  expect(named('roles')).toEqual(['permissions: true', 'roles: true', 'assignments: true'])
  expect(named('users')).toEqual(['users: false', 'assigned roles: false'])
  const wheres = parts('system-settings').map(({ where = '' }) => where)
  expect(wheres.every((where) => where.includes(`starts_with("key", 'health.')`))).toBe(true)
})
