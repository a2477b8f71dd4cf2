/** One made-up customer's documents, as the jobs would hand them in. */
import {
  type ConfigurationReportData,
  type DestructionRecordData,
  type EnvironmentFacts,
  type InstanceFacts,
  type IqCheck,
  type IqData,
  type Measured,
  measuredBy,
  type ReconciliationReportData,
} from '../../src/documents/index.js'

export const hash = (digit: string) => digit.repeat(64)
const at = '2025-11-22T10:10:00.000Z'
const registry = measuredBy('registry', at)
const release = measuredBy('release', at)
const inventory = measuredBy('inventory', at)
const program = measuredBy('program', at)
const read = measuredBy('read', at)
const files = measuredBy('files', at)

/** The same statement with another value. */
export function restated<M extends Measured<unknown>>(statement: M, value: M['value']): M {
  return { ...statement, value }
}

const environment: EnvironmentFacts = registry({
  name: 'acme-preprod',
  kind: 'Pre-PROD',
  controlled: true,
  purpose: 'Staging: the intended configuration and the master library of forms are built here, once.',
})
const instance: InstanceFacts = registry({ name: 'acme-preprod', role: 'single', database: 'acme-preprod_single_1' })
const slipway = { name: 'Slipway', userId: 'system', party: 'system', role: 'automatic' } as const
const engineer = { name: 'Zoë Łukasiewicz', userId: 'U_ENG', party: 'vendor', role: 'engineer' } as const

function head(number: string) {
  return {
    number,
    revision: 2,
    issuedAt: '2025-11-22T10:15:30.000Z',
    productTime: measuredBy('clock', '2025-11-22T10:15:30.000Z')({ at: '2025-11-22T10:15:30.000Z', aheadSeconds: 0 }),
    customer: registry('Ærø Phase I Klinik – Αθήνα'),
    product: release('Clinic eSource'),
    revisions: registry([
      { revision: 1, at: '2025-11-22T09:00:00.000Z', by: 'Slipway', change: 'First execution.' },
      { revision: 2, at: '2025-11-22T10:15:30.000Z', by: 'Slipway', change: 'Executed again after the correction of DEV-7.' },
    ]),
  }
}

function check(number: number, title: string, expected: string, actual = expected): IqCheck {
  const id = `IQ-${String(number).padStart(2, '0')}`
  const evidence = `-- ${title}\nselect current_database(), session_user, clock_timestamp();\n${actual}\n(1 row)  session_user=slipway  2025-11-22T10:12:0${number % 10}Z`
  return { id, title, requirement: `URS-${100 + number} · R22`, expected, actual, result: expected === actual ? 'pass' : 'fail', evidence }
}

export const iq: IqData = {
  ...head('IQ-000012'),
  kind: 'iq',
  environment,
  instance,
  protocol: release({ version: '3', sha256: hash('a') }),
  execution: measuredBy(
    'clock',
    at,
  )({
    number: 2,
    startedAt: '2025-11-22T10:11:00.000Z',
    finishedAt: '2025-11-22T10:12:40.000Z',
    responsible: engineer,
    performedBy: slipway,
  }),
  requiredSigners: measuredBy(
    'policy',
    at,
  )([
    { duty: 'Performed and reviewed the execution', party: 'vendor', role: 'engineer' },
    { duty: 'Quality approval', party: 'vendor', role: 'qa' },
  ]),
  references: [
    { title: 'Release certificate', reference: release('REL-24.2.0') },
    { title: 'Source of the configuration', reference: registry('base configuration 24.2') },
    { title: 'Approved plan', reference: registry('request 7f3a, plan 91c2e0aa') },
  ],
  inventory: [
    { name: 'Database engine', value: inventory('PostgreSQL 18.4') },
    { name: 'Encoding and collation', value: inventory('UTF8, en_US.UTF-8') },
    { name: 'Schema fingerprint', value: inventory(hash('b')) },
    { name: 'Configuration checksum', value: inventory(hash('c')) },
  ],
  counts: measuredBy(
    'counted',
    at,
  )([
    { title: 'Roles', disposition: 'carried', planned: 14, actual: 14 },
    { title: 'Medical dictionary terms', disposition: 'carried', planned: 12500, actual: 12500 },
    { title: 'Credentials', disposition: 'reset', planned: 31, actual: 31 },
  ]),
  checks: measuredBy(
    'check',
    at,
  )([
    check(1, 'Identity: the right customer, environment and role', 'acme / acme-preprod / single'),
    check(2, 'Installed version', '24.2.0'),
    check(8, 'Schema fingerprint', hash('b')),
    check(15, 'Audit trail cannot be changed by the application', 'update refused (42501), delete refused (42501)'),
    check(21, 'Another instance’s login is refused', 'refused'),
    check(23, 'Integrations are blank: mail, SSO, laboratory, devices', 'blank'),
  ]),
  deviations: registry([]),
  evidence: files([
    { name: 'startup.log', bytes: 18231, sha256: hash('d'), capturedAt: '2025-11-22T10:10:02.000Z', capturedBy: 'Slipway', content: '{}' },
  ]),
  attachments: files([{ title: 'Configuration report', number: 'CR-000031', sha256: hash('e') }]),
  signatures: measuredBy('click', at)([]),
}

