/** Clearing up an unknown post: looking for its delivery id in the metadata of what the bot said. */
import type { ConversationsHistoryResponse, WebClient } from '@slack/web-api'
import { type Delivery, EVENT_TYPE, type Found, type Nicety } from './client.js'

/** Clocks differ, and the post may carry a time before our attempt's. */
const MARGIN_MS = 60_000
const PAGE = 100
const MOST_PAGES = 50

type Message = NonNullable<ConversationsHistoryResponse['messages']>[number]

/** Scans the channel, or the thread, from shortly before the first attempt on. */
export async function findDelivery(web: WebClient, delivery: Delivery & { since: Date }, nicety: Nicety): Promise<Found> {
  const method = delivery.threadTs ? 'conversations.replies' : 'conversations.history'
  let ts: string | undefined
  const looked = await nicety(method, async () => {
    ts = await scan(web, delivery)
  })
  switch (looked.kind) {
    case 'done':
      return ts ? { kind: 'found', ts } : { kind: 'absent' }
    case 'off':
      return { kind: 'blind' }
    case 'unknown':
      return { kind: 'later', retryAfterMs: 5_000 }
    case 'never':
      // The thread was deleted; then the post went to the channel (see client.ts).
      if (delivery.threadTs && looked.error === 'thread_not_found') return findDelivery(web, { ...delivery, threadTs: undefined }, nicety)
      return looked
    case 'later':
      return looked
    default:
      return looked satisfies never
  }
}

async function scan(web: WebClient, { channel, threadTs, deliveryId, since }: Delivery & { since: Date }): Promise<string | undefined> {
  const oldest = String((since.getTime() - MARGIN_MS) / 1000)
  const { bot_id: me } = await web.auth.test()
  const mine = ({ bot_id, metadata }: Message) => {
    const payload = metadata?.event_payload as { delivery_id?: unknown } | undefined
    return metadata?.event_type === EVENT_TYPE && payload?.delivery_id === deliveryId && (!me || !bot_id || bot_id === me)
  }
  let cursor: string | undefined
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const where = { channel, oldest, inclusive: true, include_all_metadata: true, limit: PAGE, ...(cursor ? { cursor } : {}) }
    const { messages, response_metadata } = threadTs
      ? await web.conversations.replies({ ...where, ts: threadTs })
      : await web.conversations.history(where)
    const found = (messages as Message[] | undefined)?.find(mine)
    if (found?.ts) return found.ts
    cursor = response_metadata?.next_cursor || undefined
    if (!cursor) return undefined
  }
  return undefined
}
