/** The reconciliation of a run: nothing of the dump may be unaccounted for, and what is in the database must be what was sent there. */
import { createHash } from 'node:crypto'
import type { IntakeFile } from './intake.js'
import type { Lists } from './lists.js'
import type { RejectsSeal } from './rejects.js'
import type { CodeProfile, FieldProfile, Place, Reasoned } from './tally.js'

export type WarningKind = 'damaged-text' | 'repaired-text' | 'blanked' | 'merge-conflict'

export interface Warning {
  kind: WarningKind
  entity: string
  field?: string
  file: string
  rows: number
}

/** The books of one entity: `extracted` comes from counting the files beforehand, the other four from the run itself. */
export interface EntityReconciliation {
  entity: string
  title: string
  table: string
  extracted: number
  loaded: number
  rejected: number
  excluded: number
  merged: number
  balanced: boolean
  orphans: number
  /** A row with several faults counts under the first. */
  rejectedBy: Record<string, number>
  excludedBy: Record<string, number>
  rejections: Reasoned[]
  /** By the reason that the specification gives. */
  exclusions: Reasoned[]
  /** The first rows that were merged into another record. */
  merges: Place[]
  fields: FieldProfile[]
  codes: CodeProfile[]
  sha256: string
}

/** What an acceptance is bound to (R9), and what people need to give one. It holds no value of any volunteer. */
export interface Reconciliation {
  program: string
  productVersion: string
  /** `sha256` is the one that acceptances are bound to; `file` as it lay in the intake folder. */
  specification: { version: number; sha256: string; file: IntakeFile }
  today: string
  masked: boolean
  files: (IntakeFile & { rows: number })[]
  filesHash: string
  entities: EntityReconciliation[]
  balanced: boolean
  orphans: number
  rejects: RejectsSeal
  warnings: Warning[]
  /** Each migration-owned list as an instance's inventory sees it, from the rows that were sent: after the mask, where there was one. */
  lists: Lists
  /** Over every loaded record, unmasked, ids counted from 1: the same dump and specification give the same hash. */
  resultHash: string
}

/** One hash for a set of files: of names and checksums, in order of the names. */
export function filesHash(files: readonly Pick<IntakeFile, 'name' | 'sha256'>[]): string {
  const lines = files.map(({ name, sha256 }) => `${name}\n${sha256}\n`).sort()
  return createHash('sha256').update(lines.join('')).digest('hex')
}

/** One hash for all that was loaded. */
export function resultHash(entities: readonly Pick<EntityReconciliation, 'entity' | 'sha256'>[]): string {
  const lines = entities.map(({ entity, sha256 }) => `${entity} ${sha256}\n`).sort()
  return createHash('sha256').update(lines.join('')).digest('hex')
}

export interface LoadDifference {
  table: string
  expected: number
  actual: number
}

/** Compares what was sent with the rows that the database counts, per table; an empty answer is agreement. */
export function compareToLoaded({ entities }: Reconciliation, counts: Readonly<Record<string, number>>): LoadDifference[] {
  return entities
    .map(({ table, loaded }) => ({ table, expected: loaded, actual: counts[table] ?? 0 }))
    .filter(({ expected, actual }) => expected !== actual)
}
