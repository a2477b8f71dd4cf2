import { newSecret } from './ids'

interface Trigger {
  user: string
  /** The modal in which the person acted, if any: what `views.push` goes on top of. */
  viewId: string | undefined
  expires: number
  used: boolean
}

export type TriggerError = 'invalid_trigger_id' | 'expired_trigger_id' | 'exchanged_trigger_id'

/** Trigger ids: three seconds and one use each. */
export class Triggers {
  private readonly triggers = new Map<string, Trigger>()

  constructor(private readonly lifeMs: number) {}

  issue(user: string, viewId?: string): string {
    const id = `${Date.now()}.${Math.floor(Math.random() * 1e12)}.${newSecret()}`
    this.triggers.set(id, { user, viewId, expires: Date.now() + this.lifeMs, used: false })
    if (this.triggers.size > 5000) this.forgetOldest()
    return id
  }

  exchange(id: string): { user: string; viewId: string | undefined } | { error: TriggerError } {
    const trigger = this.triggers.get(id)
    if (!trigger) return { error: 'invalid_trigger_id' }
    if (trigger.used) return { error: 'exchanged_trigger_id' }
    if (Date.now() > trigger.expires) return { error: 'expired_trigger_id' }
    trigger.used = true
    return trigger
  }

  clear(): void {
    this.triggers.clear()
  }

  private forgetOldest(): void {
    const [oldest] = this.triggers.keys()
    if (oldest) this.triggers.delete(oldest)
  }
}
