/** The part of an Installation Qualification that the execution fills in. */
import { sha256 } from './canonical.js'
import { concludeIq, OUTCOME, resultCell } from './conclusion.js'
import { type Block, type Cell, count, fixed, type Section, utc } from './paper.js'
import { bytes, partyTitle } from './parts.js'
import type { IqCheck, IqData } from './types.js'

const RAW_LIMIT = 4000

/** How many of the required signatures are given for this very content, each by another person. */
export function signaturesGiven({ requiredSigners, signatures: given }: IqData, contentSha256: string): number {
  const signers = new Set<string>()
  return requiredSigners.value.filter(({ party, role }) => {
    const signature = given.value.find(
      (one) => one.party === party && one.role === role && one.contentSha256 === contentSha256 && !signers.has(one.userId),
    )
    if (signature) signers.add(signature.userId)
    return signature
  }).length
}

export function checks({ checks: executed }: IqData): Section {
  return {
    title: 'Executed checks',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Check', share: 23 },
          { title: 'Requirement', share: 15 },
          { title: 'Expected', share: 21 },
          { title: 'Actual', share: 21 },
          { title: 'Result', share: 10 },
          { title: 'Evidence', share: 12 },
        ],
        rows: executed.value.map((check) => [
          `${check.id}  ${check.title}`,
          check.requirement,
          value(check.expected),
          value(check.actual),
          resultCell(check.result),
          evidenceName(check),
        ]),
        none: 'No check was executed.',
      },
    ],
  }
}

export function deviations({ deviations: listed }: IqData): Section {
  const blocks = listed.value.flatMap((deviation): Block[] => [
    { block: 'heading', text: `${deviation.number} · ${deviation.check}` },
    {
      block: 'facts',
      rows: [
        ['Description', deviation.description],
        ['Impact', deviation.impact],
        ['Cause', deviation.cause],
        ['Correction', deviation.correction],
        ['Disposition', { text: deviation.disposition.toUpperCase(), tone: deviation.disposition === 'accepted' ? 'caution' : 'bad' }],
        ['Approver', deviation.approver ?? '–'],
      ],
    },
  ])
  return { title: 'Deviations', blocks: blocks.length > 0 ? blocks : [{ block: 'text', text: 'None.' }] }
}

export function evidence({ checks: executed, evidence: listed, execution }: IqData): Section {
  const rows = [
    ...executed.value.map((check) => ({
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
          { title: 'Captured at', share: 23 },
          { title: 'By', share: 11 },
        ],
        rows: rows.map((file) => [file.name, bytes(file.bytes), fixed(file.sha256), utc(file.capturedAt), file.capturedBy]),
        none: 'No evidence was captured.',
      },
    ],
  }
}

export function conclusion(data: IqData): Section {
  const { outcome, reasons } = concludeIq(data)
  const passed = data.checks.value.filter(({ result }) => result === 'pass').length
  const text =
    outcome === 'fail'
      ? `The installation is not qualified: ${reasons.join('; ')}.`
      : `The installation is qualified: ${passed} of ${data.checks.value.length} checks passed${outcome === 'pass' ? '.' : `, ${data.deviations.value.length} accepted deviation(s).`}`
  return {
    title: 'Conclusion',
    blocks: [
      { block: 'verdict', tone: OUTCOME[outcome].tone, title: OUTCOME[outcome].title, text },
      { block: 'text', text: 'The conclusion is computed from the results above.' },
    ],
  }
}

export function signatures({ signatures: given, requiredSigners }: IqData, contentSha256: string): Section {
  return {
    title: 'Signatures',
    apart: true,
    blocks: [
      {
        block: 'text',
        text: 'For now, a signature in this record is a confirmed click in Slack: the person saw what is signed and its checksum, and confirmed. Slack vouches for the account; Slipway checked the role at the moment of the click and recorded name, role, meaning and time (UTC) in its audit trail. It does not ask for two distinct components again at each signing, as an electronic signature with password and second factor would.',
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
          { title: 'Name', share: 24 },
          { title: 'Party and role', share: 20 },
          { title: 'Meaning', share: 24 },
          { title: 'Time (UTC)', share: 16 },
          { title: 'For the content', share: 16 },
        ],
        rows: given.value.map((signature) => [
          `${signature.name} (${signature.userId})`,
          `${partyTitle(signature.party)}, ${signature.role}`,
          signature.meaning,
          utc(signature.at),
          signature.contentSha256 === contentSha256
            ? { text: `this one (${contentSha256.slice(0, 8)}…)`, tone: 'good' }
            : { text: `another (${signature.contentSha256.slice(0, 8)}…)`, tone: 'bad' },
        ]),
        none: 'Not yet signed.',
      },
    ],
  }
}

export function rawEvidence({ checks: executed }: IqData): Section {
  const blocks = executed.value.map((check): Block => {
    const rest = check.evidence.length - RAW_LIMIT
    const text =
      rest > 0 ? `${check.evidence.slice(0, RAW_LIMIT)}\n… ${count(rest)} more characters are in the JSON record.` : check.evidence
    return { block: 'raw', title: `${evidenceName(check)} · ${check.title}`, text: text || '(empty)' }
  })
  return { title: 'Appendix: raw evidence of the checks', apart: true, blocks }
}

function evidenceName({ id }: IqCheck): string {
  return `${id}.txt`
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{32,}$/.test(text)
}

/** A checksum in the fixed-width font, anything else as it is. */
export function value(text: string): Cell {
  return isHash(text) ? fixed(text) : text || '–'
}
