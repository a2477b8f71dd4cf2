/** One customer from prospect to live, by slash commands and button clicks only; the clock is moved where the rules ask for days. */
import { join } from 'node:path'
import type { ChangeDeps } from '../change/deps.js'
import { type People, people, textOf } from './control.js'
import { writeLegacyDump } from './dump.js'

/** Hears of each lifecycle event as it comes about. */
export type Told = (event: string) => void

/** Where the way is played: the demo, or processes of their own on a workspace. */
export interface Stage {
  workspace: { url: string }
  intakeDir: string
  /** For looking at the state; everything is done by people, in Slack. */
  slipway: { change: Pick<ChangeDeps, 'db' | 'clock'> }
  moveClock(ms: number): Promise<void>
}

const ops = 'C_OPS'
const acme = 'C_ACME'
const day = 86_400_000

/** Plays the whole way; throws where something does not come out as the rules say. */
export async function playOnce(stage: Stage, tell: Told): Promise<void> {
  const cast = people(stage.workspace.url)
  const { says, sees } = cast
  const ready = (name: string) => sees(ops, new RegExp(`${name}[\\s\\S]*(is ready|handed over|Ready)`, 'i'))

  await says('U_PM', ops, '/env create community')
  await says('U_SALES', ops, '/customer add acme --name "Acme Research" --channel <#C_ACME|acme> --legacy yes')
  for (const [user, role] of [
    ['U_OWNER', 'owner'],
    ['U_LEAD', 'lead'],
    ['U_CQA', 'qa'],
    ['U_MEMBER', 'member'],
  ]) {
    await says('U_PM', ops, `/customer people acme add <@${user}|someone> ${role}`)
  }
  tell('acme is a prospect, its people are known')
  await says('U_SALES', ops, '/env create demo acme')
  await ready('acme-demo')
  tell('acme-demo is ready: base, branding, dummy data')

  await says('U_PM', ops, '/customer sign acme --sandbox demo')
  await cast.clicks('U_ENG', ops, 'approve', /acme-sandbox/)
  await says('U_PM', ops, '/env create preprod acme')
  await cast.clicks('U_ENG2', ops, 'approve', /acme-preprod/)
  await sees(acme, /acme-sandbox/)
  tell('acme is in onboarding; Sandbox is cloned from Demo, Pre-PROD is being made')
  await migrate(stage, cast, tell)
  await cast.clicks('U_ENG2', ops, 'start-qualification', /acme-preprod/)
  await cast.clicks('U_QA', ops, 'sign', /IQ-ACME-PREPROD/i)
  tell('acme-preprod is qualified: started by an engineer, IQ signed')
  await validate(cast, tell)
  await goLive(stage, cast, tell)
  await wind(stage, tell)
}

async function migrate(stage: Stage, cast: People, tell: Told): Promise<void> {
  const folder = join(stage.intakeDir, 'acme')
  await writeLegacyDump(folder, { volunteers: 2_400, seed: 7, specificationVersion: 1 })
  await register(cast)
  await cast.says('U_ENG', ops, '/migration run acme')
  await cast.clicks('U_LEAD', acme, 'reject-iteration', /[Ii]teration 1/)
  tell('iteration 1 is rejected by the customer: codes are missing from the maps')
  await writeLegacyDump(folder, { volunteers: 2_400, seed: 7, specificationVersion: 2 })
  await register(cast)
  await cast.says('U_ENG', ops, '/migration run acme')
  await cast.clicks('U_LEAD', acme, 'accept-iteration', /[Ii]teration 2/)
  await cast.clicks('U_LEAD', acme, 'approve-scripts')
  tell('iteration 2 is accepted, the scripts are approved; Migration ends after its notice')
}

/** Registers what lies in the intake folder, and waits until it is done. */
async function register(cast: People): Promise<void> {
  const before = (await registrations(cast)).length
  await cast.says('U_ENG', ops, '/migration register acme')
  const deadline = Date.now() + 20_000
  while ((await registrations(cast)).length === before) {
    if (Date.now() > deadline) throw new Error('the files were not registered in 20 s')
    await new Promise((resolve) => setTimeout(resolve, 80))
  }
}

async function registrations(cast: People) {
  return (await cast.messages(ops)).filter((m) => /[Rr]egister/.test(textOf(m)) && /white_check_mark/.test(textOf(m)))
}

