/** What is asked around a qualification: to start it, to judge a deviation, to sign the IQ (R22, R29). */
import type { KnownBlock } from '@slack/types'
import { nextExecution, standingDeviations, whyAgain } from '../lifecycle/qualification.js'
import { environmentById } from '../lifecycle/situation.js'
import type { Document, Situation } from '../lifecycle/types.js'
import type { RequestScene, RequestText } from './request-text.js'
import { code, fields, line, shortHash } from './view.js'
import { documentKinds } from './words.js'

/** Starts the qualification of an environment; who clicks answers for it. */
export function startText({ situation, request, audience }: RequestScene): RequestText {
  const environment = environmentById(situation, request.subject)
  const ours = audience === 'ops'
  const executions = environment?.instances.map(({ id, name }) => `${code(name)} no. ${nextExecution(situation, id)}`)
  return {
    title: `Qualification${environment ? ` of ${environment.name}` : ''}`,
    asked: ours
      ? 'It is made and waits for its qualification. An engineer starts it, and answers for it.'
      : 'We qualify your environment; you need do nothing.',
    means: ours
      ? 'Slipway executes every check of the protocol and issues the IQ of each instance, whatever it finds. “Not now” needs a reason.'
      : 'It is handed over once each of its instances has a signed IQ.',
    facts: ours
      ? fields([
          ['Version', environment ? code(environment.version) : null],
          ['Next execution', executions?.join('\n') ?? null],
          ['Executed again because', environment ? whyAgain(situation, environment) : null],
        ])
      : [],
  }
}

/** QA accepts or rejects what an execution found, in words; the customer is not asked. */
export function deviationText({ situation, request, audience }: RequestScene): RequestText {
  const deviation = situation.deviations.find(({ id }) => id === request.subject)
  const ours = audience === 'ops' && deviation
  const environment = environmentById(situation, deviation?.environmentId ?? null)
  return {
    title: `Deviation${ours ? ` ${deviation.number}` : ''}`,
    asked: ours ? line(deviation.what, 600) : 'We look into a difference that the qualification found.',
    means: ours
      ? 'It is corrected and the qualification started again, or QA accepts it with a reason. Until then the IQ is failed. Both buttons need a reason.'
      : 'The environment is handed over once its qualification has passed.',
    facts: ours
      ? fields([
          ['Found by', `${code(deviation.document ?? '–')}${deviation.execution === null ? '' : `, execution ${deviation.execution}`}`],
          ['Where', instanceName(situation, deviation.instanceId) ?? (environment ? code(environment.name) : null)],
          ['Class', deviation.critical ? ':warning: critical' : 'not critical'],
          ['Impact', line(deviation.impact, 600)],
          ['Found again; rejected before', deviation.decision === 'rejected' ? line(deviation.reason ?? '', 300) : null],
        ])
      : [],
  }
}

/** The executed IQ as it was issued: number, revision, what it came to, and the checksum's first digits. */
export function signText({ situation, request, audience, checks }: RequestScene): RequestText {
  const document = situation.documents.find(({ id }) => id === request.subject)
  return {
    title: `Installation Qualification ${document?.number ?? ''}`.trim(),
    asked:
      audience === 'customer'
        ? 'Our QA reviews the executed Installation Qualification.'
        : 'QA reviews the executed Installation Qualification and signs it.',
    means: 'A controlled environment is handed over only with a signed IQ for each of its instances.',
    facts: document ? documentFacts(document, situation, checks ?? null) : [],
  }
}

function documentFacts(document: Document, situation: Situation, checks: NonNullable<RequestScene['checks']> | null): KnownBlock[] {
  const accepted = standingDeviations(situation, document.instanceId).filter(({ disposition }) => disposition === 'accepted')
  return fields([
    ['Document', `${code(document.number)} rev. ${document.revision}\n${documentKinds[document.kind]}`],
    ['Instance', instanceName(situation, document.instanceId)],
    [
      'Checks',
      checks ? `${checks.passed === checks.total ? ':white_check_mark:' : ':warning:'} ${checks.passed} of ${checks.total} passed` : null,
    ],
    ['Accepted deviations', accepted.length > 0 ? accepted.map(({ number }) => code(number)).join(', ') : null],
    ['File', `${code(document.file.split(/[\\/]/).at(-1) ?? '')}\n${shortHash(document.sha256)}`],
  ])
}

function instanceName({ environments }: RequestScene['situation'], instanceId: string | null): string | null {
  const instance = environments.flatMap(({ instances }) => instances).find(({ id }) => id === instanceId)
  return instance ? code(instance.name) : null
}
