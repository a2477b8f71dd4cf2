/** The texts that a specification itself has, and that its approval covers: what its maps lead to, its constants, and the rows written in it (R36). */
import type { FieldRule, Specification } from './schema.js'

/** Those texts for one field of an entity. */
export function specifiedTexts(specification: Specification, entity: string, field: string): string[] {
  const mappings = specification.entities[entity]?.mappings ?? []
  return mappings.flatMap(({ source, fields }) => {
    const rule = fields[field]
    return rule ? [...textsOf(specification, rule), ...inlineTexts(specification, source, rule)] : []
  })
}

function textsOf({ maps }: Specification, rule: FieldRule): string[] {
  const map = rule.map !== undefined && Object.hasOwn(maps, rule.map) ? maps[rule.map] : undefined
  const otherwise = map && map.otherwise !== 'reject' ? [map.otherwise.value] : []
  const led = [...Object.values(map?.codes ?? {}), ...otherwise, 'constant' in rule ? rule.constant : null, rule.default ?? null]
  return led.filter((text) => text !== null)
}

function inlineTexts({ sources }: Specification, name: string, rule: FieldRule): string[] {
  const source = sources[name]
  if (!source || !('rows' in source) || !('from' in rule)) return []
  return source.rows.flatMap((row) => row[rule.from] ?? [])
}
