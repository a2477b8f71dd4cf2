/** What each request asks, what an answer means, and the facts to decide on; once for the customer, once for the vendor. */
import type { KnownBlock } from '@slack/types'
import { environmentById } from '../lifecycle/situation.js'
import type { Environment, Iteration, Request, RequestKind, Situation } from '../lifecycle/types.js'
import { measuredFacts } from './measurement.js'
import { fileLines, reportBlocks } from './report.js'
import { deviationText, signText, startText } from './request-text-qualification.js'
import { type Audience, code, context, fields, line, lines, shortHash } from './view.js'
import { count, volunteersText } from './words.js'

export interface RequestScene {
  situation: Situation
  request: Request
  audience: Audience
  /** The executed checks of an IQ, where they are known. */
  checks?: { passed: number; total: number } | null
}

export interface RequestText {
  title: string
  asked: string
  means: string
  facts: KnownBlock[]
}

type Tell = (scene: RequestScene) => RequestText

/** A sentence for the customer, and what the vendor reads instead. */
function told({ audience, situation }: RequestScene, customer: string, ops: (name: string) => string): string {
  return audience === 'customer' ? customer : ops(line(situation.customer?.name ?? 'The customer', 60))
}

function environmentOf({ situation, request }: RequestScene): Environment | undefined {
  return environmentById(situation, request.subject)
}

function named(scene: RequestScene, otherwise: string): string {
  const environment = environmentOf(scene)
  return environment ? code(environment.name) : otherwise
}

function iterationOf({ situation, request }: RequestScene): Iteration | undefined {
  return situation.iterations.find(({ id }) => id === request.subject)
}

