/** Two people at the workspace's page, in a real browser: one asks in the composer, the other approves with a click. */
import { existsSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { type Bot, startBot } from '../support/bot.js'

jest.setTimeout(120_000)

const calm = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run']
const still = ['--disable-background-networking', '--disable-component-update', '--disable-sync']
const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable']

let bot: Bot
let browser: Browser
let page: Page
beforeAll(async () => {
  bot = await startBot({ backend: 'postgres' })
  await bot.says('/customer add acme --name "Acme Research" --channel <#C_ACME|acme>').as('U_SALES')
  await bot.says('/customer sign acme').as('U_SALES')
  const programs = (process.env['PATH'] ?? '').split(delimiter).flatMap((folder) => names.map((name) => join(folder, name)))
  const executablePath = process.env['CHROMIUM'] ?? programs.find(existsSync) ?? 'chromium'
  browser = await chromium.launch({ executablePath, headless: true, args: [...calm, ...still] })
  page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
  page.setDefaultTimeout(30_000)
  await page.goto(`${bot.demo.workspace.url}/archives/C_OPS?as=U_PM`)
  await page.waitForSelector('#composer')
})
afterAll(async () => {
  await browser?.close()
  await bot?.stop()
})

/** The message of the operation on an environment, as the channel shows it. */
const messageOf = (environment: string) =>
  page
    .locator('article.message:not([data-ephemeral])')
    .filter({ hasText: `· ${environment}` })
    .first()
const actAs = async (user: string) => {
  await page.click('#acting-as')
  await page.click(`.switcher-option[data-person=${user}]`)
  await page.waitForSelector(`#acting-as[data-person=${user}]`)
}

test('R29 the PM asks for Pre-PROD by typing, and may not approve it', async () => {
  await page.fill('#composer', '/env create preprod acme')
  await page.press('#composer', 'Enter')
  await page.getByText('acme-preprod is asked for').or(page.getByText('is asked for. Follow it')).first().waitFor()
  const approve = messageOf('acme-preprod').getByRole('button', { name: 'Approve' })
  await approve.waitFor()
  await approve.click()
  await page.locator('article[data-ephemeral]').filter({ hasText: 'This is not yours to decide' }).waitFor()
})

test('R30 the engineer approves with a click: the buttons give way to who did it, and Pre-PROD is made', async () => {
  await actAs('U_ENG')
  const message = messageOf('acme-preprod')
  await message.getByRole('button', { name: 'Approve' }).click()
  await message.getByText('Approved').first().waitFor()
  await bot.becomes('acme-preprod', 'qualifying')
  await message.getByText('Next: an engineer starts its qualification').waitFor()
  expect(await message.getByRole('button', { name: /Approve|Reject|Cancel/ }).count()).toBe(0)
})

test('R29 the engineer starts the qualification in a dialog', async () => {
  await page.getByRole('button', { name: 'Start qualification' }).click()
  await page.getByRole('alertdialog').getByText('you answer for the qualification').waitFor()
  await page.click('[data-confirm=yes]')
  await page.locator('article.message').filter({ hasText: 'Executed, and every check passed' }).first().waitFor()
})

test('R22 QA signs the IQ in a dialog, and Pre-PROD is ready', async () => {
  await actAs('U_QA')
  await page.getByRole('button', { name: 'Sign IQ' }).click()
  await page.getByRole('alertdialog').getByText('You reviewed the executed evidence').waitFor()
  await page.click('[data-confirm=yes]')
  await bot.becomes('acme-preprod', 'ready')
  await page.locator('article.message').filter({ hasText: 'acme-preprod is ready' }).first().waitFor()
  expect(await page.getByRole('button', { name: 'Sign IQ' }).count()).toBe(0)
})
