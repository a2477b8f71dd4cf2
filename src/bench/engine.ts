/** Chains of five steps, each committed: Slipway's operations beside BullMQ as it comes and beside bare commits. */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import type { KillOrder } from './engine-killed.js'
import { bareBull, bareCommits } from './engine-peers.js'
import { proveChains, readUnderWay } from './engine-proof.js'
import { slipwayChains } from './engine-slipway.js'
import { type Figure, figureOf } from './figure.js'
import { firstWord, type Ground, type OwnRedis, ownRedis, takeGround } from './ground.js'
import { median } from './report.js'

/** Something that carries out chains of five steps. */
export interface Chains {
  name: string
  concurrency: number
  /** Resolves when the fifth step is committed. */
  chain(): Promise<void>
  close(): Promise<void>
}

const rounds = 3
const manyMs = 1_500
const oneMs = 800
const killAfterMs = 3_000

interface Pair {
  queue: 'Redis' | 'PostgreSQL'
  ours: Chains
  peer: Chains
  goal: number
}

/**
 * Measures in turns and proves every chain: done, each step once, also where the process is killed under load. Throws where one is not.
 * Without redis-server on the PATH only PostgreSQL is measured, and that is told.
 */
export async function measureEngine(tell: (line: string) => void): Promise<Figure[]> {
  const ground = await takeGround()
  const redis = await ownRedis(ground.folder)
  if (!redis) tell('redis-server is not on the PATH: measured on PostgreSQL only')
  try {
    const floor = await bareCommits('five bare commits', await ground.database())
    const pairs = [await pairOn(ground, null), ...(redis ? [await pairOn(ground, redis)] : [])]
    const figures = await inTurns(pairs, floor, { ground, tell })
    for (const one of [floor, ...pairs.flatMap(({ ours, peer }) => [ours, peer])]) await one.close()
    for (const redisUrl of redis ? [redis.url, null] : [null]) await killUnderLoad(ground, redisUrl, tell)
    return figures
  } finally {
    await redis?.stop()
    await ground.leave()
  }
}

/** Each with a database of its own: one relay would send what belongs to the other. */
async function pairOn(ground: Ground, redis: OwnRedis | null): Promise<Pair> {
  const queue = redis ? 'Redis' : 'PostgreSQL'
  return {
    queue,
    ours: await slipwayChains(`Slipway on ${queue}`, await ground.database(), redis?.url ?? null),
    peer: await bareBull(`BullMQ on ${queue}`, await ground.database(), redis?.url ?? null),
    goal: redis ? 0.3 : 1,
  }
}

async function inTurns(
  pairs: readonly Pair[],
  floor: Chains,
  { ground, tell }: { ground: Ground; tell(line: string): void },
): Promise<Figure[]> {
  const measured = pairs.map((pair) => ({
    ...pair,
    rates: [] as number[],
    peers: [] as number[],
    times: [] as number[],
    floors: [] as number[],
  }))
  const chains = new Map<string, number>()
  const counted = (name: string, count: number) => chains.set(name, (chains.get(name) ?? 0) + count)
  for (const { ours, peer } of pairs) for (const one of [ours, peer]) await many(one, 500)
  for (let round = 0; round < rounds; round += 1) {
    for (const { queue, ours, peer, rates, peers, times, floors } of measured) {
      await ground.checkpoint()
      const done = await many(ours, manyMs)
      rates.push(done.perSecond)
      counted(`${queue} many`, done.count)
      await ground.checkpoint()
      peers.push((await many(peer, manyMs)).perSecond)
      await ground.checkpoint()
      const alone = await singly(ours, oneMs)
      times.push(median(alone))
      counted(`${queue} one`, alone.length)
      floors.push(median(await singly(floor, oneMs)))
    }
    tell(`round ${round + 1} of ${rounds}`)
  }
  const nOf = (name: string) => chains.get(name) ?? 0
  const alike = { bench: 'engine' } as const
  return measured.flatMap(({ queue, peer, goal, rates, peers, times, floors }) => [
    figureOf({
      ...alike,
      figure: `chains of five on ${queue}`,
      ours: rates,
      peer: peers,
      peerName: peer.name,
      goal,
      bound: 'least',
      unit: 'chains/s',
      n: nOf(`${queue} many`),
    }),
    figureOf({
      ...alike,
      figure: `one chain alone on ${queue}, p50`,
      ours: times,
      peer: floors,
      peerName: floor.name,
      goal: 8,
      bound: 'most',
      unit: 'ms',
      n: nOf(`${queue} one`),
    }),
  ])
}

/** Chains a second with `concurrency` of them under way; those that are under way at the end are finished, and count. */
async function many({ chain, concurrency }: Chains, ms: number): Promise<{ perSecond: number; count: number }> {
  const started = performance.now()
  let count = 0
  const client = async () => {
    while (performance.now() - started < ms) {
      await chain()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return { perSecond: count / ((performance.now() - started) / 1000), count }
}

/** How long one chain takes with nothing else under way. */
async function singly({ chain }: Chains, ms: number): Promise<number[]> {
  const times: number[] = []
  const started = performance.now()
  while (performance.now() - started < ms) {
    const at = performance.now()
    await chain()
    times.push(performance.now() - at)
  }
  return times
}

/** A process with chains under way is killed; another one, started anew, ends them: every one done, each step once. Throws otherwise. */
async function killUnderLoad(ground: Ground, redisUrl: string | null, tell: (line: string) => void): Promise<void> {
  const databaseUrl = await ground.database()
  const order = { databaseUrl, redisUrl }
  const killed = await started({ ...order, load: true })
  const agreed: string[] = []
  killed.on('message', (key: string) => agreed.push(key))
  await pause(killAfterMs)
  const gone = once(killed, 'exit')
  killed.kill('SIGKILL')
  await gone
  const underWay = await readUnderWay(databaseUrl)
  const heir = await started({ ...order, load: false })
  const chains = await proveChains(databaseUrl, { agreed, underWay }).finally(() => heir.kill('SIGKILL'))
  const queue = redisUrl ? 'Redis' : 'PostgreSQL'
  tell(`killed under load, queue on ${queue}: ${chains} chains begun and done, each step once; ${underWay.length} steps were under way`)
}

async function started(order: KillOrder): Promise<ChildProcess> {
  const child = fork(join(__dirname, 'engine-killed.js'), { env: { NODE_ENV: 'production' } })
  child.send(order)
  await firstWord(child)
  return child
}
