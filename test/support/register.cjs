// Lets Node run TypeScript sources as they are, for tests that start processes of their own: `node -r ./test/support/register.cjs file.ts`.
const { createHash } = require('node:crypto')
const fs = require('node:fs')
const Module = require('node:module')
const os = require('node:os')
const path = require('node:path')

const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }
// What was compiled once is kept: a test may start such a process fifty times.
const cache = path.join(os.tmpdir(), `slipway-compiled-${os.userInfo().uid}`)
fs.mkdirSync(cache, { recursive: true })

function compiled(filename) {
  const source = fs.readFileSync(filename, 'utf8')
  const kept = path.join(cache, createHash('sha256').update(filename).update(source).digest('hex'))
  if (fs.existsSync(kept)) return fs.readFileSync(kept, 'utf8')
  const { code } = require('@swc/core').transformSync(source, { ...options, filename })
  const part = `${kept}.${process.pid}`
  fs.writeFileSync(part, code)
  fs.renameSync(part, kept)
  return code
}

Module._extensions['.ts'] = (module, filename) => module._compile(compiled(filename), filename)

const resolve = Module._resolveFilename
// Our sources import `./x.js` and mean `./x.ts`.
Module._resolveFilename = (request, parent, ...rest) => {
  const ours = /^\.{1,2}\//.test(request) && parent && !parent.filename?.includes('node_modules')
  if (!ours) return resolve.call(Module, request, parent, ...rest)
  try {
    return resolve.call(Module, request.replace(/\.js$/, '.ts'), parent, ...rest)
  } catch {
    return resolve.call(Module, request, parent, ...rest)
  }
}
