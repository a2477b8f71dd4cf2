import { newId } from '../ids'
import type { Channel, JsonObject, Person } from '../types'
import type { World } from '../world'

const token = 'verification-token'

/** The fields of every interactive payload. */
export function interactive(world: World, person: Person, type: string): JsonObject {
  const { app, home } = world.directory
  return {
    type,
    user: { id: person.id, username: person.name, name: person.name, team_id: person.teamId },
    api_app_id: app.appId,
    token,
    team: { id: home.id, domain: home.domain },
    enterprise: null,
    is_enterprise_install: false,
  }
}

/** A slash command's form fields. */
export function slashCommand(
  world: World,
  ask: { person: Person; channel: Channel; command: string; text: string; triggerId: string; responseUrl: string },
): JsonObject {
  const { app, home } = world.directory
  return {
    token,
    team_id: home.id,
    team_domain: home.domain,
    channel_id: ask.channel.id,
    channel_name: channelName(world, ask.channel),
    user_id: ask.person.id,
    user_name: ask.person.name,
    command: ask.command,
    text: ask.text,
    api_app_id: app.appId,
    is_enterprise_install: 'false',
    response_url: ask.responseUrl,
    trigger_id: ask.triggerId,
  }
}

function channelName(world: World, channel: Channel): string {
  if (world.directory.isDirect(channel)) return 'directmessage'
  return channel.private ? 'privategroup' : channel.name
}

/** The envelope of an event. */
export function eventEnvelope(world: World, event: JsonObject & { type: string }): JsonObject {
  const { app, home } = world.directory
  const channel = typeof event['channel'] === 'string' ? world.directory.channels.get(event['channel']) : undefined
  const authorization = { enterprise_id: null, team_id: home.id, user_id: app.botUserId, is_bot: true, is_enterprise_install: false }
  return {
    token,
    team_id: home.id,
    context_team_id: home.id,
    context_enterprise_id: null,
    api_app_id: app.appId,
    event,
    type: 'event_callback',
    event_id: newId('Ev'),
    event_time: Math.floor(Date.now() / 1000),
    authorizations: [authorization],
    is_ext_shared_channel: channel ? world.directory.isShared(channel) : false,
  }
}
