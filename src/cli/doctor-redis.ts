/** What the doctor asks of Redis. */
import { Redis } from 'ioredis'

/** Redis's maxmemory-policy. Throws where it does not answer. */
export function redisPolicy(url: string): Promise<string | undefined> {
  return withRedis(url, {}, async (redis) => {
    const [, policy] = (await redis.config('GET', 'maxmemory-policy')) as string[]
    return policy
  })
}

/** Whether the server of `url` carries out commands of somebody who gives no password: asked, not read from the URL. Throws where it does not answer. */
export function openRedisWithout(url: string): Promise<boolean> {
  const bare = new URL(url)
  bare.username = ''
  bare.password = ''
  // The ready check and the newer protocol's greeting are refused where a password is wanted; we ask for ourselves.
  return withRedis(bare.href, { enableReadyCheck: false, protocol: 2 }, async (redis) => {
    try {
      await redis.ping()
      return true
    } catch (error) {
      if (/NOAUTH|DENIED|NOPERM|WRONGPASS/.test(String(error))) return false
      throw error
    }
  })
}

async function withRedis<T>(
  url: string,
  options: { enableReadyCheck?: boolean; protocol?: 2 },
  use: (redis: Redis) => Promise<T>,
): Promise<T> {
  const redis = new Redis(url, { lazyConnect: true, maxRetriesPerRequest: 1, retryStrategy: () => null, connectTimeout: 5_000, ...options })
  let said: Error | undefined
  redis.on('error', (error) => {
    said = error
  })
  try {
    await redis.connect()
    return await use(redis)
  } catch (error) {
    // A connection that was refused only says that it is closed; the reason came before.
    throw said ?? error
  } finally {
    redis.disconnect()
  }
}
