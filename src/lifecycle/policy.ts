/** Policy: who may ask and who must agree (R29), and the deadlines (R4, R31). Defaults here; `POLICY_FILE` overrides key by key. */
import { z } from 'zod'

const vendorRole = z.enum(['sales', 'pm', 'engineer', 'qa', 'admin'])
const role = z
  .string()
  .regex(/^(vendor|customer):(sales|pm|engineer|qa|admin|owner|lead|member)$/, 'Write vendor:<role> or customer:<role>.')

/** `ask`: any of these may ask. `approve`: one person per inner list, each with one of its roles. */
const entry = z.strictObject({ ask: z.array(role).min(1), approve: z.array(z.array(role).min(1)).default([]) })

export const policyKeys = [
  'customer.manage',
  'customer.people',
  'customer.sign',
  'create.demo',
  'create.sandbox',
  'create.migration',
  'create.preprod',
  'create.val',
  'create.community',
  'promote',
  'migration.register',
  'migration.run',
  'teardown',
  'golive.start',
  'golive.rollback',
  'access',
  'freeze',
  'cancel',
  'qualify',
  'accept-deviation',
  'sign.iq',
  'sign.g4',
  'sign.g6',
  'confirm-files',
  'review-iteration',
  'approve-scripts',
  'validation-complete',
  'evidence-exported',
  'choose-source',
  'training-done',
  'postpone',
] as const
export type PolicyKey = (typeof policyKeys)[number]
export type PolicyEntry = z.infer<typeof entry>

/** R29's defaults. Where the rule names only who asks, no second person is needed unless `approve` says so. */
export const defaultEntries: Record<PolicyKey, PolicyEntry> = {
  'customer.manage': { ask: ['vendor:sales', 'vendor:pm', 'vendor:admin'], approve: [] },
  'customer.people': { ask: ['vendor:pm', 'vendor:admin', 'vendor:sales'], approve: [] },
  'customer.sign': { ask: ['vendor:sales', 'vendor:pm'], approve: [] },
  'create.demo': { ask: ['vendor:sales', 'vendor:pm'], approve: [] },
  'create.sandbox': { ask: ['vendor:pm', 'vendor:engineer', 'vendor:sales'], approve: [['vendor:pm', 'vendor:engineer']] },
  'create.migration': { ask: ['vendor:engineer'], approve: [] },
  'create.preprod': { ask: ['vendor:pm'], approve: [['vendor:engineer']] },
  'create.val': { ask: ['customer:lead', 'vendor:pm'], approve: [['vendor:engineer'], ['vendor:qa']] },
  'create.community': { ask: ['vendor:pm', 'vendor:admin', 'vendor:engineer'], approve: [] },
  promote: { ask: ['vendor:pm', 'vendor:engineer'], approve: [['vendor:qa'], ['customer:lead']] },
  'migration.register': { ask: ['vendor:engineer', 'vendor:pm'], approve: [] },
  'migration.run': { ask: ['vendor:engineer'], approve: [] },
  teardown: {
    ask: ['vendor:pm', 'vendor:engineer', 'vendor:admin'],
    approve: [['vendor:pm', 'vendor:engineer', 'vendor:qa', 'vendor:admin']],
  },
  'golive.start': { ask: ['vendor:pm'], approve: [] },
  'golive.rollback': { ask: ['vendor:pm', 'vendor:engineer'], approve: [['vendor:qa'], ['customer:lead']] },
  access: { ask: ['vendor:pm', 'vendor:admin'], approve: [] },
  freeze: { ask: ['vendor:pm', 'vendor:qa', 'vendor:admin'], approve: [] },
  cancel: { ask: ['vendor:pm', 'vendor:engineer', 'vendor:admin'], approve: [] },
  qualify: { ask: ['vendor:engineer'], approve: [['vendor:engineer']] },
  'accept-deviation': { ask: ['vendor:qa'], approve: [['vendor:qa']] },
  'sign.iq': { ask: ['vendor:qa'], approve: [['vendor:qa']] },
  'sign.g4': { ask: ['vendor:engineer', 'vendor:qa'], approve: [['vendor:engineer', 'vendor:qa']] },
  'sign.g6': { ask: ['customer:lead'], approve: [['customer:lead']] },
  'confirm-files': { ask: ['customer:lead', 'customer:owner'], approve: [['customer:lead', 'customer:owner']] },
  'review-iteration': { ask: ['customer:lead', 'customer:qa'], approve: [['customer:lead', 'customer:qa']] },
  'approve-scripts': { ask: ['customer:lead'], approve: [['customer:lead']] },
  'validation-complete': { ask: ['customer:qa', 'customer:lead'], approve: [['customer:qa', 'customer:lead']] },
  'evidence-exported': { ask: ['customer:qa', 'customer:lead'], approve: [['customer:qa', 'customer:lead']] },
  'choose-source': { ask: ['customer:lead', 'customer:owner'], approve: [['customer:lead', 'customer:owner']] },
  'training-done': { ask: ['customer:lead'], approve: [['customer:lead']] },
  postpone: {
    ask: ['customer:lead', 'customer:owner', 'vendor:pm'],
    approve: [['customer:lead', 'customer:owner', 'vendor:pm', 'vendor:engineer', 'vendor:qa', 'vendor:admin', 'vendor:sales']],
  },
}

