/** The part of an Installation Qualification that the execution fills in. */
import { sha256 } from './canonical.js'
import { clocked, dated, productUtc } from './clocks.js'
import { concludeIq, OUTCOME } from './conclusion.js'
import { evidenceName, isExecuted } from './iq-checks.js'
import { type Block, count, type Fact, fixed, type Section, utc } from './paper.js'
import { bytes, partyTitle, person } from './parts.js'
import type { IqData } from './types.js'

const RAW_LIMIT = 4000

/** How many of the required signatures are given for this very content, each by another person who had one of the roles that are asked for. */
export function signaturesGiven({ requiredSigners, signatures: given }: IqData, contentSha256: string): number {
  const signers = new Set<string>()
  return requiredSigners.value.filter(({ party, role }) => {
    const signature = given.value.find(
      (one) => one.party === party && holds(one.role, role) && one.contentSha256 === contentSha256 && !signers.has(one.userId),
    )
    if (signature) signers.add(signature.userId)
    return signature
  }).length
}

/** A person may have several roles (`qa, pm`), and a duty may take one of several (`qa or admin`). */
function holds(roles: string, asked: string): boolean {
  const held = roles.split(', ')
  return asked.split(' or ').some((role) => held.includes(role))
}

const dispositionTone = { open: 'bad', rejected: 'bad', accepted: 'caution', corrected: 'good', superseded: 'caution' } as const

/** The deviations of the instance, open ones and what became of the others. */
export function deviations(data: IqData): Section {
  const blocks = data.deviations.value.flatMap((deviation): Block[] => [
    { block: 'heading', text: `${deviation.number} · ${deviation.check}` },
    {
      block: 'facts',
      rows: [
        ['Found by', deviation.foundBy],
        ['Description', deviation.description],
        ['Impact', deviation.impact],
        ['Class', deviation.critical ? 'critical' : 'not critical'],
        ['Disposition', { text: deviation.disposition.toUpperCase(), tone: dispositionTone[deviation.disposition] }],
        ['Decision', deviation.decision ? deviation.decision.toUpperCase() : '–'],
        ['Decided by', deviation.by ? `${person(deviation.by)}${deviation.at ? `, ${productUtc(deviation.at, data)}` : ''}` : '–'],
        ['Reason', deviation.reason ?? '–'],
        ...became(deviation, data),
      ],
    },
  ])
  return { title: 'Deviations', blocks: blocks.length > 0 ? blocks : [{ block: 'text', text: 'None is on record for this instance.' }] }
}

/** What later executions made of it, beside QA's word. */
function became({ correctedBy, correctedAt, supersededBy }: IqData['deviations']['value'][number], data: IqData): Fact[] {
  if (correctedBy) return [['Corrected, as shown by', `${correctedBy}${correctedAt ? `, ${productUtc(correctedAt, data)}` : ''}`]]
  return supersededBy ? [['Superseded by', supersededBy]] : []
}

/** The index of attached evidence: size in bytes, SHA-256, when captured and by whom. */
export function evidence(data: IqData): Section {
  const { checks: executed, evidence: listed, execution } = data
  const rows = [
    ...executed.value.filter(isExecuted).map((check) => ({
      name: evidenceName(check),
      bytes: Buffer.byteLength(check.evidence),
      sha256: sha256(check.evidence),
      capturedAt: check.finishedAt ?? execution.value.finishedAt,
      capturedBy: 'Slipway',
    })),
    ...listed.value,
  ]
  return {
    title: 'Evidence index',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Name', share: 16 },
          { title: 'Size', share: 15, align: 'right' },
          { title: 'SHA-256', share: 35 },
          { title: clocked('Captured at', data), share: 23 },
          { title: 'By', share: 11 },
        ],
        rows: rows.map((file) => [file.name, bytes(file.bytes), fixed(file.sha256), utc(file.capturedAt), file.capturedBy]),
        none: 'No evidence was captured.',
      },
    ],
  }
}

/** The outcome in a sentence, with what it rests on. */
export function conclusion(data: IqData): Section {
  const { outcome, reasons } = concludeIq(data)
  const applicable = data.checks.value.filter(({ result }) => result !== 'n/a')
  const passed = applicable.filter(({ result }) => result === 'pass').length
  const accepted = data.deviations.value.filter(({ disposition }) => disposition === 'accepted').length
  const left = data.checks.value.length - applicable.length
  const text =
    outcome === 'fail'
      ? `The installation is not qualified: ${reasons.join('; ')}.`
      : `The installation is qualified: ${passed} of ${applicable.length} checks passed${left > 0 ? `, ${left} not applicable` : ''}${accepted > 0 ? `, ${accepted} accepted ${accepted === 1 ? 'deviation' : 'deviations'}` : ''}.`
  return {
    title: 'Conclusion',
    blocks: [
      { block: 'verdict', tone: OUTCOME[outcome].tone, title: OUTCOME[outcome].title, text },
      { block: 'text', text: 'The conclusion is computed from the results above.' },
    ],
  }
}

