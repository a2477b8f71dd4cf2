/**
 * `npm run trace`: each rule with the tests that claim it. `npm run trace -- --plant [n]`: plants n faults (all unless told), the first of every rule
 * before the second of any, so that n of them are in as many rules as can be; one at a time in a copy of the sources, and requires that a test which claims the rule goes red; exit code 1 where none does.
 */
import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import faults from './faults.json'
import { claims, rulesFirst } from './titles.js'

const say = (line: string) => process.stdout.write(`${line}\n`)

interface Outcome {
  fullName: string
  status: string
}

function list(): void {
  const all = claims()
  for (let number = 1; number <= 43; number += 1) {
    const rule = `R${number}`
    const tests = all.filter((claim) => claim.rule === rule)
    const planted = faults.filter((fault) => fault.rule === rule).length
    say(
      `${rule}: ${tests.length === 0 ? 'no test claims it' : `${tests.length} tests`}${planted > 0 ? `, ${planted} faults to plant` : ''}`,
    )
    for (const { file, title } of tests) say(`    ${file}: ${title}`)
  }
}

/** The sources in a folder of their own, where a fault does no harm. */
function copied(): string {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-trace-'))
  for (const part of ['src', 'commands', 'jobs', 'test', 'package.json', 'tsconfig.json'])
    cpSync(part, join(folder, part), { recursive: true })
  symlinkSync(join(process.cwd(), 'node_modules'), join(folder, 'node_modules'))
  // The rules are pure: their tests need no server.
  writeFileSync(join(folder, 'test/trace/nothing.js'), 'module.exports = async () => undefined\n')
  return folder
}

/** The outcomes of the tests that claim the rule, in these files. */
function outcomesOf(folder: string, rule: string, files: string[]): Outcome[] {
  const results = join(folder, 'results.json')
  rmSync(results, { force: true })
  const nothing = join(folder, 'test/trace/nothing.js')
  const options = ['--json', `--outputFile=${results}`, '--maxWorkers=1', `--testNamePattern=\\b${rule}\\b`]
  const without = [`--globalSetup=${nothing}`, `--globalTeardown=${nothing}`]
  const jest = join(process.cwd(), 'node_modules/jest/bin/jest.js')
  spawnSync(process.execPath, [jest, ...options, ...without, '--runTestsByPath', ...files], { cwd: folder, stdio: 'ignore' })
  const { testResults } = JSON.parse(readFileSync(results, 'utf8')) as { testResults: { assertionResults: Outcome[]; message: string }[] }
  const broken = testResults.find(({ assertionResults, message }) => assertionResults.length === 0 && message)
  if (broken) throw new Error(`running the tests of ${rule}: ${broken.message.split('\n')[0]}`)
  return testResults.flatMap(({ assertionResults }) => assertionResults).filter(({ status }) => status !== 'pending')
}

/** Plants the faults one after the other; returns how many no test noticed. */
function plant(count: number): number {
  const folder = copied()
  let unnoticed = 0
  try {
    for (const { rule, file, find, replace, tests } of rulesFirst(faults).slice(0, count)) {
      const path = join(folder, file)
      const whole = readFileSync(path, 'utf8')
      if (whole.split(find).length !== 2)
        throw new Error(`planting a fault of ${rule}: \`${find}\` stands ${whole.split(find).length - 1} times in ${file}`)
      const before = outcomesOf(folder, rule, tests)
      writeFileSync(
        path,
        whole.replace(find, () => replace),
      )
      const after = outcomesOf(folder, rule, tests)
      writeFileSync(path, whole)
      const red = after.filter(({ status }) => status === 'failed')
      const sound = before.length > 0 && before.every(({ status }) => status === 'passed')
      if (!sound || red.length === 0) unnoticed += 1
      say(
        `${!sound ? 'NOT GREEN BEFORE' : red.length === 0 ? 'NOT NOTICED' : 'noticed'}  ${rule}  ${file}: ${red.length} of ${after.length} tests red`,
      )
      for (const { fullName } of red.slice(0, 3)) say(`            ${fullName}`)
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
  return unnoticed
}

const at = process.argv.indexOf('--plant')
if (at < 0) list()
else {
  const count = Math.min(Number(process.argv[at + 1] ?? faults.length), faults.length)
  const unnoticed = plant(count)
  say(`${count - unnoticed} of ${count} planted faults were noticed by a test that claims the rule`)
  process.exitCode = unnoticed === 0 ? 0 : 1
}
