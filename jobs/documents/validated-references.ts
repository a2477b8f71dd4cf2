/** What the IQ of a PROD says of VAL, whose configuration it has to have, and of the lists that the migration loaded (R22, R37). */
import { type IqData, measuredBy } from '../../src/documents/index.js'
import { sayDifferences } from '../../src/lifecycle/differences.js'
import { environmentById } from '../../src/lifecycle/situation.js'
import type { Difference, Instance, Measurement, Signature } from '../../src/lifecycle/types.js'
import { configurationElements } from '../../src/product/index.js'
import { type Built, builtOf, type StepContext } from '../job.js'
import { differencesFromLoad, differencesFromVal, validatedBy } from '../proof.js'
import type { IssuedReport } from './configuration-report.js'
import { personFacts } from './issue.js'

type References = IqData['references']
/** What the execution read, and when; null where nothing could be read. */
type Seen = Pick<IssuedReport, 'inventory' | 'readAt'> | null

/**
 * For PROD Main: VAL as it was signed valid, with its report, its checksum and who signed when, and what was found beside it. For an instance
 * that was loaded by a migration: its lists beside what the run emitted. Empty for Test, which is compared with Main. `found` is what the
 * execution read.
 */
export async function validatedReferences(context: StepContext, instance: Instance, found: Seen): Promise<References> {
  if (instance.role === 'test') return []
  const built = builtOf(context)
  return [...(await valReferences(context, built, found)), ...listReferences(context, built, found)]
}

async function valReferences(context: StepContext, { operation }: Built, found: Seen): Promise<References> {
  if (operation.verb !== 'promote') return []
  const [registry, none] = [measuredBy('registry', context.now), measuredBy('none', context.now)]
  const validated = validatedBy(context, operation)
  const signature = context.situation.signatures.find((x) => x.id === validated?.signatureId)
  const val = environmentById(context.situation, validated?.environmentId ?? null)
  if (!validated || !signature || !val)
    return [{ title: 'VAL as it was signed valid', reference: none('not measured: PROD was made before it was measured at its signature') }]
  const compared = 'Compared with VAL as it was signed valid, in what must match'
  return [
    { title: 'VAL as it was signed valid', reference: registry(`${val.name}, version ${validated.version}`) },
    { title: 'Configuration report of that VAL', reference: registry(reportOf(context, validated)) },
    {
      title: 'Configuration checksum of that VAL, must match (SHA-256)',
      reference: measuredBy('inventory', validated.at)(validated.mustMatch),
    },
    { title: 'Validation signed complete', reference: measuredBy('click', signature.at)(signerOf(context, signature)) },
    { title: compared, reference: stated(context, found, found && (await differencesFromVal(context, operation, found.inventory))) },
  ]
}

function reportOf({ situation }: StepContext, { document }: Measurement): string {
  const issued = situation.documents.find((d) => `${d.number} r${d.revision}` === document)
  return document ? `${document}${issued ? `, SHA-256 ${issued.sha256}` : ''}` : 'none is on record'
}

function signerOf(context: StepContext, { userId, profileId, role, at }: Signature): string {
  const { name, party } = personFacts(context, userId, profileId)
  return `${name} (${userId}), ${party}, ${role}, on ${at.toISOString()}`
}

function listReferences(context: StepContext, { operation, resultOf }: Built, found: Seen): References {
  if (operation.plan.data['migration'] !== true) return []
  const load = { result: resultOf('load-migration', 'main') }
  const lists = configurationElements(context.product).filter(({ owner }) => owner === 'migration')
  const emitted = new Set(Object.keys((load.result['lists'] ?? {}) as object))
  const unsaid = lists.filter(({ id }) => !emitted.has(id)).map(({ title }) => title)
  const compared = lists.filter(({ id }) => emitted.has(id)).map(({ title }) => title)
  const title = `Lists of the migration, compared with what the run emitted: ${compared.join(', ') || 'none'}`
  const rest = unsaid.length > 0 ? `; not compared, for the run says nothing of them: ${unsaid.join(', ')}` : ''
  return [{ title, reference: stated(context, found, found && differencesFromLoad(context, load, found.inventory), rest) }]
}

function stated({ now }: StepContext, found: Seen, differing: Difference[] | null, rest = ''): References[number]['reference'] {
  if (!found || !differing) return measuredBy('none', now)('not measured')
  return measuredBy(
    'inventory',
    found.readAt,
  )(`${differing.length === 0 ? 'no difference' : `differs: ${sayDifferences(differing)}`}${rest}`)
}
