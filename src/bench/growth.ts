/** Whether an answer takes longer with ten thousand customers than with one, and for a customer of five years than for a fresh one. */
import { join } from 'node:path'
import { performance } from 'node:perf_hooks'
import { answerClick } from '../../commands/click.js'
import { answerCommand } from '../../commands/dispatch.js'
import { homeOf } from '../app/home.js'
import { startSlipway } from '../app/index.js'
import { migrateState } from '../app/state.js'
import { noteHeard } from '../change/heard.js'
import { changeByPerson } from '../change/index.js'
import { readConfig } from '../config.js'
import { createLog } from '../log.js'
import { createQueries } from '../read/index.js'
import { refusalIn } from '../views/refusal.js'
import { type Figure, figureOf } from './figure.js'
import { type Ground, takeGround } from './ground.js'
import { fill } from './growth-fill.js'
import { median } from './report.js'

const rounds = 3
const most = 20
const looksMs = 600
const slowMs = 2_000
const customers = 10_000
const userId = 'U_PM'
const roles = ['owner', 'lead', 'qa', 'member']
const goal = 1.5

/** A database that is filled, and a Slipway on it. */
interface Filled {
  /** One thing that a person does, by its name in the figures; resolves with its answer as text. */
  looks: Record<string, () => Promise<string>>
  stop(): Promise<void>
}

/** p50 of each look, in turns; throws where one is answered with a refusal that it should not get. */
export async function measureGrowth(tell: (line: string) => void): Promise<Figure[]> {
  const ground = await takeGround()
  const open: Filled[] = []
  try {
    const filled = async (amount: { more: number; old: boolean }) => {
      const one = await opened(ground, amount)
      open.push(one)
      return one
    }
    const fresh = await filled({ more: 0, old: false })
    const many = await filled({ more: customers - 1, old: false })
    const old = await filled({ more: 0, old: true })
    tell('filled')
    const names = Object.keys(fresh.looks)
    const measured = names.map((name) => ({ name, fresh: [] as number[], many: [] as number[], old: [] as number[], n: 0 }))
    for (let round = 0; round < rounds; round += 1) {
      for (const each of measured) {
        for (const [where, times] of [
          [fresh, each.fresh],
          [many, each.many],
          [old, each.old],
        ] as const) {
          // What takes this long says enough the first time, and counts for the later rounds too.
          const [first = 0] = times
          const taken = first > slowMs ? [first] : await timed(where.looks[each.name])
          times.push(median(taken))
          each.n += taken.length
        }
      }
      tell(`round ${round + 1} of ${rounds}`)
    }
    return measured.flatMap(({ name, fresh: peer, many: full, old: years, n }) =>
      [
        { what: '10,000 customers', ours: full, peerName: 'one customer' },
        { what: 'five years of history', ours: years, peerName: 'a fresh customer' },
      ].map(({ what, ours, peerName }) =>
        figureOf({ bench: 'growth', figure: `${name}, ${what}`, ours, peer, peerName, goal, bound: 'most', unit: 'ms', n }),
      ),
    )
  } finally {
    for (const { stop } of open) await stop()
    await ground.leave()
  }
}

async function timed(look: (() => Promise<string>) | undefined): Promise<number[]> {
  const times: number[] = []
  const begun = performance.now()
  const until = begun + looksMs
  await look?.()
  if (performance.now() > until) return [performance.now() - begun]
  do {
    const at = performance.now()
    await look?.()
    times.push(performance.now() - at)
  } while (performance.now() < until && times.length < most)
  return times
}

async function opened(ground: Ground, amount: { more: number; old: boolean }): Promise<Filled> {
  const databaseUrl = await ground.database()
  await migrateState({ ownerUrl: databaseUrl, queue: true, roles: [] })
  const config = readConfig({
    SLACK_BOT_TOKEN: 'xoxb-bench',
    SLACK_SIGNING_SECRET: 'bench',
    SLACK_OPS_CHANNEL: 'C_OPS',
    DATABASE_URL: databaseUrl,
    DATA_DIR: ground.folder,
    POLICY_FILE: join(__dirname, '..', 'demo', 'files', 'policy.yaml'),
  })
  // Neither bot nor worker: what both stand on.
  const { change, stop } = await startSlipway(config, { parts: [], log: createLog({ level: 'fatal', stream: process.stderr }) })
  await fill(change.db, amount)
  return { looks: looksOf(change), stop }
}

function looksOf(change: Parameters<typeof createQueries>[0]): Filled['looks'] {
  const queries = createQueries(change)
  const actor = { userId, teamId: 'T_VENDOR', name: null }
  let made = 0
  const context = async () => ({
    actor: await queries.actor(userId),
    userId,
    channel: 'C_OPS',
    queries,
    change: (ask: Parameters<typeof changeByPerson>[1]['ask']) => changeByPerson(change, { ask, actor, dedupe: `growth.${made++}` }),
  })
  const say = (word: string, textOf: () => string, like: RegExp) => async () => {
    const view = await answerCommand({ word, text: textOf() }, await context(), '')
    const { text } = view
    if (refusalIn(view) || !like.test(text)) throw new Error(`measuring: /${word} ${textOf()} was answered with ${text}`)
    return text
  }
  return {
    '/customer people': say('customer', () => `people acme add <@U_LEAD|someone> ${roles[made % roles.length]}`, / of acme now/),
    '/env list acme': say('env', () => 'list acme', /^[\d,]+ environments?$/),
    '/customer show acme': say('customer', () => 'show acme', /acme/i),
    '/env show acme-sandbox': say('env', () => 'show acme-sandbox', /acme-sandbox/),
    '/customer list': say('customer', () => 'list', /customer/i),
    '/env list': say('env', () => 'list', /^[\d,]+ environments?$/),
    Home: async () => {
      const view = await homeOf(change, queries, userId)
      if (!view) throw new Error('measuring: there is no Home')
      return view.text
    },
    // Of a request that is decided: the whole way of a click, with a refusal at its end, so that it can be done again and again.
    'a click': async () => {
      const clicked = { action: 'approve', value: 'granted_env_cus_0_0.1.cccccccc', comment: null }
      const view = await answerClick(clicked, await context())
      const { text } = view
      if (refusalIn(view)?.code !== 'already-decided') throw new Error(`measuring: a click was answered with ${text}`)
      return text
    },
    'noted after a look': async () => {
      const heard = { userId, teamId: 'T_VENDOR', channel: 'C_OPS', how: 'shown', what: '/env show', typed: 'show acme-sandbox' } as const
      await noteHeard(change, { ...heard, code: null, rule: null })
      return ''
    },
  }
}
