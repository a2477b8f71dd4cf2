/** Chains of five steps, each committed: bare commits (the floor), BullMQ as it comes, and Slipway's operations with outbox and relay. */
import { performance } from 'node:perf_hooks'
import { bareBull, bareCommits } from './engine-peers.js'
import { slipwayChains } from './engine-slipway.js'
import { type Ground, type OwnRedis, ownRedis, takeGround } from './ground.js'
import { measureMemory } from './memory.js'
import { type Figures, median, percentile, type Result, rounded } from './report.js'

/** Something that carries out chains of five steps. */
export interface Chains {
  name: string
  concurrency: number
  /** Resolves when the fifth step is committed. */
  chain(): Promise<void>
  close(): Promise<void>
}

const rounds = 2
const manyMs = 1_500
const oneMs = 800
const floor = 'five commits (the floor)'

export async function measureEngine(tell: (line: string) => void): Promise<Figures> {
  const ground = await takeGround()
  const redis = await ownRedis(ground.folder)
  if (!redis) tell('redis-server is not on the PATH: measured on PostgreSQL only')
  try {
    const all = await contenders(ground, redis)
    const measured = await inTurns(all, ground, tell)
    await Promise.all(all.map((one) => one.close()))
    const memory = await measureMemory(ground, redis?.url ?? null)
    const versions = { ...ground.versions, ...(redis ? { redis: redis.version } : {}) }
    return { versions, results: [...results(measured), ...memory], ratios: ratios(measured) }
  } finally {
    await redis?.stop()
    await ground.leave()
  }
}

async function contenders(ground: Ground, redis: OwnRedis | null): Promise<Chains[]> {
  // Each with a database of its own: one relay would send what belongs to the other.
  const onPostgres = [
    await bareCommits(floor, await ground.database()),
    await bareBull('BullMQ on PostgreSQL', await ground.database(), null),
    await slipwayChains('Slipway on PostgreSQL', await ground.database(), null),
  ]
  if (!redis) return onPostgres
  const bull = await bareBull('BullMQ on Redis', await ground.database(), redis.url)
  return [...onPostgres, bull, await slipwayChains('Slipway on Redis', await ground.database(), redis.url)]
}

type Measured = Map<string, { concurrency: number; perSecond: number[]; one: number[] }>

async function inTurns(all: Chains[], ground: Ground, tell: (line: string) => void): Promise<Measured> {
  const measured: Measured = new Map(all.map(({ name, concurrency }) => [name, { concurrency, perSecond: [], one: [] }]))
  for (const one of all) await many(one, 500)
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of all) {
      await ground.checkpoint()
      const figures = measured.get(contender.name)
      figures?.perSecond.push(await many(contender, manyMs))
      figures?.one.push(...(await singly(contender, oneMs)))
    }
    tell(`round ${round + 1} of ${rounds}`)
  }
  return measured
}

/** Chains a second with `concurrency` of them under way; those that are under way at the end are finished, and count. */
async function many({ chain, concurrency }: Chains, ms: number): Promise<number> {
  const started = performance.now()
  let count = 0
  const client = async () => {
    while (performance.now() - started < ms) {
      await chain()
      count += 1
    }
  }
  await Promise.all(Array.from({ length: concurrency }, client))
  return count / ((performance.now() - started) / 1000)
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

function results(measured: Measured): Result[] {
  return [...measured].map(([name, { concurrency, perSecond, one }]) => ({
    name,
    concurrency,
    'chains/s': rounded(median(perSecond)),
    'one chain p50 ms': rounded(median(one)),
    'one chain p99 ms': rounded(percentile(one, 0.99)),
  }))
}

function ratios(measured: Measured): Record<string, number> {
  const least = measured.get(floor)
  const pairs = [...measured]
    .filter(([name]) => name !== floor)
    .flatMap(([name, { perSecond, one }]): [string, number][] => [
      [`${name} : floor, chains/s`, rounded(median(perSecond) / median(least?.perSecond ?? []))],
      [`${name} : floor, one chain p50`, rounded(median(one) / median(least?.one ?? []))],
    ])
  return Object.fromEntries(pairs)
}