/** Signatures given or awaited, each bound to the content checksum (SHA-256, hex). */
export function signatures(data: IqData, contentSha256: string): Section {
  const { signatures: given, requiredSigners } = data
  return {
    title: 'Signatures',
    apart: true,
    blocks: [
      {
        block: 'text',
        text: 'For now, a signature in this record is a confirmed click in Slack. The message that was confirmed showed the number and the revision of this document and the first eight digits of the checksum of its record as it was issued, unsigned; whether the person opened the document is not recorded. The signature is bound to that record. Slack vouches for the account; Slipway checked the role at the moment of the click and recorded name, role, meaning and time (UTC) in its audit trail. It does not ask for two distinct components again at each signing, as an electronic signature with password and second factor would.',
      },
      {
        block: 'facts',
        rows: [
          ['Content checksum', fixed(contentSha256)],
          ['Required', requiredSigners.value.map(({ duty, party, role }) => `${duty}: ${partyTitle(party)}, ${role}`).join('\n') || 'none'],
        ],
      },
      {
        block: 'table',
        columns: [
          { title: 'Name', share: 20 },
          { title: 'Party and role', share: 16 },
          { title: 'Meaning', share: 24 },
          { title: dated('Time (UTC)', data), share: 16 },
          { title: 'Shown', share: 10 },
          { title: 'For the content', share: 14 },
        ],
        rows: given.value.map((signature) => [
          `${signature.name} (${signature.userId})`,
          `${partyTitle(signature.party)}, ${signature.role}`,
          signature.meaning,
          utc(signature.at),
          fixed(signature.shownSha256.slice(0, 8)),
          signature.contentSha256 === contentSha256
            ? { text: `this one (${contentSha256.slice(0, 8)}…)`, tone: 'good' }
            : { text: `another (${signature.contentSha256.slice(0, 8)}…)`, tone: 'bad' },
        ]),
        none: 'Not yet signed.',
      },
    ],
  }
}

/** The appendix: what each check executed, and its raw output. */
export function rawEvidence({ checks: executed, evidence: listed }: IqData): Section {
  const blocks = [
    ...executed.value.filter(isExecuted).map((check) => raw(`${evidenceName(check)} · ${check.title}`, check.evidence)),
    ...listed.value.flatMap(({ name, content }) => makingTable(name, content) ?? [raw(name, content)]),
  ]
  return { title: 'Appendix: raw evidence of the checks', apart: true, blocks }
}

interface Made {
  title: string
  state: string
  attempt: number
  startedAt: string | null
  endedAt: string | null
  result: Record<string, unknown> | null
}

/** What the making recorded, a step a line; undefined where the content is something else. */
function makingTable(name: string, content: string): Block[] | undefined {
  if (name !== 'making.json') return undefined
  const { verb, planHash, steps } = JSON.parse(content) as { verb: string; planHash: string; steps: Made[] }
  const time = (at: string | null) => (at === null ? '–' : utc(at))
  return [
    { block: 'heading', text: `${name} · what the making recorded` },
    {
      block: 'text',
      text: `Operation ${verb}, plan ${planHash}; times are product time. Results in short: the JSON record holds them as they were recorded, but for the numbers of volunteers.`,
    },
    {
      block: 'table',
      columns: [
        { title: 'Step', share: 22 },
        { title: 'State', share: 12 },
        { title: 'Begun and ended', share: 20 },
        { title: 'Result', share: 46 },
      ],
      rows: steps.map(({ title, state, attempt, startedAt, endedAt, result }) => [
        title,
        attempt > 1 ? `${state}, attempt ${attempt}` : state,
        `${time(startedAt)}\n${time(endedAt)}`,
        resultInShort(result),
      ]),
      none: 'No step is on record.',
    },
  ]
}

/** `rows: 12; counts: 4 entries`. */
function resultInShort(result: Record<string, unknown> | null): string {
  const told = Object.entries(result ?? {}).map(([key, value]) => {
    if (Array.isArray(value)) return `${key}: ${value.length} entries`
    if (typeof value === 'object' && value !== null) return `${key}: ${Object.keys(value).join(', ')}`
    return `${key}: ${typeof value === 'number' ? count(value) : String(value)}`
  })
  return told.join('; ') || '–'
}

function raw(title: string, evidence: string): Block {
  const rest = evidence.length - RAW_LIMIT
  const text = rest > 0 ? `${evidence.slice(0, RAW_LIMIT)}\n… ${count(rest)} more characters are in the JSON record.` : evidence
  return { block: 'raw', title, text: text || '(empty)' }
}
