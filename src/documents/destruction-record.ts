/** The destruction record: what was destroyed, by whose decision, what was kept of it, and that it is gone (R42). */
import { concludeDestruction, OUTCOME, resultCell } from './conclusion.js'
import { type Cell, count, fixed, type Paper, roleTitle, type Section, utc } from './paper.js'
import { attachmentTable, coverFacts, partyTitle, person, revisionHistory } from './parts.js'
import type { DestructionRecordData } from './types.js'

/** The record as it is drawn. */
export function destructionRecordPaper(data: DestructionRecordData): Paper {
  const { outcome } = concludeDestruction(data)
  const environment = data.environment.value
  return {
    title: 'Destruction Record',
    subtitle: `${environment.kind} · ${environment.name}`,
    status: { text: outcome === 'pass' ? 'VERIFIED GONE' : 'NOT VERIFIED', tone: OUTCOME[outcome].tone },
    cover: [
      ...coverFacts(data),
      ['Environment', `${environment.name} (${environment.kind}, ${environment.controlled ? 'controlled' : 'not controlled'})`],
      ['Instances', data.instances.value.map(({ name }) => name).join(', ')],
      ['Destroyed', utc(data.destroyedAt.value)],
      ['Requested by', person(data.requested.value.by)],
    ],
    sections: [revisionHistory(data), what(data), decision(data), archived(data), verification(data), conclusion(data)],
  }
}

function what({ instances, environment }: DestructionRecordData): Section {
  return {
    title: 'What was destroyed',
    blocks: [
      { block: 'text', text: `Purpose of the environment had been: ${environment.value.purpose}` },
      ...instances.value.flatMap((instance) => [
        { block: 'heading' as const, text: `${instance.name} (${roleTitle(instance.role)})` },
        {
          block: 'facts' as const,
          rows: [
            ['Database', fixed(instance.database)],
            ['Installed version', instance.version],
            ['Volunteers held last', `${count(instance.volunteers.count)}, ${instance.volunteers.class}`],
            ['Final checksum, everything', fixed(instance.everything)],
            ['Final checksum, must-match', fixed(instance.mustMatch)],
          ] as [string, Cell][],
        },
      ]),
    ],
  }
}

function decision(data: DestructionRecordData): Section {
  return {
    title: 'Decision',
    blocks: [
      {
        block: 'facts',
        rows: [
          ['Reason', data.reason.value],
          ['Requested', `${utc(data.requested.value.at)} by ${person(data.requested.value.by)}`],
          ['Announced', utc(data.announcedAt.value)],
          ['Postponed', data.postponed.value === 0 ? 'never' : `${data.postponed.value} times`],
          ['Destroyed', utc(data.destroyedAt.value)],
        ],
      },
      { block: 'heading', text: 'Approvals' },
      {
        block: 'table',
        columns: [
          { title: 'Name', share: 28 },
          { title: 'Party and role', share: 22 },
          { title: 'Time (UTC)', share: 20 },
          { title: 'Comment', share: 30 },
        ],
        rows: data.approvals.value.map((approval) => [
          `${approval.name} (${approval.userId})`,
          `${partyTitle(approval.party)}, ${approval.role}`,
          utc(approval.at),
          approval.comment ?? '–',
        ]),
        none: 'No approval was needed: the lifecycle’s own teardown.',
      },
    ],
  }
}

function archived({ archived: kept }: DestructionRecordData): Section {
  return { title: 'Archived before the destruction', blocks: [attachmentTable(kept.value, 'Nothing was archived.')] }
}

function verification({ verifications }: DestructionRecordData): Section {
  return {
    title: 'Verified gone',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'What', share: 12 },
          { title: 'Instance', share: 20 },
          { title: 'Looked for, and found', share: 38 },
          { title: 'Time (UTC)', share: 18 },
          { title: 'Result', share: 12 },
        ],
        rows: verifications.value.map((one) => [one.what, one.instance, one.evidence, utc(one.at), resultCell(one.result)]),
        none: 'Nothing was looked for.',
      },
    ],
  }
}

function conclusion(data: DestructionRecordData): Section {
  const { outcome, reasons } = concludeDestruction(data)
  const gone = outcome === 'pass'
  const text = gone
    ? `${data.environment.value.name} is destroyed, and was looked for afterwards and not found.`
    : `The destruction is not verified: ${reasons.join('; ')}.`
  return {
    title: 'Conclusion',
    blocks: [{ block: 'verdict', tone: OUTCOME[outcome].tone, title: gone ? 'VERIFIED GONE' : 'NOT VERIFIED', text }],
  }
}
