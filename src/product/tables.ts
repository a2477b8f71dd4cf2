/** What the definition says about tables and columns of one version. */
import type { Column, Definition, Element, MigrationEntity, Table } from './definition.js'
import type { Product } from './load.js'

type Span = { since?: string | undefined; until?: string | undefined }

/** Is the version one of those in which a table or column exists? */
function exists(definition: Pick<Definition, 'versions'>, version: string, { since, until }: Span): boolean {
  const at = definition.versions.indexOf(version)
  if (at < 0) throw new Error(`version ${version} is not one of ${definition.versions.join(', ')}`)
  const first = since === undefined ? 0 : definition.versions.indexOf(since)
  const last = until === undefined ? definition.versions.length : definition.versions.indexOf(until)
  return first <= at && at <= last
}

/** A table as the definition states it; an unknown one is a fault of the caller. */
export function tableOf(product: Product, table: string): Table {
  const found = product.definition.tables[table]
  if (!found) throw new Error(`the product definition has no table ${table}`)
  return found
}

/** An element as the definition states it; an unknown one is a fault of the caller. */
export function elementOf(product: Product, element: string): Element {
  const found = product.definition.elements.find(({ id }) => id === element)
  if (!found) throw new Error(`the product definition has no element ${element}`)
  return found
}

/** The tables of a version, in the order in which foreign keys allow loading. */
export function tablesOf(product: Product, version: string): string[] {
  return Object.entries(product.definition.tables)
    .filter(([, table]) => exists(product.definition, version, table))
    .map(([table]) => table)
}

/** The columns of a table in a version, computed ones left out: they are neither copied nor loaded. */
export function columnsOf(product: Product, version: string, table: string): [string, Column][] {
  return Object.entries(tableOf(product, table).columns).filter(
    ([, column]) => !column.generated && exists(product.definition, version, column),
  )
}

/** Does the table hold something about a person, so that every column must be classified (R36)? */
export function isPersonal(definition: Definition, table: string): boolean {
  if (definition.tables[table]?.person !== undefined) return true
  return definition.elements.some((element) => (element.class === 'volunteers' || element.class === 'audit') && table in element.tables)
}

/** The elements that a configuration checksum covers (R19): configuration proper and the master library. */
export function configurationElements(product: Product): Element[] {
  return product.definition.elements.filter((element) => element.class === 'configuration' || element.class === 'study-library')
}

/** May the column hold words? References are ids, whatever type they were given. */
export function isText({ type, references }: Pick<Column, 'type' | 'references'>): boolean {
  return (type === 'text' || type === 'json') && references === undefined
}

/** The entity of the migration that fills a table of lists, in which no person stands; undefined for every other table. */
export function listIn(definition: Definition, table: string): MigrationEntity | undefined {
  return isPersonal(definition, table) ? undefined : definition.migration.entities.find((entity) => entity.table === table)
}
