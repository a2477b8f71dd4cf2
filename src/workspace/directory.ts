import { newId } from './ids'
import type { AppIdentity, Channel, CommandHint, Person, Team, UserGroup, WorkspaceOptions } from './types'

/** Who and what exists in the workspace, and who belongs where. */
export class Directory {
  readonly home: Team
  readonly app: AppIdentity = { appId: 'A0SLIPWAY', botId: 'B0SLIPWAY', botUserId: 'U0SLIPWAY', name: 'Slipway' }
  readonly teams: Team[]
  readonly people: Person[]
  readonly userGroups: UserGroup[]
  readonly channels = new Map<string, Channel>()
  commands: CommandHint[]
  private readonly initial: Channel[]

  constructor(options: Pick<WorkspaceOptions, 'teams' | 'people' | 'channels' | 'userGroups' | 'commands'>) {
    const [home] = options.teams
    if (!home) throw new Error('A workspace needs a home team, the first of `teams`')
    this.home = home
    this.teams = options.teams
    this.people = options.people
    this.userGroups = options.userGroups ?? []
    this.commands = options.commands ?? []
    this.initial = options.channels
    this.reset()
  }

  /** Back to the channels and members of the start. */
  reset(): void {
    this.channels.clear()
    for (const channel of this.initial) {
      this.channels.set(channel.id, { ...channel, members: [...new Set([...channel.members, this.app.botUserId])] })
    }
  }

  person(id: string): Person | undefined {
    return this.people.find((one) => one.id === id)
  }

  team(id: string): Team | undefined {
    return this.teams.find((one) => one.id === id)
  }

  /** Not of the team where the app is installed. */
  isExternal(person: Person): boolean {
    return person.teamId !== this.home.id
  }

  isShared(channel: Channel): boolean {
    return channel.teams.some((team) => team !== this.home.id)
  }

  isMember(channel: Channel, user: string): boolean {
    return channel.members.includes(user)
  }

  isDirect(channel: Channel): boolean {
    return channel.id.startsWith('D')
  }

  /** By id, or by name with or without `#`. */
  channel(idOrName: string): Channel | undefined {
    const known = this.channels.get(idOrName)
    if (known) return known
    const name = idOrName.replace(/^#/, '')
    return [...this.channels.values()].find((one) => one.name === name && !this.isDirect(one))
  }

  /** The app's direct channel with a person of the home team, made at first use. */
  direct(user: string): Channel | undefined {
    const person = this.person(user)
    if (!person || this.isExternal(person)) return undefined
    const known = [...this.channels.values()].find((one) => this.isDirect(one) && one.members.includes(user))
    if (known) return known
    const channel: Channel = {
      id: newId('D'),
      name: 'directmessage',
      private: true,
      teams: [this.home.id],
      members: [user, this.app.botUserId],
    }
    this.channels.set(channel.id, channel)
    return channel
  }
}
