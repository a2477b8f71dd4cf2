import { EventEmitter } from 'node:events'
import type { CommandHint, Ephemeral, Message } from './types'

/** What an open page has to hear about. */
export type Change =
  | { kind: 'message'; channel: string; message: Message }
  | { kind: 'deleted'; channel: string; ts: string }
  | { kind: 'ephemeral'; message: Ephemeral }
  | { kind: 'ephemeral-gone'; user: string; channel: string; ts: string }
  | { kind: 'views'; user: string }
  | { kind: 'channel'; channel: string }
  | { kind: 'commands'; commands: CommandHint[] }
  | { kind: 'reset' }

/** Tells every open page what happened. */
export class Changes {
  private readonly emitter = new EventEmitter().setMaxListeners(0)

  announce(change: Change): void {
    this.emitter.emit('change', change)
  }

  /** Returns the way to stop listening. */
  listen(hear: (change: Change) => void): () => void {
    this.emitter.on('change', hear)
    return () => this.emitter.off('change', hear)
  }
}
