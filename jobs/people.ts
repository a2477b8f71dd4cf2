/** How many volunteers the making of an instance loaded, by the books of whoever loaded them: never by the instance's own answer. */
import type { Instance } from '../src/lifecycle/types.js'
import { content, type Product } from '../src/product/index.js'
import type { Built } from './job.js'

/** Whether the migration program fills this instance. */
export function migrated({ operation }: Built, role: Instance['role']): boolean {
  return operation.plan.data['migration'] === true && role !== 'test'
}

/**
 * By the migration program's books, or by the product's own files. Undefined where there are no books: a full clone brings whoever is in
 * its source, and of an operation from before there were books nobody knows.
 */
export async function peopleLoaded(product: Product, built: Built, { role, version }: Instance): Promise<number | undefined> {
  const { definition } = product
  const { job, steps, data } = built.operation.plan
  if (migrated(built, role)) {
    const entity = definition.migration.entities.find(({ table }) => table === definition.people.table)
    const books = built.resultOf('load-migration', role)['entities'] as { entity: string; loaded: number }[] | undefined
    return books?.find((line) => line.entity === entity?.id)?.loaded
  }
  if (job === 'clone') return undefined
  const loadsDummies = steps.some((step) => step.name === 'load-dummies' && step.role === role)
  return loadsDummies || (job === 'provision' && data['purpose'] !== 'preprod') ? dummiesIn(product, version) : 0
}

async function dummiesIn(product: Product, version: string): Promise<number> {
  let rows = 0
  for (const { table, rows: given } of content(product, version, ['dummy']))
    if (table === product.definition.people.table) for await (const _ of given) rows += 1
  return rows
}
