/** The destruction record: what was destroyed, by whose decision, what was kept of it, and that it is gone (R42). */
import { concludeDestruction, OUTCOME, toldLate } from './conclusion.js'
import { dumpBlocks, goneBlocks, holdingBlocks } from './destruction-left.js'
import { type Cell, count, fixed, type Paper, roleTitle, type Section, type Tone, utc } from './paper.js'
import { attachmentTable, coverFacts, partyTitle, person, revisionHistory } from './parts.js'
import type { DestructionRecordData } from './types.js'

/** The record as it is drawn. */
export function destructionRecordPaper(data: DestructionRecordData): Paper {
  const environment = data.environment.value
  return {
    title: 'Destruction Record',
    subtitle: `${environment.kind} · ${environment.name}`,
    status: { text: verdictOf(data).title, tone: verdictOf(data).tone },
    cover: [
      ...coverFacts(data),
      ['Environment', `${environment.name} (${environment.kind}, ${environment.controlled ? 'controlled' : 'not controlled'})`],
      ['Instances', data.instances.map(({ name }) => name).join(', ')],
      ['Destroyed', utc(data.destroyedAt.value)],
      ['Requested by', askedBy(data)],
    ],
    sections: [
      revisionHistory(data),
      what(data),
      decision(data),
      { title: 'Verified gone', blocks: goneBlocks(data) },
      kept(data),
      { title: 'What may still hold it', blocks: holdingBlocks(data) },
      conclusion(data),
    ],
  }
}

function askedBy({ requested, reason }: DestructionRecordData): string {
  if (requested.value.by.party !== 'system') return person(requested.value.by)
  return reason.value.rule ? `the lifecycle itself (${reason.value.rule})` : 'the lifecycle itself'
}

function what({ instances, environment }: DestructionRecordData): Section {
  return {
    title: 'What was destroyed',
    blocks: [
      { block: 'text', text: `Purpose of the environment had been: ${environment.value.purpose}` },
      ...instances.flatMap((instance) => [
        { block: 'heading' as const, text: `${instance.name} (${roleTitle(instance.made.value.role)})` },
        { block: 'facts' as const, rows: [databaseRow(instance), ...finalRows(instance)] },
      ]),
    ],
  }
}

function databaseRow({ made }: DestructionRecordData['instances'][number]): [string, Cell] {
  return ['Database', made.value.database ? fixed(made.value.database) : 'none was ever made']
}

function finalRows({ final }: DestructionRecordData['instances'][number]): [string, Cell][] {
  const { value, at } = final
  if ('notMeasured' in value) return [['Right before its end', `not measured: ${value.notMeasured}`]]
  return [
    ['Measured', `${utc(at)}, read-only since right before`],
    ['Installed version', value.version],
    [
      'Volunteers',
      `${count(value.volunteers.count)}, ${value.volunteers.class ? `class ${value.volunteers.class}` : 'class not measured'}`,
    ],
    ['Checksum, everything', fixed(value.everything)],
    ['Checksum, must-match', fixed(value.mustMatch)],
  ]
}

function decision(data: DestructionRecordData): Section {
  const { reason, requested, notices, postponements, destroyedAt } = data
  return {
    title: 'Decision',
    blocks: [
      {
        block: 'facts',
        rows: [
          ['Reason', `${reason.value.text}${reason.value.rule ? ` (${reason.value.rule})` : ''}`],
          ['Requested', `${utc(requested.value.at)} by ${askedBy(data)}`],
          ['Destroyed', utc(destroyedAt.value)],
        ],
      },
      ...groundsBlocks(data),
      { block: 'heading', text: 'Announced' },
      {
        block: 'table',
        columns: [
          { title: 'To', share: 12 },
          { title: 'Posted (UTC)', share: 24 },
          { title: 'Slack’s time', share: 20 },
          { title: 'What it told', share: 44 },
        ],
        rows: notices.value.map((notice) => [
          notice.audience === 'vendor' ? 'the vendor' : 'the customer',
          postedCell(notice),
          notice.posted ? fixed(notice.posted.ts) : '–',
          toldIn(notice),
        ]),
        none: 'It was announced to nobody.',
      },
      { block: 'heading', text: 'Postponed' },
      {
        block: 'table',
        columns: [
          { title: 'By', share: 48 },
          { title: 'Time (UTC)', share: 26 },
          { title: 'Until (UTC)', share: 26 },
        ],
        rows: postponements.value.map(({ by, at, until }) => [person(by), utc(at), utc(until)]),
        none: 'Nobody postponed it.',
      },
      { block: 'heading', text: 'Approvals' },
      approvals(data),
    ],
  }
}

