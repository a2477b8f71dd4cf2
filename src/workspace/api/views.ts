import { z } from 'zod'
import { checkView } from '../blocks/view'
import type { View } from '../types'
import type { World } from '../world'
import { type Answer, json, method, refuse, refuseChecked } from './method'

const warned = (view: View): Answer => ({ ok: true, view })

/** An external id stands for one view only. */
function externalIdTaken(world: World, view: unknown, but?: string): boolean {
  const externalId = (view as { external_id?: unknown }).external_id
  if (typeof externalId !== 'string' || externalId === '') return false
  const found = world.views.find({ externalId })
  return found !== undefined && found.view.id !== but
}

const triggered = z.object({ trigger_id: z.string(), view: json })

const open = method('t4', triggered, (args, world) => {
  const view = checkView(args.view, 'modal')
  if (!view.ok) return refuseChecked(view)
  if (externalIdTaken(world, view.value)) return refuse('duplicate_external_id')
  const trigger = world.triggers.exchange(args.trigger_id)
  if ('error' in trigger) return refuse(trigger.error)
  return warned(world.views.open(trigger.user, view.value))
})

const push = method('t4', triggered, (args, world) => {
  const view = checkView(args.view, 'modal')
  if (!view.ok) return refuseChecked(view)
  if (externalIdTaken(world, view.value)) return refuse('duplicate_external_id')
  const trigger = world.triggers.exchange(args.trigger_id)
  if ('error' in trigger) return refuse(trigger.error)
  if (world.views.stack(trigger.user).length === 0) return refuse('not_found')
  const pushed = world.views.push(trigger.user, view.value)
  return typeof pushed === 'string' ? refuse(pushed) : warned(pushed)
})

const update = method(
  't4',
  z.object({ view_id: z.string().optional(), external_id: z.string().optional(), hash: z.string().optional(), view: json }),
  (args, world) => {
    const found = world.views.find(args.view_id ? { id: args.view_id } : { externalId: args.external_id ?? '' })
    if (!found) return refuse('not_found')
    const view = checkView(args.view, found.view.type)
    if (!view.ok) return refuseChecked(view)
    if (args.hash && args.hash !== found.view.hash) return refuse('hash_conflict')
    if (externalIdTaken(world, view.value, found.view.id)) return refuse('duplicate_external_id')
    return warned(world.views.update(found.user, found.view, view.value))
  },
)

const publish = method('t4', z.object({ user_id: z.string(), hash: z.string().optional(), view: json }), (args, world) => {
  const person = world.directory.person(args.user_id)
  if (!person) return refuse('user_not_found')
  if (world.directory.isExternal(person)) return refuse('not_enabled')
  const view = checkView(args.view, 'home')
  if (!view.ok) return refuseChecked(view)
  const old = world.views.home(args.user_id)
  if (args.hash && args.hash !== old?.hash) return refuse('hash_conflict')
  return warned(world.views.publish(args.user_id, view.value))
})

/** Modals and App Homes. */
export const views = { 'views.open': open, 'views.push': push, 'views.update': update, 'views.publish': publish }
