/** The record of an executed IQ: every statement with what measured it. What was made is read through `builtOf`. */
import { type IqData, measuredBy } from '../src/documents/index.js'
import type { Inventory } from '../src/drivers/driver.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { classOf } from '../src/lifecycle/kinds.js'
import { entryOf } from '../src/lifecycle/situation.js'
import type { Instance, Operation } from '../src/lifecycle/types.js'
import type { CheckResult } from '../src/product/index.js'
import type { Reconciled } from './counts.js'
import type { Settled } from './deviations.js'
import { makingEvidence } from './documents/iq-evidence.js'
import { environmentFacts, headOf, instanceFacts, personFacts } from './documents/issue.js'
import { migrationReferences } from './documents/migration-references.js'
import { builtOf, measuredAt, type StepContext } from './job.js'
import { maskFacts } from './mask.js'
import type { Answer } from './probe.js'

/** What an execution did and found. Its start and end are by the wall clock; when each thing was measured is product time. */
export interface Executed {
  instance: Instance
  number: number
  startedAt: Date
  finishedAt: Date
  at: { checks: Date; inventory: Date; address: Date; attachments: Date; deviations: Date }
  checks: CheckResult[]
  address: Answer
  /** What stands there at the execution; null where it could not be read. */
  inventory: Inventory | null
  attachments: IqData['attachments']['value']
  deviations: Settled['listed']
}

/** What the plan promised and what was written, as the making counted it (R34). */
export function countsOf(context: StepContext): Reconciled[] {
  return counting.flatMap((step) => (builtOf(context).resultOf(step)['counts'] ?? []) as Reconciled[])
}

const counting = ['copy', 'load-content', 'load-migration', 'load-dummies']

/** When the last of it was counted. */
function countedAt(context: StepContext): Date {
  const built = builtOf(context)
  const counted = counting.filter((step) => built.resultOf(step)['counts'] !== undefined)
  const times = counted.flatMap((step) => measuredAt(built, step, context.role)?.getTime() ?? [])
  return times.length > 0 ? new Date(Math.max(...times)) : context.now
}

/** The record, to be issued. */
export function iqData(context: StepContext, executed: Executed): IqData {
  const { product, now } = context
  const { instance, number, startedAt, finishedAt, at } = executed
  const counts = countsOf(context)
  return {
    kind: 'iq',
    ...headOf(context, 'IQ', instance.name, `Execution ${number}`),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instance),
    protocol: measuredBy('release', now)({ version: instance.version, sha256: hashOf(product.checks) }),
    execution: measuredBy(
      'clock',
      finishedAt,
    )({
      number,
      startedAt: startedAt.toISOString(),
      finishedAt: finishedAt.toISOString(),
      responsible: personFacts(context, context.operation.requestedBy, context.operation.profileId),
      performedBy: personFacts(context, 'system', null),
    }),
    requiredSigners: measuredBy('policy', now)(signersOf(context)),
    references: referencesOf(context, instance),
    inventory: inventoryOf(context, executed),
    ...(counts.length > 0 ? { counts: measuredBy('counted', countedAt(context))(counts) } : {}),
    ...maskFacts(context),
    checks: measuredBy('check', at.checks)(executed.checks),
    deviations: measuredBy('registry', at.deviations)(executed.deviations),
    evidence: measuredBy('registry', now)([makingEvidence(context, finishedAt)]),
    attachments: measuredBy('files', at.attachments)(executed.attachments),
    signatures: measuredBy('click', now)([]),
  }
}

/** Who has to sign by the policy in force: one person for each of its slots (R29). */
function signersOf({ situation }: StepContext): IqData['requiredSigners']['value'] {
  return entryOf(situation, 'sign.iq').approve.map((roles) => ({
    duty: 'Approves the executed qualification',
    party: roles[0]?.startsWith('customer:') ? ('customer' as const) : ('vendor' as const),
    role: roles.map((role) => role.split(':').at(-1) ?? role).join(' or '),
  }))
}

function askerOf(context: StepContext, { requestedBy, profileId }: Operation): string {
  const { name, userId, party, role } = personFacts(context, requestedBy, profileId)
  return `${name} (${userId}), ${party}, ${role}`
}

function referencesOf(context: StepContext, instance: Instance): IqData['references'] {
  const { environment, now } = context
  const built = builtOf(context)
  const { operation, steps } = built
  const plannedAt = steps.find(({ stage }) => stage === 0)?.endedAt ?? operation.requestedAt
  const registry = measuredBy('registry', now)
  const references = [
    { title: 'Release', reference: measuredBy('release', now)(`${context.product.definition.name} ${instance.version}`) },
    { title: 'Made from', reference: registry(environment?.source ?? 'base') },
    { title: 'Plan of the operation (SHA-256)', reference: measuredBy('plan', plannedAt)(operation.planHash) },
    { title: 'Asked for by', reference: measuredBy('click', operation.requestedAt)(askerOf(context, operation)) },
  ]
  return [...references, ...migrationReferences(context, built)]
}

function inventoryOf(context: StepContext, { instance, address, inventory, at }: Executed): IqData['inventory'] {
  const registry = measuredBy('registry', context.now)
  const found = (read: (held: Inventory) => string) =>
    inventory ? measuredBy('inventory', at.inventory)(read(inventory)) : measuredBy('none', at.inventory)('not measured')
  return [
    { name: 'Version', value: found(({ version }) => version) },
    { name: 'Database', value: registry(instance.database ?? '') },
    {
      name: 'Address',
      value: measuredBy(
        'probe',
        at.address,
      )(
        address.answered
          ? `${context.urlOf(instance.name)} (${address.said} at the execution)`
          : `none: nothing answered at the execution (${address.said})`,
      ),
    },
    { name: 'Schema fingerprint (SHA-256)', value: found(({ fingerprint }) => fingerprint) },
    { name: 'Configuration checksum, everything', value: found(({ everything }) => everything) },
    { name: 'Configuration checksum, must match', value: found(({ mustMatch }) => mustMatch) },
    { name: 'Volunteers', value: found(({ people }) => `${people.all} (${classOf(people)})`) },
  ]
}
