/** What is left of an environment that was destroyed (R42). */
import { z } from 'zod'
import { measured } from '../measured.js'
import { attachment, environment, head, moment, person, rows, sha256 } from './parts.js'

/** As it stood right before its end; `class` is null where nobody measured it. */
const finalState = z.strictObject({
  version: z.string(),
  everything: sha256,
  mustMatch: sha256,
  volunteers: z.strictObject({ count: rows, class: z.string().nullable() }),
})

const destroyed = z.strictObject({
  name: z.string(),
  made: measured(z.strictObject({ role: z.enum(['main', 'test', 'single']), database: z.string() }), ['registry'], {
    says: 'Which instance it was, and its last database',
    brokenBy: 'R42 a database that came back is named, and nothing is called gone',
  }),
  final: measured(z.union([finalState, z.strictObject({ notMeasured: z.string() })]), ['inventory', 'none'], {
    says: 'Version, checksums and volunteers right before the end, or why they were not measured',
    brokenBy: 'R42 what an instance held at its end is told, not what it held when it was made',
  }),
})

/** One thing that was looked for, by name. */
const looked = z.strictObject({ instance: z.string(), name: z.string(), what: z.string(), result: z.enum(['gone', 'present']) })

const notice = z.strictObject({
  audience: z.enum(['vendor', 'customer']),
  /** What it told: the hour, or a new one. */
  said: z.string(),
  until: moment.nullable(),
  /** Since when it was to be posted; null where nothing was to be. */
  due: moment.nullable(),
  /** Null where Slack never took it; `ts` is Slack's own time. */
  posted: z.strictObject({ at: moment, ts: z.string() }).nullable(),
  /** Why it was not posted, where that is known. */
  trouble: z.string().nullable(),
  /** It was to be posted, and was not before the hour that it tells. */
  late: z.boolean(),
})

const backup = z.strictObject({ server: z.string(), what: z.string(), where: z.string(), keptDays: z.int(), until: moment })

export const destructionRecordSchema = z.strictObject({
  kind: z.literal('destruction-record'),
  ...head,
  environment,
  instances: z.array(destroyed),
  reason: measured(z.strictObject({ text: z.string(), rule: z.string().nullable() }), ['registry'], {
    says: 'Why it was destroyed, and the rule that it follows from',
    brokenBy: "R42 the lifecycle's own teardown names its rule and reason, and nobody as who approved",
  }),
  grounds: measured(z.array(z.strictObject({ what: z.string(), by: person, at: moment })), ['click'], {
    says: 'The signatures that the rule rests on: who gave which, and when',
    brokenBy: 'R14 the record of a VAL names who signed it complete and who confirmed the evidence, and when',
  }),
  requested: measured(z.strictObject({ by: person, at: moment }), ['registry', 'click'], {
    says: 'Who asked for it, and when',
    brokenBy: "R42 the lifecycle's own teardown names its rule and reason, and nobody as who approved",
  }),
  notices: measured(z.array(notice), ['posted'], {
    says: 'When its end was announced to whom, as it was posted; or that it was not',
    brokenBy: 'R31 a notice that was never posted, or after its hour, is not called announced in time',
  }),
  postponements: measured(z.array(z.strictObject({ by: person, at: moment, until: moment })), ['click'], {
    says: 'Who postponed it, when, and until when',
    brokenBy: 'R31 who postponed it, when and until when is told',
  }),
  destroyedAt: measured(moment, ['product-clock'], {
    says: 'When it was destroyed',
    brokenBy: 'R42 what an instance held at its end is told, not what it held when it was made',
  }),
  approvals: measured(z.array(z.strictObject({ ...person.shape, at: moment, comment: z.string().optional() })), ['click'], {
    says: 'Who approved it',
    brokenBy: "R42 the lifecycle's own teardown names its rule and reason, and nobody as who approved",
  }),
  /** The final configuration reports and the audit extract. */
  archived: measured(z.array(attachment), ['files'], {
    says: 'What was archived before, read again and found with its checksum',
    brokenBy: 'R42 what was archived and lies there no more, or otherwise, stops the record',
  }),
  kept: measured(z.array(attachment), ['registry'], {
    says: 'The other documents about it that are kept (R26)',
    brokenBy: 'R26 R42 the documents that are kept are named, and only those on record',
  }),
  gone: z.strictObject({
    databases: measured(z.array(looked), ['server'], {
      says: 'Each database that it ever had, looked for by name',
      brokenBy: 'R42 a database that came back is named, and nothing is called gone',
    }),
    roles: measured(z.array(looked), ['server'], {
      says: 'Each role of each of them, looked for by name',
      brokenBy: 'R42 a role that was left behind is named, and nothing is called gone',
    }),
    secrets: measured(z.array(looked), ['registry'], {
      says: 'Each sealed secret, looked for in its row',
      brokenBy: 'R42 a secret that is still kept is named, and nothing is called gone',
    }),
    files: measured(z.array(looked), ['names'], {
      says: 'Each file that jobs wrote for it beside the documents, looked for by name',
      brokenBy: 'R42 a rejects file that was left behind is named, and nothing is called gone',
    }),
  }),
  /** What no document on record names, and may have been issued before the register was restored. */
  aside: measured(z.array(z.strictObject({ instance: z.string(), name: z.string() })), ['names'], {
    says: 'Renderings that no document on record names, which were moved aside and not destroyed (R26)',
    brokenBy: 'R26 R42 after the register was restored, what it does not name is moved aside, not destroyed',
  }),
  /** Absent where the environment's end does not concern it. */
  legacyDump: measured(
    z.strictObject({
      policy: z.enum(['keep', 'destroy']),
      /** As it was when the teardown was asked for; null where that was not recorded. */
      version: z.string().nullable(),
      /** `removed`: by this teardown, after its bytes were found to be those registered. */
      files: z.array(
        z.strictObject({ name: z.string(), bytes: rows, sha256, found: z.enum(['there', 'removed', 'not-found', 'not-looked-for']) }),
      ),
    }),
    ['names'],
    {
      says: 'What policy said of the legacy dump, which registered files were removed, and which lie in the intake folder under their names now',
      brokenBy: 'R42 what this teardown removed is told apart from what was not found',
    },
  ).optional(),
  backups: measured(z.strictObject({ policy: z.string(), declared: z.array(backup), undeclared: z.array(z.string()) }), ['policy'], {
    says: "Which of the operator's backups still hold it, and until when, as declared; and servers for which nobody declared any",
    brokenBy: 'R42 backups are told as they were declared, and where nobody declared them, that nobody did',
  }),
  ownBackups: measured(z.array(z.strictObject({ operation: z.string(), backup: z.boolean() })), ['registry'], {
    says: "Slipway's own operations on it, and which of them takes a backup or a snapshot",
    brokenBy: 'R42 what Slipway itself did with it is told from the operations on record',
  }),
})
