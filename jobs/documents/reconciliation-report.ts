import { type EntityBalance, measuredBy, type ReconciliationReportData } from '../../src/documents/index.js'
import { instanceIn, must, type StepContext } from '../job.js'
import { environmentFacts, headOf, instanceFacts } from './issue.js'

type Report = {
  entities: (EntityBalance & { title: string })[]
  rejects: { entity: string; reason: string; count: number }[]
  files: { name: string; bytes: number; sha256: string; rows: number }[]
  testVolunteers: { number: string; example: string }[]
}

/** What one run of the program did with the customer's files, as the customer accepts it (R9). `report` is the load step's result. */
export function reconciliationReport(context: StepContext, report: Record<string, unknown>): ReconciliationReportData {
  const number = Number(context.operation.plan.data['iteration'])
  const iteration = must(
    context.situation.iterations.find((i) => i.number === number),
    `iteration ${number}`,
  )
  const { entities, rejects, files, testVolunteers } = report as unknown as Report
  const environment = environmentFacts(context)
  const { now } = context
  const program = measuredBy('program', now)
  return {
    kind: 'reconciliation-report',
    ...headOf(context, 'MR', `${environment.value.name}-${number}`, `Iteration ${number}`),
    environment,
    instance: instanceFacts(context, instanceIn(context)),
    version: measuredBy('registry', now)(instanceIn(context).version),
    iteration: measuredBy('registry', now)(number),
    run: measuredBy('clock', now)({ startedAt: (context.operation.startedAt ?? now).toISOString(), finishedAt: now.toISOString() }),
    specification: program({ version: String(report['specificationVersion']), sha256: iteration.specification }),
    program: program(iteration.program),
    files: program(files),
    entities: program(
      entities.map(({ title, extracted, loaded, rejected, excluded, merged }) => ({
        entity: title,
        extracted,
        loaded,
        rejected,
        excluded,
        merged,
      })),
    ),
    rejects: program(rejects),
    codes: measuredBy('none', now)([]),
    tables: measuredBy('none', now)([]),
    resultSha256: program(iteration.resultHash ?? ''),
    testVolunteers: program(testVolunteers),
  }
}
