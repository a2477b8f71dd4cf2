/** Words that mean something to JavaScript or to PostgreSQL are words like any others: a result or a refusal, never a fault. */
import { parseClick } from '../../commands/click.js'
import { answerCommand } from '../../commands/dispatch.js'
import { may } from '../../commands/may.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import { context } from './support.js'

const inherited = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

async function told(word: string, text: string, given = {}) {
  const asking = context(given)
  const view = await answerCommand({ word, text }, asking, '')
  return { text: view.text, asked: asking.asked }
}

test.each(inherited)('--legacy %s is neither yes nor no', async (typed) => {
  const { text, asked } = await told('customer', `add acme2 --legacy ${typed}`)
  expect(text).toContain('is neither')
  expect(asked).toEqual([])
})

test.each(inherited)('%s in the place of any word or flag is answered', async (typed) => {
  for (const line of [
    typed,
    `${typed} x`,
    `add ${typed}`,
    `add acme2 --${typed} x`,
    `people acme ${typed} @U_X lead`,
    `people acme add @U_X ${typed}`,
    `sign ${typed}`,
    `show ${typed}`,
  ])
    expect((await told('customer', line)).text.length).toBeGreaterThan(5)
  for (const line of [
    `create ${typed}`,
    `create demo ${typed}`,
    `show ${typed}`,
    `access ${typed} grant @U_X ${typed}`,
    `create demo acme --version ${typed}`,
  ])
    expect((await told('env', line)).text.length).toBeGreaterThan(5)
  expect((await told(typed, 'help')).text).toContain('no command')
})

test.each([
  ['NUL', 'a\0b', 'ab'],
  ['half a character', 'a\ud83db', 'a\ufffdb'],
  ['the other half', '\udc00', '\ufffd'],
])('%s, which PostgreSQL cannot store, does not get as far as it', async (_, typed, stored) => {
  const { asked } = await told('env', `freeze acme --reason "x${typed}"`)
  expect(asked).toMatchObject([{ reason: `x${stored}` }])
  expect(parseClick({ action: 'approve', value: 'r1.1.0123abcd', comment: `x${typed}` })).toMatchObject({ comment: `x${stored}` })
  const { asked: named } = await told('customer', `add acme2 --name "x${typed}" --legacy no`)
  expect(named).toMatchObject([{ name: `x${stored}` }])
})

test('nobody is of the vendor by the name of what every object has', () => {
  const policy = policyOf(policySchema.parse({}))
  for (const userId of inherited) expect(policy.people[userId]).toBeUndefined()
  expect(may({ party: 'stranger', userId: 'constructor' }, [], policy)).toBe(false)
})
