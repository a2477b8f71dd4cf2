/** How things end: teardown with notice and postponement, access that runs out, freezes, cancelling, limits (R4, R31, R40, R42). */
import { type Bot, eventually, oneBackend, startBot } from '../support/bot.js'
import { databasesStanding, rolesStanding } from '../support/instances.js'

jest.setTimeout(90_000)

describe.each(oneBackend)('on %s', (backend) => {
  let bot: Bot
  const ops = 'C_OPS'
  const acme = 'C_ACME'
  beforeAll(async () => {
    bot = await startBot({ backend })
    await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme>').as('U_SALES')
    await bot.says('/customer people acme add <@U_LEAD|marcus> lead').as('U_PM')
    await bot.says('/env create demo acme').as('U_SALES')
    await bot.says('/customer add fern').as('U_SALES')
    await bot.says('/customer add gorse').as('U_SALES')
    await bot.becomes('acme-demo', 'ready')
  })
  afterAll(() => bot?.stop())

  const standing = async (environment: string) => [
    ...(await databasesStanding(bot, environment)),
    ...(await rolesStanding(bot, environment)),
  ]
  const times = async (channel: string, what: RegExp) => (await bot.reads(channel)).filter((one) => what.test(one.text ?? '')).length

  test('R4 early access to Demo runs out by itself, and is announced', async () => {
    expect(await bot.says('/env access acme-demo grant <@U_LEAD|marcus> viewer').as('U_ENG')).toMatch(/may not ask[\s\S]*PM of the vendor/)
    expect(await bot.says('/env access acme-demo grant <@U_LEAD|marcus> viewer').as('U_PM')).toMatch(
      /has access to `acme-demo` until \d{4}-\d\d-\d\d/,
    )
    await bot.sees(acme, /Access to `acme-demo`[\s\S]*<@U_LEAD> may work in it as viewer/)
    expect(await bot.says('/env show acme-demo').as('U_PM')).toContain('U_LEAD')
    await bot.later('13d')
    expect(await times(acme, /Access to acme-demo ended/)).toBe(0)
    await bot.later('2d')
    await bot.sees(acme, /Access to `acme-demo` ended[\s\S]*<@U_LEAD>/)
    expect(await bot.says('/env show acme-demo').as('U_PM')).not.toContain('U_LEAD')
  })

  test('R40 a freeze stops new operations and approvals, with its reason; unfreezing lets them go on', async () => {
    await bot.says('/customer sign fern').as('U_SALES')
    const approve = await bot.button('approve', /fern-sandbox/)
    await bot.says('/env freeze fern --reason "inspection this week"').as('U_QA')
    expect(await bot.says('/env create preprod fern').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
New operations are frozen: inspection this week.
Who can help: <@U_QA>, with /env unfreeze
Rule R40"
`)
    expect(await bot.presses(approve).as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
Operations are frozen: inspection this week.
Who can help: <@U_QA>
Rule R40"
`)
    expect(await bot.says('/env freeze fern --reason "twice"').as('U_QA')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
A freeze is in force already.
Rule R40"
`)
    expect(await bot.says('/env create demo gorse').as('U_PM')).toContain('`gorse-demo` is asked for')
    await bot.says('/env freeze --reason "maintenance"').as('U_ADMIN')
    expect(await bot.says('/env create demo gorse --version 24.1').as('U_PM')).toMatch(/frozen: maintenance[\s\S]*<@U_ADMIN>/)
    await bot.says('/env unfreeze --reason "over"').as('U_ADMIN')
    await bot.says('/env unfreeze fern --reason "over"').as('U_QA')
    expect(await bot.presses(approve).as('U_ENG')).toBe('Recorded.')
    await bot.becomes('fern-sandbox', 'ready')
  })

  test('R40 cancelling what runs puts everything back', async () => {
    await bot.says('/customer sign gorse --sandbox base').as('U_SALES')
    const cancel = await bot.button('cancel', /gorse-sandbox/)
    await bot.clicks('approve', /gorse-sandbox/).as('U_ENG')
    expect(await bot.presses(cancel).as('U_SALES')).toMatch(/may not ask/)
    expect(await bot.presses(cancel).as('U_PM')).toContain('Cancelling')
    await bot.becomes('gorse-sandbox', 'failed')
    expect(await standing('gorse-sandbox')).toEqual([])
    expect(await bot.sees(ops, /gorse-sandbox[\s\S]*everything is as it was/)).not.toContain('[Cancel]')
    expect(await bot.says('/env create sandbox gorse').as('U_PM')).toContain('`gorse-sandbox-2` is asked for')
  })

  test('R29 R31 a teardown by hand takes a second person and a notice', async () => {
    await bot.says('/customer sign acme').as('U_SALES')
    await bot.clicks('approve', /acme-sandbox/).as('U_ENG')
    await bot.becomes('acme-sandbox', 'ready')
    expect(await bot.says('/env destroy acme-sandbox --reason "no longer used"').as('U_PM')).toMatch(/second person[\s\S]*24 hours/)
    expect(await bot.says('/env destroy acme-sandbox').as('U_ENG')).toMatch(/held by the teardown of `acme-sandbox`[\s\S]*R40/)
    expect(await bot.clicks('approve', /acme-sandbox[\s\S]*\[Approve\]/).as('U_PM')).toMatch(/second person decides[\s\S]*R30/)
    expect(await bot.clicks('approve', /acme-sandbox[\s\S]*\[Approve\]/).as('U_ENG')).toBe('Recorded.')
    await bot.sees(acme, /acme-sandbox[\s\S]*Save what you need from it before then[\s\S]*\[Postpone 14 days\]/)
    await bot.later('23h')
    expect(await bot.stateOf('acme-sandbox')).toBe('ready')
  })

  test('R31 both parties may postpone it, twice; the third time is refused', async () => {
    const first = await bot.button('postpone', /acme-sandbox/, acme)
    expect(await bot.presses(first).as('U_LEAD')).toBe('Recorded.')
    await bot.sees(acme, /The teardown of `acme-sandbox` is postponed/)
    const second = await bot.button('postpone', /acme-sandbox[\s\S]*once more/)
    expect(await bot.presses(second).as('U_ENG')).toBe('Recorded.')
    await bot.sees(acme, /acme-sandbox[\s\S]*postponed as often as it can be/)
    expect(await bot.presses(second).as('U_PM')).toMatch(/Refused[\s\S]*R30/)
    expect(await bot.presses(first).as('U_LEAD')).toMatch(/Refused[\s\S]*R30/)
    expect((await bot.reads(acme)).flatMap((one) => JSON.stringify(one.blocks ?? []).match(/"action_id":"postpone"/g) ?? [])).toEqual([])
    await bot.later('27d')
    expect(await bot.stateOf('acme-sandbox')).toBe('ready')
  })

  test('R42 in its hour it is archived, destroyed, verified gone, and a destruction record is kept', async () => {
    expect(await standing('acme-sandbox')).toHaveLength(8)
    await bot.later('2d')
    await bot.becomes('acme-sandbox', 'destroyed')
    expect(await standing('acme-sandbox')).toEqual([])
    expect(await bot.sees(acme, /`acme-sandbox` is destroyed/)).toMatch(/Destruction record/)
    expect(await bot.says('/env destroy acme-sandbox').as('U_PM')).toMatch(/no standing environment[\s\S]*R3/)
    expect(await bot.says('/env destroy acme-snadbox').as('U_PM')).toMatch(/Did you mean `acme-sandbox`/)
  })

  test('R31 a cancelled onboarding ends everything that stands, with notice', async () => {
    expect(await bot.says('/customer cancel gorse --reason "contract withdrawn"').as('U_SALES')).toContain('torn down after the notice')
    expect(await bot.stateOf('gorse-demo')).toBe('ready')
    await bot.sees(ops, /gorse-demo` will be torn down/)
    await bot.later('25h')
    await bot.becomes('gorse-demo', 'destroyed')
    expect(await bot.says('/env create sandbox gorse').as('U_PM')).toMatch(/gorse is cancelled[\s\S]*R5/)
  })

  test('R31 what stands beyond its limit is reported every week, never destroyed', async () => {
    const reports = () => times(ops, /^fern-sandbox stands longer than it should/)
    await bot.later('335d')
    await eventually('the first report', async () => (await reports()) === 1 || undefined)
    await bot.later('1d')
    await bot.says('/env create community').as('U_PM') // posted after whatever was due
    await bot.sees(ops, /community/)
    expect(await reports()).toBe(1)
    await bot.later('7d')
    await eventually('the second report', async () => (await reports()) === 2 || undefined)
    expect(await bot.stateOf('fern-sandbox')).toBe('ready')
    expect((await standing('fern-sandbox')).length).toBe(8)
  })
})
