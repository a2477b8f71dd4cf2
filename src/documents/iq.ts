/** The Installation Qualification: protocol and executed report in one numbered record (R22). */
import { productUtc } from './clocks.js'
import { concludeIq, OUTCOME } from './conclusion.js'
import { checks, value } from './iq-checks.js'
import { maskSection, testTextSection } from './iq-mask.js'
import { conclusion, deviations, evidence, rawEvidence, signatures, signaturesGiven } from './iq-results.js'
import { type Block, type Fact, fixed, type Paper, roleTitle, type Section, utc } from './paper.js'
import {
  attachmentTable,
  configurationText,
  countTable,
  coverFacts,
  instanceFacts,
  partyTitle,
  person,
  revisionHistory,
  withoutRowsText,
  withRows,
} from './parts.js'
import { source } from './sources.js'
import type { IqData } from './types.js'

/** The record as it is drawn. `contentSha256` is the checksum of everything but the signatures: what signers sign. */
export function iqPaper(data: IqData, contentSha256: string): Paper {
  const { outcome } = concludeIq(data)
  const execution = data.execution.value
  const { signedIssue: issued } = data
  return {
    title: 'Installation Qualification',
    subtitle: `${data.environment.value.kind} · ${data.instance.value.name} (${roleTitle(data.instance.value.role)})`,
    status: { text: OUTCOME[outcome].title, tone: OUTCOME[outcome].tone },
    ...(issued ? { registered: { ...issued.value, record: `${data.number}-r${data.revision}-signed.json` } } : {}),
    cover: [
      ...(issued ? [['Signed document', `${issued.value.number}, revision ${issued.value.revision}`] as Fact] : []),
      ...coverFacts(data),
      ...instanceFacts(data),
      ['Protocol', `Version ${data.protocol.value.version}`],
      ['Execution', `No. ${execution.number}, ${utc(execution.startedAt)} to ${utc(execution.finishedAt)} (wall clock)`],
      ['Responsible', person(execution.responsible)],
      ['Executed by', person(execution.performedBy)],
      ...signedFact(data),
      ['Signatures', `${signaturesGiven(data, contentSha256)} of ${data.requiredSigners.value.length} given`],
      ['Content checksum', fixed(contentSha256)],
    ],
    sections: [
      history(data),
      purpose(data),
      roles(data),
      references(data),
      inventory(data),
      ...(data.mask ? [maskSection(data.mask)] : []),
      ...(data.text ? [testTextSection(data.text)] : []),
      acceptance(data),
      checks(data),
      deviations(data),
      evidence(data),
      conclusion(data),
      { title: 'Attachments', blocks: [attachmentTable(data.attachments.value, 'Nothing is attached.')] },
      signatures(data, contentSha256),
      rawEvidence(data),
    ],
  }
}

/** The revisions, and below them the issue with its signature, which is a document of its own. */
function history(data: IqData): Section {
  const { signedIssue: issued } = data
  const section = revisionHistory(data)
  if (!issued) return section
  const { number, revision, by, at } = issued.value
  const text = `Issued with its signature as ${number}, revision ${revision}, by the click of ${by}, ${productUtc(at, data)}. What was signed is revision ${data.revision} of ${data.number}.`
  return { ...section, blocks: [...section.blocks, { block: 'text', text }] }
}

function purpose({ environment, instance, product, protocol }: IqData): Section {
  return {
    title: 'Purpose and scope',
    blocks: [
      {
        block: 'text',
        text: `This record shows whether ${product.value} ${protocol.value.version} is installed and configured as specified in the instance ${instance.value.name} of the environment ${environment.value.name}. It holds the protocol and the report of its execution. Purpose of the environment: ${environment.value.purpose}`,
      },
      { block: 'heading', text: 'In scope' },
      {
        block: 'list',
        items: [
          'Identity of the instance, installed version, database schema and its fingerprint',
          'Configuration as carried over from the declared source, with its checksums',
          'Access, separation from other instances, and integrations, as far as the listed checks say',
        ],
      },
      { block: 'heading', text: 'Out of scope' },
      {
        block: 'text',
        text: 'Operational and performance qualification, and the validation for the intended use, which remains with the customer. The hosting itself is covered by the supplier’s evidence. This record is designed to support validation; it is no statement of compliance.',
      },
    ],
  }
}

function roles({ requiredSigners, execution }: IqData): Section {
  return {
    title: 'Roles and required signers',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Duty', share: 50 },
          { title: 'Party', share: 20 },
          { title: 'Role', share: 30 },
        ],
        rows: requiredSigners.value.map(({ duty, party, role }) => [duty, partyTitle(party), role]),
        none: 'No signature is required.',
      },
      {
        block: 'text',
        text: `${person(execution.value.responsible)} started the execution and answers for it; ${person(execution.value.performedBy)} executed it. Each duty is signed by another person than who answers for the execution. Slipway itself executes checks and never signs.`,
      },
    ],
  }
}

/** The content keeps the date of its own issue: that is what was signed. */
function signedFact(data: IqData): Fact[] {
  return data.signedClocks ? [['Issued with signatures', productUtc(data.signedClocks.value.at, data)]] : []
}

function references(data: IqData): Section {
  const { references: listed, protocol } = data
  const rows = listed.map(({ title, reference }): Fact => [title, reference.value, source(reference, data)])
  return {
    title: 'References',
    blocks: [{ block: 'facts', rows: [...rows, ['Protocol (SHA-256)', fixed(protocol.value.sha256), source(protocol, data)]] }],
  }
}

const COUNTED =
  'Counted anew at this execution: all rows of each element, however they came. What the making counted as it wrote stands in making.json, with its times. Of the audit trail, which grows with use, there may be more than were planned, never fewer.'

function inventory(data: IqData): Section {
  const { inventory: listed, counts } = data
  const blocks: Block[] = [
    {
      block: 'facts',
      rows: [...instanceFacts(data), ...listed.map(({ name, value: found }): Fact => [name, value(found.value), source(found, data)])],
    },
  ]
  if (counts)
    blocks.push(
      { block: 'heading', text: 'The plan, and what stands in the instance' },
      { block: 'text', text: COUNTED },
      countTable(
        withRows(counts.value),
        counts.measuredBy === 'none' ? 'The instance could not be counted.' : 'No row was planned or found.',
      ),
      { block: 'note', text: `Each ${source(counts, data)}.` },
    )
  const without = withoutRowsText(counts?.value ?? [])
  if (without) blocks.push({ block: 'text', text: without })
  const configuration = configurationText(counts?.value ?? [])
  if (configuration) blocks.push({ block: 'text', text: configuration })
  return { title: 'Environment inventory', blocks }
}

function acceptance({ checks: executed }: IqData): Section {
  const applicable = executed.value.filter(({ result }) => result !== 'n/a').length
  return {
    title: 'Acceptance criteria',
    blocks: [
      {
        block: 'list',
        items: [
          `Of the ${executed.value.length} checks of the protocol, all ${applicable} that apply to this instance have to be executed and to pass; of the others the reason is given. A check that cannot be executed is blocked; it never counts as passed.`,
          'Every check that does not pass has a numbered deviation. It is corrected, as a later execution shows, or accepted by a named person with a reason; one whose check fails differently is superseded by the new one. With an open or rejected deviation the result is Fail.',
          'Rows counted in the instance at the execution equal those of the approved plan, where there is one.',
          'Expected results come from the release, the product definition and the approved plan, never from the instance under test.',
        ],
      },
    ],
  }
}
