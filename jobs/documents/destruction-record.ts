/** The record of an environment's end: what, why, who, when, and what was looked for and not found (R42). */
import { join } from 'node:path'
import { type Attachment, compared, type DestructionRecordData, measuredBy, spoiltFiles } from '../../src/documents/index.js'
import { concerned } from '../../src/lifecycle/announce.js'
import { takesBackup } from '../../src/lifecycle/backups.js'
import { endGrounds } from '../../src/lifecycle/endings.js'
import type { Instance } from '../../src/lifecycle/types.js'
import { must, resultOf, type StepContext, StepRefused } from '../job.js'
import type { FinalState, LastLook } from '../last-look.js'
import { lookForDump } from '../legacy-dump.js'
import { environmentFacts, headOf, personFacts } from './issue.js'

const day = 86_400_000

/** The record as the step that looked last states it; `look` is what it found. Refuses (R42) where what was archived is not there any more. */
export async function destructionRecord(context: StepContext, look: LastLook): Promise<DestructionRecordData> {
  const environment = must(context.environment, 'the environment')
  const { operation, now } = context
  const at = measuredBy('registry', now)
  const { lookedAt } = look
  const kept = await archived(context)
  const keptAt = context.moment()
  const { notices, postponements } = await told(context)
  const destroyedAt = destroyed(context)
  const dump = await lookForDump(context)
  const dumpAt = context.moment()
  const backedUp = await backups(context, destroyedAt)
  const rule = operation.plan.data['rule']
  const [server, row, names] = [
    measuredBy('server', lookedAt.server),
    measuredBy('registry', lookedAt.server),
    measuredBy('names', lookedAt.files),
  ]
  return {
    kind: 'destruction-record',
    ...headOf(context, 'DR', environment.name, 'Destroyed'),
    environment: environmentFacts(context),
    instances: environment.instances.map((instance) => ({
      name: instance.name,
      made: at({ role: instance.role, database: instance.database ?? '' }),
      final: finalOf(context, instance),
    })),
    reason: at({ text: String(operation.plan.data['reason'] ?? operation.verb), rule: rule ? String(rule) : null }),
    grounds: measuredBy('click', now)(grounds(context)),
    requested: at({ by: personFacts(context, operation.requestedBy, operation.profileId), at: operation.requestedAt.toISOString() }),
    notices,
    postponements,
    destroyedAt: measuredBy('product-clock', destroyedAt)(destroyedAt.toISOString()),
    approvals: measuredBy('click', now)(approvals(context)),
    archived: measuredBy('files', keptAt)(kept),
    kept: at(otherDocuments(context, kept)),
    gone: { databases: server(look.databases), roles: server(look.roles), secrets: row(look.secrets), files: names(look.files) },
    aside: names(look.aside),
    ...(dump ? { legacyDump: measuredBy('names', dumpAt)(dumpFacts(context, dump)) } : {}),
    backups: backedUp,
    ownBackups: at(operationsOn(context)),
  }
}

type DumpFacts = NonNullable<DestructionRecordData['legacyDump']>['value']

function dumpFacts(context: StepContext, files: DumpFacts['files']): DumpFacts {
  return { policy: context.operation.plan.data['legacyDump'] === 'destroy' ? 'destroy' : 'keep', version: versionOf(context), files }
}

/** The policy under which what happens to the dump was decided; operations from before it was kept do not tell. */
function versionOf({ operation }: StepContext): string | null {
  const { policy } = operation.plan.data
  return policy === undefined || policy === null ? null : String(policy)
}

/** The signatures that the rule of this end rests on, each with who gave it. */
function grounds(context: StepContext): DestructionRecordData['grounds']['value'] {
  const environment = must(context.environment, 'the environment')
  return endGrounds(context.situation, environment, String(context.operation.plan.data['rule'])).map(({ what, signature }) => ({
    what,
    by: personFacts(context, signature.userId, signature.profileId),
    at: signature.at.toISOString(),
  }))
}

/** As the archive step measured it, which ran while the instance stood. */
function finalOf(context: StepContext, instance: Instance): DestructionRecordData['instances'][number]['final'] {
  const final = resultOf(context, 'archive', instance.role)['final'] as FinalState | undefined
  if (!final)
    return measuredBy('none', context.now)({ notMeasured: 'it was archived by an earlier version of Slipway, which did not measure it' })
  if ('notMeasured' in final) return measuredBy('none', final.at)({ notMeasured: final.notMeasured })
  const { version, everything, mustMatch, volunteers, class: held, at } = final
  return measuredBy('inventory', at)({ version, everything, mustMatch, volunteers: { count: volunteers, class: held } })
}

/** When the last of its databases was gone. */
function destroyed({ steps, now }: StepContext): Date {
  const ends = steps.flatMap(({ name, endedAt }) => (name === 'destroy' && endedAt ? [endedAt.getTime()] : []))
  return ends.length > 0 ? new Date(Math.max(...ends)) : now
}

async function told(context: StepContext): Promise<Pick<DestructionRecordData, 'notices' | 'postponements'>> {
  const { announced, postponed } = await context.notices()
  const readAt = context.moment()
  const notices = announced.map(({ audience, event, until, postedAt, ts, wishedAt, trouble }) => ({
    audience: audience === 'ops' ? ('vendor' as const) : ('customer' as const),
    said: event === 'teardown-postponed' ? 'the new hour' : 'the hour of the teardown',
    until,
    due: wishedAt.toISOString(),
    posted: postedAt && ts ? { at: postedAt.toISOString(), ts } : null,
    trouble: trouble ? `Slack: ${trouble}` : null,
    late: !postedAt || (until !== null && postedAt.getTime() > Date.parse(until)),
  }))
  return {
    notices: measuredBy('posted', readAt)([...notices, ...unannounced(context, announced)]),
    postponements: measuredBy(
      'click',
      readAt,
    )(postponed.map(({ by, at, until }) => ({ by: personFacts(context, by, moverOf(context, by, at)), at: at.toISOString(), until }))),
  }
}

