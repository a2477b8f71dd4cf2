import { type IqData, measuredBy } from '../../src/documents/index.js'
import { approvedIteration } from '../../src/lifecycle/situation.js'
import { type Built, measuredAt, type StepContext } from '../job.js'

/**
 * What an IQ says of the migration that its environment was loaded with: the run that made it, with its result and its own report, and by
 * whose approval. Test is copied from Main, so that Main's run is Test's. Empty where nothing was migrated.
 */
export function migrationReferences(context: StepContext, { operation, steps, resultOf }: Built): IqData['references'] {
  if (operation.plan.data['migration'] !== true) return []
  const { now } = context
  const [program, registry] = [measuredBy('program', measuredAt({ steps }, 'load-migration', 'main') ?? now), measuredBy('registry', now)]
  const approved = approvedIteration(context.situation)
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
      reference: registry(approved ? `iteration ${approved.number}, approved` : 'none that stands today'),
    },
  ]
}
