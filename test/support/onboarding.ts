/** Stages of one customer's way, for tests that begin somewhere on it. */
import type { Hinge } from './hinge.js'

export async function prospect(hinge: Hinge, slug = 'acme', legacy = true): Promise<void> {
  await hinge.does({ verb: 'customer-add', slug, name: slug, channel: `C_${slug.toUpperCase()}`, legacy }, 'U_SALES')
  const roles = [
    [`U_LEAD_${slug}`, 'lead'],
    [`U_CQA_${slug}`, 'qa'],
  ] as const
  for (const [userId, role] of roles) await hinge.does({ verb: 'customer-people', slug, action: 'add', userId, role })
}

/** An engineer starts the qualification, and every check passes. */
async function qualified(hinge: Hinge, name: string): Promise<void> {
  await hinge.clicks('start-qualification', 'start-qualification', 'U_ENG', name)
  await hinge.work()
}

/** In onboarding, with Sandbox, and Pre-PROD qualified. */
export async function onboarding(hinge: Hinge, legacy = true): Promise<void> {
  await prospect(hinge, 'acme', legacy)
  await hinge.does({ verb: 'customer-sign', slug: 'acme', sandbox: 'base' }, 'U_PM')
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-sandbox')
  await hinge.does({ verb: 'env-create', kind: 'preprod', slug: 'acme', from: null, version: null })
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-preprod')
  await hinge.work()
  await qualified(hinge, 'acme-preprod')
  await hinge.clicks('sign-iq', 'sign', 'U_QA', 'IQ-ACME-PREPROD')
  await hinge.work()
}

export async function migrated(hinge: Hinge): Promise<void> {
  await hinge.does({ verb: 'migration-register', slug: 'acme' }, 'U_ENG')
  await hinge.work()
  await hinge.does({ verb: 'migration-run', slug: 'acme' }, 'U_ENG')
  await hinge.work()
  await hinge.clicks('review-iteration', 'accept-iteration', 'U_LEAD_acme')
  await hinge.clicks('approve-scripts', 'approve-scripts', 'U_LEAD_acme')
  await hinge.work()
}

/** VAL qualified, validation signed complete, its evidence exported. */
export async function validated(hinge: Hinge): Promise<void> {
  await hinge.clicks('ask-val', 'ask-val', 'U_LEAD_acme')
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_ENG', 'acme-val-1')
  await hinge.clicks('approve', 'approve', 'U_QA', 'acme-val-1')
  await hinge.work()
  await qualified(hinge, 'acme-val-1')
  for (const role of ['MAIN', 'TEST']) await hinge.clicks('sign-iq', 'sign', 'U_QA', `IQ-ACME-VAL-1-${role}`)
  await hinge.work()
  await hinge.clicks('validation-complete', 'validation-complete', 'U_CQA_acme')
  await hinge.work()
  await hinge.clicks('evidence-exported', 'evidence-exported', 'U_CQA_acme')
}

/** The go-live open, G1 and G2 done. */
export async function golive(hinge: Hinge): Promise<void> {
  const date = new Date((await hinge.deps.clock.now(hinge.db)).getTime() + 7 * 86_400_000).toISOString().slice(0, 10)
  await hinge.does({ verb: 'golive-start', slug: 'acme', date })
  await hinge.clicks('confirm-files', 'confirm-files', 'U_LEAD_acme')
  await hinge.work()
}

export async function promoted(hinge: Hinge, name = 'acme-prod'): Promise<void> {
  await hinge.does({ verb: 'env-promote', environment: 'acme-preprod' }, 'U_ENG')
  await hinge.work()
  await hinge.clicks('approve', 'approve', 'U_QA', name)
  await hinge.clicks('approve', 'approve', 'U_LEAD_acme', name)
  await hinge.work()
  await qualified(hinge, name)
}

export async function live(hinge: Hinge, name = 'acme-prod'): Promise<void> {
  await hinge.clicks('sign-g4', 'sign', 'U_ENG2', name)
  await hinge.work()
  for (const role of ['MAIN', 'TEST']) await hinge.clicks('sign-iq', 'sign', 'U_QA', `IQ-${name.toUpperCase()}-${role}`)
  await hinge.work()
  await hinge.clicks('sign-g6', 'sign', 'U_LEAD_acme', name)
  await hinge.work()
}