/** Whoever moved the hour did so by a verdict on a request to postpone: the last before the trail's entry, whose time is no earlier than the verdict's. */
function moverOf({ situation, operation }: StepContext, userId: string, at: Date): string | null {
  const verdicts = situation.requests.filter((r) => r.kind === 'postpone' && r.subject === operation.id).flatMap((r) => r.verdicts)
  const own = verdicts.filter((v) => v.userId === userId && v.at <= at).sort((a, b) => a.at.getTime() - b.at.getTime())
  return own.at(-1)?.profileId ?? null
}

/** Who should have heard of it, and was sent nothing. */
function unannounced(
  { operation, environment, situation }: StepContext,
  announced: readonly { audience: 'ops' | 'customer' }[],
): DestructionRecordData['notices']['value'] {
  const whom = environment && concerned(environment) === 'both' ? (['ops', 'customer'] as const) : (['ops'] as const)
  const missing = whom.filter((audience) => !announced.some((each) => each.audience === audience))
  const why = (audience: 'ops' | 'customer') =>
    operation.verb === 'rollback'
      ? 'a rollback runs once it is approved, without notice'
      : audience === 'customer' && !situation.customer?.channel
        ? 'the customer has no channel'
        : 'no notice is on record'
  return missing.map((audience) => ({
    audience: audience === 'ops' ? ('vendor' as const) : ('customer' as const),
    said: 'nothing',
    until: null,
    due: null,
    posted: null,
    trouble: why(audience),
    late: false,
  }))
}

function approvals(context: StepContext): DestructionRecordData['approvals']['value'] {
  const request = context.situation.requests.find((r) => r.kind === 'approve' && r.subject === context.operation.id)
  return (request?.verdicts ?? [])
    .filter(({ verdict }) => verdict === 'yes')
    .map((v) => ({ ...personFacts(context, v.userId, v.profileId), at: v.at.toISOString(), ...(v.comment ? { comment: v.comment } : {}) }))
}

/** The final reports and the audit extract, each read again as it lies in the documents folder. */
async function archived(context: StepContext): Promise<Attachment[]> {
  // As the archive steps named them: a report may be one that was there already and still says what there is.
  const reports = context.steps
    .filter(({ name, result }) => name === 'archive' && result?.['number'])
    .map(({ result }) => ({
      title: 'Final configuration report',
      number: `${result?.['number']} r${result?.['revision']}`,
      sha256: String(result?.['sha256']),
      file: String(result?.['file']),
    }))
  const { number, sha256, file } = resultOf(context, 'archive-audit', null)
  const extract = { title: 'Audit trail up to the destruction', number: String(number), sha256: String(sha256), file: String(file) }
  const all = number ? [...reports, extract] : reports
  for (const each of all) {
    const file = join(context.documentsDir, each.file)
    const spoilt = each === extract ? await compared(file, each.sha256) : (await spoiltFiles(file, each.sha256))[0]
    if (spoilt)
      throw new StepRefused(
        'R42',
        'archive-lost',
        `${each.number} was archived before the destruction, and its file ${spoilt.file} ${spoilt.how}. Restore it in the documents folder, then Resume.`,
      )
  }
  return all.map(({ file: _, ...each }) => each)
}

const titles: Record<string, string> = {
  iq: 'Installation Qualification',
  'signed-iq': 'Installation Qualification, signed',
  'configuration-report': 'Configuration report',
  'reconciliation-report': 'Reconciliation report',
}

/** What is on record of it beside what was archived just now; each document is listed once. */
function otherDocuments({ situation, environment }: StepContext, archived: readonly Attachment[]): Attachment[] {
  const listed = new Set(archived.map(({ number, sha256 }) => `${number} ${sha256}`))
  return situation.documents
    .filter((d) => d.environmentId === environment?.id && d.kind !== 'destruction-record')
    .filter((d) => !listed.has(`${d.number} r${d.revision} ${d.sha256}`))
    .map((d) => ({ title: titles[d.kind] ?? d.kind, number: `${d.number} r${d.revision}`, sha256: d.sha256 }))
}

/** Backups of every server that it ever stood on, and of Slipway's own data, which held its secrets and files: told as declared, for Slipway cannot see them. */
async function backups(context: StepContext, destroyedAt: Date): Promise<DestructionRecordData['backups']> {
  const { policy } = context.situation
  const ever = await Promise.all((context.environment?.instances ?? []).map((instance) => context.everAllotted(instance)))
  const servers = [...new Set(ever.flat().map(({ serverKey }) => serverKey)), 'slipway'].sort()
  const declared = servers.flatMap((server) =>
    (policy.backups[server] ?? []).map((backup) => ({
      server,
      ...backup,
      until: new Date(destroyedAt.getTime() + backup.keptDays * day).toISOString(),
    })),
  )
  const undeclared = servers.filter((server) => !policy.backups[server])
  return measuredBy('policy', context.now)({ policy: policy.version, declared, undeclared })
}

function operationsOn({ situation, environment }: StepContext): DestructionRecordData['ownBackups']['value'] {
  return situation.operations
    .filter((o) => o.environmentId === environment?.id && o.startedAt)
    .map((o) => ({ operation: `${o.verb} (${o.state === 'running' ? 'this one' : o.state})`, backup: takesBackup(o.verb) }))
}
