/** The rooms and what each may import, read from the sources themselves; and the limits of size that keep files readable. */
import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from '@swc/core'

/** Rooms by path; the first that fits wins. A file that fits none fails the test. */
const ROOMS: readonly [room: string, files: RegExp][] = [
  ['commands', /^commands\//],
  ['jobs', /^jobs\//],
  ['driver interface', /^src\/drivers\/driver\.ts$/],
  ['row logging', /^src\/row-logging\.ts$/],
  ['config', /^src\/config-values\.ts$/],
  ['file', /^src\/(cli|config|log|clock|secrets|files)\.ts$/],
  [
    'folder',
    /^src\/(app|cli|embedded|change|read|lifecycle|product|migration|db|queue|drivers|documents|pages|views|slack|workspace|demo|bench)\//,
  ],
]

const EVERYTHING = [
  'lifecycle',
  'product',
  'migration',
  'views',
  'documents',
  'drivers',
  'driver interface',
  'db',
  'change',
  'commands',
  'jobs',
  'queue',
  'read',
  'slack',
  'pages',
  'config',
  'log',
  'clock',
  'secrets',
  'files',
  'embedded',
  'row logging',
]

/** What a room may import beside itself; `types` are rooms of which it may import types only. */
const MAY_IMPORT: Record<string, { rooms: string[]; types?: string[] }> = {
  lifecycle: { rooms: [] },
  product: { rooms: ['lifecycle'] },
  migration: { rooms: ['lifecycle', 'product', 'files'] },
  views: { rooms: ['lifecycle', 'product'] },
  documents: { rooms: ['lifecycle', 'product', 'files'] },
  'driver interface': { rooms: ['lifecycle', 'product', 'migration'] },
  drivers: { rooms: ['lifecycle', 'product', 'migration', 'driver interface', 'row logging'] },
  db: { rooms: ['lifecycle'] },
  change: { rooms: ['lifecycle', 'db'], types: ['log', 'clock'] },
  commands: { rooms: ['lifecycle', 'product', 'views'] },
  jobs: { rooms: ['lifecycle', 'product', 'migration', 'documents', 'driver interface', 'files'] },
  read: { rooms: ['lifecycle', 'db', 'change'], types: ['commands'] },
  queue: { rooms: ['lifecycle', 'db', 'change', 'jobs', 'log', 'files'], types: ['clock', 'views'] },
  slack: { rooms: ['lifecycle', 'views', 'change', 'read', 'commands', 'log'], types: ['clock'] },
  pages: { rooms: ['lifecycle', 'views', 'change', 'read', 'commands', 'log'], types: ['clock'] },
  workspace: { rooms: [] },
  config: { rooms: ['secrets'] },
  log: { rooms: [] },
  secrets: { rooms: [] },
  files: { rooms: [] },
  clock: { rooms: ['db'] },
  embedded: { rooms: ['drivers', 'row logging'], types: ['log'] },
  'row logging': { rooms: [] },
  app: { rooms: EVERYTHING },
  cli: { rooms: [...EVERYTHING, 'app', 'demo'] },
  demo: { rooms: [...EVERYTHING, 'app', 'workspace'] },
  bench: { rooms: [...EVERYTHING, 'app', 'demo', 'workspace'] },
}

const TOP_LEVEL = [
  'src',
  'commands',
  'jobs',
  'test',
  'docs',
  'docker-compose.yml',
  'Dockerfile',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'README.md',
  'LICENSE',
]
const NOT_KEPT = ['node_modules', 'dist', 'var', 'coverage']
const LINES = { source: 250, test: 300 }

interface Import {
  from: string
  to: string
  typeOnly: boolean
}

interface Source {
  file: string
  lines: number
  imports: Import[]
  readsEnvironment: boolean
}

function roomOf(file: string): string | undefined {
  for (const [room, files] of ROOMS) {
    const found = files.exec(file)
    if (found) return room === 'file' || room === 'folder' ? found[1] : room
  }
  return undefined
}

function violations(imports: Import[]): string[] {
  return imports.flatMap(({ from, to, typeOnly }) => {
    const [room, target] = [roomOf(from), roomOf(to)]
    if (!room || !target) return [`${from} imports ${to}: ${room ? to : from} is in no room`]
    const allowed = MAY_IMPORT[room]
    if (room === target || allowed?.rooms.includes(target) || (typeOnly && allowed?.types?.includes(target))) return []
    return [`${from} imports ${to}: ${room} may not import ${target}`]
  })
}

type Node = Record<string, unknown> & { type?: string; value?: string; typeOnly?: boolean }

/** Every node of a syntax tree, however swc nests it. */
function* nodesOf(tree: unknown): Generator<Node> {
  if (typeof tree !== 'object' || tree === null) return
  if ('type' in tree && typeof tree.type === 'string') yield tree as Node
  for (const part of Object.values(tree)) yield* nodesOf(part)
}

/** The module that a node imports: `import`, `export … from`, `import()`, `require()`, `import('…').Type`. */
function importedBy(node: Node): { module: string; typeOnly: boolean } | undefined {
  const named = (node['source'] ?? (node.type === 'TsImportType' ? node['argument'] : undefined)) as Node | null | undefined
  if (/^(Import|Export|TsImportType)/.test(node.type ?? '') && named?.value)
    return { module: named.value, typeOnly: node.type === 'TsImportType' || node.typeOnly === true || allSpecifiersAreTypes(node) }
  if (node.type !== 'CallExpression') return undefined
  const callee = node['callee'] as Node
  const argument = (node['arguments'] as { expression: Node }[])[0]?.expression
  const loads = callee.type === 'Import' || (callee.type === 'Identifier' && callee.value === 'require')
  return loads && argument?.type === 'StringLiteral' && argument.value ? { module: argument.value, typeOnly: false } : undefined
}

function allSpecifiersAreTypes(node: Node): boolean {
  const specifiers = (node['specifiers'] ?? []) as { isTypeOnly?: boolean }[]
  return specifiers.length > 0 && specifiers.every(({ isTypeOnly }) => isTypeOnly)
}

function isEnvironment(node: Node): boolean {
  const [object, property] = [node['object'], node['property']] as (Node | undefined)[]
  return node.type === 'MemberExpression' && object?.value === 'process' && property?.value === 'env'
}

function read(file: string, text = readFileSync(file, 'utf8')): Source {
  const nodes = [...nodesOf(parseSync(text, { syntax: 'typescript', tsx: file.endsWith('.tsx') }))]
  const imports = nodes.flatMap((node) => {
    const found = importedBy(node)
    if (!found?.module.startsWith('.')) return []
    const to = path.posix.join(path.posix.dirname(file), found.module).replace(/\.js$/, '.ts')
    return [{ from: file, to, typeOnly: found.typeOnly }]
  })
  return { file, lines: text.trimEnd().split('\n').length, imports, readsEnvironment: nodes.some(isEnvironment) }
}

function filesBelow(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' })
      .map((name) => path.posix.join(folder, name.split(path.sep).join('/')))
      .filter((name) => /\.(ts|tsx)$/.test(name) && !name.endsWith('.d.ts')),
  )
}

const sources = filesBelow('src', 'commands', 'jobs').map((file) => read(file))

test('every file is in a room, and imports only what the table allows', () => {
  expect(sources.length).toBeGreaterThan(3)
  expect(sources.filter(({ file }) => !MAY_IMPORT[roomOf(file) ?? '']).map(({ file }) => file)).toEqual([])
  expect(violations(sources.flatMap(({ imports }) => imports))).toEqual([])
})

test('only src/config.ts reads the environment', () => {
  expect(sources.filter(({ file, readsEnvironment }) => readsEnvironment && file !== 'src/config.ts').map(({ file }) => file)).toEqual([])
})

test('no file is longer than its limit', () => {
  const tests = filesBelow('test').map((file) => ({ file, lines: readFileSync(file, 'utf8').trimEnd().split('\n').length }))
  const long = [...sources.filter(({ lines }) => lines > LINES.source), ...tests.filter(({ lines }) => lines > LINES.test)]
  expect(long.map(({ file, lines }) => `${file}: ${lines} lines`)).toEqual([])
})

test('the top level holds what the design card says, and dotfiles', () => {
  const strangers = readdirSync('.').filter((name) => !name.startsWith('.') && ![...TOP_LEVEL, ...NOT_KEPT].includes(name))
  expect(strangers).toEqual([])
})

test('the rules can fail', () => {
  const fake = (from: string, to: string, typeOnly = false) => violations([{ from, to, typeOnly }]).length === 0
  expect(fake('src/lifecycle/clone.ts', 'src/lifecycle/types.ts')).toBe(true)
  expect(fake('src/lifecycle/clone.ts', 'src/db/environments.ts')).toBe(false)
  expect(fake('src/slack/app.ts', 'commands/index.ts')).toBe(true)
  expect(fake('src/views/clone.ts', 'commands/index.ts')).toBe(false)
  expect(fake('jobs/clone.ts', 'src/drivers/driver.ts')).toBe(true)
  expect(fake('jobs/clone.ts', 'src/drivers/postgres.ts')).toBe(false)
  expect(fake('src/change/index.ts', 'src/clock.ts', true)).toBe(true)
  expect(fake('src/change/index.ts', 'src/clock.ts')).toBe(false)
  expect(fake('src/app/index.ts', 'src/workspace/server.ts')).toBe(false)
  expect(fake('src/elsewhere/x.ts', 'src/log.ts')).toBe(false)
  expect(fake('src/config-x.ts', 'src/secrets.ts')).toBe(false)
})

test('every way to import is seen', () => {
  const text = `
    import type { A } from './a.js'
    import { type B } from './b.js'
    export * from './c.js'
    export { d } from './d.js'
    const e = () => import('./e.js')
    const f = require('./f.js')
    let g: import('./g.js').G
    import 'zod'
    export const env = process.env['HOME']`
  const { imports, readsEnvironment } = read('src/queue/x.ts', text)
  expect(imports.map(({ to, typeOnly }) => `${path.posix.basename(to, '.ts')}${typeOnly ? ' type' : ''}`).sort()).toEqual([
    'a type',
    'b type',
    'c',
    'd',
    'e',
    'f',
    'g type',
  ])
  expect(readsEnvironment).toBe(true)
})
