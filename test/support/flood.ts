/** An attacker on a thread of its own, so that what it costs to attack is not counted as what it costs to be attacked. */
import { once } from 'node:events'
import { Worker } from 'node:worker_threads'

interface Flood {
  port: number
  connections: number
  /** Header lines of each request, without an end of line. */
  head: string[]
  /** One body, of so many bytes, sent again and again. */
  bytes: number
  /** Ends by itself after this time. */
  ms: number
}

/**
 * Plain JavaScript, for it runs from a string. The last byte of each body is held back and let go on all connections at once: then
 * what a body costs after it was read comes together.
 */
const attacker = `
const { connect } = require('node:net')
const { parentPort, workerData: w } = require('node:worker_threads')
const body = Buffer.alloc(w.bytes - 1, '+')
const head = Buffer.from(w.head.join('\\r\\n') + '\\r\\n\\r\\n')
const until = Date.now() + w.ms
const sockets = new Set()
const answered = {}
let loaded = []
let requests = 0
function load(socket) {
  if (socket.destroyed || Date.now() > until) return
  requests += 1
  socket.write(head)
  socket.write(body, (error) => error || loaded.push(socket))
}
function attack() {
  if (Date.now() > until) return
  const socket = connect({ port: w.port, host: '127.0.0.1' })
  sockets.add(socket)
  socket.on('error', () => undefined)
  socket.on('connect', () => load(socket))
  socket.on('data', (data) => {
    const told = data.toString('latin1')
    const status = /^HTTP\\/1.1 (\\d+)/.exec(told)?.[1]
    if (!status) return
    answered[status] = (answered[status] ?? 0) + 1
    if (!/connection: close/i.test(told)) load(socket)
  })
  socket.on('close', () => { sockets.delete(socket); setTimeout(attack, 5) })
}
for (let i = 0; i < w.connections; i += 1) attack()
const salvos = setInterval(() => {
  if (loaded.length < w.connections) return
  for (const socket of loaded) socket.write('+')
  loaded = []
}, 20)
setTimeout(() => {
  clearInterval(salvos)
  for (const socket of sockets) socket.destroy()
  parentPort.postMessage({ requests, answered })
}, w.ms)
`

/** Floods a port of this machine; resolves when it is over, with how many requests were sent and how many of each status came back. */
export async function flood(about: Flood): Promise<{ requests: number; answered: Record<string, number> }> {
  const worker = new Worker(attacker, { eval: true, workerData: about })
  const [told] = (await once(worker, 'message')) as [{ requests: number; answered: Record<string, number> }]
  await worker.terminate()
  return told
}
