import { rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkProduct, clinicDir, latestVersion, loadProduct, ProductError, schemaFiles, upgradeFiles } from '../../src/product/index.js'
import { clinic, withEdited } from './product.js'

test('the shipped product has nothing to find fault with', () => {
  expect(checkProduct(clinicDir)).toEqual([])
  expect(latestVersion(clinic)).toBe('24.2')
})

test('a version is made from its own files after those of every earlier one', () => {
  const names = schemaFiles(clinic, '24.2').map((file) => file.name)
  expect(names[0]).toBe('24.1/001_foundation.sql')
  expect(names.slice(-2)).toEqual(['24.2/001_device_types.sql', '24.2/002_time_zones_and_windows.sql'])
  expect(names).toEqual([...names].sort())
})

test('R27 an upgrade runs the files between two versions, and there is no way back', () => {
  expect(upgradeFiles(clinic, '24.1', '24.2').map((file) => file.name)).toEqual([
    '24.2/001_device_types.sql',
    '24.2/002_time_zones_and_windows.sql',
  ])
  expect(upgradeFiles(clinic, '24.2', '24.2')).toEqual([])
  expect(() => upgradeFiles(clinic, '24.2', '24.1')).toThrow('no way back')
  expect(() => schemaFiles(clinic, '23.9')).toThrow('23.9 is not one of 24.1, 24.2')
})

test.each([
  ['a misspelt key', 'product.yaml', 'masterLibrary:', 'masterLibary:', '', 'Unrecognized key'],
  ['broken YAML', 'product.yaml', 'name: Clinic', 'name: [Clinic', '', 'at line'],
  [
    'an unclassified column of a volunteer table',
    'product.yaml',
    'notes: { class: free-text, mask: blank }',
    'notes:',
    'tables.volunteers.columns.notes',
    'R36',
  ],
  [
    'free text that is kept',
    'product.yaml',
    'notes: { class: free-text, mask: blank }',
    'notes: { class: free-text, mask: keep }',
    'tables.volunteers.columns.notes',
    'must not be kept',
  ],
  [
    'text that is kept without a list of what it may be',
    'product.yaml',
    'mask: keep, codes: [female, male, intersex, unknown], generalise',
    'mask: keep, generalise',
    'tables.volunteers.columns.sex',
    'text is kept only where codes say which texts (R36): codes: [<text>, …], or codes: { base: [<table>.<column>] }; see docs/adding.md',
  ],
  [
    'a code list that the base content does not have',
    'product.yaml',
    'base: [medications.name]',
    'base: [medicines.name]',
    'tables.medications.columns.name',
    'no column medicines.name',
  ],
  [
    'a ladder that does not end in one value for all',
    'product.yaml',
    'generalise: [{ value: unknown }]',
    'generalise: [{ years: 5 }]',
    'tables.volunteers.columns.sex',
    'the last step of generalise',
  ],
  [
    'volunteers in a configuration copy',
    'product.yaml',
    'modes: &people { full: carry, configuration: drop',
    'modes: &people { full: carry, configuration: carry',
    'elements.volunteers.modes',
    'R16',
  ],
  [
    'a table that no element owns',
    'product.yaml',
    'tables: { barcode_labels }',
    'tables: { labs }',
    'tables.barcode_labels',
    'belongs to no element',
  ],
  [
    'a pointer at no table',
    'product.yaml',
    'references: dictionaries',
    'references: dictionary',
    'tables.dictionary_terms.columns.dictionary_id',
    'no table dictionary',
  ],
  [
    'a version that does not exist',
    'product.yaml',
    'time_zone: { since: "24.2" }',
    'time_zone: { since: "24.3" }',
    'tables.sites.columns.time_zone',
    '24.3',
  ],
  ['a dependency on nothing', 'product.yaml', 'dependsOn: [roles,', 'dependsOn: [rolls,', 'studyDesign.dependsOn', 'no element rolls'],
  [
    'a migration entity out of order',
    'product.yaml',
    'condition_id: { entity: conditions }',
    'condition_id: { entity: appointments }',
    'migration.entities.medical-conditions.fields.condition_id',
    'before this one',
  ],
  [
    'a check that names a table without its schema',
    'checks.yaml',
    'from public.roles where',
    'from roles where',
    '4.sql',
    'write public.roles',
  ],
  ['a check without SQL', 'checks.yaml', 'sql: select count(*) from public.roles where built_in', 'onlyWhen: {}', 'IQ-08', 'needs sql'],
  ['a content file with a strange column', 'dummy/volunteers/volunteers.csv', 'first_name', 'forename', '24.1', 'no column forename'],
])('%s is reported with file and key', (_, file, from, to, key, message) => {
  const findings = withEdited(file, (text) => text.replace(from, to), checkProduct)
  expect(findings).toContainEqual({ file, key, message: expect.stringContaining(message) })
})

test('everything that is wrong is said at once', () => {
  withEdited(
    'product.yaml',
    (text) => text.replace('masterLibrary: { table: studies', 'masterLibrary: { table: designs').replace('mask: fake-email', 'mask: keep'),
    (dir) => {
      rmSync(join(dir, 'versions/24.2'), { recursive: true })
      writeFileSync(join(dir, 'dummy/volunteers/horses.csv'), 'id\n1\n')
      expect(() => loadProduct(dir)).toThrow(ProductError)
      const files = checkProduct(dir).map(({ file, key }) => [file, key].join(' '))
      expect(files).toEqual(
        expect.arrayContaining([
          'versions/24.2 ',
          'product.yaml masterLibrary.table',
          'product.yaml tables.volunteer_contacts.columns.email',
          'dummy/volunteers/horses.csv 24.1',
        ]),
      )
    },
  )
})

test('a folder that is no product says what is missing', () => {
  expect(() => loadProduct(join(clinicDir, 'base'))).toThrow(/product\.yaml: the file is missing\n- checks\.yaml: the file is missing/)
})
