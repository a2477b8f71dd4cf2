/** Writes a report of many rows and prints how much more memory that took than the process had before: `many-rows.ts <folder> <rows>`. */
import { type ReportPart, writeReport } from '../../src/documents/index.js'
import { configuration } from './samples.js'

const [folder = '', count = '0'] = process.argv.slice(2)
const { content: _, comparison: __, ...facts } = configuration

async function* parts(): AsyncGenerator<ReportPart> {
  yield { part: 'table', element: 'terms', table: 'terms', title: 'Terms', columns: ['dictionary', 'code', 'level', 'term'], key: 2 }
  for (let from = 0; from < Number(count); from += 250)
    yield {
      part: 'rows',
      rows: Array.from({ length: 250 }, (_, n) => [
        'MED',
        `T${1e6 + from + n}`,
        'preferred',
        `A term that is as long as terms are, ${from + n}`,
      ]),
    }
  yield { part: 'facts', facts }
}

async function run(): Promise<void> {
  const before = process.memoryUsage.rss()
  let peak = before
  const timer = setInterval(() => {
    peak = Math.max(peak, process.memoryUsage.rss())
  }, 10)
  const outcome = await writeReport({ folder, name: 'CR-MANY-r1', rowLimit: 1_000, earlier: null }, parts())
  clearInterval(timer)
  const listed = outcome.alike ? 0 : Number(count)
  process.stdout.write(JSON.stringify({ growthMiB: Math.round((peak - before) / 2 ** 20), listed }))
}

run().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.stack : String(error)}\n`)
  process.exit(1)
})
