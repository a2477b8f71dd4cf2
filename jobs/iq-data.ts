/** The record of an executed IQ: every statement with what measured it. What was made is read through `builtOf`. */
import { type IqData, measuredBy } from '../src/documents/index.js'
import type { Inventory } from '../src/drivers/driver.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { classOf } from '../src/lifecycle/kinds.js'
import { entryOf } from '../src/lifecycle/situation.js'
import type { Instance, Operation } from '../src/lifecycle/types.js'
import type { CheckResult } from '../src/product/index.js'
import type { Settled } from './deviations.js'
import { makingEvidence } from './documents/iq-evidence.js'
import { environmentFacts, headOf, instanceFacts, personFacts } from './documents/issue.js'
import { approvalsOf, approvalsText, migrationReferences } from './documents/migration-references.js'
import type { Held } from './held.js'
import { builtOf, type StepContext } from './job.js'
import { maskFacts } from './mask.js'
import type { Answer } from './probe.js'

/** What an execution did and found. Its start and end are by the wall clock; when each thing was measured is product time. */
export interface Executed {
  instance: Instance
  number: number
  startedAt: Date
  finishedAt: Date
  at: { checks: Date; counts: Date; inventory: Date; address: Date; attachments: Date; deviations: Date }
  checks: CheckResult[]
  address: Answer
  /** What stands there at the execution; null where it could not be read. */
  inventory: Inventory | null
  /** What was counted in it at the execution beside the plan; null where it could not be counted. */
  counts: Held[] | null
  attachments: IqData['attachments']['value']
  /** VAL as signed valid, and the lists of the migration, beside what was found (jobs/documents/validated-references.ts). */
  validated: IqData['references']
  deviations: Settled['listed']
}

/** The record, to be issued. */
export function iqData(context: StepContext, executed: Executed): IqData {
  const { now } = context
  const { instance, number, startedAt, finishedAt, at } = executed
  return {
    kind: 'iq',
    ...headOf(context, 'IQ', instance.name, `Execution ${number}`),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instance),
    protocol: measuredBy('release', now)({ version: instance.version, sha256: protocolSha256(context, executed.checks) }),
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
    references: [...referencesOf(context, instance), ...executed.validated],
    inventory: inventoryOf(context, executed),
    ...countsOf(executed),
    ...maskFacts(context),
    checks: measuredBy('check', at.checks)(executed.checks),
    deviations: measuredBy('registry', at.deviations)(executed.deviations),
    evidence: measuredBy('registry', now)([makingEvidence(context, finishedAt)]),
    attachments: measuredBy('files', at.attachments)(executed.attachments),
    signatures: measuredBy('click', now)([]),
  }
}

/** Over every check of the results, also those that do not apply and the driver's own: what it says, and how it and its expectation are defined. */
function protocolSha256({ product, driver }: StepContext, checks: readonly CheckResult[]): string {
  const defined = [...product.checks, ...driver.ownChecks]
  return hashOf(
    checks.map(({ id, title, requirement }) => ({ id, title, requirement, definition: defined.find((check) => check.id === id) ?? null })),
  )
}

function countsOf({ counts, at }: Executed): Pick<IqData, 'counts'> {
  if (!counts) return { counts: measuredBy('none', at.counts)([]) }
  return counts.length > 0 ? { counts: measuredBy('counted', at.counts)(counts) } : {}
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
  const { now } = context
  const built = builtOf(context)
  const { operation, steps } = built
  const plannedAt = steps.find(({ stage }) => stage === 0)?.endedAt ?? operation.requestedAt
  const registry = measuredBy('registry', now)
  const references = [
    { title: 'Release', reference: measuredBy('release', now)(`${context.product.definition.name} ${instance.version}`) },
    { title: 'Made from', reference: registry(madeFrom(context, instance)) },
    { title: 'Plan of the operation (SHA-256)', reference: measuredBy('plan', plannedAt)(operation.planHash) },
    { title: 'Asked for by', reference: measuredBy('click', operation.requestedAt)(askerOf(context, operation)) },
  ]
  const approvals = approvalsOf(context, 'approve', operation.id)
  const last = approvals.at(-1)
  const approved = last ? measuredBy('click', last.at)(approvalsText(approvals)) : registry('nobody: no approval is on record')
  return [...references, { title: 'Plan approved by', reference: approved }, ...migrationReferences(context, built)]
}

/** A merged pair's Test is a copy of its Main (R12); everything else comes from where the environment does. */
function madeFrom(context: StepContext, { role }: Instance): string {
  const { environment } = context
  const main = environment?.instances.find((each) => each.role === 'main')
  if (role === 'test' && main && builtOf(context).operation.plan.job === 'merge') return `${main.name}, and the product's dummy volunteers`
  return environment?.source ?? 'base'
}

function inventoryOf(context: StepContext, { instance, address, inventory, at }: Executed): IqData['inventory'] {
  const probed = measuredBy('probe', at.address)
  const found = (read: (held: Inventory) => string) =>
    inventory ? measuredBy('inventory', at.inventory)(read(inventory)) : measuredBy('none', at.inventory)('not measured')
  return [
    { name: 'Version', value: found(({ version }) => version) },
    { name: 'Address, asked at the execution', value: probed(`${context.urlOf(instance.name)}: ${answerText(address)}`) },
    { name: 'Schema fingerprint (SHA-256)', value: found(({ fingerprint }) => fingerprint) },
    { name: 'Configuration checksum, everything', value: found(({ everything }) => everything) },
    { name: 'Configuration checksum, must match', value: found(({ mustMatch }) => mustMatch) },
    { name: 'Volunteers', value: found(({ people }) => `${people.all} (${classOf(people)})`) },
  ]
}

function answerText({ from, said }: Answer): string {
  switch (from) {
    case 'instance':
      return `the answer carries the mark of this instance (${said})`
    case 'web-server':
      return `a web server answered ${said}; not verified to be this instance`
    case 'nobody':
      return `nothing answered (${said})`
    default:
      return from satisfies never
  }
}
