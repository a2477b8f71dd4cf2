/** Acknowledging a slash command: Slipway, with everything it must write first, beside a Bolt app that commits one row. */
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { migrateState } from '../app/state.js'
import { type Db, openDatabase } from '../db/connection.js'
import { demoWorkspace, startWorkspace } from '../workspace/index.js'
import { isLate, proveInserted, proveNothingTwice, proveOnRecord } from './ack-proof.js'
import type { Order } from './ack-server.js'
import { type Figure, figureOf } from './figure.js'
import { ended, firstWord, type Ground, takeGround } from './ground.js'
import { type Amount, type Answered, type Asking, deliverAgain, type Load, load } from './load.js'

const rounds = 3
const blockMs = 1_000
/** One customer for each connection: commands about different customers do not wait for one another. */
const customers = 64
/** A bot just started needs a moment until it acknowledges anything. */
const killAfterMs = 2_000
const peerName = 'Bolt + one INSERT'
const roles = ['owner', 'lead', 'qa', 'member']

interface Bot {
  which: Order['which']
  child: ChildProcess
  port: number
}

/** One row of the table: what is asked, by how many connections, and its goal. */
interface Part {
  figure: string
  asking: Asking
  connections: number
  of: 'perSecond' | 'p50'
  goal: number
}

let made = 0
const about =
  (slugOf: (connection: number) => string): Asking =>
  (connection) => ({ command: '/customer', text: `people ${slugOf(connection)} add <@U_LEAD|someone> ${roles[made++ % roles.length]}` })
const many = about((connection) => `p-${connection % customers}`)
const one = about(() => 'p-0')

const parts: readonly Part[] = [
  { figure: 'acknowledged, many customers, 16 connections', asking: many, connections: 16, of: 'perSecond', goal: 0.3 },
  { figure: 'acknowledged, many customers, 64 connections', asking: many, connections: 64, of: 'perSecond', goal: 0.3 },
  { figure: 'acknowledged, one customer, 16 connections', asking: one, connections: 16, of: 'perSecond', goal: 0.2 },
  { figure: 'acknowledged, one customer, 64 connections', asking: one, connections: 64, of: 'perSecond', goal: 0.2 },
  { figure: 'one command at a time, p50', asking: many, connections: 1, of: 'p50', goal: 3 },
]

/**
 * Measures in turns and proves every answer, also of a bot that is killed under load; throws where one is not on record, or is twice.
 * The bot's process is the real one (ack-server.ts).
 */
export async function measureAck(tell: (line: string) => void): Promise<Figure[]> {
  const ground = await takeGround()
  const databaseUrl = await ground.database()
  await migrateState({ ownerUrl: databaseUrl, queue: true, roles: [] })
  const secret = randomBytes(16).toString('hex')
  const workspace = await startWorkspace({
    ...demoWorkspace,
    port: 0,
    signingSecret: secret,
    botToken: 'xoxb-bench',
    limits: { rate: 'off' },
  })
  const order = { databaseUrl, apiUrl: workspace.apiUrl, signingSecret: secret, folder: ground.folder }
  const { db, close } = openDatabase(databaseUrl, 2, (error) => tell(error.message))
  const bots: Bot[] = []
  const serve = async (which: Order['which']) => {
    const bot = await start({ ...order, which })
    bots.push(bot)
    return bot
  }
  try {
    const [slipway, bolt] = [await serve('slipway'), await serve('bolt-insert')]
    await load({ port: slipway.port, secret }, (i) => ({ command: '/customer', text: `add p-${i}` }), { connections: customers, ms: 1 })
    for (const { port } of [slipway, bolt]) await load({ port, secret }, many, { connections: 16, ms: 700 })
    const figures = await inTurns({ slipway, bolt, secret, ground, db }, tell)
    // Another one than was measured, which so ends in order and can leave its profile.
    await killUnderLoad({ slipway: await serve('slipway'), secret, db, again: () => serve('slipway'), tell })
    return figures
  } finally {
    await close()
    for (const { child } of bots) await ended(child)
    await workspace.stop()
    await ground.leave()
  }
}

async function start(order: Order): Promise<Bot> {
  const child = fork(join(__dirname, 'ack-server.js'), { env: { NODE_ENV: 'production' } })
  child.send(order)
  const [port] = await firstWord<number>(child)
  return { which: order.which, child, port }
}

interface Ring {
  slipway: Bot
  bolt: Bot
  secret: string
  ground: Ground
  db: Db
}

async function inTurns({ slipway, bolt, secret, ground, db }: Ring, tell: (line: string) => void): Promise<Figure[]> {
  const measured = parts.map((part) => ({ part, ours: [] as Load[], peer: [] as Load[] }))
  for (let round = 0; round < rounds; round += 1) {
    for (const { part, ours, peer } of measured) {
      const amount: Amount = { connections: part.connections, ms: blockMs }
      await ground.checkpoint()
      const done = await load({ port: slipway.port, secret }, part.asking, amount)
      const late = done.answers.filter(isLate).length
      if (late > 0)
        tell(`${part.figure}: ${late} commands took longer than 2 s and were acknowledged with “Working…” before their commit: not counted`)
      await proveOnRecord(db, done.answers)
      ours.push(inTime(done))
      await ground.checkpoint()
      const others = await load({ port: bolt.port, secret }, part.asking, amount)
      await proveInserted(db, others.answers)
      peer.push(others)
    }
    tell(`round ${round + 1} of ${rounds}`)
  }
  await proveNothingTwice(db)
  return measured.map(({ part, ours, peer }) =>
    figureOf({
      bench: 'ack',
      figure: part.figure,
      ours: ours.map((each) => each[part.of]),
      peer: peer.map((each) => each[part.of]),
      peerName,
      goal: part.goal,
      bound: part.of === 'p50' ? 'most' : 'least',
      unit: part.of === 'p50' ? 'ms' : 'commands/s',
      n: ours.reduce((sum, { answers }) => sum + answers.length, 0),
    }),
  )
}

/** What was acknowledged before its commit (“Working…”) is no durable acknowledgement: it counts neither in the rate nor in the number. */
function inTime({ perSecond, answers, ...load }: Load): Load {
  const durable = answers.filter((answer) => !isLate(answer))
  return { ...load, perSecond: (perSecond * durable.length) / answers.length, answers: durable }
}

interface Killing {
  slipway: Bot
  secret: string
  db: Db
  again(): Promise<Bot>
  tell(line: string): void
}

/**
 * SIGKILL under load, and the bot started again: what was acknowledged is on record, and what Slack sends again (all that was not answered,
 * and some that were) is carried out once. Throws otherwise.
 */
async function killUnderLoad({ slipway, secret, db, again, tell }: Killing): Promise<void> {
  const underWay = load({ port: slipway.port, secret }, many, { connections: 64, ms: 5 * killAfterMs, mayBreak: true })
  await pause(killAfterMs)
  const gone = once(slipway.child, 'exit')
  slipway.child.kill('SIGKILL')
  await gone
  const { answers, unanswered } = await underWay
  // “Working…” promises nothing yet.
  const promised = answers.filter((answer) => !isLate(answer))
  if (promised.length === 0 || unanswered.length === 0) throw new Error('measuring: the bot was not killed under load')
  await proveOnRecord(db, promised)
  const { port } = await again()
  const repeated: Answered[] = await deliverAgain({ port, secret }, [...unanswered, ...answers.filter(isLate), ...promised.slice(-64)])
  await proveOnRecord(db, repeated)
  await proveNothingTwice(db)
  tell(`killed under load: ${promised.length} commands were acknowledged; all are on record, and none twice`)
}
