/** Gives an instance its own identity, and takes away what it must not have from where it came (R12, R35). */
import { type IdentityOf, type Product, resets } from '../../product/index.js'
import type { InstanceAddress } from '../driver.js'
import { holding, ident, inside, relation, transaction } from './connection.js'
import { readVersion } from './inventory.js'
import { setOverrides } from './overrides.js'

const parts = ['name', 'url', 'customer', 'environment', 'role'] as const

/** Writes the identity and resets credentials, secrets and addresses of other systems, all or nothing. */
export function adaptInstance(product: Product, at: InstanceAddress, identity: IdentityOf): Promise<void> {
  return holding(at, 'alone', () =>
    inside(at, (client) =>
      transaction(client, async () => {
        for (const part of parts) {
          const { table, column, where } = product.definition.identity[part]
          const { rowCount } = await client.query(`update ${relation(table)} set ${ident(column)} = $1${where ? ` where ${where}` : ''}`, [
            identity[part],
          ])
          if (rowCount === 0) throw new Error(`there is no row for the instance's ${part} in ${table}`)
        }
        const all = resets(product, await readVersion(client, product))
        for (const table of new Set(all.map((reset) => reset.table))) {
          await setOverrides(client, { table, overrides: all.filter((reset) => reset.table === table) })
        }
      }),
    ),
  )
}