/** How far a volunteer's identity is obfuscated in VAL (R13); what each level does stands in `src/product/mask.ts`. */
const maskLevels = ['identifiers', 'pseudonymised', 'k-anonymous'] as const
export type MaskLevel = (typeof maskLevels)[number]
/** R13's default. */
export const defaultMask = { mask: 'pseudonymised', maskK: 5 } as const
/** `where`: for people, no address; `keptDays`: how long after it was made the last one that holds an instance is gone. */
const backup = z.strictObject({ what: z.string().min(1), where: z.string().min(1), keptDays: z.number().int().positive() })

export const policySchema = z.strictObject({
  version: z.string().min(1).default('1'),
  /** Vendor people by Slack user id, each with their roles; several roles are possible. */
  people: z.record(z.string().regex(/^[UW][A-Z0-9_]+$/, 'A Slack user id starts with U or W.'), z.array(vendorRole).min(1)).default({}),
  verbs: z.partialRecord(z.enum(policyKeys), entry).default({}),
  /** Hours and days of R4, R30 and R31. */
  expireDays: z.number().int().positive().default(7),
  demoAccessDays: z.number().int().positive().default(14),
  teardownNoticeHours: z.number().positive().default(24),
  postponeDays: z.number().int().positive().default(14),
  postponeTimes: z.number().int().nonnegative().default(2),
  /** R13, with the least number of people who share what may tell them apart, which `k-anonymous` reaches and every level is measured against. */
  mask: z.enum(maskLevels).default(defaultMask.mask),
  maskK: z.number().int().min(2).max(1000).default(defaultMask.maskK),
  /** What becomes of the legacy dump in the intake folder, which is the customer's own: a teardown after the go-live destroys it only where this says so. */
  legacyDump: z.enum(['keep', 'destroy-after-golive']).default('keep'),
  /**
   * The operator's own backups of each instance server, by its key; `slipway` is Slipway's own database and folders, which hold sealed secrets
   * and rejects files. Slipway cannot see them: a destruction record prints them as declared (R42).
   */
  backups: z.record(z.string().min(1), z.array(backup).min(1)).default({}),
})

export type PolicyFile = z.infer<typeof policySchema>
export type Policy = Omit<PolicyFile, 'verbs'> & { verbs: Record<PolicyKey, PolicyEntry> }

/** The policy in force: the file's entries over R29's defaults. Nobody is in `people` by the name of what every object inherits. */
export function policyOf(file: PolicyFile): Policy {
  const people: Policy['people'] = Object.assign(Object.create(null), file.people)
  return { ...file, people, verbs: { ...defaultEntries, ...file.verbs } as Policy['verbs'] }
}
