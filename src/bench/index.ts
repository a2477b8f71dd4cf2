/** `npm run bench -- ack|engine|hostile|report [--json]`: measures Slipway beside its peers, all on this machine, in one run (docs/bench.md). */
import { parseArgs } from 'node:util'
import { measureAck } from './ack.js'
import { measureEngine } from './engine.js'
import { measureHostile } from './hostile.js'
import { measurePaper } from './paper.js'
import { type Figures, report, table } from './report.js'

const benches: Record<string, (tell: (line: string) => void) => Promise<Figures>> = {
  ack: measureAck,
  engine: measureEngine,
  hostile: measureHostile,
  report: measurePaper,
}

async function run(): Promise<number> {
  const { positionals, values } = parseArgs({ allowPositionals: true, options: { json: { type: 'boolean' } } })
  const measure = benches[positionals[0] ?? '']
  if (!measure) {
    process.stderr.write('npm run bench -- ack|engine|hostile|report [--json]\n')
    return 64
  }
  const figures = await measure((line) => process.stderr.write(`${line}\n`))
  const whole = report(figures)
  process.stdout.write(`${values.json ? JSON.stringify(whole) : table(whole)}\n`)
  return 0
}

run().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
    process.exit(1)
  },
)
