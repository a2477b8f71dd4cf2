/** Pre-PROD made on the floor, waiting for its qualification; what it says of itself can be spoiled and mended. */
import { FloorDriver, floorFolder, openFloor } from './floor.js'
import { sql } from './postgres.js'
import { stateDatabase } from './state.js'

export type Qualifying = Awaited<ReturnType<typeof qualifying>>

/** A floor of its own; `close` leaves nothing. `upgrade` is SQL that is run by the owner before Pre-PROD is made: what an earlier Slipway left. */
export async function qualifying(upgrade?: string) {
  const { folder, remove } = floorFolder()
  const database = await stateDatabase()
  const driver = new FloorDriver()
  const floor = await openFloor({ url: database.url, driver, folder })
  await floor.ask('U_SALES', { verb: 'customer-add', slug: 'acme', name: 'Acme', channel: 'C_ACME', legacy: true })
  await floor.ask('U_PM', { verb: 'customer-people', slug: 'acme', action: 'add', userId: 'U_LEAD', role: 'lead' })
  await floor.ask('U_SALES', { verb: 'customer-sign', slug: 'acme', sandbox: 'base' })
  await floor.work()
  await floor.click('U_ENG', 'approve')
  await floor.work()
  await floor.ask('U_PM', { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null })
  await floor.work()
  if (upgrade) await sql(database.ownerUrl, upgrade)
  await floor.click('U_ENG', 'approve')
  await floor.work()
  const held = () => {
    const found = [...driver.held.values()].at(-1)
    if (!found) throw new Error('there is no Pre-PROD')
    return found
  }
  const own = held().identity
  return {
    floor,
    folder,
    driver,
    ownerUrl: database.ownerUrl,
    spoil(identity = 'elsewhere') {
      held().identity = identity
    },
    mend() {
      held().identity = own
    },
    async execute(userId = 'U_ENG') {
      await floor.click(userId, 'start-qualification')
      await floor.work()
    },
    async close() {
      await floor.close()
      await database.drop()
      remove()
    },
  }
}
