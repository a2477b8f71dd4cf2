/** The only list of commands. The Slack manifest, help and the app itself are made from it. */
import { auditShow } from './audit-show.js'
import type { Command } from './command.js'
import { customerAdd } from './customer-add.js'
import { customerCancel } from './customer-cancel.js'
import { customerList } from './customer-list.js'
import { customerLose } from './customer-lose.js'
import { customerPeople } from './customer-people.js'
import { customerShow } from './customer-show.js'
import { customerSign } from './customer-sign.js'
import { envAccess } from './env-access.js'
import { envCreate } from './env-create.js'
import { envDestroy } from './env-destroy.js'
import { envFreeze } from './env-freeze.js'
import { envList } from './env-list.js'
import { envPromote } from './env-promote.js'
import { envShow } from './env-show.js'
import { envUnfreeze } from './env-unfreeze.js'
import { goliveRollback } from './golive-rollback.js'
import { goliveStart } from './golive-start.js'
import { goliveStatus } from './golive-status.js'
import { migrationRegister } from './migration-register.js'
import { migrationRun } from './migration-run.js'
import { migrationStatus } from './migration-status.js'

/** The slash commands, with the sentence that Slack shows beside each. */
export const words = {
  customer: 'Prospects and customers: from first contact to live',
  env: 'Environments: ask for them, look at them, take them down',
  migration: "A customer's data: registered files and migration iterations",
  golive: 'The go-live checklist',
  audit: 'The audit trail',
} as const
export type Word = keyof typeof words
export const wordNames = Object.keys(words) as Word[]

export const commands = {
  'customer-add': customerAdd,
  'customer-sign': customerSign,
  'customer-people': customerPeople,
  'customer-show': customerShow,
  'customer-list': customerList,
  'customer-lose': customerLose,
  'customer-cancel': customerCancel,
  'env-create': envCreate,
  'env-list': envList,
  'env-show': envShow,
  'env-destroy': envDestroy,
  'env-promote': envPromote,
  'env-access': envAccess,
  'env-freeze': envFreeze,
  'env-unfreeze': envUnfreeze,
  'migration-register': migrationRegister,
  'migration-run': migrationRun,
  'migration-status': migrationStatus,
  'golive-start': goliveStart,
  'golive-status': goliveStatus,
  'golive-rollback': goliveRollback,
  'audit-show': auditShow,
} satisfies Record<`${Word}-${string}`, Command>

/** The commands of one word, by verb. */
export function verbsOf(word: Word): Map<string, Command> {
  const own = Object.entries<Command>(commands).filter(([name]) => name.startsWith(`${word}-`))
  return new Map(own.map(([name, command]) => [name.slice(word.length + 1), command]))
}
