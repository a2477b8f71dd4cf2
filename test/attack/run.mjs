// `npm run attack -- [inputs]`: every attack of attacks.json is made against fresh installations, then every fuzzer with so many inputs
// (100,000 unless told). Exit code 0 only when each was made and refused.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const attacks = JSON.parse(readFileSync(new URL('attacks.json', import.meta.url), 'utf8'))
const inputs = process.argv[2] ?? '100000'
const say = (line) => process.stdout.write(`${line}\n`)

/** Runs the suites once; the outcome of every test by file. */
function outcomesOf(files) {
  const folder = mkdtempSync(join(tmpdir(), 'slipway-attack-'))
  const results = join(folder, 'results.json')
  // Suites are named by their whole paths, and what they print is kept back: the table says what came of it.
  spawnSync(process.execPath, ['node_modules/jest/bin/jest.js', '--json', `--outputFile=${results}`, '--runTestsByPath', ...files], {
    stdio: ['ignore', 'ignore', 'ignore'],
  })
  const { testResults } = JSON.parse(readFileSync(results, 'utf8'))
  rmSync(folder, { recursive: true })
  return new Map(testResults.map(({ name, assertionResults }) => [name.slice(process.cwd().length + 1), assertionResults]))
}

const outcomes = outcomesOf([...new Set(attacks.map(({ file }) => file))])
let wrong = 0
for (const { id, attack, file, tests: titles } of attacks) {
  const made = titles.map((title) => (outcomes.get(file) ?? []).filter(({ fullName }) => fullName.includes(title)))
  const tests = made.flat()
  const failed = tests.filter(({ status }) => status !== 'passed')
  const outcome = made.some((each) => each.length === 0) ? 'NOT MADE' : failed.length > 0 ? 'NOT REFUSED' : 'refused'
  if (outcome !== 'refused') wrong += 1
  say(`${outcome.padEnd(12)}${id.padEnd(5)}${attack}${failed.map(({ fullName }) => `\n${' '.repeat(17)}${fullName}`).join('')}`)
}
say(`${attacks.length - wrong} of ${attacks.length} attacks made and refused`)
const fuzzing = spawnSync(process.execPath, ['-r', './test/support/register.cjs', 'test/fuzz/run.ts', inputs], { stdio: 'inherit' })
process.exitCode = wrong === 0 && fuzzing.status === 0 ? 0 : 1