const texts: Record<RequestKind, Tell> = {
  approve: (scene) => ({
    title: 'Approval',
    asked: told(
      scene,
      'Something waits for approval; its own message has the plan.',
      () => "An operation waits for approval; the operation's message has the plan.",
    ),
    means: 'An approval is for exactly the plan that was shown.',
    facts: [],
  }),
  postpone: (scene) => ({
    title: 'Teardown',
    asked: 'A teardown is scheduled; it can be postponed.',
    means: `Each postponement gives ${count(scene.situation.policy.postponeDays, 'day')}.`,
    facts: [],
  }),
  'ask-val': (scene) => ({
    title: 'Validation environment',
    asked: told(
      scene,
      'Everything is there for your validation environment, VAL. Ask for it when your team is ready to validate.',
      (name) => `${name} can have VAL now. Their lead asks for it, or a PM of ours does.`,
    ),
    means: `VAL is made from ${named(scene, 'Pre-PROD')}${scene.situation.customer?.legacy ? ' and the migrated volunteers, whose identity is obfuscated on the way' : ''}. It is the dry run of PROD.`,
    facts: [],
  }),
  'choose-source': (scene) => ({
    title: 'Source of the configuration',
    asked: told(
      scene,
      `Which configuration will VAL and PROD be made from? As a rule it is Pre-PROD, ${named(scene, 'yours')}, as it stands.`,
      (name) =>
        `${name} chooses the source of the configuration for VAL and PROD: ${named(scene, 'Pre-PROD')} as it stands, or another instance of theirs.`,
    ),
    means:
      'The configuration of another instance would first be brought into Pre-PROD as a reviewed change; write to us in this channel for that.',
    facts: [],
  }),
  'confirm-files': (scene) => ({
    title: 'G1: final legacy dump',
    asked: scene.situation.customer?.legacy
      ? told(
          scene,
          'These files arrived from you. Are they complete, and the final state of your legacy system?',
          (name) => `${name} confirms that the files are complete and final.`,
        )
      : told(
          scene,
          'You have no legacy database. Is it right that nothing is migrated?',
          (name) => `${name} confirms that nothing is migrated.`,
        ),
    means: 'PROD is made from exactly this. If a file changes afterwards, it has to be confirmed again.',
    facts: fileFacts(scene),
  }),
  'review-iteration': (scene) => ({
    title: `Migration iteration ${iterationOf(scene)?.number ?? ''}`.trim(),
    asked: told(
      scene,
      'The migrated volunteers are ready for your review. Look at the chosen test volunteers in the Migration environment and compare them with your legacy system.',
      (name) => `${name} reviews the chosen test volunteers and this report.`,
    ),
    means: 'Accepting leads to the approval of the scripts. Rejecting starts the next iteration: write what should change.',
    facts: iterationFacts(scene, true),
  }),
  'approve-scripts': (scene) => ({
    title: 'Approval of the migration scripts',
    asked: told(
      scene,
      `You accepted iteration ${iterationOf(scene)?.number ?? ''}. Please approve the migration scripts that made it.`,
      (name) => `${name} accepted iteration ${iterationOf(scene)?.number ?? ''}; their lead approves the scripts that made it.`,
    ),
    means:
      'The approval is for exactly this specification, program and product version; a change of any of them needs a new one. The Migration environment is torn down afterwards, with notice.',
    facts: iterationFacts(scene, false),
  }),
  'validation-complete': (scene) => ({
    title: 'Validation complete',
    asked: told(
      scene,
      `Your validation environment ${named(scene, 'VAL')} is open. Confirm here once your validation is complete.`,
      (name) => `${name} validates in ${named(scene, 'VAL')} and confirms here once it is complete.`,
    ),
    means: 'It says that no critical deviation is open. PROD can be made only afterwards.',
    facts: environmentFacts(scene),
  }),
  'evidence-exported': (scene) => ({
    title: 'Evidence of the validation',
    asked: told(
      scene,
      `Please export your evidence from ${named(scene, 'VAL')} and close your findings, then confirm here.`,
      (name) => `${name} exports the evidence from ${named(scene, 'VAL')} and closes the findings.`,
    ),
    means: 'Once this is confirmed and PROD is live, VAL is torn down; what was not exported is gone then.',
    facts: [],
  }),
  'training-done': (scene) => ({
    title: 'Training in PROD Test',
    asked: told(
      scene,
      'PROD Test is open for training your staff. Sign off the training here once they are ready to work in PROD Main.',
      (name) => `${name} trains in PROD Test; their lead signs off the training.`,
    ),
    means: 'Access to PROD Main is given only after this.',
    facts: [],
  }),
  'start-qualification': startText,
  'accept-deviation': deviationText,
  'sign-iq': signText,
  'sign-g4': (scene) => ({
    title: 'G4: review of PROD Main',
    asked: told(
      scene,
      'We review your populated and configured PROD Main.',
      () =>
        `Please review ${named(scene, 'PROD')} Main: populated, configured, and as it was validated. Somebody else than who made it signs.`,
    ),
    means: 'The checklist goes on to the IQ documentation (G5).',
    facts: environmentFacts(scene),
  }),
  'sign-g6': (scene) => ({
    title: 'G6: final QC check',
    asked: told(
      scene,
      `Your ${named(scene, 'PROD')} is populated, reviewed and qualified. Please make your final QC check.`,
      (name) => `${name} makes the final QC check of ${named(scene, 'PROD')}.`,
    ),
    means: told(scene, 'With this signature you are live.', (name) => `With this signature ${name} is live.`),
    facts: environmentFacts(scene),
  }),
}

/** The words and facts of one request. */
export function requestText(kind: RequestKind, scene: RequestScene): RequestText {
  return texts[kind](scene)
}

function fileFacts({ situation }: RequestScene): KnownBlock[] {
  const { files } = situation
  return files.length > 0 ? lines([`*${count(files.length, 'file')}*`, ...fileLines(files)]) : []
}

function iterationFacts(scene: RequestScene, whole: boolean): KnownBlock[] {
  const iteration = iterationOf(scene)
  if (!iteration) return []
  const { number, specification, program, version, filesHash, resultHash } = iteration
  const result = resultHash ? shortHash(resultHash) : '–'
  if (whole) {
    const bound = `Specification ${shortHash(specification)} · program ${code(program)} · version ${code(version)} · result ${result}`
    return [...reportBlocks(iteration), context(bound)]
  }
  return fields([
    ['Iteration', String(number)],
    ['Result', result],
    ['Specification', shortHash(specification)],
    ['Files', shortHash(filesHash)],
    ['Program', code(program)],
    ['Product version', code(version)],
  ])
}

function environmentFacts(scene: RequestScene): KnownBlock[] {
  const measured = measuredFacts(scene.situation, scene.request)
  if (measured) return measured
  const environment = environmentOf(scene)
  if (!environment) return []
  const [main] = environment.instances
  return fields([
    ['Environment', code(environment.name)],
    ['Version', code(environment.version)],
    ['Volunteers', main ? volunteersText(main) : null],
    ['Configuration', main?.everything ? shortHash(main.everything) : null],
  ])
}
