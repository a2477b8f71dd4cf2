/** Whether a specification asks of the product only what it has, and gives it all that it needs (R8). */

import { cut, listed, type Placeless, placed, type Refused } from './refusal.js'
import type { FieldRule } from './schema.js'
import { invalid, pathOf, type SpecificationFile } from './specification.js'
import type { Target, TargetColumn } from './target.js'

type Path = (string | number)[]

/** Compares a specification with the product's migration entities; undefined when they agree. */
export function disagreement(file: SpecificationFile, targets: Target[]): Refused | undefined {
  const { entities } = file.specification
  const findings = Object.entries(entities).flatMap(([name, rule]): Placeless[] => {
    const target = targets.find(({ entity }) => entity === name)
    if (!target) {
      const known = targets.map(({ entity }) => entity).join(', ')
      return [{ path: ['entities', name], problem: 'is nothing that the product takes from a migration', instead: `use one of: ${known}` }]
    }
    return rule.mappings.flatMap((mapping, index) => {
      const path = pathOf(name, rule, index)
      return [...fieldFindings(mapping.fields, target, path), ...missingFields(mapping.fields, target, path)]
    })
  })
  if (findings.length === 0) return undefined
  return invalid(placed(findings, file.lineOf), findings.length)
}

function fieldFindings(fields: Record<string, FieldRule>, target: Target, path: Path): Placeless[] {
  return Object.entries(fields).flatMap(([name, rule]) => {
    const at = [...path, 'fields', name]
    const column = target.columns.find((candidate) => candidate.name === name)
    if (column) return columnFindings(rule, column, at)
    const own = target.filled.some((candidate) => candidate.name === name)
    const instead = own ? 'leave it out' : `use one of: ${target.columns.map((candidate) => candidate.name).join(', ')}`
    return [{ path: at, problem: own ? 'is filled by the migration program itself' : `is no field of ${target.entity}`, instead }]
  })
}

function columnFindings(rule: FieldRule, column: TargetColumn, path: Path): Placeless[] {
  if (column.lookup && column.codes?.length === 0) {
    const problem = `points at ${column.lookup} of the configuration, which has no rows here`
    return [{ path, problem, instead: 'leave it out, or add the rows to the configuration first' }]
  }
  if (rule.reference === column.reference) return constantFindings(rule, column, path)
  if (!column.reference) return [{ path: [...path, 'reference'], problem: 'is a plain value, no reference', instead: 'remove `reference`' }]
  return [{ path, problem: `points at a record of ${column.reference}`, instead: `add \`reference: ${column.reference}\`` }]
}

function constantFindings(rule: FieldRule, column: TargetColumn, path: Path): Placeless[] {
  const given = ['constant' in rule && !rule.map ? rule.constant : undefined, rule.default]
  return given
    .filter((value) => value !== undefined && column.codes && !column.codes.includes(value))
    .map((value) => ({
      path,
      problem: `gives "${cut(String(value))}", which the product does not know`,
      instead: `use one of: ${listed(column.codes ?? [])}`,
    }))
}

function missingFields(fields: Record<string, FieldRule>, target: Target, path: Path): Placeless[] {
  return target.columns
    .filter((column) => column.required && !Object.hasOwn(fields, column.name))
    .map(({ name }) => ({ path: [...path, 'fields'], problem: `leaves out ${name}, which the product requires`, instead: `map ${name}` }))
}
