/** How much longer one customer's Sandbox takes while another one's hostile files are registered and run, step by step, on one worker. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { chmod, link, open, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { type People, people } from '../demo/control.js'
import { type Demo, startDemo } from '../demo/index.js'
import { createLog } from '../log.js'
import { type Figures, median, percentile, type Result, rounded } from './report.js'

const ops = 'C_OPS'
const pairs = 6
/** Must show 3 of the issue "Walls": p99 of the difference, in milliseconds. */
const mostMs = 1_000
const patienceMs = 120_000
const longLine = 200

interface StepTime {
  step: string
  /** Since the step before it ended. */
  waitedMs: number
  tookMs: number
}

/** Builds Sandboxes in turns, with and without a hostile neighbour. The server is an embedded one in a folder of its own. */
export async function measureHostile(tell: (line: string) => void): Promise<Figures> {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-'))
  await chmod(folder, 0o755) // the server's own user must pass
  const log = createLog({ level: 'fatal', stream: process.stderr })
  const demo = await startDemo({ dataDir: folder, port: 0, log })
  try {
    const cast = people(demo.workspace.url)
    await prepare(preparedFor(demo))
    await addCustomer(cast, 'evil', 'yes')
    await sandbox(demo, cast, 'warm')
    const [quiet, harassed]: [StepTime[], StepTime[]] = [[], []]
    let attacks = 0
    for (let pair = 0; pair < pairs; pair += 1) {
      quiet.push(...(await sandbox(demo, cast, `quiet-${pair}`)))
      const stop = new AbortController()
      const hostile = harass(demo, cast, { enough: stop.signal, from: attacks })
      harassed.push(...(await sandbox(demo, cast, `beside-${pair}`)))
      stop.abort()
      attacks += await hostile
      tell(`pair ${pair + 1} of ${pairs}`)
    }
    tell(`${attacks} hostile files were registered and run`)
    return figures(quiet, harassed, attacks)
  } finally {
    await demo.stop()
    rmSync(folder, { recursive: true, force: true })
  }
}

async function addCustomer({ says, clicks }: People, slug: string, legacy: 'yes' | 'no'): Promise<void> {
  await says('U_SALES', ops, `/customer add ${slug} --name ${slug} --legacy ${legacy}`)
  await says('U_PM', ops, `/customer sign ${slug} --sandbox base`)
  await clicks('U_ENG', ops, 'approve', new RegExp(`${slug}-sandbox`))
}

async function sandbox(demo: Demo, cast: People, slug: string): Promise<StepTime[]> {
  const { db } = demo.slipway.change
  await addCustomer(cast, slug, 'no')
  await until(`${slug}-sandbox`, async () => {
    const row = await db.selectFrom('environment').select('state').where('name', '=', `${slug}-sandbox`).executeTakeFirst()
    return row?.state === 'ready'
  })
  const rows = await db
    .selectFrom('step')
    .innerJoin('operation', 'operation.id', 'step.operation_id')
    .innerJoin('environment', 'environment.id', 'operation.environment_id')
    .select(['step.name', 'step.role', 'step.stage', 'step.started_at', 'step.ended_at'])
    .where('environment.name', '=', `${slug}-sandbox`)
    .where('step.stage', '>', 0)
    .orderBy('step.ordinal')
    .execute()
  return rows.flatMap(({ name, role, stage, started_at: started, ended_at: ended }) => {
    const before = rows.filter((row) => row.stage === stage - 1).map((row) => row.ended_at?.getTime() ?? 0)
    if (!started || !ended) return []
    const waitedMs = before.length > 0 ? started.getTime() - Math.max(...before) : 0
    return [{ step: `${name} ${role ?? ''}`, waitedMs, tookMs: ended.getTime() - started.getTime() }]
  })
}

/** One hostile delivery after the other, beginning with the kind that `from` says, until it is enough; returns how many were registered and run. */
async function harass(demo: Demo, cast: People, { enough, from }: { enough: AbortSignal; from: number }): Promise<number> {
  const folder = join(demo.intakeDir, 'evil')
  mkdirSync(folder, { recursive: true })
  let count = 0
  while (!enough.aborted) {
    await deliver(preparedFor(demo), folder, from + count)
    await cast.says('U_ENG', ops, '/migration register evil')
    await idle(demo, enough)
    await cast.says('U_ENG', ops, '/migration run evil')
    await idle(demo, enough)
    count += 1
  }
  await idle(demo, AbortSignal.timeout(patienceMs))
  return count
}

