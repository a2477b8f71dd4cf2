/** The whole way of a customer without a legacy database, with every door tried too early, and a go-live that is rolled back once. */
import { summarize } from '../../src/demo/summary.js'
import { type Bot, oneBackend, startBot } from '../support/bot.js'

jest.setTimeout(120_000)

describe.each(oneBackend)('on %s', (backend) => {
  let bot: Bot
  const ops = 'C_OPS'
  const acme = 'C_ACME'
  beforeAll(async () => {
    bot = await startBot({ backend })
    await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme> --legacy no').as('U_SALES')
    await bot.says('/customer people acme add <@U_LEAD|marcus> lead').as('U_PM')
    await bot.says('/customer people acme add <@U_CQA|aisha> qa').as('U_PM')
    await bot.says('/customer sign acme').as('U_SALES')
  })
  afterAll(() => bot?.stop())

  const qualify = async (environment: string) =>
    expect(await bot.clicks('start-qualification', new RegExp(environment)).as('U_ENG')).toContain('Recorded')
  const sign = async (...documents: string[]) => {
    for (const document of documents) expect(await bot.clicks('sign', new RegExp(document)).as('U_QA')).toContain('Recorded')
  }
  const soon = async () => {
    const { clock, db } = bot.demo.slipway.change
    return new Date((await clock.now(db)).getTime() + 7 * 86_400_000).toISOString().slice(0, 10)
  }
  const mainOf = async (environment: string) =>
    (await summarize(bot.demo, 'acme', {})).environments.find(({ name }) => name === environment)?.instances[0]

  test('R22 Pre-PROD is handed over with a signed IQ, not before', async () => {
    await bot.says('/env create preprod acme').as('U_PM')
    await bot.clicks('approve', /acme-preprod/).as('U_ENG')
    await bot.becomes('acme-preprod', 'qualifying')
    expect(await bot.says('/env create val acme').as('U_PM')).toMatch(/Pre-PROD `acme-preprod` is qualifying[\s\S]*R10/)
    expect(await bot.clicks('start-qualification', /acme-preprod/).as('U_QA')).toMatch(/not yours to decide[\s\S]*engineer of the vendor/)
    await qualify('acme-preprod')
    expect(await bot.clicks('sign', /IQ-ACME-PREPROD/).as('U_ENG')).toMatch(/not yours to decide[\s\S]*QA of the vendor/)
    await sign('IQ-ACME-PREPROD')
    await bot.becomes('acme-preprod', 'ready')
    expect(await bot.says('/env create preprod acme').as('U_PM')).toMatch(/has a live Pre-PROD already[\s\S]*R2/)
  })

  test('R15 nothing is promoted before it was validated', async () => {
    expect(await bot.says('/env promote acme-preprod').as('U_PM')).toMatch(/Nothing was validated yet[\s\S]*lead of the customer[\s\S]*R15/)
    await bot.clicks('choose-source').as('U_LEAD')
    await bot.clicks('ask-val').as('U_LEAD')
    expect(await bot.clicks('approve', /acme-val-1/).as('U_ENG')).toContain('Still needed: QA of the vendor')
    await bot.clicks('approve', /acme-val-1/).as('U_QA')
    await bot.becomes('acme-val-1', 'qualifying')
    expect(await bot.says('/env promote acme-preprod').as('U_PM')).toMatch(/`acme-val-1` is qualifying[\s\S]*R15/)
    await qualify('acme-val-1')
    await sign('IQ-ACME-VAL-1-MAIN', 'IQ-ACME-VAL-1-TEST')
    await bot.becomes('acme-val-1', 'ready')
    expect(await bot.says('/env promote acme-preprod').as('U_PM')).toMatch(/not signed complete[\s\S]*customer's QA or lead[\s\S]*R15/)
  })

  test('R12 VAL of a customer without a legacy database holds no volunteers in Main, dummies in Test', async () => {
    const { environments } = await summarize(bot.demo, 'acme', {})
    expect(
      environments.find(({ name }) => name === 'acme-val-1')?.instances.map(({ role, volunteers }) => [role, volunteers.class]),
    ).toEqual([
      ['main', 'none'],
      ['test', 'dummy'],
    ])
  })

  test('R28 PROD is made within the checklist, in its order', async () => {
    await bot.clicks('validation-complete').as('U_CQA')
    await bot.sees(acme, /Validation is complete/)
    expect(await bot.says('/env promote acme-preprod').as('U_PM')).toMatch(/No go-live is open[\s\S]*R28/)
    expect(await bot.says('/golive start acme --date 2020-01-01').as('U_PM')).toMatch(/2020-01-01 is past[\s\S]*R28/)
    expect(await bot.says(`/golive start acme --date ${await soon()}`).as('U_PM')).toContain('checklist')
    expect(await bot.says('/env promote acme-preprod').as('U_PM')).toMatch(/stands at G1[\s\S]*lead of the customer[\s\S]*R28/)
    expect(await bot.clicks('confirm-files', /nothing is migrated/).as('U_LEAD')).toContain('Recorded')
    await bot.sees(acme, /2 of 6 steps done/)
  })

  test('R28 a go-live is rolled back before G6, and Pre-PROD is as it was', async () => {
    const before = await mainOf('acme-preprod')
    await bot.says('/env promote acme-preprod').as('U_ENG')
    await bot.clicks('approve', /acme-prod/).as('U_QA')
    await bot.clicks('approve', /acme-prod/).as('U_LEAD')
    await bot.becomes('acme-prod', 'qualifying')
    expect(await bot.stateOf('acme-preprod')).toBe('frozen')
    expect(await bot.clicks('sign', /G4/).as('U_ENG')).toMatch(/You implemented this; somebody else reviews it[\s\S]*R30/)
    expect(await bot.clicks('sign', /G4/).as('U_ENG2')).toContain('measured once more')
    await bot.sees(acme, /4 of 6 steps done/)
    expect(await bot.says('/golive rollback acme --reason "finding in the review"').as('U_PM')).toContain('Rolling back')
    await bot.clicks('approve', /acme-prod[\s\S]*\[Approve\]/).as('U_QA')
    await bot.clicks('approve', /acme-prod[\s\S]*\[Approve\]/).as('U_LEAD')
    await bot.becomes('acme-prod', 'destroyed')
    await bot.becomes('acme-preprod', 'ready')
    expect(await mainOf('acme-preprod')).toEqual(before)
    await bot.sees(acme, /The go-live is rolled back/)
  })

  test('R3 R28 going live works the second time, under a new name', async () => {
    await bot.says(`/golive start acme --date ${await soon()}`).as('U_PM')
    await bot.clicks('confirm-files').as('U_LEAD')
    await bot.sees(acme, /2 of 6 steps done/)
    await bot.says('/env promote acme-preprod').as('U_ENG')
    await bot.clicks('approve', /acme-prod-2/).as('U_QA')
    await bot.clicks('approve', /acme-prod-2/).as('U_LEAD')
    await bot.clicks('sign', /G4[\s\S]*acme-prod-2/).as('U_ENG2')
    await bot.sees(acme, /4 of 6 steps done/)
    const grant = '/env access acme-prod-2 grant <@U_MEMBER|tom> coordinator'
    expect(await bot.says(grant).as('U_PM')).toMatch(/Refused[\s\S]*Rule R(18|22)/)
    await qualify('acme-prod-2')
    await sign('IQ-ACME-PROD-2-MAIN', 'IQ-ACME-PROD-2-TEST')
    // Before the training is signed off only named checkers of G6 may in, and not for long (R18).
    expect(await bot.says(grant).as('U_PM')).toMatch(/has access to `acme-prod-2` until \d{4}-\d\d-\d\d/)
    await bot.clicks('training-done').as('U_LEAD')
    expect(await bot.clicks('sign', /G6/).as('U_CQA')).toMatch(/not yours to decide[\s\S]*lead of the customer/)
    await bot.clicks('sign', /G6/).as('U_LEAD')
    await bot.sees(ops, /Acme Research is live/)
    expect(await bot.says('/golive rollback acme').as('U_PM')).toMatch(/no go-live is open|live/i)
    const { checklist, state, audit } = await summarize(bot.demo, 'acme', {})
    expect(state).toBe('live')
    expect(checklist.map((step) => `${step.id} ${step.state} by ${step.doneBy}`)).toMatchInlineSnapshot(`
[
  "G1 na by U_LEAD",
  "G2 done by system",
  "G3 done by system",
  "G4 done by U_ENG2",
  "G5 done by system",
  "G6 done by U_LEAD",
]
`)
    expect(audit.verified).toBe(true)
  })

  test('R14 R17 after the notice Sandbox and Pre-PROD end; VAL stays until the evidence is exported', async () => {
    await bot.later('2d')
    await bot.becomes('acme-preprod', 'promoted')
    expect(await bot.stateOf('acme-val-1')).toBe('ready')
    await bot.clicks('evidence-exported').as('U_CQA')
    await bot.sees(acme, /acme-val-1` will be torn down/)
    await bot.later('25h')
    await bot.becomes('acme-val-1', 'destroyed')
  })
})
