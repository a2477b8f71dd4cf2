/** The section of an IQ about the mask: what it promises, and what risk is left (R13, R36). */
import { type Block, count, type Section } from './paper.js'
import { inWords } from './rows.js'
import type { MaskEvidence, TestTextEvidence } from './types.js'

/** Of VAL Main, whose volunteers came through a mask. */
export function maskSection({ policy, promises: stated, replaced, scanned, risk }: MaskEvidence): Section {
  const { level, k } = policy.value
  const { promises, notPromised } = stated.value
  const blocks: Block[] = [
    { block: 'text', text: `Volunteers came through a mask of the level ${level}, as the policy said when the plan was approved.` },
    { block: 'heading', text: 'What the mask does' },
    { block: 'list', items: promises },
    { block: 'heading', text: 'What it does not promise' },
    { block: 'list', items: notPromised },
    { block: 'heading', text: 'What was searched' },
    {
      block: 'text',
      text: `${count(scanned.value.texts)} texts in ${count(scanned.value.columns)} columns of ${count(scanned.value.tables)} tables were searched for ${count(scanned.value.identifiers)} identifiers of the source, in any case, accents, punctuation and order of names. None was found; identifiers of rows that were rejected or excluded are not among them.`,
    },
    { block: 'heading', text: 'The risk that is left, measured in the instance' },
    { block: 'facts', rows: riskFacts(risk.value, k) },
    { block: 'heading', text: 'Texts that no declared list has, and that did not arrive' },
    {
      block: 'table',
      columns: [
        { title: 'Table', share: 40 },
        { title: 'Column', share: 40 },
        { title: 'Entries', share: 20, align: 'right' },
      ],
      rows: replaced.value.map(({ table, column, entries }) => [inWords(table), inWords(column), count(entries)]),
      none: 'Every text was an entry of a declared list.',
    },
  ]
  return { title: 'Obfuscation of volunteers', blocks }
}

/** Of VAL Test, which was made from Main. */
export function testTextSection({ value }: TestTextEvidence): Section {
  const text = `Test was made from Main, which was searched for identifiers of the source. ${count(value.texts)} texts in ${count(value.columns)} columns of ${count(value.tables)} tables were compared: each of them stands in the same column of Main, or in the content that the product ships (${count(value.known)} different texts).`
  const left = `Columns that hold no text were not compared: ${value.leftOut.map(inWords).join(', ')}, and the numbers, dates and truth values of other tables.`
  return {
    title: 'Text of this instance',
    blocks: [
      { block: 'text', text },
      { block: 'text', text: left },
    ],
  }
}

function riskFacts(risk: MaskEvidence['risk']['value'], k: number): [string, string][] {
  const of = (people: number) => `${count(people)} of ${count(risk.people)}`
  return [
    ['Volunteers', count(risk.people)],
    ['Declared attributes', risk.attributes.map(inWords).join(', ')],
    ['Different combinations', count(risk.combinations)],
    ['Alone with their combination', of(risk.unique)],
    ['Fewest people who share one', risk.smallest === null ? 'nobody is there' : count(risk.smallest)],
    [`In a group of fewer than ${k}`, of(risk.below)],
    ['Kept as in the source', risk.joinedBy.map(inWords).join(', ')],
    ['Fit exactly one person of the source by that', of(risk.joined)],
  ]
}
