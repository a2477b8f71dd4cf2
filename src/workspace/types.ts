/** The words of the local workspace: people, channels, messages, views, in the shapes that Slack's API gives them. */

export interface Team {
  id: string
  name: string
  domain: string
  /** The badge colour on the page. */
  color: string
}

export interface Person {
  id: string
  teamId: string
  /** The handle, as in `@priya`. */
  name: string
  realName: string
  title: string
  email?: string
  color: string
  admin?: boolean
}

export interface Channel {
  id: string
  name: string
  topic?: string
  private?: boolean
  /** Every team that shares the channel; one entry for an internal one. */
  teams: string[]
  members: string[]
}

export interface UserGroup {
  id: string
  handle: string
  name: string
  users: string[]
}

export interface CommandHint {
  command: string
  description: string
  usage_hint?: string | undefined
}

export interface Limits {
  /** How long the bot has to acknowledge, in milliseconds. */
  ackMs: number
  /** How long a trigger id lives, in milliseconds. */
  triggerMs: number
  /** `slack`: Slack's own limits; a number multiplies them; `off`: none. */
  rate: Rate
  /** Pauses before the retries of an unacknowledged event. */
  eventRetryMs: number[]
  /** How long Slack takes to share a finished upload, in milliseconds. */
  shareMs: number
  /** How many log entries are kept. */
  log: number
}

export type Rate = 'slack' | 'off' | number

export interface WorkspaceOptions {
  /** 0: a free port. */
  port: number
  host?: string
  signingSecret: string
  botToken: string
  /** Set: `apps.connections.open` works with it, and so Socket Mode. */
  appToken?: string
  /** The bot's endpoint for commands, interactivity and events. */
  eventsUrl?: string
  /** The first is the home team, where the app is installed. */
  teams: Team[]
  people: Person[]
  channels: Channel[]
  userGroups?: UserGroup[]
  /** Feeds the composer's autocomplete; once given, other command words are invalid. */
  commands?: CommandHint[]
  limits?: Partial<Limits>
}

/** What the app is called, in the workspace and in every payload. */
export interface AppIdentity {
  appId: string
  botId: string
  botUserId: string
  name: string
}

export type JsonObject = Record<string, unknown>

export interface TextObject {
  type: 'plain_text' | 'mrkdwn'
  text: string
}

export interface Option {
  text: TextObject
  value?: string
}

export interface BlockElement extends JsonObject {
  type: string
  action_id?: string
  value?: string
  text?: unknown
}

export interface Block extends JsonObject {
  type: string
  block_id?: string
  element?: BlockElement
  accessory?: BlockElement
  elements?: BlockElement[]
  optional?: boolean
}

export interface Metadata {
  event_type: string
  event_payload: JsonObject
}

interface Reaction {
  name: string
  users: string[]
  count: number
}

export interface FileObject extends JsonObject {
  id: string
  created: number
  name: string
  title: string
  mimetype: string
  filetype: string
  size: number
  user: string
  url_private: string
  url_private_download: string
  permalink: string
  channels: string[]
}

export interface Message extends JsonObject {
  type: 'message'
  subtype?: string
  ts: string
  user: string
  team: string
  text: string
  bot_id?: string
  app_id?: string
  blocks?: Block[]
  attachments?: JsonObject[]
  metadata?: Metadata
  thread_ts?: string
  parent_user_id?: string
  reply_count?: number
  reply_users?: string[]
  latest_reply?: string
  edited?: { user: string; ts: string }
  reactions?: Reaction[]
  files?: FileObject[]
  pinned_to?: string[]
}

/** Seen by one person only. */
export interface Ephemeral extends JsonObject {
  ts: string
  channel: string
  /** Who sees it. */
  user: string
  /** Who says it: the app's bot user, or Slackbot. */
  from: string
  text: string
  blocks?: Block[]
  thread_ts?: string
}

export type StateValues = Record<string, Record<string, JsonObject>>

export interface View extends JsonObject {
  id: string
  type: 'modal' | 'home'
  team_id: string
  app_id: string
  app_installed_team_id: string
  bot_id: string
  callback_id: string
  external_id: string
  private_metadata: string
  title: TextObject
  submit: TextObject | null
  close: TextObject | null
  blocks: Block[]
  state: { values: StateValues }
  hash: string
  clear_on_close: boolean
  notify_on_close: boolean
  root_view_id: string
  previous_view_id: string | null
}

export interface Bookmark {
  id: string
  channel_id: string
  title: string
  link: string
  emoji: string
  type: string
  date_created: number
  date_updated: number
}

/** One request between the bot and the workspace. */
export interface LogEntry {
  at: string
  /** `in`: the bot called the workspace; `out`: the workspace called the bot. */
  direction: 'in' | 'out'
  name: string
  status: number
  ms: number
  error?: string
  channel?: string
}
