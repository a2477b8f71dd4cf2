/** Slack is a projection (R41): whatever happens to messages or to the API, no approval and no update is lost, and nothing is said twice. */
import { type Bot, backends, eventually, startBot } from '../support/bot.js'
import { textOf } from '../support/people.js'

jest.setTimeout(90_000)

describe.each(backends)('on %s', (backend) => {
  let bot: Bot
  const ops = 'C_OPS'
  beforeAll(async () => {
    bot = await startBot({ backend })
    for (const slug of ['larch', 'moss', 'nerine', 'olive']) await bot.says(`/customer add ${slug}`).as('U_SALES')
  })
  afterAll(() => bot?.stop())

  const fault = async (ask: Record<string, unknown>, times = 1) => {
    for (let n = 0; n < times; n += 1) expect(await bot.control('fault', ask)).toEqual({ ok: true })
  }
  const about = async (environment: string) =>
    (await bot.reads(ops))
      .filter((one) => !one.thread_ts || one.thread_ts === one.ts)
      .filter((one) => new RegExp(`Make Sandbox · ${environment}|${environment}: `).test(one.text ?? ''))
  const ready = (environment: string) => bot.sees(ops, new RegExp(`${environment}\` is ready`))

  test('R41 the API is down while an operation runs: it goes on, and everything is told afterwards', async () => {
    await bot.says('/customer sign larch').as('U_SALES')
    const approve = await bot.button('approve', /larch-sandbox/)
    await fault({ method: 'chat.update', status: 503 }, 2)
    await fault({ method: 'chat.postMessage', status: 503 })
    expect(await bot.presses(approve).as('U_ENG')).toBe('Recorded.')
    await bot.becomes('larch-sandbox', 'ready')
    await ready('larch-sandbox')
    await eventually(
      'the message to have caught up',
      async () => (await about('larch-sandbox')).some((one) => /Ready to use/.test(textOf(one))) || undefined,
    )
  })

  test('R41 an answer that got lost on its way does not make a message appear twice', async () => {
    await fault({ method: 'chat.postMessage', status: 500, afterEffect: true })
    await bot.says('/customer sign moss').as('U_SALES')
    await bot.button('approve', /moss-sandbox/)
    expect(await about('moss-sandbox')).toHaveLength(1)
  })

  test('R41 a connection that is cut, and a rate limit, only delay what is said', async () => {
    await fault({ method: 'chat.update', status: 429, retryAfter: 1 })
    await fault({ method: 'chat.update' })
    expect(await bot.clicks('approve', /moss-sandbox/).as('U_ENG')).toBe('Recorded.')
    await bot.becomes('moss-sandbox', 'ready')
    await ready('moss-sandbox')
    expect(await about('moss-sandbox')).toHaveLength(1)
  })

  test('R41 a message that somebody deleted comes back, with the state and the buttons of now', async () => {
    await bot.says('/customer sign nerine').as('U_PM')
    const approve = await bot.button('approve', /nerine-sandbox/)
    await fault({ method: 'chat.update', status: 200, error: 'message_not_found' })
    expect(await bot.presses(approve).as('U_ENG')).toBe('Recorded.')
    await bot.becomes('nerine-sandbox', 'ready')
    const again = await eventually('a new message', async () => (await about('nerine-sandbox')).find((one) => one.ts !== approve.messageTs))
    await eventually('its last state', async () => {
      const now = (await about('nerine-sandbox')).find((one) => one.ts === again.ts)
      return (now && /Ready to use/.test(textOf(now)) && !textOf(now).includes('[Approve]')) || undefined
    })
  })

  test('R41 a decision whose message never reached Slack waits in the state, and is shown once Slack is back', async () => {
    await fault({ method: 'chat.postMessage', status: 503 }, 2)
    expect(await bot.says('/customer sign olive').as('U_PM')).toContain('waits for approval')
    expect(await bot.says('/env list olive').as('U_ENG')).toMatch(/Waiting[\s\S]*olive-sandbox/)
    await bot.control('open-home', { user: 'U_ENG' })
    await eventually('the Home', async () => /olive-sandbox/.test(JSON.stringify(await bot.control('views/U_ENG'))) || undefined)
    expect(await bot.clicks('approve', /olive-sandbox/).as('U_ENG')).toBe('Recorded.')
    await bot.becomes('olive-sandbox', 'ready')
    expect(await about('olive-sandbox')).toHaveLength(1)
  })
})
