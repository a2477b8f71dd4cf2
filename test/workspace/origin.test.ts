/** The local workspace answers this machine alone: no page of the internet may drive it through the visitor's browser. */
import { request } from 'node:http'
import type { Workspace } from '../../src/workspace/index.js'
import { control, openWorkspace } from './stage.js'

let workspace: Workspace
beforeAll(async () => {
  workspace = await openWorkspace()
})
afterAll(() => workspace.stop())

/** As a browser sends it; `fetch` lets nobody say these headers. */
function status(method: string, path: string, headers: Record<string, string>, body = ''): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request(`${workspace.url}${path}`, { method, headers }, (response) => {
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

const speak = JSON.stringify({ channel: 'C_OPS', user: 'U_PM', text: 'hello' })
const host = () => new URL(workspace.url).host
const port = () => new URL(workspace.url).port

test.each<[string, () => Record<string, string>]>([
  ['a page of the internet', () => ({ host: host(), origin: 'https://evil.example' })],
  ['a page without an origin of its own', () => ({ host: host(), origin: 'null' })],
  ['another port of this machine', () => ({ host: host(), origin: 'http://localhost:1' })],
  ['a page of another site, by what the browser says of it', () => ({ host: host(), 'sec-fetch-site': 'cross-site' })],
  [
    'a name that was made to mean this machine (DNS rebinding)',
    () => ({ host: `evil.example:${port()}`, origin: `http://evil.example:${port()}` }),
  ],
  ['such a name, without an origin', () => ({ host: `evil.example:${port()}` })],
])('%s is refused', async (_, headers) => {
  const said = (await control(workspace, 'messages/C_OPS')).body.messages.length
  expect(await status('POST', '/_control/message', headers(), speak)).toBe(403)
  expect(await status('POST', '/_control/reset', headers())).toBe(403)
  expect(await status('GET', '/_control/state', headers())).toBe(403)
  expect(await status('GET', '/live', headers())).toBe(403)
  expect(await status('POST', '/api/chat.postMessage', headers(), 'channel=C_OPS&text=x')).toBe(403)
  expect((await control(workspace, 'messages/C_OPS')).body.messages).toHaveLength(said)
})

test('the page itself, by each name of this machine, and programs without an origin are served', async () => {
  for (const name of ['localhost', '127.0.0.1', '[::1]']) {
    const own = { host: `${name}:${port()}`, origin: `http://${name}:${port()}` }
    expect(await status('POST', '/_control/message', own, speak)).toBe(200)
  }
  expect(await status('POST', '/_control/message', {}, speak)).toBe(200)
  expect(await status('GET', '/', { 'sec-fetch-site': 'cross-site', 'sec-fetch-mode': 'navigate' })).toBe(200)
})

test.each(['constructor', '__proto__', 'toString'])('%s is no method of the API and no library of the page', async (name) => {
  const answer = await fetch(`${workspace.apiUrl}${name}`, { method: 'POST', headers: { authorization: 'Bearer xoxb-test' } })
  expect(await answer.json()).toMatchObject({ ok: false, error: 'unknown_method' })
  expect(await status('GET', `/lib/${name}`, {})).toBe(404)
})
