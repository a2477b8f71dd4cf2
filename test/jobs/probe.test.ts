/** What answers under an address, and what does not count as an answer. */
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { probeAddress } from '../../jobs/probe.js'

const asked: string[] = []
const answers: Record<string, RequestListener> = {
  '/instances/here': (_, response) => response.end('<h1>Clinic</h1>'),
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

test.each<[string, boolean, string]>([
  ['/instances/here', true, 'HTTP 200'],
  ['/instances/login', true, 'HTTP 302'],
  ['/instances/closed', true, 'HTTP 401'],
  ['/instances/nobody', false, 'HTTP 404'],
  ['/instances/broken', false, 'HTTP 502'],
  ['/instances/slow', false, 'no answer within 0.2 s'],
])('%s answers: %p, with %s', async (path, answered, said) => {
  expect(await probeAddress(`${origin}${path}`, 200)).toEqual({ answered, said })
})

test('a redirect is an answer, and is not followed', async () => {
  asked.length = 0
  await probeAddress(`${origin}/instances/login`)
  expect(asked).toEqual(['/instances/login'])
})

test.each(['file:///etc/passwd', 'ftp://127.0.0.1/', 'nonsense', ''])('%s is no address of the web', async (url) => {
  expect(await probeAddress(url)).toEqual({ answered: false, said: 'no address of the web' })
})

test('where nothing listens, nothing answered', async () => {
  expect(await probeAddress('http://127.0.0.1:9/instances/x')).toEqual({ answered: false, said: 'no connection' })
})