function postedCell({ posted, late }: DestructionRecordData['notices']['value'][number]): Cell {
  if (!posted) return { text: 'not posted', tone: late ? 'bad' : 'caution' }
  return late ? { text: `${utc(posted.at)}, after the hour`, tone: 'bad' } : utc(posted.at)
}

/** Nothing where the rule rests on no signature. */
function groundsBlocks({ grounds }: DestructionRecordData): Section['blocks'] {
  if (grounds.value.length === 0) return []
  return [
    { block: 'heading', text: 'What the rule rests on' },
    {
      block: 'table',
      columns: [
        { title: 'What', share: 34 },
        { title: 'By', share: 40 },
        { title: 'Time (UTC)', share: 26 },
      ],
      rows: grounds.value.map(({ what: signed, by, at }) => [signed, person(by), utc(at)]),
      none: 'Nothing.',
    },
  ]
}

function toldIn({ said, until, due, posted, trouble }: DestructionRecordData['notices']['value'][number]): string {
  if (posted) return until ? `${said}: ${utc(until)}` : said
  const why = trouble ? ` (${trouble})` : ''
  return due ? `It was due since ${utc(due)} and never posted${why}.` : `It was not announced${why}.`
}

function approvals({ approvals: given, requested, reason }: DestructionRecordData): Section['blocks'][number] {
  const { by } = requested.value
  const due = `${reason.value.text}${reason.value.rule ? `, by ${reason.value.rule}` : '; no rule is on record'}`
  return {
    block: 'table',
    columns: [
      { title: 'Name', share: 28 },
      { title: 'Party and role', share: 22 },
      { title: 'Time (UTC)', share: 20 },
      { title: 'Comment', share: 30 },
    ],
    rows: given.value.map((approval) => [
      `${approval.name} (${approval.userId})`,
      `${partyTitle(approval.party)}, ${approval.role}`,
      utc(approval.at),
      approval.comment ?? '–',
    ]),
    none:
      by.party === 'system'
        ? `Nobody was asked to approve: the lifecycle itself asked for it (${due}).`
        : `Nobody was asked to approve: it followed from what ${by.name} decided (${due}).`,
  }
}

function kept(data: DestructionRecordData): Section {
  return {
    title: 'What is kept',
    blocks: [
      { block: 'heading', text: 'Archived before the destruction, and found again as issued' },
      attachmentTable(data.archived.value, 'Nothing was archived.'),
      { block: 'heading', text: 'Other documents about the environment, kept as records (R26)' },
      attachmentTable(data.kept.value, 'No other document was issued about it.'),
      ...dumpBlocks(data),
    ],
  }
}

/** What is said in a word, and how it is coloured: gone is gone, but an end that was not announced in time is not passed over. */
function verdictOf(data: DestructionRecordData): { title: string; tone: Tone } {
  const { outcome } = concludeDestruction(data)
  if (outcome !== 'pass') return { title: 'NOT VERIFIED', tone: OUTCOME[outcome].tone }
  return toldLate(data).length > 0
    ? { title: 'VERIFIED GONE, NOT ANNOUNCED IN TIME', tone: OUTCOME['pass-with-deviations'].tone }
    : { title: 'VERIFIED GONE', tone: OUTCOME.pass.tone }
}

function conclusion(data: DestructionRecordData): Section {
  const { outcome, reasons } = concludeDestruction(data)
  const late = toldLate(data)
  const gone = `${data.environment.value.name} is destroyed: what is listed here as gone was looked for afterwards and not found.`
  const text = outcome === 'pass' ? gone : `The destruction is not verified: ${reasons.join('; ')}.`
  const told = late.length > 0 ? ` Its end was not announced in time: ${late.join('; ')}.` : ''
  return { title: 'Conclusion', blocks: [{ block: 'verdict', ...verdictOf(data), text: `${text}${told}` }] }
}
