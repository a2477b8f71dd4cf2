import fc from 'fast-check'
import { answerCommand } from '../../commands/dispatch.js'
import { commands, wordNames } from '../../commands/index.js'
import { splitWords } from '../../commands/parse.js'
import { context } from '../commands/support.js'
import { type Fuzzer, text, timely } from './fuzzer.js'

const verbs = Object.keys(commands).map((name) => name.split('-').slice(1).join('-'))
const flags = [...new Set(Object.values(commands).flatMap((command) => command.flags))].map((flag) => `--${flag}`)
const known = [
  'acme',
  'zenith',
  'acme-demo',
  'demo',
  'sandbox',
  'prod',
  'add',
  'grant',
  '<@U_X>',
  'lead',
  '<#C_1|>',
  'yes',
  '2026-09-01',
  '24.2',
]
const piece = fc.oneof({ weight: 3, arbitrary: fc.constantFrom(...verbs, ...flags, ...known, 'help') }, { weight: 2, arbitrary: text })
const line = fc.oneof(
  fc.tuple(fc.constantFrom(...verbs), fc.array(piece, { maxLength: 7 })).map(([verb, rest]) => [verb, ...rest].join(' ')),
  text,
)

/** Slash commands: words and flags of any kind give a view and an ask that PostgreSQL can store. */
export const slashCommands: Fuzzer = {
  name: 'slash commands',
  run: (runs) =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof({ weight: 9, arbitrary: fc.constantFrom(...wordNames) }, { weight: 1, arbitrary: text }),
        line,
        async (word, typed) => {
          timely(() => splitWords(typed))
          const asking = context()
          const began = performance.now()
          const view = await answerCommand({ word, text: typed }, asking, '')
          if (performance.now() - began > 1_500) throw new Error('took too long')
          if (view.text === '') throw new Error('no answer')
          if (/\\u0000|\\ud[89a-f][0-9a-f]{2}/i.test(JSON.stringify(asking.asked))) throw new Error('asks for what cannot be stored')
        },
      ),
      { numRuns: runs },
    ),
}
