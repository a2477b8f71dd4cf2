/** What people are asked for, in a message of its own: what it means, who may answer, the facts, and afterwards who answered and when. */
import type { InputBlock } from '@slack/types'
import { requestKinds } from '../lifecycle/request-kinds.js'
import type { Request } from '../lifecycle/types.js'
import { clicked } from './measurement.js'
import { type RequestScene, requestText } from './request-text.js'
import { actions, context, dateTag, header, section, type View, view } from './view.js'
import { mayAct, requestButtons, verdictLine, waitingLines } from './waiting.js'
import { type StateWord, status } from './words.js'

export type { RequestScene } from './request-text.js'

const ends: Record<Exclude<Request['state'], 'open'>, StateWord> = {
  granted: { emoji: ':white_check_mark:', word: 'Done' },
  refused: { emoji: ':no_entry_sign:', word: 'Rejected' },
  void: { emoji: ':heavy_minus_sign:', word: 'No longer asked' },
  expired: { emoji: ':hourglass:', word: 'Expired' },
}

const longestComment = 2_000

/** A request as it stands now. Approvals and postponements have their place in their operation's message. */
export function requestMessage(scene: RequestScene): View {
  const { request, situation, audience } = scene
  const { rule, comment } = requestKinds[request.kind]
  const { title, asked, means, facts } = requestText(request.kind, scene)
  const acts = mayAct(request, audience)
  const after = clicked(situation, request)
  const state = after?.state ?? stateOf(request, acts)
  const answers = request.verdicts.map((verdict) => verdictLine(request, verdict, situation, audience))
  const waiting = waitingLines(request, situation, audience)
  const since = `Asked ${dateTag(request.openedAt)}`
  const open = request.state === 'open'
  return view(`${title}: ${state.word}`, [
    header(title),
    section(open || answers.length === 0 ? `${status(state)}\n${asked}` : [...answers, asked].join('\n')),
    after ? section(after.text) : null,
    ...facts,
    open && answers.length > 0 ? section(answers.join('\n')) : null,
    open ? section(means) : null,
    open && waiting.length > 0 ? section(waiting.join('\n')) : null,
    acts && comment ? commentField() : null,
    actions(requestButtons(request, situation, audience, title)),
    context(audience === 'ops' ? `${since} · rule ${rule}` : since),
  ])
}

function stateOf({ state }: Request, acts: boolean): StateWord {
  if (state !== 'open') return ends[state]
  return acts ? { emoji: ':point_right:', word: 'Your turn' } : { emoji: ':hourglass_flowing_sand:', word: 'Waiting' }
}

function commentField(): InputBlock {
  return {
    type: 'input',
    block_id: 'comment',
    optional: true,
    label: { type: 'plain_text', text: 'Comment', emoji: false },
    element: {
      type: 'plain_text_input',
      action_id: 'comment',
      multiline: true,
      max_length: longestComment,
      placeholder: { type: 'plain_text', text: 'What should change, or what you looked at', emoji: false },
    },
  }
}
