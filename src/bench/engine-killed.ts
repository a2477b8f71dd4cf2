/** A process of its own that carries out chains until it is killed, or ends those that another one left; told which by its parent. */
import { slipwayChains } from './engine-slipway.js'

export interface KillOrder {
  databaseUrl: string
  redisUrl: string | null
  /** Whether to begin chains; else what is there is ended. */
  load: boolean
}

process.once('message', async ({ databaseUrl, redisUrl, load }: KillOrder) => {
  const { chain, concurrency } = await slipwayChains('killed', databaseUrl, redisUrl, {
    heir: !load,
    lockMs: 2_000,
    agreed: (key) => void process.send?.(key),
  })
  process.send?.('begun')
  if (!load) return
  const client = async () => {
    for (;;) await chain()
  }
  await Promise.all(Array.from({ length: concurrency }, client))
})
process.once('disconnect', () => process.exit(0))
