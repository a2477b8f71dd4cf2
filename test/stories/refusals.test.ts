/** What people get wrong: every refusal says what is missing, who can help, and which rule it is (R39). */
import { type Bot, oneBackend, startBot } from '../support/bot.js'

describe.each(oneBackend)('on %s', (backend) => {
  let bot: Bot
  beforeAll(async () => {
    bot = await startBot({ backend })
    await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme> --legacy yes').as('U_SALES')
    await bot.says('/customer add birch').as('U_SALES')
    await bot.says('/customer add clover --legacy no').as('U_SALES')
    await bot.says('/customer sign acme').as('U_SALES')
    await bot.says('/customer sign clover').as('U_SALES')
  })
  afterAll(() => bot?.stop())

  test('R39 an unknown kind, customer, environment or verb is named, with the nearest known one', async () => {
    expect(await bot.says('/env create sandbux acme').as('U_PM')).toMatchInlineSnapshot(`
"“sandbux” is no kind of environment. It must be one of \`demo\`, \`sandbox\`, \`migration\`, \`preprod\`, \`val\`, \`prod\`, \`community\`. Did you mean \`sandbox\`?
How to say it: \`/env create <kind> [customer] [--from <environment>] [--version <version>]\`
For example: \`/env create preprod acme\`"
`)
    expect(await bot.says('/env create sandbox acne').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
There is no customer “acne”. Did you mean \`acme\`?
Rule R3"
`)
    expect(await bot.says('/env show acme-sandbx').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
There is no environment “acme-sandbx”. Did you mean \`acme-sandbox\`?
Rule R3"
`)
    expect(await bot.says('/env creat sandbox acme').as('U_PM')).toMatchInlineSnapshot(`
"“creat” is nothing that \`/env\` knows. Did you mean \`create\`?
With \`/env\` you can say: \`create\`, \`list\`, \`show\`, \`destroy\`, \`promote\`, \`access\`, \`freeze\`, \`unfreeze\`, \`help\`."
`)
    expect(await bot.says('/env create sandbox acme --version 99').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
The product has no version 99. Known: 24.1, 24.2.
Rule R2"
`)
  })

  test('R3 a slug is taken once, and a channel belongs to one customer', async () => {
    expect(await bot.says('/customer add acme').as('U_SALES')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
There is a customer \`acme\` already (Acme Research, onboarding). Choose another slug.
Rule R3"
`)
    expect(await bot.says('/customer add Not_A_Slug').as('U_SALES')).toMatchInlineSnapshot(`
"“Not_A_Slug” cannot be a customer's short name. Use at most 20 of a–z, 0–9 and single dashes inside, such as \`acme\`.
How to say it: \`/customer add <slug> [--name "<name>"] [--channel #channel] [--legacy yes|no]\`
For example: \`/customer add acme --name "Acme Clinic" --channel #acme\`"
`)
    expect(await bot.says('/customer add dahlia --channel <#C_ACME|acme>').as('U_SALES')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
That channel belongs to \`acme\`; every customer has one of their own.
Rule R38"
`)
  })

  test('R2 one Sandbox at a time', async () => {
    expect(await bot.says('/env create sandbox acme').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
acme has a live Sandbox already: \`acme-sandbox\` (waiting). One at a time.
Who can help: a PM can have it torn down: /env destroy
Rule R2"
`)
  })

  test('R2 there is one Demo a version', async () => {
    await bot.says('/env create demo clover').as('U_PM')
    expect(await bot.says('/env create demo clover').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
There is a Demo on version 24.2 already: \`clover-demo\`. A further Demo needs another version: --version 24.1.
Rule R2"
`)
  })

  test('R5 nothing but a Demo before the contract is signed', async () => {
    expect(await bot.says('/env create sandbox birch').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
birch has not signed yet. Sandbox comes after /customer sign birch.
Who can help: a PM or sales of the vendor
Rule R5"
`)
    expect(await bot.says('/env create preprod birch').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
birch has not signed yet. Pre-PROD comes after /customer sign birch.
Who can help: a PM or sales of the vendor
Rule R5"
`)
    expect(await bot.says('/customer sign birch --sandbox demo').as('U_SALES')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
birch has no Demo to clone. Use --sandbox base, or make one: /env create demo birch.
Rule R5"
`)
  })

  test('R6 Pre-PROD is made from the base configuration only', async () => {
    expect(await bot.says('/env create preprod acme --from acme-sandbox').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
Pre-PROD is made from the base configuration; leave --from out.
Rule R6"
`)
  })

  test('R10 no VAL and no go-live without a Pre-PROD', async () => {
    expect(await bot.says('/env create val acme').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
VAL comes from Pre-PROD, and there is none yet.
Who can help: a PM of the vendor: /env create preprod
Rule R10"
`)
    expect(await bot.says('/golive start acme --date 2099-01-01').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
There is no Pre-PROD to go live from. Ask for it first: /env create preprod.
Who can help: a PM of the vendor
Rule R10"
`)
    expect(await bot.says('/golive rollback acme').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
No go-live is open, so there is nothing to roll back.
Rule R28"
`)
  })

  test('R15 PROD is promoted, never created, and only from Pre-PROD', async () => {
    expect(await bot.says('/env create prod acme').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
PROD is never made from nothing: Pre-PROD is promoted into it. Use /env promote <pre-prod>.
Rule R15"
`)
    expect(await bot.says('/env promote acme-sandbox').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
Only Pre-PROD is promoted into PROD; \`acme-sandbox\` is not one.
Rule R15"
`)
  })

  test('R7 R9 no migration without a legacy database, and none without registered files', async () => {
    expect(await bot.says('/migration run clover').as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
clover has no legacy database, so there is nothing to migrate. If that is wrong: /customer add was told --legacy no.
Rule R7"
`)
    expect(await bot.says('/migration run acme').as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
No files are registered for acme. Put them into the intake folder, then /migration register acme.
Who can help: an engineer of the vendor
Rule R9"
`)
    expect(await bot.says('/env create migration acme').as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
Migration is made, and remade, by its program. Use /migration run <customer>.
Rule R9"
`)
  })

  test('R29 who may not ask is told who may', async () => {
    expect(await bot.says('/env create preprod acme').as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
You may not ask for this.
Who can help: PM of the vendor
Rule R29"
`)
    expect(await bot.says('/migration run acme').as('U_PM')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
You may not ask for this.
Who can help: engineer of the vendor
Rule R29"
`)
    expect(await bot.says('/env freeze acme --reason "audit"').as('U_ENG')).toMatchInlineSnapshot(`
":no_entry_sign: *Refused*
You may not ask for this.
Who can help: PM of the vendor or QA of the vendor or admin of the vendor
Rule R29"
`)
  })

  test('R30 external people have no commands, and nothing reaches the bot', async () => {
    const before = bot.logged.length
    expect(await bot.says('/env list', 'C_ACME').as('U_LEAD')).toBe('not delivered: not_allowed')
    expect(bot.logged.slice(before).join('')).not.toContain('U_LEAD')
  })
})
