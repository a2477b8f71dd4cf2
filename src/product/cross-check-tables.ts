/** The part of the cross-check that looks into tables: keys, references, versions, settings, and R36's classification. */
import type { Column, Definition, Table } from './definition.js'
import { isPersonal, isText } from './tables.js'

type Report = (key: string, message: string) => void

/** Findings about the tables of a definition, each with its key. */
export function checkTables(definition: Definition, report: Report): void {
  const order = Object.keys(definition.tables)
  for (const [table, spec] of Object.entries(definition.tables)) {
    checkSpan(definition, `tables.${table}`, spec, report)
    checkKey(definition, table, spec, report)
    checkSettings(table, spec, report)
    for (const [column, each] of Object.entries(spec.columns)) {
      const key = `tables.${table}.columns.${column}`
      checkSpan(definition, key, each, report)
      checkReference(definition, order.indexOf(table), key, each, report)
      if (isPersonal(definition, table)) checkClass(key, each, report)
      checkCodes(definition, key, each, report)
      if (each.generalise && table !== definition.people.table)
        report(key, `only a column of ${definition.people.table} can be generalised: people are counted there`)
    }
    if (spec.id !== undefined && !(spec.id in spec.columns)) report(`tables.${table}.id`, `no column ${spec.id}`)
    if (spec.person !== undefined && !(spec.person in spec.columns)) report(`tables.${table}.person`, `no column ${spec.person}`)
  }
}

function checkSpan({ versions }: Definition, key: string, { since, until }: Pick<Column, 'since' | 'until'>, report: Report) {
  for (const version of [since, until]) {
    if (version !== undefined && !versions.includes(version)) report(key, `version ${version} is not one of ${versions.join(', ')}`)
  }
}

function checkKey(definition: Definition, table: string, { key, id, columns }: Table, report: Report) {
  for (const part of key) {
    const column = columns[part]
    if (!column) report(`tables.${table}.key`, `no column ${part}`)
    else if (part === id) report(`tables.${table}.key`, `${part} is the database's own key and names nothing outside it`)
    else if (!isPersonal(definition, table) && column.policy !== 'must-match') report(`tables.${table}.key`, `${part} must be must-match`)
    else if (['number', 'timestamp', 'json'].includes(column.type))
      report(`tables.${table}.key`, `a ${column.type} cannot be part of a key`)
    else if (column.references === table) report(`tables.${table}.key`, `${part} points at its own table`)
  }
}

function checkSettings(table: string, { settings, key, columns }: Table, report: Report) {
  if (!settings) return
  if (key.join() !== settings.key) report(`tables.${table}.settings.key`, `the table's key must be ${settings.key} alone`)
  if (!(settings.value in columns)) report(`tables.${table}.settings.value`, `no column ${settings.value}`)
  for (const pattern of Object.keys(settings.rules)) {
    if (/\*./.test(pattern)) report(`tables.${table}.settings.rules.${pattern}`, 'a star may stand at the end only')
  }
}

function checkReference({ tables }: Definition, at: number, key: string, { references }: Column, report: Report) {
  if (references === undefined) return
  const target = Object.keys(tables).indexOf(references)
  if (target < 0) report(key, `no table ${references}`)
  else if (target > at) report(key, `${references} must be listed before the tables that point at it`)
  else if (tables[references]?.id === undefined) report(key, `${references} has no id to point at`)
}

function checkClass(key: string, { class: kind, mask, type, generated, codes, references }: Column, report: Report) {
  if (generated) return
  if (kind === undefined || mask === undefined) report(key, 'a column of a volunteer table needs class and mask (R36)')
  if (mask === 'keep' && (kind === 'identifying' || kind === 'free-text')) report(key, `${kind} must not be kept (R36)`)
  if (mask === 'keep' && isText({ type, references }) && codes === undefined)
    report(
      key,
      'text is kept only where codes say which texts (R36): codes: [<text>, …], or codes: { base: [<table>.<column>] }; see docs/adding.md',
    )
  if (mask === 'shift-date' && type !== 'date' && type !== 'timestamp') report(key, 'only a date or timestamp can be shifted')
  if (mask?.startsWith('fake-') && type !== 'text') report(key, 'only text can be faked')
}

/** A list of texts belongs to a text, and what it takes from the base content must be there to be read. */
function checkCodes({ tables }: Definition, key: string, { codes, type, references, otherwise, generalise }: Column, report: Report) {
  if (codes !== undefined && !isText({ type, references })) report(key, 'only a text can have codes')
  if (otherwise !== undefined && codes === undefined)
    report(key, 'otherwise says what becomes of a text that is none of the codes: there are no codes')
  if (codes !== undefined && !Array.isArray(codes)) {
    for (const place of codes.base) {
      const [table = '', column = ''] = place.split('.')
      if (tables[table]?.columns[column] === undefined) report(key, `no column ${place}`)
    }
  }
  for (const step of generalise ?? []) {
    if ('years' in step && type !== 'date') report(key, 'only a date has bands of years')
    if ('step' in step && type !== 'number' && type !== 'integer') report(key, 'only a number has steps')
  }
  if (generalise && !('value' in (generalise.at(-1) ?? {}))) report(key, 'the last step of generalise must be one value for all')
}
