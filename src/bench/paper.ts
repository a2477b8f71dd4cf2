/** Reports and qualifications of large instances: how much memory they take, and for how long they keep the process from everything else. */
import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay, performance } from 'node:perf_hooks'
import { setTimeout as pause } from 'node:timers/promises'
import { issueConfigurationReport } from '../../jobs/documents/configuration-report.js'
import type { StepContext } from '../../jobs/job.js'
import { renderDocument, writeReport } from '../documents/index.js'
import { postgresDriver } from '../drivers/postgres.js'
import type { Document, Instance } from '../lifecycle/types.js'
import { clinicDir, loadProduct } from '../product/index.js'
import { takeGround } from './ground.js'
import { largeClinic, type Size } from './large-clinic.js'
import { type Figures, type Result, rounded } from './report.js'

const product = loadProduct(clinicDir)
const version = product.definition.versions.at(-1) ?? ''
/** The clinic as it ships, the size at which a report used to hold the process up for nine seconds, and a real medical dictionary. */
const sizes: Size[] = [
  { terms: 0, tests: 0 },
  { terms: 20_000, tests: 0 },
  { terms: 100_000, tests: 20_000 },
]
const mebi = 2 ** 20

/** For each size: a report, the same again where nothing changed, the inventory, the checks with an IQ as large as one is. Memory is that beyond the idle process. */
export async function measurePaper(tell: (line: string) => void): Promise<Figures> {
  const ground = await takeGround()
  const folder = mkdtempSync(join(tmpdir(), 'slipway-bench-paper-'))
  const results: Result[] = []
  const watch = startWatch()
  try {
    const driver = postgresDriver({ product })
    for (const size of sizes) {
      const name = `${size.terms} terms more, ${size.tests} lab tests more`
      tell(`filling an instance: ${name}`)
      const at = await largeClinic(driver, product, ground.instances, size)
      const documents: Document[] = []
      const context = contextOf({ driver, standing: async () => at }, folder, documents)
      const report = async () => {
        const { effect, revision } = await issueConfigurationReport(context, instance)
        documents.push({ ...effect, id: 'd', revision, change: null, askedBy: null, execution: null, outcome: null, at: context.now })
        return { 'PDF MiB': rounded(statSync(join(folder, effect.file)).size / mebi) }
      }
      results.push(await watch(`report: ${name}`, report))
      results.push(await watch(`report again, nothing changed: ${name}`, report))
      results.push(await watch(`inventory: ${name}`, async () => void (await driver.inventory(at))))
      results.push(await watch(`IQ checks: ${name}`, async () => void (await driver.check(at, { version }))))
      await driver.drop(at)
    }
    return { versions: ground.versions, results, ratios: {} }
  } finally {
    rmSync(folder, { recursive: true, force: true })
    await ground.leave()
  }
}

/** Watches memory and the event loop while something is done; against the process as it was when the watch was made. */
function startWatch() {
  const idle = process.memoryUsage.rss()
  return async (name: string, what: () => Promise<Record<string, number> | undefined>): Promise<Result> => {
    const loop = monitorEventLoopDelay({ resolution: 5 })
    await pause(200)
    let peak = 0
    const timer = setInterval(() => {
      peak = Math.max(peak, process.memoryUsage.rss())
    }, 10)
    loop.enable()
    const started = performance.now()
    const figures = await what()
    const seconds = (performance.now() - started) / 1000
    await pause(20) // a block that ends with the work is seen only by the next turn of the loop
    loop.disable()
    clearInterval(timer)
    return {
      name,
      s: rounded(seconds),
      'MiB more than idle': Math.round((peak - idle) / mebi),
      'longest block ms': rounded(loop.max / 1e6 - 5),
      ...figures,
    }
  }
}

const instance = { id: 'i', name: 'bench-preprod', role: 'single', database: 'bench', version } as unknown as Instance

/** As much of a step's context as a report asks for. */
function contextOf(parts: Pick<StepContext, 'driver' | 'standing'>, documentsDir: string, documents: Document[]): StepContext {
  const environment = { id: 'e', name: 'bench-preprod', kind: 'preprod', instances: [instance] }
  const situation = { customer: { slug: 'bench', name: 'Bench' }, documents, operations: [], people: [], policy: { people: {} } }
  const operation = { id: 'o', verb: 'extract', requestedBy: 'system' }
  const rest = {
    product,
    renderDocument,
    writeReport,
    documentsDir,
    environment,
    situation,
    operation,
    profiles: new Map(),
    now: new Date(),
  }
  return { ...rest, ...parts } as unknown as StepContext
}
