import { type EntityBalance, measuredBy, type ReconciliationReportData } from '../../src/documents/index.js'
import {
  type CodeProfile,
  exclusionText,
  type Reasoned,
  type Reconciliation,
  reasonText,
  type Warning,
  warningText,
} from '../../src/migration/index.js'
import type { Reconciled } from '../counts.js'
import { instanceIn, measuredAt, must, resultOf, type StepContext } from '../job.js'
import { environmentFacts, headOf, instanceFacts } from './issue.js'

type OfEntity<T> = T & { entity: string }

/** What `resultOfRun` leaves behind; a load from before that has no more than `entities`, `rejects`, `files` and `testVolunteers`. */
interface Report {
  resultHash: string
  specificationVersion: number
  entities: (EntityBalance & { title: string })[]
  rejects: { entity: string; reason: string; count: number }[]
  files: { name: string; bytes: number; sha256: string; rows: number }[]
  testVolunteers: { number: string; example: string }[]
  program?: string
  productVersion?: string
  specification?: Reconciliation['specification']
  masked?: boolean
  startedAt?: string
  finishedAt?: string
  rejections?: OfEntity<Reasoned>[]
  exclusions?: OfEntity<Reasoned>[]
  warnings?: Warning[]
  codes?: OfEntity<CodeProfile>[]
  counts?: Reconciled[]
  tables?: { table: string; rows: number; sha256: string }[]
}

/**
 * What this operation's run of the program did with the customer's files (R9): in Migration as the customer accepts it, in VAL and PROD as
 * G3 closes with it. `number` is the iteration whose scripts ran, `prefix` what the document is numbered by, `review` whether the run is that
 * iteration itself, for the customer's review. What a step did not measure is stated as not measured.
 */
export function reconciliationReport(
  context: StepContext,
  { number, prefix, review }: { number: number; prefix: string; review: boolean },
): ReconciliationReportData {
  const report = resultOf(context, 'load-migration') as unknown as Report
  const { now } = context
  const program = measuredBy('program', ranAt(context, report))
  const told = <T>(value: T[] | undefined) => (value ? program(value) : measuredBy('none', now)([]))
  return {
    kind: 'reconciliation-report',
    ...headOf(context, 'MR', prefix, review ? `Iteration ${number}` : `Run with the scripts approved as iteration ${number}`),
    environment: environmentFacts(context),
    instance: instanceFacts(context, instanceIn(context)),
    installed: installedIn(context),
    iteration: measuredBy('registry', now)(number),
    review: measuredBy('registry', now)(review),
    ...scriptsOf(context, report, number),
    files: program([...(report.specification ? [report.specification.file] : []), ...report.files]),
    entities: program(
      report.entities.map(({ title, extracted, loaded, rejected, excluded, merged }) => ({
        entity: title,
        extracted,
        loaded,
        rejected,
        excluded,
        merged,
      })),
    ),
    rejects: program(rejectsOf(report)),
    exclusions: told(
      report.exclusions?.map(({ entity, reason, rows, examples }) => ({ entity, reason: exclusionText(reason), count: rows, examples })),
    ),
    warnings: told(report.specification && report.warnings?.map(warningOf)),
    codes: told(report.codes?.flatMap(codesOf)),
    counts: report.counts
      ? measuredBy('read', measuredAt(context, 'load-migration', context.role) ?? now)(report.counts)
      : measuredBy('none', now)([]),
    tables: told(report.tables),
    resultSha256: program(report.resultHash),
    masked: report.masked === undefined ? measuredBy('none', now)(false) : program(report.masked),
    testVolunteers: program(review ? report.testVolunteers : []),
  }
}

/** When the program closed its books. */
function ranAt(context: StepContext, { finishedAt }: Report): Date | string {
  return finishedAt ?? measuredAt(context, 'load-migration', context.role) ?? context.now
}

/** What the inventory of this operation found in the instance after the load. */
function installedIn(context: StepContext): ReconciliationReportData['installed'] {
  const { version } = resultOf(context, 'inventory')
  if (!version) return measuredBy('none', context.now)(null)
  return measuredBy('inventory', measuredAt(context, 'inventory', context.role) ?? context.now)(String(version))
}

/** Program, version and specification as the run itself says; of an older load, as the iteration's row has them. */
function scriptsOf(
  context: StepContext,
  report: Report,
  number: number,
): Pick<ReconciliationReportData, 'version' | 'run' | 'specification' | 'program'> {
  const { now, operation } = context
  const { program, productVersion, specification, startedAt, finishedAt } = report
  const by = measuredBy('program', ranAt(context, report))
  if (program && productVersion && specification && startedAt && finishedAt)
    return {
      version: by(productVersion),
      run: measuredBy('product-clock', finishedAt)({ startedAt, finishedAt }),
      specification: by({ version: String(specification.version), sha256: specification.sha256 }),
      program: by(program),
    }
  const registry = measuredBy('registry', now)
  const iteration = must(
    context.situation.iterations.find((i) => i.number === number),
    `iteration ${number}`,
  )
  return {
    version: registry(instanceIn(context).version),
    run: registry({
      startedAt: (operation.startedAt ?? now).toISOString(),
      finishedAt: (measuredAt(context, 'load-migration', context.role) ?? now).toISOString(),
    }),
    specification: registry({ version: String(report.specificationVersion), sha256: iteration.specification }),
    program: registry(iteration.program),
  }
}

function rejectsOf({ rejections, rejects }: Report): ReconciliationReportData['rejects']['value'] {
  if (rejections)
    return rejections.map(({ entity, reason, rows, examples }) => ({ entity, reason: reasonText(reason), count: rows, examples }))
  return rejects.map(({ entity, reason, count }) => ({ entity, reason: reasonText(reason), count }))
}

function warningOf({ kind, entity, field, file, rows }: Warning): ReconciliationReportData['warnings']['value'][number] {
  return { entity, ...(field === undefined ? {} : { field }), what: warningText(kind), file, count: rows }
}

/** The map's own words one by one, and in one line all that it lacks. */
function codesOf({ entity, field, map, codes, otherwise, unmapped }: OfEntity<CodeProfile>): ReconciliationReportData['codes']['value'] {
  const about = { list: map, field: `${entity}, ${field}` }
  const known = codes.map(({ source, target, rows }) => ({ ...about, source, target, count: rows }))
  if (unmapped.rows === 0) return known
  const { rows, distinct, examples } = unmapped
  const replaced = typeof otherwise === 'object'
  const became = replaced ? ('replaced' as const) : otherwise === 'blanked' ? ('left empty' as const) : ('rejected' as const)
  return [
    ...known,
    { ...about, source: null, target: replaced ? otherwise.value : null, count: rows, unmapped: { became, distinct, examples } },
  ]
}
