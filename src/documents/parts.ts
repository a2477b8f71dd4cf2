/** Sections that several kinds of document share. */

import { unitFor } from '../product/index.js'
import { clocks, dated } from './clocks.js'
import { agrees } from './conclusion.js'
import { type Block, type Cell, count, type Fact, fixed, roleTitle, type Section, utc } from './paper.js'
import { source } from './sources.js'
import type { Attachment, DocumentData, DocumentHead, IqData, PersonFacts } from './types.js'

const PARTY = { vendor: 'Vendor', customer: 'Customer', system: 'Slipway', unknown: 'Party not recorded' }

/** A name with what is known of the person beside it: `Quinn Adler (U_QA), vendor, qa`. Ids are always there: names change, and prove nothing. */
export function person({ name, userId, party, role }: PersonFacts): string {
  return `${name} (${userId}), ${party === 'system' ? PARTY[party] : PARTY[party].toLowerCase()}, ${role}`
}

export function partyTitle(party: PersonFacts['party']): string {
  return PARTY[party]
}

/** The facts of the cover that every document begins with. */
export function coverFacts(head: DocumentHead & Pick<DocumentData, 'kind'>): Fact[] {
  return [
    ['Document', head.number],
    ['Revision', String(head.revision)],
    [dated('Issued', head), utc(head.issuedAt)],
    ['Clocks', clocks(head)],
    ['Customer', head.customer.value, source(head.customer, head)],
    ['Product', head.product.value, source(head.product, head)],
  ]
}

/** The facts of an instance and its environment. */
export function instanceFacts(data: Pick<IqData, 'environment' | 'instance' | 'productTime'>): Fact[] {
  const [environment, instance] = [data.environment.value, data.instance.value]
  return [
    ['Environment', `${environment.name} (${environment.kind}, ${environment.controlled ? 'controlled' : 'not controlled'})`],
    ['Instance', `${instance.name} (${roleTitle(instance.role)})`],
    ['Database', fixed(instance.database), source(data.instance, data)],
  ]
}

/** Planned and counted, line by line, in the words of what was counted. */
export function countTable(lines: NonNullable<IqData['counts']>['value'], none: string): Block {
  return {
    block: 'table',
    columns: [
      { title: 'Element', share: 24 },
      { title: 'Disposition', share: 13 },
      { title: 'What was counted', share: 33 },
      { title: 'Planned', share: 10, align: 'right' },
      { title: 'Counted', share: 10, align: 'right' },
      { title: 'Result', share: 10 },
    ],
    rows: lines.map((line) => {
      const { title, disposition, planned, actual, parts = [] } = line
      const told = parts.filter((part) => part.planned + part.actual > 0).map(partText)
      return [title, disposition, told.join(', ') || '–', count(planned), count(actual), sameCell(agrees(line))]
    }),
    none,
  }
}

/** The lines that prove something: rows were planned, or some are there. */
export function withRows<T extends { planned: number; actual: number }>(lines: readonly T[]): T[] {
  return lines.filter(({ planned, actual }) => planned + actual > 0)
}

/** One sentence for the elements of which no row was planned and none is there; empty where there are none. */
export function withoutRowsText(lines: NonNullable<IqData['counts']>['value']): string {
  const empty = lines.filter(({ planned, actual }) => planned + actual === 0)
  if (empty.length === 0) return ''
  const named = empty.map(({ title, left = 0 }) => (left > 0 ? `${title} (${count(left)} rows stay behind)` : title))
  return `Of these elements the plan brings no row, and none is there: ${named.join(', ')}.`
}

function partText({ unit, planned, actual }: { unit: string; planned: number; actual: number }): string {
  const told = `${count(actual)} ${unitFor(unit, actual)}`
  return planned === actual ? told : `${told} (planned ${count(planned)})`
}

function sameCell(same: boolean): Cell {
  return same ? { text: 'PASS', tone: 'good' } : { text: 'FAIL', tone: 'bad' }
}

/** What of the counted rows the configuration report holds, so that its numbers can be found again; empty where parts are not known. */
export function configurationText(lines: NonNullable<IqData['counts']>['value']): string {
  const held = lines
    .filter(({ disposition }) => disposition !== 'dropped')
    .map(({ element, title, parts = [] }) => ({
      element: element ?? title,
      rows: parts.reduce((sum, part) => sum + (part.configuration ? part.actual : 0), 0),
    }))
    .filter(({ rows }) => rows > 0)
  if (held.length === 0) return ''
  const elements = new Set(held.map(({ element }) => element)).size
  const rows = held.reduce((sum, each) => sum + each.rows, 0)
  return `Of these, ${count(rows)} rows of ${count(elements)} elements are configuration, which the configuration report holds. The others are no part of it.`
}

export function revisionHistory(head: DocumentHead): Section {
  return {
    title: 'Revision history',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'Revision', share: 10 },
          { title: dated('Date', head), share: 22 },
          { title: 'Asked for by', share: 22 },
          { title: 'Carried out by', share: 14 },
          { title: 'Change', share: 32 },
        ],
        rows: head.revisions.value.map(({ revision, at, by, change }) => [String(revision), utc(at), by, PARTY.system, change]),
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
