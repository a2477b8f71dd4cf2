/** Lines that several views show of a situation: what waits for whom, what is going on, who is who. */

import { requestKinds } from '../lifecycle/request-kinds.js'
import { environmentById } from '../lifecycle/situation.js'
import type { Environment, Operation, Request, Situation } from '../lifecycle/types.js'
import { type Audience, code, dateTag } from './view.js'
import { waitingLines } from './waiting.js'
import { environmentStates, operationStates, operationTitle, status } from './words.js'

const ended = new Set<Operation['state']>(['done', 'undone', 'rejected', 'expired', 'cancelled'])

/** Whether an operation still has something before it. */
function isGoingOn(operation: Operation): boolean {
  return !ended.has(operation.state)
}

/** The operations of a situation that are not over. */
export function goingOn(situation: Situation, concerns: (operation: Operation) => boolean = () => true): string[] {
  return situation.operations
    .filter((operation) => isGoingOn(operation) && concerns(operation))
    .map((operation) => operationLine(operation, environmentById(situation, operation.environmentId) ?? null))
}

/** `:gear: *Running* · New Sandbox \`acme-sandbox\` · since 3 May 12:00` */
function operationLine(operation: Operation, environment: Pick<Environment, 'name' | 'kind'> | null): string {
  const title = operationTitle(operation, environment?.kind ?? null)
  const name = environment ? ` ${code(environment.name)}` : ''
  return `${status(operationStates[operation.state])} · ${title}${name} · ${moment(operation)}`
}

function moment(operation: Operation): string {
  if (operation.state === 'scheduled' && operation.runAt) return `at ${dateTag(operation.runAt)}`
  return `since ${dateTag(operation.startedAt ?? operation.requestedAt)}`
}

/** `:white_check_mark: *Ready* · \`acme-sandbox\` · 24.2 · since 3 May 12:00` */
export function environmentLine(environment: Environment): string {
  return `${status(environmentStates[environment.state])} · ${code(environment.name)} · version ${code(environment.version)} · since ${dateTag(environment.since)}`
}

/** What people are asked for at the moment, each with who may answer and since when (R43). */
export function openRequests(situation: Situation, audience: Audience): string[] {
  return situation.requests.filter(({ state }) => state === 'open').map((request) => requestLine(request, situation, audience))
}

function requestLine(request: Request, situation: Situation, audience: Audience): string {
  const operation = situation.operations.find(({ id }) => id === request.subject)
  const environment = environmentById(situation, operation?.environmentId ?? request.subject)
  const about = operation ? `: ${operationTitle(operation, environment?.kind ?? null)}` : ''
  const name = environment ? ` ${code(environment.name)}` : ''
  return [
    `:hourglass_flowing_sand: *${requestKinds[request.kind].title}${about}*${name}`,
    ...waitingLines(request, situation, audience),
  ].join('\n')
}
