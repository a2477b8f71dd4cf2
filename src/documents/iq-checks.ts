/** The table of executed checks: what was required, expected and found, in words, side by side. */
import { resultCell } from './conclusion.js'
import { type Cell, fixed, type Section } from './paper.js'
import { source } from './sources.js'
import type { IqCheck, IqData } from './types.js'

/** Every check of the protocol with what was expected, found and resulted. */
export function checks(data: IqData): Section {
  const { checks: executed } = data
  const missing = executed.value.some(({ id }) => id.startsWith('DB-')) ? gaps(executed.value) : []
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
      ...(missing.length > 0
        ? [
            {
              block: 'note' as const,
              text: `Numbers that are missing in the protocol (${missing.join(', ')}) are not in use: what they once checked, the engine, its integrity and the rights in the database, is checked by the driver's own checks, whose numbers begin with DB.`,
            },
          ]
        : []),
      {
        block: 'note',
        text: `Each ${source(executed, data)}. What it executed and its raw output stand in the appendix under its number, as <number>.txt.`,
      },
    ],
  }
}

/** Numbers of the product's checks, up to the last, that none of them has. */
function gaps(executed: readonly IqCheck[]): string[] {
  const numbers = new Set(executed.flatMap(({ id }) => (/^IQ-\d+$/.test(id) ? [Number(id.slice(3))] : [])))
  const all = Array.from({ length: Math.max(0, ...numbers) }, (_, index) => index + 1)
  return all.filter((number) => !numbers.has(number)).map((number) => `IQ-${String(number).padStart(2, '0')}`)
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
