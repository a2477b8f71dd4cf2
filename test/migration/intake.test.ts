import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { filesHash, intake, intakeFolder } from '../../src/migration/index.js'
import { folderWith } from './support.js'

const abc = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

test('R33 the intake lists names, sizes and checksums, and knows the specification', async () => {
  const folder = await folderWith({ 'volunteers.csv': 'abc', 'more/notes.csv': 'abc', '.DS_Store': 'x', 'specification.yaml': '' })
  expect(await intake(folder)).toMatchObject({
    ok: true,
    files: [
      { name: 'more/notes.csv', bytes: 3, sha256: abc },
      { name: 'specification.yaml', bytes: 0 },
      { name: 'volunteers.csv', bytes: 3, sha256: abc },
    ],
    specification: { name: 'specification.yaml' },
  })
})

test('R33 a folder that is not there, or is a link, is refused', async () => {
  const folder = await folderWith()
  expect(await intake(join(folder, 'nobody'))).toMatchObject({ ok: false, refusal: { code: 'intake-missing', rule: 'R33' } })
  await symlink(folder, join(folder, 'elsewhere'))
  expect(await intake(join(folder, 'elsewhere'))).toMatchObject({ ok: false, refusal: { code: 'intake-link' } })
})

test('R33 a link among the files is refused, wherever it leads', async () => {
  const folder = await folderWith({ 'volunteers.csv': 'abc' })
  await symlink('/etc/passwd', join(folder, 'contacts.csv'))
  expect(await intake(folder)).toMatchObject({ ok: false, refusal: { code: 'intake-link', text: expect.stringContaining('contacts.csv') } })
})

test('R33 a name with control characters is refused and not repeated', async () => {
  const folder = await folderWith({ 'volunteers\n<!channel>.csv': 'abc' })
  const outcome = await intake(folder)
  expect(outcome).toMatchObject({ ok: false, refusal: { code: 'intake-name' } })
  expect(JSON.stringify(outcome)).not.toContain('\\n')
})

test.each(['..', '../acme', 'acme/../beta', '/etc', '', 'ACME', '.', 'a'.repeat(21)])(
  'R33 the customer %p has no intake folder',
  (customer) => {
    expect(intakeFolder('/srv/intake', customer)).toBeUndefined()
  },
)

test('R33 a customer has one folder below the root', () => {
  expect(intakeFolder('/srv/intake', 'acme-2')).toBe('/srv/intake/acme-2')
})

test('the hash of the files depends on names and content, not on their order', () => {
  const [a, b] = [
    { name: 'a', sha256: '1' },
    { name: 'b', sha256: '2' },
  ]
  expect(filesHash([a, b])).toBe(filesHash([b, a]))
  expect(filesHash([a, b])).not.toBe(filesHash([a, { ...b, sha256: '3' }]))
})
