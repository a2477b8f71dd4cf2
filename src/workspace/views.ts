import { stateValues, withIds } from './blocks/inputs'
import type { ViewInput } from './blocks/view'
import type { Changes } from './changes'
import type { Directory } from './directory'
import { newId, newSecret } from './ids'
import type { TextObject, View } from './types'

const maxStack = 3

/** Every person's Home and stack of modals. */
export class Views {
  private readonly homes = new Map<string, View>()
  private readonly stacks = new Map<string, View[]>()

  constructor(
    private readonly directory: Directory,
    private readonly changes: Changes,
  ) {}

  home(user: string): View | undefined {
    return this.homes.get(user)
  }

  /** The person's open modals, the topmost last. */
  stack(user: string): View[] {
    return this.stacks.get(user) ?? []
  }

  /** A view that someone has before them, with that person. */
  find(match: { id: string } | { externalId: string }): { user: string; view: View } | undefined {
    const fits = (view: View) => ('id' in match ? view.id === match.id : view.external_id === match.externalId)
    for (const [user, home] of this.homes) if (fits(home)) return { user, view: home }
    for (const [user, stack] of this.stacks) {
      const view = stack.find(fits)
      if (view) return { user, view }
    }
    return undefined
  }

  /** Opens a modal in place of whatever modals the person had. */
  open(user: string, input: ViewInput): View {
    const view = this.make(input)
    this.set(user, [view])
    return view
  }

  /** Puts a modal on top, or says that there are three already. */
  push(user: string, input: ViewInput): View | 'push_limit_reached' {
    const stack = this.stack(user)
    const below = stack.at(-1)
    if (stack.length >= maxStack) return 'push_limit_reached'
    const view = this.make(input)
    if (below) Object.assign(view, { root_view_id: below.root_view_id, previous_view_id: below.id })
    this.set(user, [...stack, view])
    return view
  }

  /** New content for a view that stays where it is; what was typed in unchanged blocks is kept by the page. */
  update(user: string, old: View, input: ViewInput): View {
    const made = this.make(input)
    Object.assign(old, made, { id: old.id, root_view_id: old.root_view_id, previous_view_id: old.previous_view_id })
    this.changes.announce({ kind: 'views', user })
    return old
  }

  publish(user: string, input: ViewInput): View {
    const old = this.homes.get(user)
    if (old) return this.update(user, old, input)
    const view = this.make(input)
    this.homes.set(user, view)
    this.changes.announce({ kind: 'views', user })
    return view
  }

  /** Takes a modal and all above it away. Returns them. */
  close(user: string, viewId: string): View[] {
    const stack = this.stack(user)
    const index = stack.findIndex((view) => view.id === viewId)
    if (index < 0) return []
    this.set(user, stack.slice(0, index))
    return stack.slice(index)
  }

  closeAll(user: string): View[] {
    const stack = this.stack(user)
    this.set(user, [])
    return stack
  }

  clear(): void {
    this.homes.clear()
    this.stacks.clear()
  }

  private set(user: string, stack: View[]): void {
    this.stacks.set(user, stack)
    this.changes.announce({ kind: 'views', user })
  }

  private make(input: ViewInput): View {
    const { home, app } = this.directory
    const id = newId('V')
    const blocks = withIds(input.blocks)
    const modal = input.type === 'modal' ? input : undefined
    return {
      id,
      team_id: home.id,
      type: input.type,
      blocks,
      private_metadata: input.private_metadata ?? '',
      callback_id: input.callback_id ?? '',
      external_id: input.external_id ?? '',
      state: { values: stateValues(blocks) },
      hash: `${Math.floor(Date.now() / 1000)}.${newSecret(4)}`,
      title: modal?.title ?? noTitle,
      submit: modal?.submit ?? null,
      close: modal?.close ?? null,
      clear_on_close: modal?.clear_on_close ?? false,
      notify_on_close: modal?.notify_on_close ?? false,
      root_view_id: id,
      previous_view_id: null,
      app_id: app.appId,
      app_installed_team_id: home.id,
      bot_id: app.botId,
    }
  }
}

const noTitle: TextObject = { type: 'plain_text', text: 'View Title' }
