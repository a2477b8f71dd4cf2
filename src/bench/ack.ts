/** Acknowledging a slash command: Slipway, with everything it must write first, beside a Bolt app that writes nothing and one that inserts a row. */
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { sql } from 'kysely'
import { migrateState } from '../app/state.js'
import { verifyAudit } from '../db/audit-verify.js'
import { type Db, openDatabase } from '../db/connection.js'
import { demoWorkspace, startWorkspace } from '../workspace/index.js'
import type { Order } from './ack-server.js'
import { ended, takeGround } from './ground.js'
import { type Answered, type Asking, type Load, load } from './load.js'
import { type Figures, median, type Result, rounded } from './report.js'

const rounds = 3
const concurrencies = [16, 64] as const
const blockMs = 1_000
/** One customer for each connection: commands about different customers do not wait for one another. */
const customers = 64
const lateMs = 10_000
const roles = ['owner', 'lead', 'qa', 'member']

interface Contender {
  name: string
  port: number
  asking: Asking
  /** What proves that each answer's row was there; undefined where nothing is written. */
  prove?(answers: Answered[]): Promise<void>
}

export async function measureAck(tell: (line: string) => void): Promise<Figures> {
  const ground = await takeGround()
  const databaseUrl = await ground.database()
  await migrateState({ ownerUrl: databaseUrl, queue: true, roles: [] })
  const signingSecret = randomBytes(16).toString('hex')
  const workspace = await startWorkspace({ ...demoWorkspace, port: 0, signingSecret, botToken: 'xoxb-bench', limits: { rate: 'off' } })
  const order = { databaseUrl, apiUrl: workspace.apiUrl, signingSecret, folder: ground.folder }
  const servers = await Promise.all((['slipway', 'bolt', 'bolt-insert'] as const).map((which) => serve({ ...order, which })))
  const { db, close } = openDatabase(databaseUrl, 2, (error) => tell(error.message))
  try {
    const [slipway = 0, bolt = 0, inserting = 0] = servers.map((server) => server.port)
    const contenders = contend(db, { slipway, bolt, inserting })
    const to = (contender: Contender) => ({ port: contender.port, secret: signingSecret })
    await load({ port: slipway, secret: signingSecret }, (i) => ({ command: '/customer', text: `add p-${i}` }), {
      connections: customers,
      ms: 1,
    })
    for (const contender of contenders) await load(to(contender), contender.asking, { connections: 16, ms: 700 })
    const loads = new Map<string, Load[]>()
    for (let round = 0; round < rounds; round += 1) {
      for (const connections of concurrencies) {
        for (const contender of contenders) {
          await ground.checkpoint()
          const done = await load(to(contender), contender.asking, { connections, ms: blockMs })
          await contender.prove?.(done.answers)
          const key = `${contender.name}, c=${connections}`
          loads.set(key, [...(loads.get(key) ?? []), done])
        }
      }
      tell(`round ${round + 1} of ${rounds}`)
    }
    const { broken } = await verifyAudit(db)
    if (broken) throw new Error(`the audit trail is broken at ${broken}`)
    return figures(loads, ground.versions)
  } finally {
    await close()
    for (const server of servers) await ended(server.child)
    await workspace.stop()
    await ground.leave()
  }
}

async function serve(order: Order) {
  const child = fork(join(__dirname, 'ack-server.js'), { env: { NODE_ENV: 'production' } })
  child.send(order)
  const [port] = (await once(child, 'message')) as [number]
  return { child, port }
}

let made = 0

function contend(db: Db, ports: { slipway: number; bolt: number; inserting: number }): Contender[] {
  const people: Asking = (connection) => ({
    command: '/customer',
    text: `people p-${connection % customers} add <@U_LEAD|someone> ${roles[made++ % roles.length]}`,
  })
  const add: Asking = () => ({ command: '/customer', text: `add b-${made++}` })
  return [
    { name: 'Bolt, acknowledging only', port: ports.bolt, asking: people },
    { name: 'Bolt + one INSERT', port: ports.inserting, asking: people, prove: (answers) => inserted(db, answers) },
    { name: 'Slipway, /customer people', port: ports.slipway, asking: people, prove: (answers) => answered(db, answers, / of p-\d+ now/) },
    {
      name: 'Slipway, /customer add',
      port: ports.slipway,
      asking: add,
      prove: async (answers) => {
        await answered(db, answers, /is a prospect now/)
        const slugs = answers.map(({ text }) => text.slice('add '.length))
        counted(slugs, await db.selectFrom('customer').select('id').where('slug', 'in', slugs).execute())
      },
    },
  ]
}

/**
 * Every payload is on record as agreed. Slack gives up after three seconds, so an answer that takes longer than two is acknowledged
 * with "Working…" before the commit: those are counted apart, and on record a little later.
 */
async function answered(db: Db, answers: Answered[], like: RegExp): Promise<void> {
  const other = answers.find((answer) => !like.test(answer.said) && !isLate(answer))
  if (other) throw new Error(`measuring: ${other.text} was answered with ${other.said}`)
  const onRecord = async (some: Answered[]) => {
    const triggers = some.map(({ trigger }) => trigger)
    const rows = db.selectFrom('answered').select('key').where(sql<string>`outcome->>'kind'`, '=', 'agreed')
    return (await rows.where('key', 'in', ['', ...triggers]).execute()).length === some.length
  }
  if (!(await onRecord(answers.filter((answer) => !isLate(answer)))))
    throw new Error('measuring: a command was acknowledged, but is not on record')
  const deadline = Date.now() + lateMs
  while (!(await onRecord(answers))) {
    if (Date.now() > deadline) throw new Error(`measuring: a command that was being worked on is not on record after ${lateMs / 1000} s`)
    await pause(50)
  }
}

const isLate = ({ said }: Answered) => said.includes('Working…')

async function inserted(db: Db, answers: Answered[]): Promise<void> {
  const triggers = answers.map(({ trigger }) => trigger)
  counted(triggers, (await sql`select 1 from public.bench_ack where trigger = any(${triggers})`.execute(db)).rows)
}

function counted(asked: unknown[], found: unknown[]): void {
  if (asked.length !== found.length)
    throw new Error(`measuring: ${asked.length} commands were acknowledged, but there are ${found.length} rows`)
}

function figures(loads: Map<string, Load[]>, versions: Record<string, string>): Figures {
  const of = (key: string, figure: 'perSecond' | 'p50' | 'p99') => median((loads.get(key) ?? []).map((one) => one[figure]))
  const answersOf = (key: string) => (loads.get(key) ?? []).flatMap((one) => one.answers)
  const results: Result[] = [...loads.keys()].map((name) => ({
    name,
    'req/s': rounded(of(name, 'perSecond')),
    'p50 ms': rounded(of(name, 'p50')),
    'p99 ms': rounded(of(name, 'p99')),
    commands: answersOf(name).length,
    'later than 2 s': answersOf(name).filter(isLate).length,
  }))
  const ratio = (one: string, other: string, c: number) => rounded(of(`${one}, c=${c}`, 'perSecond') / of(`${other}, c=${c}`, 'perSecond'))
  const pairs = ['Slipway, /customer people', 'Slipway, /customer add'].flatMap((one) =>
    ['Bolt, acknowledging only', 'Bolt + one INSERT'].flatMap((other) =>
      concurrencies.map((c): [string, number] => [`${one} : ${other}, c=${c}`, ratio(one, other, c)]),
    ),
  )
  return { versions, results, ratios: Object.fromEntries(pairs) }
}
