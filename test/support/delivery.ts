/** Slack may deliver the same signed request twice. This stands between workspace and bot and does just that. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Bot } from './bot.js'

/** While `act` runs, everything that the workspace delivers reaches the bot `times` times, byte for byte. Answers with all of the bot's answers. */
export async function deliveredAgain(bot: Bot, times: number, act: () => Promise<unknown>): Promise<string[]> {
  const answers: string[] = []
  const target = `http://127.0.0.1:${bot.demo.slipway.port}/slack/events`
  const between = createServer(async (request, response) => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk)
    const headers = Object.fromEntries(
      Object.entries(request.headers).filter(([name]) => name.startsWith('x-slack-') || name === 'content-type'),
    ) as Record<string, string>
    const deliver = async () => {
      const answer = await fetch(target, { method: 'POST', headers, body: Buffer.concat(chunks) })
      return { status: answer.status, type: answer.headers.get('content-type') ?? 'text/plain', text: await answer.text() }
    }
    const got = await Promise.all(Array.from({ length: times }, deliver))
    answers.push(...got.map(({ text }) => text))
    const [first] = got
    response.writeHead(first?.status ?? 500, { 'content-type': first?.type ?? 'text/plain' }).end(first?.text)
  })
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve))
  bot.demo.workspace.setEventsUrl(`http://127.0.0.1:${(between.address() as AddressInfo).port}/slack/events`)
  try {
    await act()
    return answers
  } finally {
    bot.demo.workspace.setEventsUrl(target)
    between.closeAllConnections()
    between.close()
  }
}
