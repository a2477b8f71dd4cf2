/** Ends of environments on the floor: torn down by hand, and what its destruction record says. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DestructionRecordData } from '../../src/documents/index.js'
import { day, type Floor } from './floor.js'

/** The destruction record of an environment, as it lies in the customer's documents folder; undefined where none was issued. */
export function recordOf(documents: string, environment: string): DestructionRecordData | undefined {
  const start = `DR-${environment.toUpperCase()}-r`
  const name = readdirSync(documents).find((each) => each.startsWith(start) && each.endsWith('.json'))
  return name ? JSON.parse(readFileSync(join(documents, name), 'utf8')) : undefined
}

/** Asked for by the PM, approved by the engineer, and its hour is come; what `meanwhile` does happens while the notice runs. */
export async function tornDown(floor: Floor, environment: string, meanwhile = async () => {}): Promise<void> {
  await floor.ask('U_PM', { verb: 'env-destroy', environment, reason: 'not needed any more' })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await meanwhile()
  await floor.later(2 * day)
  await floor.work()
}
