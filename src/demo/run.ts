/** The two ways of `slipway demo`: open for people, or the whole way once. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { forgetAllPosts } from '../db/message.js'
import { people } from './control.js'
import { writeLegacyDump } from './dump.js'
import { startDemo } from './index.js'
import { playOnce } from './once.js'
import { summarize } from './summary.js'
import { shortcomings } from './verdict.js'

/** Opens the workspace for people, until the process is told to stop. */
export async function openDemo(
  { dataDir, port }: { dataDir: string; port: number },
  say: (line: string) => void,
): Promise<{ stop(): Promise<void> }> {
  const demo = await startDemo({ dataDir: join(dataDir, 'workspace'), port })
  const legacy = join(demo.intakeDir, 'acme')
  if (!existsSync(legacy)) await writeLegacyDump(legacy, { specificationVersion: 2 })
  // The workspace keeps its messages in memory, the product its state in the database: what was shown before is shown anew.
  await forgetAllPosts(demo.slipway.change.db)
  say(`Slipway's demo is open: ${demo.workspace.url}`)
  say(`Act as anybody, type /customer help in #ops; docs/walkthrough.md goes the whole way. A legacy dump of acme lies in ${legacy}`)
  return demo
}

/** Plays the whole way in a fresh folder; returns what is not as the rules say, empty when all is well. */
export async function demoOnce({ dataDir }: { dataDir: string }, say: (line: string) => void): Promise<string[]> {
  const folder = join(dataDir, 'demo')
  mkdirSync(folder, { recursive: true })
  const started = Date.now()
  const demo = await startDemo({ dataDir: folder, port: 0, fresh: true })
  const durations: Record<string, number> = { start: Date.now() - started }
  try {
    await playOnce(demo, (event) => {
      durations[event] = Date.now() - started
      say(`${((Date.now() - started) / 1000).toFixed(1).padStart(6)} s  ${event}`)
    })
    const summary = await summarize(demo, 'acme', { ...durations, total: Date.now() - started })
    writeFileSync(join(folder, 'summary.json'), `${JSON.stringify(summary, null, 2)}\n`)
    say(`${join(folder, 'summary.json')} and ${summary.documents.length} documents are written`)
    return shortcomings(summary)
  } catch (error) {
    // What people were told last explains best why the way ended here.
    for (const user of ['U_PM', 'U_ENG', 'U_ENG2', 'U_QA', 'U_LEAD', 'U_CQA'])
      say(`${user} was told: ${(await people(demo.workspace.url).answers(user)).slice(-3).join(' | ')}`)
    throw error
  } finally {
    await demo.stop()
  }
}
