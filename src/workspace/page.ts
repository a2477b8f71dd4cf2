import { dirname, join } from 'node:path'
import express, { type Router } from 'express'
import type { World } from './world'

const web = join(__dirname, 'web')

/** The page's libraries, straight from their packages. */
const libraries: Record<string, string> = {
  'preact.mjs': join(dirname(require.resolve('preact')), 'preact.mjs'),
  'hooks.mjs': join(dirname(require.resolve('preact/hooks')), 'hooks.mjs'),
  'htm.mjs': join(dirname(require.resolve('htm')), 'htm.mjs'),
}

const folderOf = (name: string) => dirname(require.resolve(`${name}/package.json`))

const heartbeatMs = 15_000

/** The page that people use in the browser, and the stream that keeps it up to date. */
export function pageRoutes(world: World): Router {
  const router = express.Router()
  router.get(['/', '/archives/:channel', '/archives/:channel/:message'], (_, response) => response.sendFile(join(web, 'index.html')))
  router.use('/web', express.static(web, { cacheControl: false }))
  router.use('/lib/emoji', express.static(folderOf('@twemoji/svg'), { maxAge: '1d' }))
  router.use('/lib/lato', express.static(join(folderOf('@fontsource/lato'), 'files'), { maxAge: '1d' }))
  router.get('/lib/:name', (request, response) => {
    const { name } = request.params
    const file = Object.hasOwn(libraries, name) ? libraries[name] : undefined
    if (file) response.sendFile(file)
    else response.status(404).end()
  })
  router.get('/live', (request, response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' })
    response.write(': hello\n\n')
    const beat = setInterval(() => response.write(': beat\n\n'), heartbeatMs)
    const quiet = world.changes.listen((change) => response.write(`data: ${JSON.stringify(change)}\n\n`))
    request.on('close', () => {
      clearInterval(beat)
      quiet()
    })
  })
  return router
}