async function validate(cast: People, tell: Told): Promise<void> {
  await cast.clicks('U_LEAD', acme, 'choose-source')
  await cast.clicks('U_LEAD', acme, 'ask-val')
  await cast.clicks('U_ENG', ops, 'approve', /acme-val-1/)
  await cast.clicks('U_QA', ops, 'approve', /acme-val-1/)
  await cast.clicks('U_ENG', ops, 'start-qualification', /acme-val-1/)
  await cast.clicks('U_QA', ops, 'sign', /IQ-ACME-VAL-1-MAIN/i)
  await cast.clicks('U_QA', ops, 'sign', /IQ-ACME-VAL-1-TEST/i)
  tell('acme-val-1 is qualified: volunteers obfuscated in Main, dummies in Test')
  await cast.clicks('U_CQA', acme, 'validation-complete')
  await cast.clicks('U_CQA', acme, 'evidence-exported')
  tell('validation is complete, the evidence is exported')
}

async function goLive(stage: Stage, cast: People, tell: Told): Promise<void> {
  const now = await stage.slipway.change.clock.now(stage.slipway.change.db)
  await cast.says('U_PM', ops, `/golive start acme --date ${new Date(now.getTime() + 7 * day).toISOString().slice(0, 10)}`)
  await cast.clicks('U_LEAD', acme, 'confirm-files')
  tell('G1: the customer confirmed the final files')
  await cast.sees(acme, /2 of 6 steps done/)
  tell('G2: the configuration of Pre-PROD is extracted')
  await announced(stage, ['acme-migration'])
  await stage.moveClock(7 * day)
  await cast.says('U_ENG', ops, '/env promote acme-preprod')
  await cast.clicks('U_QA', ops, 'approve', /acme-prod/)
  await cast.clicks('U_LEAD', acme, 'approve', /acme-prod/)
  await cast.clicks('U_ENG', ops, 'start-qualification', /acme-prod/)
  await cast.clicks('U_ENG2', ops, 'sign', /G4: review/)
  tell('G3 and G4: Pre-PROD is promoted, PROD Main is reviewed')
  await cast.clicks('U_QA', ops, 'sign', /IQ-ACME-PROD-MAIN/i)
  await cast.clicks('U_QA', ops, 'sign', /IQ-ACME-PROD-TEST/i)
  tell('G5: the IQ of PROD Main and Test is signed')
  await cast.clicks('U_LEAD', acme, 'training-done')
  await cast.clicks('U_LEAD', acme, 'sign', /G6: final/)
  await cast.sees(acme, /6 of 6 steps done/)
  tell('G6: acme is live')
}

/** Until the end of each of these is scheduled and its notices are posted: a clock that is moved before makes them late (R31). */
async function announced({ slipway: { change } }: Stage, names: string[]): Promise<void> {
  const deadline = Date.now() + 40_000
  for (;;) {
    const ends = await change.db
      .selectFrom('operation')
      .innerJoin('environment', 'environment.id', 'operation.environment_id')
      .select('environment.name')
      .where('operation.verb', '=', 'teardown')
      .where('operation.state', 'not in', ['planning', 'waiting'])
      .where('environment.name', 'in', names)
      .execute()
    const due = await change.db
      .selectFrom('message')
      .select('id')
      .where('subject', '=', 'teardown-scheduled')
      .where('ts', 'is', null)
      .execute()
    const missing = names.filter((name) => !ends.some((end) => end.name === name))
    if (missing.length === 0 && due.length === 0) return
    if (Date.now() > deadline)
      throw new Error(`the end of these was not announced in 40 s: ${missing.join(', ')}; ${due.length} notices wait`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

/** What follows from going live, after the notice: Sandbox, VAL and Pre-PROD end. */
async function wind(stage: Stage, tell: Told): Promise<void> {
  const gone = ['acme-sandbox', 'acme-migration', 'acme-val-1', 'acme-preprod']
  await announced(stage, gone)
  await stage.moveClock(2 * day)
  const deadline = Date.now() + 40_000
  for (;;) {
    const rows = await stage.slipway.change.db.selectFrom('environment').select(['name', 'state']).where('name', 'in', gone).execute()
    if (rows.every((row) => row.state === 'destroyed' || row.state === 'promoted')) break
    if (Date.now() > deadline) throw new Error(`after the notice these still stand: ${rows.map((r) => `${r.name} ${r.state}`).join(', ')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  tell('Sandbox, Migration and VAL are destroyed, Pre-PROD is promoted')
}
