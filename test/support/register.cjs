// Lets Node run TypeScript sources as they are, for tests that start processes of their own: `node -r ./test/support/register.cjs file.ts`.
const fs = require('node:fs')
const Module = require('node:module')
const { transformSync } = require('@swc/core')

const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2023' }, module: { type: 'commonjs' } }

Module._extensions['.ts'] = (module, filename) => {
  module._compile(transformSync(fs.readFileSync(filename, 'utf8'), { ...options, filename }).code, filename)
}

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
