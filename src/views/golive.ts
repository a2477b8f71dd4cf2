/** `/golive status`: the checklist without buttons; the pinned message has them. */
import { type ChecklistStep, checklist } from '../lifecycle/golive.js'
import type { Situation } from '../lifecycle/types.js'
import { checklistMessage } from './checklist.js'
import { code, context, section, type View, view } from './view.js'

/** The checklist as the vendor sees it, or what starts one. */
export function goliveStatus(situation: Situation, steps: readonly ChecklistStep[] = checklist(situation)): View {
  const { golive, customer } = situation
  if (golive) {
    const { text, blocks } = checklistMessage({ situation, golive, steps, requests: situation.requests, audience: 'ops' })
    return { text, blocks: blocks.filter(({ type }) => type !== 'actions') }
  }
  const text = `No go-live is open${customer ? ` for ${customer.name}` : ''}.`
  return view(text, [
    section(`:hourglass_flowing_sand: *Not started*\nBoth parties agree on a date; the checklist of six steps opens with it.`),
    context(`A PM starts it: ${code(`/golive start ${customer?.slug ?? 'acme'} --date 2026-09-01`)}`),
  ])
}
