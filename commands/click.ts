/** Buttons are commands too: a click names a request as it was shown, or an operation; who may do what is decided by `change`. */
import type { PersonAsk } from '../src/lifecycle/ask.js'
import { requestKinds } from '../src/lifecycle/request-kinds.js'
import { refusal, said } from '../src/views/refusal.js'
import type { View } from '../src/views/view.js'
import type { CommandContext } from './command.js'
import { storable } from './storable.js'

export interface Clicked {
  action: string
  /** `<request>.<version>.<first 8 of the hash>`, or an operation's id for `cancel` and `resume`. */
  value: string
  comment: string | null
}

const labels = new Map(Object.values(requestKinds).flatMap(({ actions }) => actions.map(({ action, label }) => [action, label])))
const LONGEST_COMMENT = 2_000

/** What a click asks for, or null where the button is none of ours or of an older Slipway. */
export function parseClick({ action, value, comment }: Clicked): PersonAsk | null {
  if (action === 'cancel' || action === 'resume') return /^[\w-]{1,80}$/.test(value) ? { verb: action, operationId: value } : null
  const [, requestId, version, hash] = /^([\w-]{1,80})\.(\d{1,9})\.([0-9a-f]{8})$/i.exec(value) ?? []
  if (!labels.has(action) || !requestId || !version || !hash) return null
  const said = comment ? storable(comment.trim().slice(0, LONGEST_COMMENT)) || null : null
  return { verb: 'click', requestId, version: Number(version), hash, action, comment: said }
}

/** Carries a click out and answers the person who clicked; everybody else sees the message change. */
export async function answerClick(clicked: Clicked, { change }: Pick<CommandContext, 'change'>): Promise<View> {
  const wanted = parseClick(clicked)
  if (!wanted) {
    const text = 'This button is no longer in use. The newest message on the matter has the current ones.'
    return refusal({ code: 'unknown-button', rule: 'R30', text })
  }
  const outcome = await change(wanted)
  if (outcome.kind === 'refused') return refusal(outcome.refusal)
  return said(outcome.say ?? `Recorded: ${labels.get(clicked.action) ?? clicked.action}.`)
}
