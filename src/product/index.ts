/** The product room: a product's definition and all that follows from it. */
export type { Check, Column, CopyMode, Definition, Element, MaskStrategy, MigrationEntity, Policy, Table } from './definition.js'
export type { CopyPlan, Disposition, ElementCount, Override, PlannedElement, PlannedTable } from './plan.js'

/** Rows to load, each value in PostgreSQL's text form; tables come in the order that foreign keys ask for. */
export interface LoadTable {
  table: string
  columns: readonly string[]
  rows: AsyncIterable<readonly (string | null)[]>
}

/** Who an instance is: what `adapt` writes into it (R12). */
export interface IdentityOf {
  name: string
  url: string
  customer: string
  environment: string
  role: 'main' | 'test' | 'single'
}

/** An executed IQ check (R22). `evidence` is raw: the statement, its rows, who ran it and when. */
export interface CheckResult {
  id: string
  title: string
  requirement: string
  expected: string
  actual: string
  result: 'pass' | 'fail' | 'blocked'
  evidence: string
}