async function idle({ slipway: { change } }: Demo, enough: AbortSignal): Promise<void> {
  await pause(200)
  while (!enough.aborted) {
    const under = await change.db
      .selectFrom('operation')
      .innerJoin('customer', 'customer.id', 'operation.customer_id')
      .select('operation.id')
      .where('customer.slug', '=', 'evil')
      .where('operation.state', 'in', ['planning', 'running', 'undoing'])
      .executeTakeFirst()
    if (!under) return
    await pause(200)
  }
}

const specification = (first: string) => `version: 1
sources: { p: { file: people.csv } }
entities:
  volunteers:
    source: p
    key: [NO]
    fields:
      status: { constant: active }
      first_name: ${first}
      last_name: LAST
      birth_date: { constant: 1990-01-01 }
      sex: { constant: male }
      registered_on: { constant: 2020-01-01 }
`
const header = 'NO,FIRST,LAST\n'
const preparedFor = ({ intakeDir }: Demo) => join(intakeDir, '.hostile')

/** A line of 200 MB, a pattern that takes half a minute for one cell, and 1 MB of wrong lines: written before anything is measured. */
async function prepare(folder: string): Promise<void> {
  const kinds: [string, string | undefined][] = [
    [specification('FIRST'), undefined],
    [specification('{ from: FIRST, extract: "(?:a?){400}a{400}b" }'), `b${'a'.repeat(900_000)}`],
    [`version: 1\nmaps:\n${Array.from({ length: 60_000 }, (_, at) => `  k${at}: {}`).join('\n')}\n`, 'Ada'],
  ]
  for (const [kind, [text, cell]] of kinds.entries()) {
    mkdirSync(join(folder, String(kind)), { recursive: true })
    await writeFile(join(folder, String(kind), 'specification.yaml'), text)
    const file = await open(join(folder, String(kind), 'people.csv'), 'w')
    await file.write(`${header}1,`)
    if (cell === undefined) for (let megabyte = 0; megabyte < longLine; megabyte += 1) await file.write('a'.repeat(1_000_000))
    await file.write(`${cell ?? ''},Byron\n`)
    await file.sync()
    await file.close()
  }
}

async function deliver(prepared: string, folder: string, turn: number): Promise<void> {
  for (const name of ['specification.yaml', 'people.csv']) {
    await rm(join(folder, name), { force: true })
    await link(join(prepared, String(turn % 3), name), join(folder, name))
  }
}

async function until(what: string, look: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + patienceMs
  while (!(await look())) {
    if (Date.now() > deadline) throw new Error(`waited ${patienceMs / 1000} s for ${what}`)
    await pause(100)
  }
}

function figures(quiet: StepTime[], harassed: StepTime[], attacks: number): Figures {
  const line = (name: string, steps: StepTime[]): Result => ({
    name,
    steps: steps.length,
    'waited p50 ms': rounded(median(steps.map((step) => step.waitedMs))),
    'waited p99 ms': rounded(
      percentile(
        steps.map((step) => step.waitedMs),
        0.99,
      ),
    ),
    'took p50 ms': rounded(median(steps.map((step) => step.tookMs))),
    'took p99 ms': rounded(
      percentile(
        steps.map((step) => step.tookMs),
        0.99,
      ),
    ),
  })
  const difference = (name: string, [these, those]: [StepTime[], StepTime[]], of: (step: StepTime) => number): Result => {
    const more = these.map((step, at) => of(step) - of(those[at] ?? step))
    const p99 = rounded(percentile(more, 0.99))
    const verdict = p99 <= mostMs ? 'within' : 'BEYOND'
    return { name, steps: more.length, 'p50 ms': rounded(median(more)), 'p99 ms': p99, 'limit ms': mostMs, verdict }
  }
  const waited = (step: StepTime) => step.waitedMs
  const took = (step: StepTime) => step.tookMs
  // What the machine makes of it by itself: each Sandbox that was built alone against the one before.
  const steps = quiet.length / pairs
  const alone: [StepTime[], StepTime[]] = [quiet.slice(steps), quiet.slice(0, -steps)]
  const differences = [
    { ...difference('longer waited', [harassed, quiet], waited), attacks },
    { ...difference('longer carried out', [harassed, quiet], took), attacks },
    difference('noise: longer waited, alone', alone, waited),
    difference('noise: longer carried out, alone', alone, took),
  ]
  return { versions: {}, results: [line('alone', quiet), line('beside hostile files', harassed), ...differences], ratios: {} }
}
