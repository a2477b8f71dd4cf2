/** Sections that several kinds of document share. */
import { type Block, type Cell, count, fixed, roleTitle, type Section, utc } from './paper.js'
import type { Attachment, DocumentHead, EnvironmentFacts, InstanceFacts, PersonFacts } from './types.js'

const PARTY = { vendor: 'Vendor', customer: 'Customer', system: 'Slipway', unknown: 'Party not recorded' }

/** A name with what is known of the person beside it: `Quinn Adler (U_QA), vendor, qa`. Ids are always there: names change, and prove nothing. */
export function person({ name, userId, party, role }: PersonFacts): string {
  return `${name} (${userId}), ${party === 'system' ? PARTY[party] : PARTY[party].toLowerCase()}, ${role}`
}

export function partyTitle(party: PersonFacts['party']): string {
  return PARTY[party]
}

/** The facts of the cover that every document begins with. */
export function coverFacts(head: DocumentHead): [string, Cell][] {
  return [
    ['Document', head.number],
    ['Revision', String(head.revision)],
    ['Issued', utc(head.issuedAt)],
    ['Customer', head.customer.value],
    ['Product', head.product.value],
  ]
}

/** The facts of an instance and its environment. */
export function instanceFacts({ value: environment }: EnvironmentFacts, { value: instance }: InstanceFacts): [string, Cell][] {
  return [
    ['Environment', `${environment.name} (${environment.kind}, ${environment.controlled ? 'controlled' : 'not controlled'})`],
    ['Instance', `${instance.name} (${roleTitle(instance.role)})`],
    ['Database', fixed(instance.database)],
  ]
}

export function revisionHistory({ revisions }: DocumentHead): Section {
  return {
    title: 'Revision history',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Revision', share: 10 },
          { title: 'Date', share: 24 },
          { title: 'By', share: 22 },
          { title: 'Change', share: 44 },
        ],
        rows: revisions.value.map(({ revision, at, by, change }) => [String(revision), utc(at), by, change]),
        none: 'No earlier revision.',
      },
    ],
  }
}

/** A table of files or documents with their checksums. */
export function attachmentTable(attachments: Attachment[], none: string): Block {
  return {
    block: 'table',
    columns: [
      { title: 'Title', share: 34 },
      { title: 'Document', share: 20 },
      { title: 'SHA-256', share: 46 },
    ],
    rows: attachments.map(({ title, number, sha256 }) => [title, number ?? '–', fixed(sha256)]),
    none,
  }
}

/** 12345 → `12 345 bytes`. */
export function bytes(size: number): string {
  return `${count(size)} bytes`
}
