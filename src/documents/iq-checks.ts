/** The table of executed checks: what was required, expected and found, in words, side by side. */
import { resultCell } from './conclusion.js'
import { type Cell, fixed, type Section } from './paper.js'
import { source } from './sources.js'
import type { IqCheck, IqData } from './types.js'

export function checks(data: IqData): Section {
  const { checks: executed } = data
  return {
    title: 'Executed checks',
    blocks: [
      {
        block: 'table',
        columns: [
          { title: 'No.', share: 9 },
          { title: 'Check and requirement', share: 33 },
          { title: 'Expected', share: 23 },
          { title: 'Found', share: 23 },
          { title: 'Result', share: 12 },
        ],
        rows: executed.value.map((check) => [
          check.id,
          { lead: check.title, text: check.requirement },
          value(check.inWords?.expected ?? check.expected),
          value(check.inWords?.actual ?? check.actual),
          resultCell(check.result),
        ]),
        none: 'No check was executed.',
      },
      {
        block: 'note',
        text: `Each ${source(executed, data)}. What it executed and its raw output stand in the appendix under its number, as <number>.txt.`,
      },
    ],
  }
}

/** What does not apply was not executed, and has no raw output. */
export function isExecuted({ result }: IqCheck): boolean {
  return result !== 'n/a'
}

/** The name under which a check's raw output is indexed. */
export function evidenceName({ id }: IqCheck): string {
  return `${id}.txt`
}

/** A checksum in the fixed-width font, anything else as it is. */
export function value(text: string): Cell {
  return /^[0-9a-f]{32,}$/.test(text) ? fixed(text) : text || '–'
}
