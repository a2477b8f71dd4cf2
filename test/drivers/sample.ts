/** A small clinic for driver tests: enough of everything that a copy mode treats differently. */
import type { LoadTable } from '../../src/product/index.js'

type Row = readonly (string | null)[]

const tables: [string, string[], Row[]][] = [
  [
    'sites',
    ['id', 'code', 'name', 'city', 'country', 'beds', 'archived'],
    [
      ['1', 'VIE', 'Vienna', 'Vienna', 'AT', '40', 'f'],
      ['2', 'OLD', 'Closed\tsite\\', 'Graz', 'AT', '0', 't'],
    ],
  ],
  ['roles', ['id', 'name', 'built_in'], [['7', 'Administrator', 't']]],
  ['users', ['id', 'username', 'full_name', 'email', 'password_hash'], [['3', 'ada', 'Ada', 'ada@clinic.example', 'hash-of-ada']]],
  ['user_roles', ['user_id', 'role_id', 'site_id'], [['3', '7', '1']]],
  [
    'general_settings',
    ['key', 'value', 'integration'],
    [
      ['date-format', 'yyyy-MM-dd', 'f'],
      ['sso.client-secret', 'very-secret', 't'],
      ['sso.url', 'https://sso.clinic.example', 't'],
    ],
  ],
  [
    'outbound_integrations',
    ['id', 'code', 'kind', 'title', 'endpoint', 'secret', 'enabled'],
    [['1', 'mail', 'mail', 'Mail', 'smtp://mail.clinic.example', 'mail-secret', 't']],
  ],
  ['medications', ['id', 'name'], [['1', 'Paracetamol']]],
  [
    'studies',
    ['id', 'code', 'title', 'phase', 'status', 'is_master_library'],
    [
      ['1', 'LIB', 'Library', 'library', 'published', 't'],
      ['2', 'S-1', 'First in human', '1', 'published', 'f'],
    ],
  ],
  ['forms', ['id', 'study_id', 'oid', 'name'], [['1', '1', 'F.VS', 'Vital signs']]],
  [
    'volunteers',
    ['id', 'volunteer_number', 'status', 'first_name', 'last_name', 'birth_date', 'sex', 'registered_on', 'home_site_id'],
    Array.from({ length: 40 }, (_, at) => [
      `${at + 1}`,
      `DUMMY-${at}`,
      'active',
      'Max',
      `Müller ${at}`,
      '1990-05-01',
      'male',
      '2024-01-01',
      '1',
    ]),
  ],
  ['participations', ['id', 'volunteer_id', 'study_id', 'status'], [['1', '5', '2', 'enrolled']]],
]

/** The sample, or those of its tables that are named. */
export async function* sample(...names: string[]): AsyncGenerator<LoadTable> {
  for (const [table, columns, rows] of tables) {
    if (names.length === 0 || names.includes(table)) yield { table, columns, rows: each(rows) }
  }
}

/** Rows as a load wants them. */
export async function* each(rows: Iterable<Row>): AsyncGenerator<Row> {
  yield* rows
}
