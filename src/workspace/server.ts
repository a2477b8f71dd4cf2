import { createServer, type Server } from 'node:http'
import express, { type Express, type Request, type Response } from 'express'
import { WebSocketServer } from 'ws'
import { callMethod, form } from './api'
import { admit } from './api/connections'
import { controlRoutes } from './control'
import type { Stage } from './gestures/outcome'
import { pageRoutes } from './page'
import { respond } from './responses'
import { isLocal, onlyLocal } from './visitors'
import type { World } from './world'

const maxBody = '110mb'

/** The workspace's HTTP server with all its routes and the Socket Mode endpoint; not yet listening. */
export function makeServer(stage: Stage): Server {
  const { world, courier } = stage
  const server = createServer(routes(stage))
  const sockets = new WebSocketServer({ noServer: true })
  server.on('upgrade', (request, socket, head) => {
    const address = new URL(request.url ?? '/', 'http://workspace')
    // Bots send no origin; a page that does has no business here.
    const own = isLocal(request.headers.host ?? '') && request.headers.origin === undefined
    const welcome = own && address.pathname === '/link/' && admit(world, address.searchParams.get('ticket') ?? '')
    if (!welcome) return void socket.end('HTTP/1.1 401 Unauthorized\r\n\r\n')
    sockets.handleUpgrade(request, socket, head, (connection) => courier.sockets.accept(connection))
  })
  return server
}

function routes(stage: Stage): Express {
  const { world } = stage
  const app = express()
  app.disable('x-powered-by')
  app.use(onlyLocal)
  app.use(express.raw({ type: () => true, limit: maxBody }))
  app.all('/api/:method', (request, response) => callMethod(world, request, response))
  app.post('/upload/:secret', (request, response) => receiveUpload(world, request, response))
  app.get('/files/:id/:name', (request, response) => sendFile(world, request, response))
  app.post('/response/:secret', (request, response) => receiveResponse(world, request, response))
  app.use('/_control', controlRoutes(stage))
  app.use(pageRoutes(world))
  return app
}

async function receiveUpload(world: World, request: Request, response: Response): Promise<void> {
  const type = request.headers['content-type'] ?? ''
  const body: Buffer = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const content = type.startsWith('multipart/form-data') ? await fileIn(body, type) : body
  const taken = world.files.receive(String(request.params['secret']), content)
  world.log.add({ direction: 'in', name: 'upload', status: taken ? 200 : 400, ms: 0 })
  if (taken) response.send(`OK - ${content.length}`)
  else response.status(400).send('invalid_upload')
}

/** The bytes of the one file in a multipart body. */
async function fileIn(body: Buffer, type: string): Promise<Buffer> {
  const [entry] = [...(await form(body, type)).values()]
  return entry === undefined || typeof entry === 'string' ? Buffer.from(entry ?? '') : Buffer.from(await entry.arrayBuffer())
}

function sendFile(world: World, request: Request, response: Response): void {
  const found = world.files.get(String(request.params['id']))
  if (!found) return void response.status(404).send('file_not_found')
  const disposition = request.query['download'] ? 'attachment' : 'inline'
  response.setHeader('content-type', found.file.mimetype)
  response.setHeader('content-disposition', `${disposition}; filename*=UTF-8''${encodeURIComponent(found.file.name)}`)
  response.send(found.content)
}

function receiveResponse(world: World, request: Request, response: Response): void {
  const source = world.responseUrls.use(String(request.params['secret']))
  const error = 'error' in source ? source.error : respond(world, source, parse(request.body))
  const status = error === undefined ? 200 : 'error' in source ? 404 : 400
  world.log.add({ direction: 'in', name: 'response_url', status, ms: 0, ...(error && { error }) })
  response.status(status).send(error ?? 'ok')
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(String(body))
  } catch {
    // Answered as `invalid_payload`.
    return undefined
  }
}
