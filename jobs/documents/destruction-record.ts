import { type DestructionRecordData, measuredBy } from '../../src/documents/index.js'
import type { Instance } from '../../src/lifecycle/types.js'
import { must, resultOf, type StepContext } from '../job.js'
import { environmentFacts, headOf, instanceFacts, personFacts } from './issue.js'

/** What is left of an environment that was destroyed: what, why, who, and the proof that it is gone (R42). */
export async function destructionRecord(context: StepContext): Promise<DestructionRecordData> {
  const environment = must(context.environment, 'the environment')
  const { operation, now } = context
  const registry = measuredBy('registry', now)
  const verifications = await Promise.all(environment.instances.map((instance) => verified(context, instance)))
  return {
    kind: 'destruction-record',
    ...headOf(context, 'DR', environment.name, 'Destroyed'),
    environment: environmentFacts(context),
    instances: registry(
      environment.instances.map((i) => ({
        ...instanceFacts(context, i).value,
        version: i.version,
        everything: i.everything ?? '',
        mustMatch: i.mustMatch ?? '',
        volunteers: { count: i.volunteers, class: i.class },
      })),
    ),
    reason: registry(String(operation.plan.data['reason'] ?? operation.verb)),
    requested: registry({ by: personFacts(context, operation.requestedBy, operation.profileId), at: operation.requestedAt.toISOString() }),
    announcedAt: registry(operation.requestedAt.toISOString()),
    postponed: registry(operation.postponed),
    destroyedAt: measuredBy('clock', now)(now.toISOString()),
    approvals: measuredBy('click', now)(approvals(context)),
    archived: registry(archived(context)),
    verifications: measuredBy('server', now)(verifications.flat()),
  }
}

function approvals(context: StepContext): DestructionRecordData['approvals']['value'] {
  const request = context.situation.requests.find((r) => r.kind === 'approve' && r.subject === context.operation.id)
  return (request?.verdicts ?? []).map((v) => ({
    ...personFacts(context, v.userId, v.profileId),
    at: v.at.toISOString(),
    ...(v.comment ? { comment: v.comment } : {}),
  }))
}

function archived(context: StepContext): DestructionRecordData['archived']['value'] {
  const reports = context.situation.documents
    .filter((d) => d.operationId === context.operation.id && d.kind === 'configuration-report')
    .map((d) => ({ title: 'Final configuration report', number: `${d.number} r${d.revision}`, sha256: d.sha256 }))
  const { number, sha256 } = resultOf(context, 'archive-audit', null)
  return number ? [...reports, { title: 'Audit trail up to the destruction', number: String(number), sha256: String(sha256) }] : reports
}

/** Looked for again, now that all is said to be gone. Where a database never existed, there is none to be looked for. */
async function verified(context: StepContext, instance: Instance): Promise<DestructionRecordData['verifications']['value']> {
  const at = context.now.toISOString()
  const ever = await context.everAllotted(instance)
  const left = await context.allotted(instance)
  const presences = await Promise.all(ever.map((address) => context.driver.presence(address)))
  const standing = ever.filter((_, index) => presences[index] !== 'absent').map(({ database }) => database)
  const names = ever.map(({ database }) => database).join(', ') || 'none was ever made'
  const line = (what: 'database' | 'role' | 'secrets', gone: boolean, evidence: string) => ({
    what,
    instance: instance.name,
    evidence,
    result: gone ? ('gone' as const) : ('present' as const),
    at,
  })
  return [
    line(
      'database',
      standing.length === 0,
      standing.length > 0 ? `still there: ${standing.join(', ')}` : `looked for on the server: ${names}`,
    ),
    line('role', left.length === 0, `dropped with its database and looked for: ${names}`),
    line('secrets', left.length === 0, left.length > 0 ? `still kept: ${left.length}` : 'forgotten for every database on record'),
  ]
}
