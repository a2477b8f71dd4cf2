/** Renders a message from the state as it is now (R38, R41): the same record, one rendering per audience. */
import { checklist } from '../lifecycle/golive.js'
import type { Request, Situation, Step } from '../lifecycle/types.js'
import { announcement, isAnnouncement } from '../views/announcement.js'
import { checklistMessage } from '../views/checklist.js'
import { operationMessage } from '../views/operation.js'
import { planThread, resultThread } from '../views/plan.js'
import { requestMessage } from '../views/request.js'
import type { View } from '../views/view.js'

interface ShownMessage {
  view: string
  subject: string
  audience: 'ops' | 'customer'
  data: Record<string, string | number>
}

/** The view of a message; null where its subject is not (or no longer) there to be shown. */
export function show(message: ShownMessage, situation: Situation, steps: Step[]): View | null {
  const { audience, subject } = message
  switch (message.view) {
    case 'operation':
    case 'plan':
    case 'result':
      return operationView(message.view, message, situation, steps)
    case 'request': {
      const request = situation.requests.find((r) => r.id === subject)
      return request ? requestMessage({ situation, request, audience, checks: checksOf(request, situation, steps) }) : null
    }
    case 'checklist': {
      const golive = situation.golive?.id === subject ? situation.golive : null
      return golive ? checklistMessage({ situation, golive, steps: checklist(situation), requests: situation.requests, audience }) : null
    }
    case 'announcement':
      return announced(message, situation)
    default:
      return null
  }
}

/** The operation whose steps a message tells of: its own, or the one that executed the IQ that is to be signed. */
export function operationShown({ view, subject }: ShownMessage, situation: Situation): string | null {
  if (view === 'operation' || view === 'result') return subject
  const request = view === 'request' ? situation.requests.find((r) => r.id === subject) : undefined
  return situation.documents.find((d) => d.id === request?.subject)?.operationId ?? null
}

/** How many of the executed checks passed, as the step that qualified the instance reported it. */
function checksOf(request: Request, situation: Situation, steps: Step[]): { passed: number; total: number } | null {
  const document = situation.documents.find((d) => d.id === request.subject)
  const result = steps.find((s) => s.result?.['number'] === document?.number && s.result?.['checks'] !== undefined)?.result
  return result ? { passed: Number(result['passed']), total: Number(result['checks']) } : null
}

function operationView(
  view: 'operation' | 'plan' | 'result',
  { subject, audience }: ShownMessage,
  situation: Situation,
  steps: Step[],
): View | null {
  const operation = situation.operations.find((o) => o.id === subject)
  if (!operation) return null
  if (view === 'plan') return planThread({ operation, audience })
  if (view === 'result') return resultThread({ operation, steps, audience })
  return operationMessage({ situation, operation, steps, audience, requests: situation.requests.filter((r) => r.subject === operation.id) })
}

function announced({ subject, data, audience }: ShownMessage, situation: Situation): View | null {
  if (!isAnnouncement(subject)) return null
  const environment = [...situation.environments, ...(situation.community ? [situation.community] : [])].find(
    (e) => e.name === data['environment'],
  )
  return announcement({ event: subject, data, audience, situation, environment: environment ?? null })
}
