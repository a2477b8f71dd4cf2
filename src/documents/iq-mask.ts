/** The section of an IQ about the mask: what it promises, and what risk is left (R13, R36). */
import { type Block, count, type Section } from './paper.js'
import { inWords } from './rows.js'
import type { MaskEvidence, TestTextEvidence } from './types.js'

type Forms = NonNullable<MaskEvidence['forms']>['value']

/** Of VAL Main, whose volunteers came through a mask. */
export function maskSection({ policy, promises: stated, replaced, scanned, forms, risk }: MaskEvidence): Section {
  const { level, k } = policy.value
  const { promises, notPromised } = stated.value
  const blocks: Block[] = [
    { block: 'text', text: `Volunteers came through a mask of the level ${level}, as the policy said when the plan was approved.` },
    { block: 'heading', text: 'What the mask does' },
    { block: 'list', items: promises },
    { block: 'heading', text: 'What it does not promise' },
    { block: 'list', items: notPromised },
    { block: 'heading', text: 'What was searched' },
    { block: 'text', text: searchedText(scanned.value, forms?.value) },
    ...formBlocks(forms?.value),
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

function searchedText(scanned: MaskEvidence['scanned']['value'], forms: Forms | undefined): string {
  const where = `${count(scanned.texts)} texts in ${count(scanned.columns)} columns of ${count(scanned.tables)} tables were searched`
  const words = forms ? ` and ${count(forms.words)} words with a digit from their free text` : ''
  const how = forms ? 'in the forms below' : 'the forms in which they were looked for are not on record'
  return `${where} for ${count(scanned.identifiers)} identifiers of the source${words}, ${how}. None was found${forms ? ' in these forms' : ''}.`
}

function formBlocks(forms: Forms | undefined): Block[] {
  if (!forms) return []
  const taken = {
    block: 'table' as const,
    columns: [
      { title: 'Does not count as found', share: 80 },
      { title: 'Places', share: 20, align: 'right' as const },
    ],
    rows: forms.suppressed.map(({ rule, hits }) => [sentence(rule), count(hits)]),
    none: 'Nothing was found that a rule takes back.',
  }
  return [
    { block: 'heading', text: 'Forms that were searched' },
    { block: 'list', items: forms.searched },
    { block: 'heading', text: 'What was not searched' },
    { block: 'list', items: forms.notSearched },
    { block: 'heading', text: 'What was found and is no identifier there' },
    taken,
  ]
}

function sentence(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1)
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
