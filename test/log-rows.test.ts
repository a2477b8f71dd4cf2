/** PostgreSQL puts row values into its errors: none of them reaches Slipway's own log (R33). */
import { createLog } from '../src/log.js'
import { freshDatabase, sql } from './support/postgres.js'

let database: Awaited<ReturnType<typeof freshDatabase>>
beforeAll(async () => {
  database = await freshDatabase()
  await sql(database.url, `create table person (name text not null unique, born date check (born > '1900-01-01'), note text not null)`)
  await sql(database.url, `insert into person values ('Maria Huber', '1980-01-01', 'n')`)
})
afterAll(() => database.drop())

test.each([
  ['a failing row', `insert into person values ('Maria Huber-Real', '1980-01-01', null)`],
  ['a check', `insert into person values ('Maria Huber-Real', '1890-01-01', 'n')`],
  ['a key that is there', `insert into person values ('Maria Huber', '1980-01-01', 'n')`],
  ['a value that is none', `insert into person values ('Anna', 'Maria Huber', 'n')`],
  ['a cast', `select 'Maria Huber'::int`],
  ['a function that raises it in COPY', `do $$ begin perform 'Maria Huber'::int; end $$`],
])('%s', async (_, statement) => {
  const lines: string[] = []
  const log = createLog({ level: 'info', stream: { write: (line) => lines.push(line) } })
  const error = await sql(database.url, statement).catch((fault: unknown) => fault)
  log.error({ err: error }, 'plain')
  log.error({ err: new Error('doing something', { cause: error }) }, 'as a cause')
  log.error({ err: new AggregateError([error], 'several') }, 'among others')
  log.error(error as Error)
  expect(lines).toHaveLength(4)
  expect(lines.join('')).not.toMatch(/Huber/)
  expect(lines[0]).toMatch(/"code":"2[0-9A-Z]{4}"/)
})