const terms = Array.from({ length: 60 }, (_, index) => [`T${1000 + index}`, index % 3 ? 'true' : 'false', `Term no. ${index + 1}, größer`])

export const configuration: ConfigurationReportData = {
  ...head('CR-000031'),
  kind: 'configuration-report',
  environment,
  instance,
  version: inventory('24.2.0'),
  fingerprint: inventory(hash('b')),
  everything: inventory(hash('c')),
  mustMatch: inventory(hash('9')),
  elements: inventory([
    { element: 'terms', title: 'Medical dictionary terms', rows: terms.length, sha256: hash('1') },
    { element: 'devices', title: 'Devices', rows: 1, sha256: hash('2') },
    { element: 'labs', title: 'Labs', rows: 0, sha256: hash('3') },
  ]),
  content: inventory({
    rowLimit: 1000,
    tables: [
      {
        element: 'terms',
        table: 'terms',
        title: 'Medical dictionary terms',
        columns: ['code', 'active', 'term'],
        key: 1,
        rows: terms.length,
        sha256: hash('1'),
        listed: terms,
      },
      {
        element: 'devices',
        table: 'devices',
        title: 'Devices',
        columns: ['name', 'active', 'driver', 'maker', 'model', 'port', 'site_id.code'],
        key: 1,
        rows: 1,
        sha256: hash('2'),
        listed: [['ECG 3', 'true', '', 'Żuk', 'X', '4001', null]],
      },
      { element: 'labs', table: 'labs', title: 'Labs', columns: ['code', 'name'], key: 1, rows: 0, sha256: hash('3'), listed: [] },
    ],
  }),
  comparison: inventory({ earlier: { revision: 1, issuedAt: at, sha256: hash('a') }, impossible: null, tables: [] }),
}

export const reconciliation: ReconciliationReportData = {
  ...head('MR-000004'),
  kind: 'reconciliation-report',
  environment: restated(environment, { ...environment.value, name: 'acme-migration', kind: 'Migration', controlled: false }),
  instance: restated(instance, { ...instance.value, name: 'acme-migration', database: 'acme-migration_single_3' }),
  version: program('24.2.0'),
  installed: inventory('24.2.0'),
  iteration: registry(3),
  review: registry(true),
  run: measuredBy('product-clock', at)({ startedAt: '2025-11-22T10:00:00.000Z', finishedAt: '2025-11-22T10:00:41.000Z' }),
  specification: program({ version: '3.1', sha256: hash('4') }),
  program: program('slipway 0.1.0'),
  files: program([{ name: 'subjects_export.csv', bytes: 48123456, rows: 100000, sha256: hash('5') }]),
  entities: program([
    { entity: 'volunteers', extracted: 100000, loaded: 99310, rejected: 12, excluded: 600, merged: 78 },
    { entity: 'appointments', extracted: 4100, loaded: 4100, rejected: 0, excluded: 0, merged: 0 },
  ]),
  rejects: program([
    { entity: 'volunteers', reason: 'date of birth is not a date', count: 9, examples: [{ file: 'subjects_export.csv', row: 4711 }] },
    { entity: 'volunteers', reason: 'no name', count: 3, examples: [{ file: 'subjects_export.csv', row: 12 }] },
  ]),
  exclusions: program([
    { entity: 'volunteers', reason: 'By a rule: test record.', count: 600, examples: [{ file: 'subjects_export.csv', row: 2 }] },
  ]),
  warnings: program([
    { entity: 'volunteers', field: 'height_cm', what: 'Loaded with this field left empty.', file: 'subjects_export.csv', count: 4 },
  ]),
  codes: program([
    { list: 'sex', field: 'volunteers, sex', source: 'W', target: 'female', count: 50102 },
    {
      list: 'sex',
      field: 'volunteers, sex',
      source: null,
      target: null,
      count: 3,
      unmapped: { became: 'rejected', distinct: 2, examples: [{ file: 'subjects_export.csv', row: 99 }] },
    },
  ]),
  counts: read([
    {
      element: 'volunteers',
      title: 'Volunteers',
      disposition: 'migrated',
      planned: 99310,
      actual: 99310,
      parts: [{ table: 'volunteer', unit: 'volunteers', planned: 99310, actual: 99310, configuration: false }],
    },
  ]),
  masked: program(false),
  tables: program([{ table: 'volunteer', rows: 99310, sha256: hash('6') }]),
  resultSha256: program(hash('7')),
  testVolunteers: program([
    { number: 'V-000017', example: 'past participation, two allergies' },
    { number: 'V-001203', example: 'merged duplicate' },
  ]),
}

