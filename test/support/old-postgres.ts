/** As much of PostgreSQL's wire protocol as it takes to say that one is an older version: every query is answered by one row with the version. */
import { createServer, type Socket } from 'node:net'

const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  const length = Buffer.alloc(4)
  length.writeInt32BE(body.length + 4)
  return Buffer.concat([Buffer.from(type), length, body])
}
const int16 = (n: number) => Buffer.from([(n >> 8) & 255, n & 255])
const int32 = (n: number) => {
  const bytes = Buffer.alloc(4)
  bytes.writeInt32BE(n)
  return bytes
}
const text = (value: string) => Buffer.from(`${value}\0`)
const ready = message('Z', Buffer.from('I'))

function answer(number: string, version: string): Buffer {
  const columns = [
    ['number', 23, number],
    ['version', 25, version],
  ] as const
  const described = columns.map(([name, type]) =>
    Buffer.concat([text(name), int32(0), int16(0), int32(type), int16(-1), int32(-1), int16(0)]),
  )
  const values = columns.map(([, , value]) => Buffer.concat([int32(value.length), Buffer.from(value)]))
  return Buffer.concat([
    message('T', int16(columns.length), ...described),
    message('D', int16(columns.length), ...values),
    message('C', text('SELECT 1')),
    ready,
  ])
}

/** Starts it on a free port of loopback; returns its URL. */
export function startOldPostgres(number: number, version: string): Promise<{ url: string; stop(): Promise<void> }> {
  const sockets = new Set<Socket>()
  const server = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(Buffer.concat([message('R', int32(0)), ready]))
      socket.on('data', (data) => {
        if (data[0] === 'Q'.charCodeAt(0)) socket.write(answer(String(number), version))
        else socket.end()
      })
    })
  })
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number }
      resolve({
        url: `postgres://slipway:word@127.0.0.1:${port}/postgres`,
        stop: () =>
          new Promise((done) => {
            for (const socket of sockets) socket.destroy()
            server.close(() => done())
          }),
      })
    })
  })
}
