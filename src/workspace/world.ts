import { Changes } from './changes'
import { Directory } from './directory'
import { Faults } from './faults'
import { Files } from './files'
import { RequestLog } from './log'
import { Messages } from './messages'
import { Rates } from './rates'
import { ResponseUrls } from './response-urls'
import { Triggers } from './triggers'
import type { Bookmark, Limits, WorkspaceOptions } from './types'
import { Views } from './views'

const slackLimits: Limits = {
  ackMs: 3000,
  triggerMs: 3000,
  rate: 'slack',
  eventRetryMs: [0, 60_000, 300_000],
  shareMs: 25,
  log: 5000,
}

export interface Credentials {
  signingSecret: string
  botToken: string
  appToken: string | undefined
}

/** All state of one workspace, in memory. */
export class World {
  /** Where the workspace listens; known once it does. */
  url = ''
  readonly credentials: Credentials
  readonly limits: Limits
  readonly changes = new Changes()
  readonly directory: Directory
  readonly messages: Messages
  readonly views: Views
  readonly files = new Files()
  readonly pins = new Map<string, { ts: string; user: string; at: number }[]>()
  readonly bookmarks = new Map<string, Bookmark[]>()
  readonly triggers: Triggers
  readonly responseUrls = new ResponseUrls(() => this.url)
  readonly log: RequestLog
  readonly faults = new Faults()
  readonly rates: Rates
  /** Cut short when the workspace stops. */
  private readonly timers = new Set<NodeJS.Timeout>()

  constructor(options: WorkspaceOptions) {
    this.credentials = { signingSecret: options.signingSecret, botToken: options.botToken, appToken: options.appToken }
    this.limits = { ...slackLimits, ...options.limits }
    this.directory = new Directory(options)
    this.messages = new Messages(this.changes)
    this.views = new Views(this.directory, this.changes)
    this.triggers = new Triggers(this.limits.triggerMs)
    this.log = new RequestLog(this.limits.log)
    this.rates = new Rates(this.limits.rate)
  }

  /** Runs something later, unless the workspace stops first. */
  later(ms: number, run: () => void): void {
    const timer = setTimeout(() => {
      this.timers.delete(timer)
      run()
    }, ms)
    this.timers.add(timer)
  }

  /** Forgets everything said and done; people and channels stay. */
  reset(): void {
    this.stopTimers()
    const books = [
      this.messages,
      this.views,
      this.files,
      this.pins,
      this.bookmarks,
      this.triggers,
      this.responseUrls,
      this.log,
      this.faults,
    ]
    for (const book of books) book.clear()
    this.directory.reset()
    this.rates.adjust(this.limits.rate)
    this.changes.announce({ kind: 'reset' })
  }

  stopTimers(): void {
    for (const timer of this.timers) clearTimeout(timer)
    this.timers.clear()
  }
}
