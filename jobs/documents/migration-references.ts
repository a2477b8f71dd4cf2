import { type IqData, measuredBy } from '../../src/documents/index.js'
import { scriptsHash } from '../../src/lifecycle/situation.js'
import type { Iteration, Operation, RequestKind } from '../../src/lifecycle/types.js'
import { type Built, measuredAt, type StepContext } from '../job.js'
import { personFacts } from './issue.js'

type Records = Pick<StepContext, 'situation' | 'profiles'>

interface Approval {
  by: IqData['execution']['value']['responsible']
  at: Date
}

/** Who approved: each yes of the request that was granted, and for what is older than that, the signature. Oldest first; empty where none is on record. */
export function approvalsOf({ situation, profiles }: Records, kind: RequestKind, subject: string): Approval[] {
  const granted = situation.requests.findLast((r) => r.kind === kind && r.subject === subject && r.state === 'granted')
  const given = granted?.verdicts.filter(({ verdict }) => verdict === 'yes') ?? []
  const signed = situation.signatures.filter((s) => s.kind === kind && s.subject === subject).slice(-1)
  return (given.length > 0 ? given : signed).map(({ userId, profileId, at }) => ({ by: personFacts({ profiles }, userId, profileId), at }))
}

/** In words: `Pia Meier (U_PM), vendor, pm, 2026-05-12 09:30:00 UTC`. */
export function approvalsText(approvals: readonly Approval[]): string {
  const moment = (at: Date) => `${at.toISOString().slice(0, 19).replace('T', ' ')} UTC`
  return approvals.map(({ by, at }) => `${by.name} (${by.userId}), ${by.party}, ${by.role}, ${moment(at)}`).join('; ')
}

/** The iteration whose scripts an operation's plan was bound to, as it was approved by then (R9); undefined where none is on record. */
export function iterationOf(context: Records, { plan, requestedAt }: Pick<Operation, 'plan' | 'requestedAt'>): Iteration | undefined {
  const scripts = plan.data['scripts']
  const same = context.situation.iterations.filter((i) => scriptsHash(i) === scripts)
  const then = same.filter(({ id }) => approvalsOf(context, 'approve-scripts', id).some(({ at }) => at <= requestedAt))
  return then.at(-1) ?? same.at(-1)
}

/**
 * What an IQ says of the migration that its environment was loaded with: the run that made it, with its result and its own report, and by
 * whose approval. Test is copied from Main, so that Main's run is Test's. Empty where nothing was migrated.
 */
export function migrationReferences(context: StepContext, { operation, steps, resultOf }: Built): IqData['references'] {
  if (operation.plan.data['migration'] !== true) return []
  const { now } = context
  const iteration = iterationOf(context, operation)
  const approvals = iteration ? approvalsOf(context, 'approve-scripts', iteration.id) : []
  const [program, registry] = [measuredBy('program', measuredAt({ steps }, 'load-migration', 'main') ?? now), measuredBy('registry', now)]
  const click = measuredBy('click', approvals.at(-1)?.at ?? now)
  const { resultHash, specification } = resultOf('load-migration', 'main')
  const { number, revision, sha256 } = resultOf('report', 'main')
  const sha = (specification as { sha256?: string } | undefined)?.sha256
  return [
    { title: 'Migration run of this environment, result (SHA-256)', reference: program(resultHash ? String(resultHash) : 'not measured') },
    ...(sha ? [{ title: 'Specification of that migration run (SHA-256)', reference: program(sha) }] : []),
    {
      title: 'Reconciliation report of that migration run',
      reference: registry(number ? `${number} r${revision}, SHA-256 ${sha256}` : 'none was issued for this run'),
    },
    {
      title: 'Approval of the migration scripts',
      reference:
        iteration && approvals.length > 0
          ? click(`iteration ${iteration.number}, approved by ${approvalsText(approvals)}`)
          : registry('no approval of the scripts of this run is on record'),
    },
  ]
}
