// Runs something on Node 24, whatever Node runs this: `node test/support/on-node-24.mjs <file> [argument …]`, the file being JavaScript.
// Without an argument: the short form for every run of CI, which is what breaks when a Node changes (binaries, modules, streams, TLS).
// The binary is npm's (package node-<platform>-<arch>), fetched once into var/: it is 100 MB, so nobody gets it who does not ask, and no lockfile names it.
import { spawnSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

const version = '24.21.0'
const folder = path.resolve('var', `node-${version}`)
const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
const node = path.join(folder, 'node_modules', name, 'bin', 'node')

function run(program, argv, env = process.env) {
  const { status, signal } = spawnSync(program, argv, { stdio: 'inherit', env })
  if (status === 0) return
  process.stderr.write(`on Node ${version}: ${argv.join(' ')} ended with ${status ?? signal}\n`)
  process.exit(1)
}

if (!existsSync(node)) {
  mkdirSync(folder, { recursive: true })
  run('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--ignore-scripts', '--prefix', folder, `${name}@${version}`])
}

/** What starts `node` by its name gets this one, too. */
const env = { ...process.env, PATH: `${path.dirname(node)}${path.delimiter}${process.env.PATH ?? ''}` }
const given = process.argv.slice(2)
if (given.length > 0) {
  run(node, given, env)
} else {
  const build = mkdtempSync(path.join(path.resolve('var'), 'node-24-build-'))
  const data = mkdtempSync(path.join(tmpdir(), 'slipway-node-24-'))
  // PostgreSQL runs as somebody else where this is root.
  chmodSync(data, 0o755)
  process.on('exit', () => {
    for (const made of [build, data]) rmSync(made, { recursive: true, force: true })
  })
  run(node, ['node_modules/typescript/bin/tsc', '-p', '.tsconfig.build.json', '--outDir', build], env)
  run(node, ['.build.mjs', build], env)
  const cli = path.join(build, 'src', 'cli.js')
  run(node, [cli, 'manifest'], env)
  run(node, [cli, 'demo', '--once'], { ...env, DATA_DIR: data })
}
