/** Who may decide what, and on exactly what was shown (R29, R30); a request that is delivered or clicked twice is carried out once. */
import { type Bot, oneBackend, startBot } from '../support/bot.js'
import { deliveredAgain } from '../support/delivery.js'

describe.each(oneBackend)('on %s', (backend) => {
  let bot: Bot
  beforeAll(async () => {
    bot = await startBot({ backend })
    await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme>').as('U_SALES')
    await bot.says('/customer people acme add <@U_LEAD|marcus> lead').as('U_PM')
    await bot.says('/customer add beta --name "Beta Biopharma" --channel <#C_BETA|beta>').as('U_SALES')
    await bot.says('/customer people beta add <@U_BLEAD|nora> lead').as('U_PM')
    for (const slug of ['maple', 'nettle', 'oak', 'poplar', 'quince', 'rowan']) await bot.says(`/customer add ${slug}`).as('U_SALES')
  })
  afterAll(() => bot?.stop())

  const operations = (environment: string) =>
    bot.demo.slipway.change.db
      .selectFrom('operation')
      .innerJoin('environment', 'environment.id', 'operation.environment_id')
      .select(['operation.id', 'operation.state'])
      .where('environment.name', '=', environment)
      .execute()

  test('R30 nobody approves their own request, nor does who has no role for it', async () => {
    await bot.says('/customer sign maple').as('U_SALES')
    await bot.says('/customer sign nettle').as('U_PM')
    expect(await bot.clicks('approve', /nettle-sandbox/).as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
Nobody approves their own request; a second person decides.
Who can help: PM of the vendor or engineer of the vendor
Rule R30"
`)
    expect(await bot.clicks('approve', /nettle-sandbox/).as('U_SALES')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This is not yours to decide.
Who can help: PM of the vendor or engineer of the vendor
Rule R29"
`)
    expect(await bot.stateOf('nettle-sandbox')).toBe('waiting')
  })

  test('R30 a double click approves once, and says so', async () => {
    const button = await bot.button('approve', /maple-sandbox/)
    const answers = await Promise.all([bot.presses(button).as('U_ENG'), bot.presses(button).as('U_ENG2')])
    const anybody = (text: string) => text.replace(/U_ENG2?/, 'U_…')
    expect(answers.map(anybody).sort()).toMatchInlineSnapshot(`
[
  ":no_entry_sign: *Refused*
This was already decided by <@U_…>. The message shows how it stands now.
Rule R30",
  "Recorded.",
]
`)
    expect(anybody(await bot.presses(button).as('U_ENG'))).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This was already decided by <@U_…>. The message shows how it stands now.
Rule R30"
`)
    await bot.becomes('maple-sandbox', 'ready')
    expect(await operations('maple-sandbox')).toHaveLength(1)
  })

  test('R30 an approval after the request expired does nothing', async () => {
    await bot.says('/customer sign oak').as('U_PM')
    const button = await bot.button('approve', /oak-sandbox/)
    await bot.later('8d')
    expect(await bot.presses(button).as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This request expired. Ask again; nothing was done.
Rule R30"
`)
    await bot.becomes('oak-sandbox', 'destroyed')
    expect(await bot.sees('C_OPS', /oak-sandbox[\s\S]*Expired/)).not.toContain('[Approve]')
  })

  test('R30 a click on an old message, or with a wrong hash, decides nothing', async () => {
    await bot.says('/customer sign poplar').as('U_PM')
    const button = await bot.button('approve', /poplar-sandbox/)
    const [request = '', version = '', hash = ''] = button.action.value?.split('.') ?? []
    const wrongHash = `${hash.startsWith('0') ? '1' : '0'}${hash.slice(1)}`
    expect(await bot.presses(button, `${request}.${Number(version) + 1}.${hash}`).as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
What was asked has changed since this message was shown. Look at the newest message and decide on that.
Rule R30"
`)
    expect(await bot.presses(button, `${request}.${version}.${wrongHash}`).as('U_ENG')).toContain('has changed since')
    expect(await bot.presses(button, `${request}.${version}`).as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This button is no longer in use. The newest message on the matter has the current ones.
Rule R30"
`)
    expect(await bot.presses(button, `req_nothing.1.${hash}`).as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This button belongs to nothing that is known here.
Rule R30"
`)
    expect(await bot.stateOf('poplar-sandbox')).toBe('waiting')
  })

  test('R30 a command that Slack delivers three times at once is carried out once, with the same answer each time', async () => {
    const answers = await deliveredAgain(bot, 3, () => bot.says('/customer sign quince').as('U_PM'))
    expect(answers).toHaveLength(3)
    expect(new Set(answers).size).toBe(1)
    expect(answers[0]).toContain('quince is in onboarding')
    expect(await operations('quince-sandbox')).toHaveLength(1)
  })

  test('R30 a click that Slack delivers three times at once is carried out once', async () => {
    await deliveredAgain(bot, 3, () => bot.clicks('approve', /quince-sandbox/).as('U_ENG'))
    await bot.becomes('quince-sandbox', 'ready')
    expect(await operations('quince-sandbox')).toMatchObject([{ state: 'done' }])
  })

  test('R30 what was rejected ends there, and nothing is made', async () => {
    await bot.says('/customer sign rowan').as('U_PM')
    expect(await bot.clicks('reject', /rowan-sandbox/).as('U_ENG')).toMatchInlineSnapshot(`"Recorded: rejected."`)
    await bot.becomes('rowan-sandbox', 'destroyed')
    expect(await bot.sees('C_OPS', /rowan-sandbox[\s\S]*Rejected/)).toContain('Nothing was done.')
  })

  test("R30 a customer's people act only on their own customer's things", async () => {
    await bot.says('/customer sign acme').as('U_SALES')
    const button = await bot.button('approve', /acme-sandbox/)
    await bot.control('message', { channel: 'C_BETA', user: 'U_BLEAD', text: 'Hello' })
    const ts = (await bot.reads('C_BETA')).at(-1)?.ts ?? ''
    expect(await bot.presses({ ...button, channel: 'C_BETA', messageTs: ts }).as('U_BLEAD')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This belongs to another customer.
Rule R30"
`)
    expect(await bot.stateOf('acme-sandbox')).toBe('waiting')
  })

  test("R30 a stranger's click, and a customer's in a vendor's slot, are refused", async () => {
    const seen = await bot.button('approve', /acme-sandbox/)
    await bot.control('message', { channel: 'C_ACME', user: 'U_MEMBER', text: 'Hello' })
    const ts = (await bot.reads('C_ACME')).at(-1)?.ts ?? ''
    const button = { ...seen, channel: 'C_ACME', messageTs: ts }
    expect(await bot.presses(button).as('U_MEMBER')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
You are not known to this customer or vendor team. Ask the PM to add you: /customer people.
Rule R30"
`)
    expect(await bot.presses(button).as('U_LEAD')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
This is not yours to decide.
Who can help: PM of the vendor or engineer of the vendor
Rule R29"
`)
    expect(
      await bot
        .presses({ ...button, action: { ...button.action, action_id: 'cancel', value: (await operations('acme-sandbox'))[0]?.id ?? '' } })
        .as('U_LEAD'),
    ).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
You may not ask for this.
Who can help: PM of the vendor or engineer of the vendor or admin of the vendor
Rule R29"
`)
    expect(await bot.stateOf('acme-sandbox')).toBe('waiting')
  })

  test('R29 R30 who is removed from the people of the customer decides nothing any more', async () => {
    expect(await bot.says('/customer people acme add <@U_ENG|mei> lead').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
<@U_ENG> belongs to the vendor and cannot act for a customer.
Rule R30"
`)
    expect(await bot.says('/customer people acme remove <@U_LEAD|marcus>').as('U_PM')).toMatchInlineSnapshot(
      `"<@U_LEAD> no longer acts for acme."`,
    )
    const seen = await bot.button('approve', /acme-sandbox/)
    const ts = (await bot.reads('C_ACME')).at(-1)?.ts ?? ''
    expect(await bot.presses({ ...seen, channel: 'C_ACME', messageTs: ts }).as('U_LEAD')).toContain('You are not known')
  })
})
