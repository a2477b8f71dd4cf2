/** `npm run bench -- ack|engine|growth|memory|hostile|report [--json]`: measures Slipway, all on this machine, in one run (docs/performance.md). */
import { parseArgs } from 'node:util'
import { measureAck } from './ack.js'
import { measureEngine } from './engine.js'
import { type Figure, figureTable } from './figure.js'
import { measureGrowth } from './growth.js'
import { measureHostile } from './hostile.js'
import { measureMemory } from './memory.js'
import { measurePaper } from './paper.js'
import { type Figures, machine, report, table } from './report.js'

type Tell = (line: string) => void

/** Held against goals: one line per figure. */
const held: Record<string, (tell: Tell) => Promise<Figure[]>> = {
  ack: measureAck,
  engine: measureEngine,
  growth: measureGrowth,
  memory: measureMemory,
}
/** Told as they are: one object. */
const told: Record<string, (tell: Tell) => Promise<Figures>> = { hostile: measureHostile, report: measurePaper }

async function run(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
  const which = positionals[0] ?? ''
  const tell = (line: string) => void process.stderr.write(`${line}\n`)
  const [figures, whole] = [await held[which]?.(tell), await told[which]?.(tell)]
  if (figures) {
    tell(machine())
    process.stdout.write(`${values.json ? figures.map((figure) => JSON.stringify(figure)).join('\n') : figureTable(figures)}\n`)
  } else if (whole) process.stdout.write(`${values.json ? JSON.stringify(report(whole)) : table(report(whole))}\n`)
  else {
    process.stderr.write('npm run bench -- ack|engine|growth|memory|hostile|report [--json]\n')
    return 64
  }
  return 0
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  },
)
