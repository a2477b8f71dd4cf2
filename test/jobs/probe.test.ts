/** Who answers under an address: the instance only where the answer carries its mark. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type Answer, probeAddress } from '../../jobs/probe.js'

const asked: string[] = []
const answers: Record<string, RequestListener> = {
  '/instances/here': (_, response) => response.writeHead(200, { 'slipway-instance': 'acme-val-1-main' }).end('<h1>Clinic</h1>'),
  '/instances/other': (_, response) => response.writeHead(200, { 'slipway-instance': 'acme-val-1-test' }).end(),
  '/instances/wildcard': (_, response) => response.end('<h1>Welcome to the proxy</h1>'),
  '/instances/login': (_, response) => response.writeHead(302, { location: '/elsewhere' }).end(),
  '/instances/closed': (_, response) => response.writeHead(401).end(),
  '/instances/broken': (_, response) => response.writeHead(502).end(),
  '/instances/slow': () => {},
  '/elsewhere': (_, response) => response.end(),
}
let server: Server
let origin: string
beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const answer = answers[request.url ?? '']
    if (answer) answer(request, response)
    else response.writeHead(404).end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

test.each<[string, Answer['from'], string]>([
  ['/instances/here', 'instance', 'HTTP 200'],
  ['/instances/other', 'web-server', 'HTTP 200, with the mark of another instance'],
  ['/instances/wildcard', 'web-server', 'HTTP 200'],
  ['/instances/login', 'web-server', 'HTTP 302'],
  ['/instances/closed', 'web-server', 'HTTP 401'],
  ['/instances/nobody', 'web-server', 'HTTP 404'],
  ['/instances/broken', 'web-server', 'HTTP 502'],
  ['/instances/slow', 'nobody', 'no answer within 0.2 s'],
])('%s is answered by: %s, with %s', async (path, from, said) => {
  expect(await probeAddress(`${origin}${path}`, 'acme-val-1-main', 200)).toEqual({ from, said })
})

test('a redirect is an answer, and is not followed', async () => {
  asked.length = 0
  await probeAddress(`${origin}/instances/login`, 'acme-val-1-main')
  expect(asked).toEqual(['/instances/login'])
})

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'nonsense', ''])('%s is no address of the web', async (url) => {
  expect(await probeAddress(url, 'x')).toEqual({ from: 'nobody', said: 'no address of the web' })
})

test('where nothing listens, nothing answered', async () => {
  expect(await probeAddress('http://127.0.0.1:9/instances/x', 'x')).toEqual({ from: 'nobody', said: 'no connection' })
})
