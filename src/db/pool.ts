/** Connections to one database, closed so that none is left when `close` returns. */
import { Pool, type PoolConfig } from 'pg'

/** How long closed connections may take to be gone. */
const closingMayTakeMs = 2_000

/** Opens a pool. Lost connections are reported to `onError`, not thrown: the pool replaces them. */
export function openPool(config: PoolConfig, onError: (error: Error) => void): { pool: Pool; close: () => Promise<void> } {
  const pool = new Pool(config)
  let open = 0
  let closing = false
  pool.on('connect', (client) => {
    open += 1
    // A connection may also be lost while somebody holds it without a query under way (BullMQ's LISTEN, a lease): nobody else hears that.
    client.on('error', onError)
  })
  pool.on('remove', () => {
    open -= 1
    if (closing && open === 0) pool.emit('gone')
  })
  pool.on('error', onError)
  return {
    pool,
    // `end` returns when the pool has let go of its connections, which is before they are closed: a server that stops now would complain.
    async close() {
      closing = true
      if (!pool.ended) await pool.end()
      if (open === 0) return
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, closingMayTakeMs)
        pool.once('gone', () => {
          clearTimeout(timer)
          resolve()
        })
      })
    },
  }
}
