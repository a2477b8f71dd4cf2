/** What zod cannot see in a product definition: names that must meet. Every finding names its key. */
import { checkTables } from './cross-check-tables.js'
import type { Definition, Element } from './definition.js'
import type { Finding, Product } from './load.js'
import { isPersonal } from './tables.js'

type Report = (key: string, message: string) => void

/** All findings about names in `product.yaml` and `checks.yaml` that lead nowhere or contradict each other. */
export function crossCheck({ definition, checks }: Pick<Product, 'definition' | 'checks'>): Finding[] {
  const findings: Finding[] = []
  const report: Report = (key, message) => findings.push({ file: 'product.yaml', key, message })
  checkTables(definition, report)
  checkElements(definition, report)
  checkPlaces(definition, report)
  checkDesign(definition, report)
  checkMigration(definition, report)
  checkNames(definition, definition, '', report)
  checkNames(definition, checks, '', (key, message) => findings.push({ file: 'checks.yaml', key, message }))
  checkChecks(definition, checks, (key, message) => findings.push({ file: 'checks.yaml', key, message }))
  return findings
}

/** Conditions and checks are executed with nothing on the path but `pg_catalog`, so that nobody can put a name before the product's. */
function checkNames(definition: Definition, value: unknown, key: string, report: Report): void {
  if (typeof value === 'string') {
    const tables = new Set([...Object.keys(definition.tables), ...definition.system])
    for (const [, table = ''] of value.matchAll(/\b(?:from|join|into|update)\s+"?(\w+)"?(?!\w*"?\s*\.)/gi)) {
      if (tables.has(table)) report(key, `names ${table} without its schema: write public.${table}`)
    }
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value)) checkNames(definition, inner, key === '' ? name : `${key}.${name}`, report)
  }
}

function checkElements(definition: Definition, report: Report) {
  const owners = new Map<string, Element[]>()
  for (const [index, element] of definition.elements.entries()) {
    const key = `elements.${element.id}`
    if (definition.elements.findIndex(({ id }) => id === element.id) !== index) report(key, 'the same id twice')
    for (const table of Object.keys(element.tables)) {
      if (!(table in definition.tables)) report(`${key}.tables`, `no table ${table}`)
      owners.set(table, [...(owners.get(table) ?? []), element])
    }
    checkModes(definition, element, report)
  }
  for (const table of Object.keys(definition.tables)) {
    const own = owners.get(table) ?? []
    if (own.length === 0) report(`tables.${table}`, 'belongs to no element, so that no copy would know what to do with it')
    if (own.length > 1 && own.some((element) => element.tables[table] === null)) {
      report(`tables.${table}`, `shared by ${own.map(({ id }) => id).join(', ')}: each of them must say which rows are its own`)
    }
  }
}

function checkModes(definition: Definition, element: Element, report: Report) {
  for (const [mode, rule] of Object.entries(element.modes)) {
    const key = `elements.${element.id}.modes.${mode}`
    if (typeof rule === 'string') continue
    for (const table of [...Object.keys(rule.where), ...Object.keys(rule.clear)]) {
      if (!(table in element.tables)) report(key, `${table} is not a table of this element`)
    }
    for (const [table, columns] of Object.entries(rule.clear)) {
      for (const column of Object.keys(columns)) {
        if (definition.tables[table]?.columns[column] === undefined) report(key, `${table} has no column ${column}`)
      }
    }
  }
  if (
    element.class === 'volunteers' &&
    (element.modes.configuration !== 'drop' || element.modes.merge !== 'drop' || element.modes.test !== 'drop')
  ) {
    report(`elements.${element.id}.modes`, 'volunteers travel in a full copy only (R6, R12, R16)')
  }
}

function checkPlaces(definition: Definition, report: Report) {
  const known = new Set([...Object.keys(definition.tables), ...definition.system])
  for (const [part, { table, column }] of Object.entries(definition.identity)) {
    const columns = definition.tables[table]?.columns
    if (!known.has(table)) report(`identity.${part}`, `no table ${table}`)
    if (columns && !(column in columns)) report(`identity.${part}`, `${table} has no column ${column}`)
  }
  for (const table of definition.system) {
    if (table in definition.tables) report('system', `${table} is also under tables: it is either copied or left to the schema files`)
  }
  if (!(definition.people.table in definition.tables)) report('people.table', `no table ${definition.people.table}`)
  else if (!isPersonal(definition, definition.people.table)) report('people.table', 'its element is not of class volunteers')
  if (!(definition.masterLibrary.table in definition.tables)) report('masterLibrary.table', `no table ${definition.masterLibrary.table}`)
}

function checkDesign({ studyDesign, tables, elements }: Definition, report: Report) {
  const expectColumn = (key: string, table: string, column: string) => {
    if (tables[table]?.columns[column] === undefined) report(key, `no column ${table}.${column}`)
  }
  expectColumn('studyDesign.study', studyDesign.study.table, studyDesign.study.key)
  for (const part of ['tables', 'data'] as const) {
    for (const [table, column] of Object.entries(studyDesign[part])) expectColumn(`studyDesign.${part}`, table, column)
  }
  for (const id of studyDesign.dependsOn) {
    if (!elements.some((element) => element.id === id)) report('studyDesign.dependsOn', `no element ${id}`)
  }
}

function checkMigration({ migration: { entities }, tables, elements }: Definition, report: Report) {
  for (const [index, entity] of entities.entries()) {
    const key = `migration.entities.${entity.id}`
    const columns = tables[entity.table]?.columns
    const element = elements.find(({ id }) => id === entity.element)
    if (!columns) report(key, `no table ${entity.table}`)
    if (!element || !(entity.table in element.tables)) report(key, `${entity.table} is not a table of an element ${entity.element}`)
    for (const column of [...Object.keys(entity.fields), ...entity.key]) {
      if (columns && !(column in columns)) report(`${key}.fields`, `${entity.table} has no column ${column}`)
    }
    for (const [column, field] of Object.entries(entity.fields)) {
      const at = entities.findIndex(({ id }) => id === field.entity)
      if (field.entity !== undefined && (at < 0 || at >= index))
        report(`${key}.fields.${column}`, `no entity ${field.entity} before this one`)
      if (field.lookup !== undefined && !(field.lookup in tables)) report(`${key}.fields.${column}`, `no table ${field.lookup}`)
      if (field.entity === undefined && field.lookup === undefined && columns?.[column]?.references !== undefined) {
        report(`${key}.fields.${column}`, `points at ${columns[column].references}: say which entity, or which table to look it up in`)
      }
    }
  }
}

function checkChecks({ tables }: Definition, checks: Product['checks'], report: Report) {
  for (const [index, check] of checks.entries()) {
    const ownSql = check.kind === 'query' || check.kind === 'refused'
    if (checks.findIndex(({ id }) => id === check.id) !== index) report(check.id, 'the same id twice')
    if (ownSql && check.sql === undefined) report(check.id, `a check of kind ${check.kind} needs sql`)
    if (!ownSql && check.sql !== undefined) report(check.id, `a check of kind ${check.kind} is built in and takes no sql`)
    if ('baseRows' in check.expected && !(check.expected.baseRows in tables)) report(check.id, `no table ${check.expected.baseRows}`)
  }
}
