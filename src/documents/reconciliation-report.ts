/** The reconciliation report of one migration iteration: what went in, what came out, and that nothing was lost between (R9). */
import { dated } from './clocks.js'
import { concludeReconciliation, imbalance, OUTCOME } from './conclusion.js'
import { count, fixed, type Paper, type Section, utc } from './paper.js'
import { bytes, coverFacts, instanceFacts, revisionHistory } from './parts.js'
import { codes, counted, exclusions, hashes, rejects, warnings } from './reconciliation-results.js'
import { source } from './sources.js'
import type { ReconciliationReportData } from './types.js'

/** The report as it is drawn. */
export function reconciliationReportPaper(data: ReconciliationReportData): Paper {
  const { outcome } = concludeReconciliation(data)
  const { installed } = data
  return {
    title: 'Migration Reconciliation Report',
    subtitle: runText(data),
    status: { text: outcome === 'pass' ? 'BALANCED' : 'NOT BALANCED', tone: OUTCOME[outcome].tone },
    cover: [
      ...coverFacts(data),
      ...instanceFacts(data),
      ['Ordered version', data.version.value, source(data.version, data)],
      ['Installed version', installed.value ?? 'not measured', installed.value === null ? '' : source(installed, data)],
      [data.review.value ? 'Iteration' : 'Scripts of iteration', String(data.iteration.value)],
      [dated('Run', data), `${utc(data.run.value.startedAt)} to ${utc(data.run.value.finishedAt)}`],
      ['Masked', data.masked.measuredBy === 'none' ? 'not measured' : data.masked.value ? 'yes, on the way' : 'no'],
      ['Result checksum', fixed(data.resultSha256.value)],
    ],
    sections: [
      revisionHistory(data),
      bound(data),
      files(data),
      balances(data),
      rejects(data),
      exclusions(data),
      warnings(data),
      codes(data),
      counted(data),
      hashes(data),
      ...(data.review.value ? [volunteers(data)] : []),
      conclusion(data),
    ],
  }
}

/** What the run was: an iteration, or a run of its own with the scripts of one. */
function runText({ review, iteration, instance }: ReconciliationReportData): string {
  const { name } = instance.value
  return review.value
    ? `Iteration ${iteration.value} · ${name}`
    : `Run in ${name} with the scripts approved as iteration ${iteration.value}`
}

function bound({ specification, program, version, resultSha256, review }: ReconciliationReportData): Section {
  return {
    title: review.value ? 'What an acceptance is bound to' : 'What was carried out',
    blocks: [
      {
        block: 'facts',
        rows: [
          ['Migration Specification', `Version ${specification.value.version}`],
          ['Specification (SHA-256)', fixed(specification.value.sha256)],
          ['Migration program', program.value],
          ['Product version', version.value],
          ['Result (SHA-256)', fixed(resultSha256.value)],
        ],
      },
      {
        block: 'text',
        text: review.value
          ? 'A change of the specification, the program or the product version needs a new iteration and a new acceptance.'
          : 'Specification, program and product version are those that the customer approved with that iteration; other ones would have stopped the run.',
      },
    ],
  }
}

function files({ files: listed }: ReconciliationReportData): Section {
  return {
    title: 'Files that were read',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'File', share: 28 },
          { title: 'Size', share: 16, align: 'right' },
          { title: 'Rows', share: 10, align: 'right' },
          { title: 'SHA-256', share: 46 },
        ],
        rows: listed.value.map((file) => [
          file.name,
          bytes(file.bytes),
          file.rows === undefined ? '–' : count(file.rows),
          fixed(file.sha256),
        ]),
        none: 'No file was read.',
      },
    ],
  }
}

function balances({ entities }: ReconciliationReportData): Section {
  const number = (title: string) => ({ title, share: 12, align: 'right' as const })
  return {
    title: 'Balance per entity',
    blocks: [
      {
        block: 'text',
        text: 'Extracted = loaded + rejected + excluded (by a rule of the specification) + merged (duplicates). The difference must be 0.',
      },
      {
        block: 'table',
        columns: [{ title: 'Entity', share: 22 }, ...['Extracted', 'Loaded', 'Rejected', 'Excluded', 'Merged', 'Difference'].map(number)],
        rows: entities.value.map((entity) => [
          entity.entity,
          ...[entity.extracted, entity.loaded, entity.rejected, entity.excluded, entity.merged].map(count),
          { text: String(imbalance(entity)), tone: imbalance(entity) === 0 ? ('good' as const) : ('bad' as const) },
        ]),
        none: 'No entity was extracted.',
      },
    ],
  }
}

function volunteers({ testVolunteers }: ReconciliationReportData): Section {
  return {
    title: 'Chosen test volunteers',
    blocks: [
      { block: 'text', text: 'For the review in the Migration environment. Volunteers are named by number only.' },
      {
        block: 'table',
        columns: [
          { title: 'Number', share: 24 },
          { title: 'Chosen as an example of', share: 76 },
        ],
        rows: testVolunteers.value.map(({ number, example }) => [fixed(number), example]),
        none: 'None were chosen.',
      },
    ],
  }
}

function conclusion(data: ReconciliationReportData): Section {
  const { outcome, reasons } = concludeReconciliation(data)
  const text =
    outcome === 'pass'
      ? 'Every extracted record is accounted for, and every rejected one has a reason.'
      : `Records are not accounted for: ${reasons.join('; ')}.`
  return {
    title: 'Conclusion',
    blocks: [
      { block: 'verdict', tone: OUTCOME[outcome].tone, title: outcome === 'pass' ? 'BALANCED' : 'NOT BALANCED', text },
      {
        block: 'text',
        text: `The conclusion is computed from the counts above.${data.review.value ? ' Acceptance of the iteration is the customer’s, after the review.' : ''}`,
      },
    ],
  }
}
