/** Every command: what it asks of `change`, and what it says to words that it cannot use. */
import { answerClick } from '../../commands/click.js'
import { answerCommand } from '../../commands/dispatch.js'
import { commands, verbsOf, wordNames } from '../../commands/index.js'
import { policyOf, policySchema } from '../../src/lifecycle/policy.js'
import type { Actor } from '../../src/lifecycle/types.js'
import { context, vendor } from './support.js'

async function say(line: string, given = context(), prefix = '') {
  const [word = '', ...rest] = line.replace(/^\//, '').split(' ')
  const view = await answerCommand({ word, text: rest.join(' ') }, given, prefix)
  return { asked: given.asked, text: view.text, all: JSON.stringify(view) }
}

const NO_REASON = 'no reason given'

test.each<[string, object]>([
  ['/customer add acme', { verb: 'customer-add', slug: 'acme', name: 'acme', channel: null, legacy: true }],
  [
    '/customer add new-co --name “New Co” --channel <#C_NEW|new-co> --legacy no',
    { verb: 'customer-add', slug: 'new-co', name: 'New Co', channel: 'C_NEW', legacy: false },
  ],
  ['/customer sign acme', { verb: 'customer-sign', slug: 'acme', sandbox: 'base' }],
  ['/customer sign ACME --sandbox Demo', { verb: 'customer-sign', slug: 'acme', sandbox: 'demo' }],
  ['/customer people acme add <@U_X|x> qa', { verb: 'customer-people', slug: 'acme', action: 'add', userId: 'U_X', role: 'qa' }],
  ['/customer people acme remove <@U_LEAD>', { verb: 'customer-people', slug: 'acme', action: 'remove', userId: 'U_LEAD', role: 'lead' }],
  ['/customer lose acme', { verb: 'customer-lose', slug: 'acme', reason: NO_REASON }],
  ['/customer cancel acme --reason "no budget"', { verb: 'customer-cancel', slug: 'acme', reason: 'no budget' }],
  ['/env create Pre-PROD acme', { verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null }],
  [
    '/env create demo acme --from zenith-demo --version=24.2',
    { verb: 'env-create', kind: 'demo', slug: 'acme', from: 'zenith-demo', version: '24.2' },
  ],
  ['/env create community', { verb: 'env-create', kind: 'community', slug: null, from: null, version: null }],
  ['/env destroy acme-sandbox', { verb: 'env-destroy', environment: 'acme-sandbox', reason: NO_REASON }],
  ['/env promote acme-sandbox', { verb: 'env-promote', environment: 'acme-sandbox' }],
  [
    '/env access acme-sandbox grant <@U_X> "study designer"',
    { verb: 'env-access', environment: 'acme-sandbox', action: 'grant', userId: 'U_X', role: 'study designer' },
  ],
  [
    '/env access acme-sandbox revoke <@U_LEAD>',
    { verb: 'env-access', environment: 'acme-sandbox', action: 'revoke', userId: 'U_LEAD', role: 'designer' },
  ],
  ['/env freeze acme --reason audit', { verb: 'env-freeze', slug: 'acme', reason: 'audit' }],
  ['/env freeze --reason "everything stops"', { verb: 'env-freeze', slug: null, reason: 'everything stops' }],
  ['/env unfreeze acme —reason over', { verb: 'env-unfreeze', slug: 'acme', reason: 'over' }],
  ['/migration register acme', { verb: 'migration-register', slug: 'acme' }],
  ['/migration run acme', { verb: 'migration-run', slug: 'acme' }],
  ['/golive start acme --date 2026–09–01', { verb: 'golive-start', slug: 'acme', date: '2026-09-01' }],
  ['/golive rollback acme', { verb: 'golive-rollback', slug: 'acme', reason: NO_REASON }],
])('%s', async (line, ask) => {
  const { asked, text } = await say(line)
  expect(asked).toEqual([ask])
  expect(text).toBe('Agreed.')
})

test.each<[string, object]>([
  ['/customer sign', { slug: 'acme' }],
  ['/customer people add <@U_X> qa', { slug: 'acme', action: 'add', userId: 'U_X', role: 'qa' }],
  ['/env create sandbox', { slug: 'acme' }],
  ['/env freeze --reason x', { slug: 'acme' }],
  ['/migration run', { slug: 'acme' }],
  ['/golive start --date 2026-09-01', { slug: 'acme' }],
])("in the customer's channel %s needs no customer", async (line, ask) => {
  const { asked } = await say(line, context({ channel: 'C_ACME' }))
  expect(asked).toEqual([expect.objectContaining(ask)])
})

test.each([
  ['/customer add', 'Say the short name of the customer'],
  ['/customer add Acme!', '“Acme!” cannot be a customer'],
  ['/customer add a-very-long-name-indeed', 'at most 20'],
  ['/customer add new --legacy maybe', '“maybe” is neither'],
  ['/customer add new --channel general', '“general” is not a channel'],
  ['/customer add new --nam x', 'Did you mean `name`?'],
  ['/customer add new --name', '`--name` needs a value'],
  ['/customer add new --name --legacy', '`--name` needs a value'],
  ['/customer add new --name a --name b', 'given twice'],
  ['/customer add new co', '“co” is one word too many'],
  ['/customer sign acne', 'Did you mean `acme`?'],
  ['/customer sign', 'Say which customer'],
  ['/customer sign acme --sandbox live', 'one of `base`, `demo`'],
  ['/customer people acme promote <@U_X> qa', 'one of `add`, `remove`'],
  ['/customer people acme add dana qa', '“dana” is not a person'],
  ['/customer people acme add <@U_X> boss', '“boss” is no role'],
  ['/customer people acme add <@U_X>', 'Say the person'],
  ['/customer people acme', 'Say what to do'],
  ['/customer show nobody', 'There is no customer “nobody”'],
  ['/customer list x', 'one word too many'],
  ['/customer lose nobody', 'There is no customer'],
  ['/customer cancel --reason', 'needs a value'],
  ['/env create', 'Say which kind'],
  ['/env create sandbx acme', 'Did you mean `sandbox`?'],
  ['/env create community acme', 'Leave the customer out'],
  ['/env create demo acme --from <https://x.test>', 'is not an environment'],
  ['/env create demo acme --version "two words"', 'cannot be a version'],
  ['/env list nobody', 'There is no customer'],
  ['/env show', 'Say the name of the environment'],
  ['/env show acme-sandbx', 'Did you mean `acme-sandbox`?'],
  ['/env destroy acme-prod', 'There is no environment “acme-prod”'],
  ['/env promote', 'Say the name of the environment'],
  ['/env access acme-sandbox lend <@U_X> x', 'one of `grant`, `revoke`'],
  ['/env access acme-sandbox grant <@U_X>', 'Say the role'],
  ['/env access acme-sandbox revoke <@U_NOBODY>', 'Say the role'],
  ['/env freeze acme', 'Say why'],
  ['/env freeze acme --reason not quoted', 'Put a text of several words in quotes'],
  ['/env unfreeze', 'Say why'],
  ['/migration register nobody', 'There is no customer'],
  ['/migration run acme now', 'one word too many'],
  ['/migration status', 'Say which customer'],
  ['/golive start acme', 'Say the date'],
  ['/golive start acme --date 2026-02-30', '“2026-02-30” is not a date'],
  ['/golive start acme --date tomorrow', 'year, month and day'],
  ['/golive status nobody', 'There is no customer'],
  ['/golive rollback', 'Say which customer'],
  ['/audit show nobody', 'There is no environment “nobody”'],
  ['/audit show a;b', 'neither a customer nor an environment'],
  ['/env creat', 'Did you mean `create`?'],
  ['/env explode', 'With `/env` you can say'],
  ['/evn list', 'Did you mean `env`?'],
  ['/env show "open', 'never closed'],
  ['/env show -x', 'is no flag of this command'],
])('%s is answered with what to do instead', async (line, sentence) => {
  const { asked, all } = await say(line)
  expect(asked).toEqual([])
  expect(all).toContain(sentence)
})

test.each(['/customer show acme', '/customer list', '/env list', '/env list acme', '/env show acme-sandbox', '/env show community'])(
  '%s shows something and asks nothing',
  async (line) => {
    const { asked, all } = await say(line)
    expect(asked).toEqual([])
    expect(all).not.toContain('Refused')
  },
)

test.each(['/migration status acme', '/golive status acme', '/audit show acme', '/audit show', '/audit show acme-sandbox'])(
  '%s shows something too',
  async (line) => {
    expect((await say(line)).all).not.toContain('Refused')
  },
)

test("one customer's list holds nothing of another's", async () => {
  expect((await say('/env list acme')).all).not.toContain('zenith')
  expect((await say('/env list', context({ channel: 'C_ACME' }))).all).not.toContain('zenith')
  expect((await say('/env list')).all).toContain('zenith-demo')
})

test('what was typed can neither mention anybody nor end a code span', async () => {
  const { all } = await say('/customer sign "<!channel> `x`"')
  expect(all).not.toContain('<!channel>')
  expect(all).toContain("&lt;!channel&gt; 'x'")
})

test('R39: a refusal is shown with its rule', async () => {
  const refusal = { code: 'second-sandbox', rule: 'R2', text: 'acme has a Sandbox already: acme-sandbox.' }
  const { all } = await say('/env create sandbox acme', context({ outcome: { kind: 'refused', refusal, repeated: false } }))
  expect(all).toContain('acme has a Sandbox already')
  expect(all).toContain('R2')
})

test.each<[string, Actor]>([
  ["a customer's person", { party: 'customer', userId: 'U_LEAD', customerId: 'c-acme', roles: ['lead'] }],
  ['a stranger', { party: 'stranger', userId: 'U_NOBODY' }],
])('R30: %s gets nothing by a command', async (_, actor) => {
  for (const line of ['/env list', '/customer show zenith', '/env', '/env create sandbox acme']) {
    const { asked, all } = await say(line, context({ actor }))
    expect(asked).toEqual([])
    expect(all).toContain('R30')
    expect(all).not.toContain('zenith')
  }
})

test.each([
  ['sales', ['list', 'show', 'create'], ['destroy', 'freeze']],
  ['qa', ['list', 'show', 'freeze', 'unfreeze'], ['create', 'promote', 'access']],
  ['engineer', ['list', 'show', 'create', 'promote', 'destroy'], ['freeze', 'access']],
] as const)('help for %s lists only what they may do', async (role, yes, no) => {
  for (const line of ['/env', '/env help', '/env --help']) {
    const { all } = await say(line, context({ actor: vendor(role) }))
    for (const verb of yes) expect(all).toContain(`/env ${verb}`)
    for (const verb of no) expect(all).not.toContain(`/env ${verb}`)
  }
})

test('help on one verb', async () => {
  for (const line of ['/env help create', '/env create help', '/env create --help']) {
    const { all } = await say(line)
    expect(all).toContain('/env create')
    expect(all).not.toContain('/env destroy')
  }
})

test('with a prefix every command that is spoken of carries it', async () => {
  for (const line of ['/env', '/env explode', '/env create', '/customer sign', '/migration status']) {
    const { all } = await say(line, context(), 'acme-')
    expect(all).toContain('/acme-')
    expect(all).not.toMatch(/\/(customer|env|migration|golive|audit)\b/)
  }
})

test('the registry: every usage begins with its word and verb, and every example is understood', async () => {
  const policy = policyOf(policySchema.parse({}))
  for (const word of wordNames) {
    for (const [verb, command] of verbsOf(word)) {
      expect(command.usage).toMatch(new RegExp(`^/${word} ${verb}\\b`))
      expect(Object.keys(policy.verbs)).toEqual(expect.arrayContaining([...command.policy]))
      const { all } = await say(command.example.replace(/@(\w+)/, '<@U_X|$1>').replace('#acme', '<#C_ACME|acme>'))
      expect(all).not.toContain('How to say it')
    }
  }
  expect(Object.keys(commands)).toHaveLength(wordNames.reduce((sum, word) => sum + verbsOf(word).size, 0))
})

test('a click is carried out and answered; a button that is none of ours is refused', async () => {
  const given = context({ outcome: { kind: 'agreed', say: null, repeated: false, slug: 'acme' } })
  const view = await answerClick({ action: 'accept-iteration', value: 'r1.2.0123abcd', comment: null }, given)
  expect(given.asked).toMatchObject([{ verb: 'click', requestId: 'r1', version: 2, hash: '0123abcd', action: 'accept-iteration' }])
  expect(view.text).toBe('Recorded: Accept iteration.')
  const stale = await answerClick({ action: 'old', value: 'x', comment: null }, given)
  expect(stale.text).toContain('no longer in use')
  expect(given.asked).toHaveLength(1)
})
