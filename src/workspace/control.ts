import express, { type Request, type Response, type Router } from 'express'
import { z } from 'zod'
import { conversation } from './api/conversations'
import { userObject } from './api/people'
import { sendCommand } from './gestures/command'
import { interact } from './gestures/interact'
import { close, submit } from './gestures/modal'
import type { Outcome, Stage } from './gestures/outcome'
import { openHome, write } from './gestures/presence'
import type { JsonObject } from './types'
import type { World } from './world'

const values = z.record(z.string(), z.record(z.string(), z.looseObject({})))
const action = z.looseObject({ action_id: z.string(), type: z.string().optional(), block_id: z.string().optional() })
const rate = z.union([z.enum(['slack', 'off']), z.number().positive()])
const hint = z.object({ command: z.string().startsWith('/'), description: z.string(), usage_hint: z.string().optional() })

const asks = {
  command: z.object({ channel: z.string(), user: z.string(), command: z.string(), text: z.string().default('') }),
  interact: z.object({
    channel: z.string().optional(),
    messageTs: z.string().optional(),
    viewId: z.string().optional(),
    user: z.string(),
    action,
    state: values.optional(),
  }),
  submit: z.object({ viewId: z.string(), user: z.string(), values: values.default({}) }),
  close: z.object({ viewId: z.string(), user: z.string(), all: z.boolean().optional() }),
  openHome: z.object({ user: z.string() }),
  message: z.object({ channel: z.string(), user: z.string(), text: z.string().min(1), thread_ts: z.string().optional() }),
  commands: z.object({ commands: z.array(hint) }),
  disconnect: z.object({ reason: z.enum(['warning', 'refresh_requested', 'link_disabled', 'drop']).default('refresh_requested') }),
  fault: z.object({
    method: z.string().optional(),
    status: z.number().int().min(200).max(599).optional(),
    retryAfter: z.number().optional(),
    afterEffect: z.boolean().optional(),
    error: z.string().optional(),
    rate: rate.optional(),
  }),
}

/** What a person, a test or the demo does in the workspace, and a look at all of its state. */
export function controlRoutes(stage: Stage): Router {
  const { world, courier } = stage
  const router = express.Router()
  const on = <S extends z.ZodType>(name: string, shape: S, run: (ask: z.infer<S>) => Outcome | Promise<Outcome>) =>
    router.post(`/${name}`, (request, response) => answer(request, response, shape, run))

  on('command', asks.command, (ask) => sendCommand(stage, ask))
  on('interact', asks.interact, (ask) => interact(stage, ask))
  on('submit', asks.submit, (ask) => submit(stage, ask))
  on('close', asks.close, (ask) => close(stage, ask))
  on('open-home', asks.openHome, (ask) => openHome(stage, ask))
  on('message', asks.message, (ask) => write(stage, ask))
  on('fault', asks.fault, (ask) => orderFault(world, ask))
  on('commands', asks.commands, ({ commands }) => {
    world.directory.commands = commands
    world.changes.announce({ kind: 'commands', commands })
    return { ok: true }
  })
  on('disconnect', asks.disconnect, ({ reason }) => {
    courier.sockets.disconnect(reason)
    return { ok: true }
  })
  router.post('/reset', (_, response) => {
    world.reset()
    response.json({ ok: true })
  })
  looks(router, world)
  router.use((_, response) => void response.status(404).json({ ok: false, error: 'unknown_route' }))
  return router
}

async function answer<S extends z.ZodType>(
  request: Request,
  response: Response,
  shape: S,
  run: (ask: z.infer<S>) => Outcome | Promise<Outcome>,
) {
  const parsed = shape.safeParse(parse(request.body))
  if (!parsed.success) {
    const messages = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)
    return void response.status(400).json({ ok: false, error: 'invalid_arguments', messages })
  }
  const outcome = await run(parsed.data)
  if (outcome.ok) return void response.json(outcome)
  const { status, ...body } = outcome
  response.status(status).json(body)
}

function parse(body: unknown): unknown {
  try {
    return JSON.parse(Buffer.isBuffer(body) ? body.toString() || '{}' : '{}')
  } catch {
    // Answered as wrong arguments.
    return undefined
  }
}

function orderFault(world: World, ask: z.infer<typeof asks.fault>): Outcome {
  const { rate, ...fault } = ask
  if (rate !== undefined) world.rates.adjust(rate)
  if (Object.keys(fault).length > 0) world.faults.order(fault)
  return { ok: true }
}

function looks(router: Router, world: World): void {
  router.get('/state', (_, response) => void response.json(state(world)))
  router.get('/messages/:channel', (request, response) => {
    const channel = world.directory.channel(String(request.params['channel']))
    if (!channel) return void response.status(404).json({ ok: false, error: 'channel_not_found' })
    const { thread_ts: thread, all } = request.query
    const { messages } = world
    const found = all ? messages.of(channel.id) : thread ? messages.thread(channel.id, String(thread)) : messages.timeline(channel.id)
    response.json({ ok: true, messages: found })
  })
  router.get('/ephemerals/:user', (request, response) => {
    response.json({ ok: true, messages: world.messages.whispersTo(String(request.params['user'])) })
  })
  router.get('/views/:user', (request, response) => {
    const user = String(request.params['user'])
    const home = world.views.home(user)
    response.json({ ok: true, ...(home && { home }), stack: world.views.stack(user) })
  })
  router.get('/files', (_, response) => void response.json({ ok: true, files: world.files.all() }))
  router.get('/log', (_, response) => void response.json({ ok: true, log: world.log.all() }))
}

function state(world: World): JsonObject {
  const { directory } = world
  const { home, app } = directory
  return {
    ok: true,
    workspace: { id: home.id, name: home.name, domain: home.domain, color: home.color, url: `${world.url}/` },
    apps: [{ id: app.appId, name: app.name, bot_id: app.botId, user_id: app.botUserId }],
    teams: directory.teams,
    users: directory.people.map((person) => ({ ...userObject(world, person), is_external: directory.isExternal(person) })),
    userGroups: directory.userGroups,
    commands: directory.commands,
    channels: [...directory.channels.values()].map((channel) => ({
      ...conversation(world, channel),
      members: channel.members,
      pins: world.pins.get(channel.id) ?? [],
      bookmarks: world.bookmarks.get(channel.id) ?? [],
    })),
  }
}
