import type { Request, Response } from 'express'
import type { Fault } from '../faults'
import type { JsonObject } from '../types'
import type { World } from '../world'
import { chat } from './chat'
import { connectionsOpen } from './connections'
import { conversations } from './conversations'
import { files } from './files'
import { type Answer, type Method, refuse } from './method'
import { people } from './people'
import { pins } from './pins'
import { views } from './views'

const appMethods = { 'apps.connections.open': connectionsOpen }
const botMethods = { ...chat, ...conversations, ...files, ...people, ...pins, ...views }

/** Every method of the Web API that the workspace knows. */
const methods: Record<string, Method> = { ...appMethods, ...botMethods }

interface Reply {
  status: number
  body: Answer
  retryAfter?: number | undefined
  /** The connection is closed instead. */
  cut?: boolean
}

/** Answers one call of the Web API, faults and rate limits included, and logs it. */
export async function callMethod(world: World, request: Request, response: Response): Promise<void> {
  const name = String(request.params['method'])
  const started = performance.now()
  const args = await argumentsOf(request)
  const reply = decide(world, name, args, tokenOf(request, args))
  const channel = typeof args['channel'] === 'string' ? args['channel'] : undefined
  world.log.add({
    direction: 'in',
    name,
    status: reply.cut ? 0 : reply.status,
    ms: Math.round((performance.now() - started) * 10) / 10,
    ...(reply.body.error && { error: reply.body.error }),
    ...(channel && { channel }),
  })
  if (reply.cut) return void request.socket.destroy()
  if (reply.retryAfter !== undefined) response.setHeader('retry-after', String(reply.retryAfter))
  response.status(reply.status).json(reply.body)
}

function decide(world: World, name: string, args: JsonObject, token: string | undefined): Reply {
  const method = Object.hasOwn(methods, name) ? methods[name] : undefined
  if (!method) return { status: 200, body: { ...refuse('unknown_method'), req_method: name } }
  const fault = world.faults.take(name)
  if (fault && !fault.afterEffect) return failing(fault)
  const denied = authenticate(world, name, token)
  if (denied) return { status: 200, body: refuse(denied) }

  const wait = world.rates.take(name, method.tier, typeof args['channel'] === 'string' ? args['channel'] : undefined)
  if (wait !== undefined) return { status: 429, body: refuse('ratelimited'), retryAfter: wait }
  const body = method.run(args, world)
  return fault ? failing(fault) : { status: 200, body }
}

function failing(fault: Fault): Reply {
  const status = fault.status ?? 0
  const error = fault.error ?? (status === 429 ? 'ratelimited' : 'internal_error')
  const retryAfter = fault.retryAfter ?? (status === 429 ? 1 : undefined)
  return { status, body: refuse(error), retryAfter, cut: status === 0 }
}

function authenticate(world: World, name: string, token: string | undefined): string | undefined {
  const { botToken, appToken } = world.credentials
  if (!token) return 'not_authed'
  if (token !== botToken && token !== appToken) return 'invalid_auth'
  const wanted = Object.hasOwn(appMethods, name) ? appToken : botToken
  return token === wanted ? undefined : 'not_allowed_token_type'
}

function tokenOf(request: Request, args: JsonObject): string | undefined {
  const bearer = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1]
  return bearer ?? (typeof args['token'] === 'string' ? args['token'] : undefined)
}

/** A form, JSON or multipart body, or a query, as one object. */
async function argumentsOf(request: Request): Promise<JsonObject> {
  const query = Object.fromEntries(Object.entries(request.query))
  const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0)
  const type = request.headers['content-type'] ?? ''
  if (type.startsWith('application/json')) return { ...query, ...parseObject(body.toString()) }
  if (type.startsWith('multipart/form-data')) return { ...query, ...Object.fromEntries(await form(body, type)) }
  return { ...query, ...Object.fromEntries(new URLSearchParams(body.toString())) }
}

/** The fields of a multipart body. */
export function form(body: Buffer, type: string): Promise<FormData> {
  return new globalThis.Response(new Uint8Array(body), { headers: { 'content-type': type } }).formData()
}

function parseObject(text: string): JsonObject {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as JsonObject) : {}
  } catch {
    return {}
  }
}
