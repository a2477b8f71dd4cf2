// Makes sure that what the tests need beside npm's packages is there: a Redis and a Chromium.
// Takes them from REDIS_URL, CHROMIUM or the PATH, else asks the system's package manager, else says which command to run.
import { spawnSync } from 'node:child_process'
import { accessSync, constants } from 'node:fs'
import { connect } from 'node:net'
import path from 'node:path'

const NEEDS = [
  {
    what: 'a redis-server',
    variable: 'REDIS_URL',
    programs: ['redis-server'],
    places: [],
    apt: ['redis-server'],
    brew: ['redis'],
    otherwise: 'or set REDIS_URL to a Redis that the tests may use',
  },
  {
    what: 'a Chromium',
    variable: 'CHROMIUM',
    programs: ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'],
    places: ['/Applications/Google Chrome.app/Contents/MacOS/Google Chrome', '/Applications/Chromium.app/Contents/MacOS/Chromium'],
    apt: ['chromium'],
    brew: ['--cask', 'chromium'],
    otherwise: 'or set CHROMIUM to the path of a Chromium or Chrome',
  },
]

const say = (text) => process.stderr.write(`${text}\n`)

function isProgram(file) {
  try {
    accessSync(file, constants.X_OK)
    return true
  } catch {
    return false
  }
}

const onPath = (program) => (process.env.PATH ?? '').split(path.delimiter).some((folder) => folder && isProgram(path.join(folder, program)))
const isThere = ({ variable, programs, places }) => Boolean(process.env[variable]) || programs.some(onPath) || places.some(isProgram)

function run(...argv) {
  const [program, ...rest] = argv
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  return spawnSync(program, rest, { stdio: ['ignore', 'ignore', 'inherit'], env, timeout: 600_000 }).status === 0
}

/** How to become root for the package manager: already, by sudo without a password, or not at all. */
function rootPrefix() {
  if (process.getuid?.() === 0) return []
  return onPath('sudo') && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0 ? ['sudo', '-n'] : undefined
}

function install(need) {
  if (onPath('apt-get')) {
    const prefix = rootPrefix()
    if (!prefix) return
    say(`Installing ${need.what} for the tests: apt-get install ${need.apt.join(' ')} …`)
    const wanted = [...prefix, 'apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...need.apt]
    if (!run(...wanted) && run(...prefix, 'apt-get', 'update', '-qq')) run(...wanted)
  } else if (onPath('brew')) {
    say(`Installing ${need.what} for the tests: brew install ${need.brew.join(' ')} …`)
    run('brew', 'install', '--quiet', ...need.brew)
  }
}

function advice(need) {
  const command =
    onPath('brew') && !onPath('apt-get') ? `brew install ${need.brew.join(' ')}` : `sudo apt-get install ${need.apt.join(' ')}`
  return `The tests need ${need.what}. Run: ${command}\n  (${need.otherwise})`
}

/** Whether something listens there; a REDIS_URL that nobody answers would fail every test with a riddle. */
function listens(address) {
  const { hostname, port } = new URL(address)
  return new Promise((resolve) => {
    const socket = connect({ host: hostname.replace(/^\[|\]$/g, ''), port: Number(port) || 6379, timeout: 3000 })
    const answer = (heard) => {
      socket.destroy()
      resolve(heard)
    }
    socket
      .on('connect', () => answer(true))
      .on('error', () => answer(false))
      .on('timeout', () => answer(false))
  })
}

async function faultOfVariables() {
  const { REDIS_URL, CHROMIUM } = process.env
  if (CHROMIUM && !isProgram(CHROMIUM)) return `CHROMIUM is set to ${CHROMIUM}, which is no program. Mend or unset it.`
  if (!REDIS_URL) return undefined
  if (!URL.canParse(REDIS_URL)) return 'REDIS_URL is set, and is no URL. Mend or unset it.'
  return (await listens(REDIS_URL)) ? undefined : 'REDIS_URL is set, and nothing answers there. Start that Redis, or unset REDIS_URL.'
}

for (const need of NEEDS) if (!isThere(need)) install(need)
const missing = NEEDS.filter((need) => !isThere(need)).map(advice)
const fault = await faultOfVariables()
if (fault) missing.push(fault)
if (missing.length > 0) {
  say(missing.join('\n'))
  process.exit(1)
}
