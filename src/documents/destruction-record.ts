/** The destruction record: what was destroyed, by whose decision, what was kept of it, and that it is gone (R42). */
import { clocked, dated, productUtc } from './clocks.js'
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
      ['Destroyed', productUtc(data.destroyedAt.value, data)],
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

function what(data: DestructionRecordData): Section {
  const { instances, environment } = data
  return {
    title: 'What was destroyed',
    blocks: [
      { block: 'text', text: `Purpose of the environment had been: ${environment.value.purpose}` },
      ...instances.flatMap((instance) => [
        { block: 'heading' as const, text: `${instance.name} (${roleTitle(instance.made.value.role)})` },
        { block: 'facts' as const, rows: [databaseRow(instance), ...finalRows(instance, data)] },
      ]),
    ],
  }
}

function databaseRow({ made }: DestructionRecordData['instances'][number]): [string, Cell] {
  return ['Database', made.value.database ? fixed(made.value.database) : 'none was ever made']
}

function finalRows({ final }: DestructionRecordData['instances'][number], data: DestructionRecordData): [string, Cell][] {
  const { value, at } = final
  if ('notMeasured' in value) return [['Right before its end', `not measured: ${value.notMeasured}`]]
  return [
    ['Measured', `${productUtc(at, data)}, read-only since right before`],
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
          ['Requested', `${productUtc(requested.value.at, data)} by ${askedBy(data)}`],
          ['Destroyed', productUtc(destroyedAt.value, data)],
        ],
      },
      ...groundsBlocks(data),
      { block: 'heading', text: 'Announced' },
      {
        block: 'table',
        columns: [
          { title: 'To', share: 12 },
          { title: dated('Posted (UTC)', data), share: 22 },
          { title: clocked('Slack’s time (UTC)', data), share: 24 },
          { title: 'What it told', share: 42 },
        ],
        rows: notices.value.map((notice) => [
          notice.audience === 'vendor' ? 'the vendor' : 'the customer',
          postedCell(notice),
          notice.posted ? slackTime(notice.posted.ts) : '–',
          toldIn(notice, data),
        ]),
        none: 'It was announced to nobody.',
      },
      { block: 'heading', text: 'Postponed' },
      {
        block: 'table',
        columns: [
          { title: 'By', share: 48 },
          { title: dated('Time (UTC)', data), share: 26 },
          { title: dated('Until (UTC)', data), share: 26 },
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

/** Slack names a post by its own time: seconds since 1970 with a fraction, the wall clock's. */
function slackTime(ts: string): Cell {
  const at = new Date(Number(ts) * 1000)
  return Number.isNaN(at.getTime()) ? fixed(ts) : { lead: utc(at.toISOString()), text: ts, fixed: true }
}

/** Nothing where the rule rests on no signature. */
function groundsBlocks(data: DestructionRecordData): Section['blocks'] {
  const { grounds } = data
  if (grounds.value.length === 0) return []
  return [
    { block: 'heading', text: 'What the rule rests on' },
    {
      block: 'table',
      columns: [
        { title: 'What', share: 34 },
        { title: 'By', share: 40 },
        { title: dated('Time (UTC)', data), share: 26 },
      ],
      rows: grounds.value.map(({ what: signed, by, at }) => [signed, person(by), utc(at)]),
      none: 'Nothing.',
    },
  ]
}

function toldIn(
  { said, until, due, posted, trouble }: DestructionRecordData['notices']['value'][number],
  data: DestructionRecordData,
): string {
  if (posted) return until ? `${said}: ${productUtc(until, data)}` : said
  const why = trouble ? ` (${trouble})` : ''
  return due ? `It was due since ${productUtc(due, data)} and never posted${why}.` : `It was not announced${why}.`
}

function approvals(data: DestructionRecordData): Section['blocks'][number] {
  const { approvals: given, requested, reason } = data
  const { by } = requested.value
  const due = `${reason.value.text}${reason.value.rule ? `, by ${reason.value.rule}` : '; no rule is on record'}`
  return {
    block: 'table',
    columns: [
      { title: 'Name', share: 28 },
      { title: 'Party and role', share: 22 },
      { title: dated('Time (UTC)', data), share: 20 },
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