const gone = (what: string, name: string) => ({ instance: 'acme-preprod', name, what, result: 'gone' as const })
const database = instance.value.database
const names = measuredBy('names', at)
const clicked = measuredBy('click', at)
const asked = measuredBy('server', at)
export const destruction: DestructionRecordData = {
  ...head('DR-000002'),
  kind: 'destruction-record',
  environment,
  instances: [
    {
      name: 'acme-preprod',
      made: registry({ role: 'single', database }),
      final: inventory({ version: '24.2.0', everything: hash('c'), mustMatch: hash('9'), volunteers: { count: 1203, class: null } }),
    },
  ],
  reason: registry({ text: 'Promoted into PROD Main; G6 signed.', rule: 'R15' }),
  grounds: clicked([{ what: 'Validation signed complete', by: engineer, at: '2025-11-19T08:00:00.000Z' }]),
  requested: registry({ by: engineer, at: '2025-11-20T08:00:00.000Z' }),
  notices: measuredBy(
    'posted',
    at,
  )([
    {
      audience: 'vendor',
      due: '2025-11-21T08:00:00.000Z',
      trouble: null,
      until: '2025-11-22T08:00:00.000Z',
      posted: { at: '2025-11-21T08:00:02.000Z', ts: '1763712002.000100' },
      said: 'the hour of the teardown',
      late: false,
    },
    {
      audience: 'customer',
      due: '2025-11-21T08:00:00.000Z',
      trouble: 'Slack: channel_not_found',
      until: '2025-11-22T08:00:00.000Z',
      posted: null,
      said: 'the hour of the teardown',
      late: true,
    },
  ]),
  postponements: clicked([{ by: engineer, at: '2025-11-21T09:00:00.000Z', until: '2025-12-05T08:00:00.000Z' }]),
  destroyedAt: measuredBy('product-clock', at)('2025-11-22T10:13:59.000Z'),
  approvals: clicked([{ name: 'Ngô Thị Hoa', userId: 'U_QA', party: 'vendor', role: 'qa', at: '2025-11-20T09:00:00.000Z' }]),
  archived: measuredBy(
    'files',
    at,
  )([
    { title: 'Final configuration report', number: 'CR-000040', sha256: hash('8') },
    { title: 'Audit extract, entries 1 to 214', sha256: hash('0') },
  ]),
  kept: registry([{ title: 'Installation Qualification', number: 'IQ-000012 r2', sha256: hash('5') }]),
  gone: {
    databases: asked([gone('database', database)]),
    roles: asked([
      gone('owner of the database', `${database}_owner`),
      gone("application's login", `${database}_app`),
      gone("Slipway's own login", `${database}_maint`),
    ]),
    secrets: registry([gone('sealed secret of', `${database}_app`)]),
    files: names([gone('rejects file of a migration', 'rejects-acme-preprod-op_1.csv')]),
  },
  aside: names([{ instance: 'acme-preprod', name: 'IQ-ACME-PREPROD-r9-0a1b2c3d.pdf' }]),
  legacyDump: names({
    policy: 'keep',
    version: '7',
    files: [{ name: 'subjects.csv', bytes: 48123456, sha256: hash('6'), found: 'there' }],
  }),
  backups: measuredBy(
    'policy',
    at,
  )({
    policy: '7',
    declared: [{ server: 'eu-1', what: 'base backups and WAL', where: 'the second site', keptDays: 35, until: '2025-12-27T10:13:59.000Z' }],
    undeclared: ['eu-2'],
  }),
  ownBackups: registry(['create (done)', 'teardown (this one)'].map((operation) => ({ operation, backup: false }))),
}
