/** Installation Qualification of one instance (R22): the product's checks executed, each with expected and actual, as a document to sign. */
import { type IqData, measuredBy } from '../src/documents/index.js'
import { hashOf } from '../src/lifecycle/hash.js'
import { lastOf } from '../src/lifecycle/situation.js'
import type { Instance } from '../src/lifecycle/types.js'
import { type CheckResult, identityText, releaseConfiguration } from '../src/product/index.js'
import type { Reconciled } from './counts.js'
import { configurationReport } from './documents/configuration-report.js'
import { environmentFacts, headOf, type Issued, instanceFacts, issue, personFacts, signed } from './documents/issue.js'
import { migrationReferences } from './documents/migration-references.js'
import { builtOf, instanceIn, must, type StepContext, type StepDefinition, StepRefused } from './job.js'
import { maskFacts } from './mask.js'
import { identityOf } from './steps.js'

/** The configuration report belongs to it (R22). A failed or blocked check ends the operation: nothing is handed over without a qualification that passed. */
export function qualify(role: StepDefinition['for']): StepDefinition {
  return {
    name: 'qualify',
    title: 'Qualify: execute the IQ checks',
    for: role,
    async do(context) {
      const instance = instanceIn(context)
      const startedAt = context.now.toISOString()
      const checks = await context.driver.check(must(await context.standing(instance), 'the database'), expectedOf(context, instance))
      const wrong = checks.filter((check) => check.result !== 'pass')
      if (wrong.length > 0)
        throw new StepRefused(
          'R22',
          'iq-failed',
          `Qualification of ${instance.name} did not pass: ${wrong.map((c) => `${c.id} ${c.title} (${c.result})`).join(', ')}.`,
        )
      const report = await issue(context, await configurationReport(context, instance), instance)
      const document = await issue(context, iqData(context, { instance, checks, startedAt, report }), instance)
      return {
        result: { ...signed(document), checks: checks.length, passed: checks.length - wrong.length },
        effects: [report.effect, document.effect],
      }
    },
  }
}

/** What the instance must be: from the registry, the release and the approved baseline, never from the instance under test. */
function expectedOf(context: StepContext, instance: Instance): Record<string, string> {
  return {
    identity: identityText(identityOf(context, instance)),
    version: instance.version,
    mustMatch: baselineOf(context, instance),
    volunteers: instance.class,
  }
}

/** The approved configuration: of the release for Pre-PROD, of Pre-PROD for VAL, of VAL for PROD (R37), of Main for Test. */
function baselineOf(context: StepContext, instance: Instance): string {
  const environment = must(context.environment, 'the environment')
  if (instance.role === 'test') return must(environment.instances.find((i) => i.role === 'main')?.mustMatch, "Main's checksum")
  if (environment.kind === 'prod')
    return must(lastOf(context.situation, 'val')?.instances.find((i) => i.role === 'main')?.mustMatch, "VAL's checksum")
  if (environment.kind === 'val') return String(builtOf(context).resultOf('copy')['sourceMustMatch'])
  return releaseConfiguration(context.product, instance.version)
}

interface Executed {
  instance: Instance
  checks: CheckResult[]
  startedAt: string
  report: Issued
}

function iqData(context: StepContext, { instance, checks, startedAt, report }: Executed): IqData {
  const { product, now } = context
  const counts = ['copy', 'load-content', 'load-migration', 'load-dummies'].flatMap(
    (step) => (builtOf(context).resultOf(step)['counts'] ?? []) as Reconciled[],
  )
  const said = counts.map(({ title, disposition, planned, actual }) => ({ title, disposition, planned, actual }))
  return {
    kind: 'iq',
    ...headOf(context, 'IQ', instance.name, 'Executed'),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instance),
    protocol: measuredBy('release', now)({ version: instance.version, sha256: hashOf(product.checks) }),
    execution: measuredBy(
      'clock',
      now,
    )({ number: 1, startedAt, finishedAt: now.toISOString(), performedBy: personFacts(context, 'system') }),
    requiredSigners: measuredBy('policy', now)([{ duty: 'Approves the executed qualification', party: 'vendor', role: 'qa' }]),
    references: referencesOf(context, instance),
    inventory: inventoryOf(context, instance),
    ...(counts.length > 0 ? { counts: measuredBy('counted', now)(said) } : {}),
    ...maskFacts(context),
    checks: measuredBy('check', now)(checks),
    deviations: measuredBy('registry', now)([]),
    evidence: measuredBy('files', now)([]),
    attachments: measuredBy(
      'files',
      now,
    )([{ title: 'Configuration report', number: `${report.effect.number} r${report.revision}`, sha256: report.effect.sha256 }]),
    signatures: measuredBy('click', now)([]),
  }
}

function referencesOf(context: StepContext, instance: Instance): IqData['references'] {
  const { environment } = context
  const built = builtOf(context)
  const { operation } = built
  const { now } = context
  const registry = measuredBy('registry', now)
  const references = [
    { title: 'Release', reference: measuredBy('release', now)(`${context.product.definition.name} ${instance.version}`) },
    { title: 'Made from', reference: registry(environment?.source ?? 'base') },
    { title: 'Plan of the operation (SHA-256)', reference: measuredBy('plan', now)(operation.planHash) },
    { title: 'Asked for by', reference: registry(operation.requestedBy) },
  ]
  return [...references, ...migrationReferences(context, built)]
}

function inventoryOf(context: StepContext, instance: Instance): IqData['inventory'] {
  const found = builtOf(context).resultOf('inventory')
  const text = (key: string) => String(found[key] ?? '')
  const measured = measuredBy('inventory', context.now)
  const registry = measuredBy('registry', context.now)
  return [
    { name: 'Version', value: registry(instance.version) },
    { name: 'Database', value: registry(instance.database ?? '') },
    { name: 'Address', value: registry(context.urlOf(instance.name)) },
    { name: 'Schema fingerprint (SHA-256)', value: measured(text('fingerprint')) },
    { name: 'Configuration checksum, everything', value: measured(text('everything')) },
    { name: 'Configuration checksum, must match', value: measured(text('mustMatch')) },
    { name: 'Volunteers', value: registry(`${text('volunteers')} (${instance.class})`) },
  ]
}
