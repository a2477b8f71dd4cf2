/** Whether Slipway itself takes a backup or a snapshot when it carries something out: what a destruction record tells of its own operations (R42). */
import type { OperationVerb } from './types.js'

/** Whoever lets an operation take one says so here; it is then named in the record of the environment's end. */
const takes: Record<OperationVerb, boolean> = {
  create: false,
  migrate: false,
  register: false,
  extract: false,
  qualify: false,
  endorse: false,
  measure: false,
  promote: false,
  teardown: false,
  rollback: false,
}

/** Whether an operation of that verb takes a backup or a snapshot of what it works on. */
export function takesBackup(verb: OperationVerb): boolean {
  return takes[verb]
}
