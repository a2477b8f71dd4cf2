import { slashCommand } from '../deliver/payloads'
import { respond, slackbotSays } from '../responses'
import type { World } from '../world'
import { no, type Outcome, present, type Stage, undelivered } from './outcome'

export interface CommandAsk {
  channel: string
  user: string
  command: string
  text: string
}

/** A person sends a slash command. Comes back once the bot has acknowledged it, or has not. */
export async function sendCommand({ world, courier }: Stage, ask: CommandAsk): Promise<Outcome> {
  const here = present(world, ask.user, ask.channel)
  if ('ok' in here) return here
  const { person, channel } = here
  const source = { user: person.id, channel: channel.id }
  const command = ask.command.startsWith('/') ? ask.command : `/${ask.command}`
  const refusal = invalid(world, command, world.directory.isExternal(person))
  if (refusal) {
    slackbotSays(world, source, `\`${command}\` is not a valid command.`)
    return no(403, refusal)
  }

  const triggerId = world.triggers.issue(person.id)
  const responseUrl = world.responseUrls.issue(source)
  const text = escapeMentions(world, ask.text)
  const payload = slashCommand(world, { person, channel, command, text, triggerId, responseUrl })
  const receipt = await courier.deliver({ kind: 'slash_commands', name: `command ${command}`, payload })
  if (!receipt.ok) {
    slackbotSays(world, source, `${command} failed with the error "${receipt.error}"`)
    return undelivered(receipt.error)
  }
  const ack = said(receipt.body)
  const error = ack && respond(world, source, ack)
  if (error) slackbotSays(world, source, `${command} failed with the error "${error}"`)
  return { ok: true, ...(ack && { ack }) }
}

function invalid(world: World, command: string, external: boolean): string | undefined {
  if (external) return 'not_allowed'
  const { commands } = world.directory
  const known = commands.length === 0 || commands.some((one) => one.command === command)
  return known ? undefined : 'invalid_command'
}

/** An ack that says something, as an object; an empty one says nothing. */
function said(body: unknown): object | undefined {
  if (typeof body === 'string') return body.trim() ? { text: body } : undefined
  return typeof body === 'object' && body !== null && Object.keys(body).length > 0 ? body : undefined
}

/** `@name` and `#name` as Slack escapes them for a command that asks for it. */
function escapeMentions(world: World, text: string): string {
  const { people, userGroups } = world.directory
  return text.replace(/(^|[\s=])([@#])([\w.-]+)/g, (whole, before: string, sign: string, name: string) => {
    if (sign === '#') {
      const channel = world.directory.channel(name)
      return channel ? `${before}<#${channel.id}|${channel.name}>` : whole
    }
    const person = people.find((one) => one.name === name.toLowerCase() || one.id === name)
    if (person) return `${before}<@${person.id}|${person.name}>`
    const group = userGroups.find((one) => one.handle === name)
    return group ? `${before}<!subteam^${group.id}|@${group.handle}>` : whole
  })
}
