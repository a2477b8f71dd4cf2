import type { DestructionRecordData } from '../../src/documents/index.js'
import type { Instance } from '../../src/lifecycle/types.js'
import { must, type StepContext } from '../job.js'
import { environmentFacts, headOf, instanceFacts, personFacts } from './issue.js'

/** What is left of an environment that was destroyed: what, why, who, and the proof that it is gone (R42). */
export async function destructionRecord(context: StepContext): Promise<DestructionRecordData> {
  const environment = must(context.environment, 'the environment')
  const { operation, now } = context
  const verifications = await Promise.all(environment.instances.map((instance) => verified(context, instance)))
  return {
    kind: 'destruction-record',
    ...headOf(context, 'DR', environment.name, 'Destroyed'),
    environment: environmentFacts(context),
    instances: environment.instances.map((i) => ({
      ...instanceFacts(i),
      everything: i.everything ?? '',
      mustMatch: i.mustMatch ?? '',
      volunteers: { count: i.volunteers, class: i.class },
    })),
    reason: String(operation.plan.data['reason'] ?? operation.verb),
    requestedBy: personFacts(context, operation.requestedBy),
    requestedAt: operation.requestedAt.toISOString(),
    announcedAt: operation.requestedAt.toISOString(),
    postponed: operation.postponed,
    destroyedAt: now.toISOString(),
    approvals: approvals(context),
    archived: archived(context),
    verifications: verifications.flat(),
  }
}

function approvals(context: StepContext): DestructionRecordData['approvals'] {
  const request = context.situation.requests.find((r) => r.kind === 'approve' && r.subject === context.operation.id)
  return (request?.verdicts ?? []).map((v) => ({
    ...personFacts(context, v.userId),
    at: v.at.toISOString(),
    ...(v.comment ? { comment: v.comment } : {}),
  }))
}

function archived(context: StepContext): DestructionRecordData['archived'] {
  return context.situation.documents
    .filter((d) => d.operationId === context.operation.id)
    .map((d) => ({ title: 'Final configuration report', number: `${d.number} r${d.revision}`, sha256: d.sha256 }))
}

/** Looked for again, now that all is said to be gone. */
async function verified(context: StepContext, instance: Instance): Promise<DestructionRecordData['verifications']> {
  const left = await context.allotted(instance)
  const at = context.now.toISOString()
  const gone = left.length === 0
  const evidence = gone
    ? 'every database that was on record for this instance was dropped and looked for: absent'
    : `still on record: ${left.length}`
  return (['database', 'role', 'secrets'] as const).map((what) => ({
    what,
    instance: instance.name,
    evidence,
    result: gone ? ('gone' as const) : ('present' as const),
    at,
  }))
}
