import { z } from 'zod'
import type { JsonObject, Person, UserGroup } from '../types'
import type { World } from '../world'
import { count, flag, method, page, refuse } from './method'

/** A person as `users.info` gives them. */
export function userObject(world: World, person: Person): JsonObject {
  const home = world.directory.home.id
  const member = person.teamId === home
  const [first = '', ...rest] = person.realName.split(' ')
  return {
    id: person.id,
    team_id: person.teamId,
    name: person.name,
    deleted: false,
    color: person.color.replace('#', ''),
    real_name: person.realName,
    tz: 'Europe/Amsterdam',
    tz_label: 'Central European Time',
    tz_offset: 3600,
    profile: {
      title: person.title,
      real_name: person.realName,
      real_name_normalized: person.realName,
      display_name: person.realName,
      display_name_normalized: person.realName,
      first_name: first,
      last_name: rest.join(' '),
      team: person.teamId,
      ...(member && person.email && { email: person.email }),
    },
    is_bot: false,
    is_app_user: false,
    ...(member
      ? { is_admin: person.admin ?? false, is_owner: person.admin ?? false, is_restricted: false, is_ultra_restricted: false }
      : { is_stranger: false }),
    updated: 1_700_000_000,
  }
}

/** The app's own bot user. */
function botObject(world: World): JsonObject {
  const { app, home } = world.directory
  return {
    id: app.botUserId,
    team_id: home.id,
    name: app.name.toLowerCase(),
    real_name: app.name,
    deleted: false,
    profile: { real_name: app.name, display_name: app.name, bot_id: app.botId, api_app_id: app.appId, team: home.id },
    is_bot: true,
    is_app_user: false,
    updated: 1_700_000_000,
  }
}

const info = method('t4', z.object({ user: z.string() }), (args, world) => {
  if (args.user === world.directory.app.botUserId) return { ok: true, user: botObject(world) }
  const person = world.directory.person(args.user)
  return person ? { ok: true, user: userObject(world, person) } : refuse('user_not_found')
})

const list = method('t2', z.object({ cursor: z.string().optional(), limit: count.default(0) }), (args, world) => {
  const everyone = [botObject(world), ...world.directory.people.map((person) => userObject(world, person))]
  const { items, next } = page(everyone, args.cursor, args.limit > 0 ? args.limit : everyone.length)
  return { ok: true, members: items, cache_ts: Math.floor(Date.now() / 1000), response_metadata: { next_cursor: next } }
})

const lookupByEmail = method('t3', z.object({ email: z.string() }), (args, world) => {
  const person = world.directory.people.find((one) => one.email === args.email && !world.directory.isExternal(one))
  return person ? { ok: true, user: userObject(world, person) } : refuse('users_not_found')
})

const groupObject = (world: World, group: UserGroup, withUsers: boolean): JsonObject => ({
  id: group.id,
  team_id: world.directory.home.id,
  is_usergroup: true,
  is_external: false,
  handle: group.handle,
  name: group.name,
  description: '',
  user_count: group.users.length,
  ...(withUsers && { users: group.users }),
})

const groups = method('t2', z.object({ include_users: flag.optional() }), (args, world) => ({
  ok: true,
  usergroups: world.directory.userGroups.map((group) => groupObject(world, group, args.include_users ?? false)),
}))

const groupMembers = method('t2', z.object({ usergroup: z.string() }), (args, world) => {
  const group = world.directory.userGroups.find((one) => one.id === args.usergroup)
  return group ? { ok: true, users: group.users } : refuse('no_such_subteam')
})

const authTest = method('special', z.object({}), (_, world) => {
  const { app, home } = world.directory
  return {
    ok: true,
    url: `${world.url}/`,
    team: home.name,
    user: app.name.toLowerCase(),
    team_id: home.id,
    user_id: app.botUserId,
    bot_id: app.botId,
    is_enterprise_install: false,
  }
})

const teamInfo = method('t3', z.object({ team: z.string().optional() }), (args, world) => {
  const team = world.directory.team(args.team ?? world.directory.home.id)
  return team ? { ok: true, team: { id: team.id, name: team.name, domain: team.domain } } : refuse('team_not_found')
})

/** Who is who. */
export const people = {
  'auth.test': authTest,
  'team.info': teamInfo,
  'users.info': info,
  'users.list': list,
  'users.lookupByEmail': lookupByEmail,
  'usergroups.list': groups,
  'usergroups.users.list': groupMembers,
}
