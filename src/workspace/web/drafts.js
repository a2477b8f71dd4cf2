/** What people have typed and chosen but not sent, by message or view, as Slack's `state.values`. */
const drafts = new Map()

const keyOf = (source) => source.viewId ?? `${source.channel}/${source.messageTs}`

export const draftsOf = (source) => drafts.get(keyOf(source)) ?? {}

export function draft(source, block, element, value) {
  const known = draftsOf(source)
  const before = known[block.block_id] ?? {}
  drafts.set(keyOf(source), { ...known, [block.block_id]: { ...before, [element.action_id]: { type: element.type, ...value } } })
}

export const draftOf = (source, block, element) => draftsOf(source)[block.block_id]?.[element.action_id]

export const forgetDrafts = (source) => drafts.delete(keyOf(source))
