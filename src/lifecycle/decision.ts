/** What a rule answers: a refusal with its reason (R39), or the effects that `src/change` writes in one transaction. */
import type { Kind, VolunteerClass } from './kinds.js'
import type {
  CustomerRole,
  CustomerState,
  Deviation,
  DocumentKind,
  EnvironmentState,
  IntakeFile,
  IqOutcome,
  Iteration,
  JobName,
  MeasuredElement,
  Measurement,
  OperationState,
  OperationVerb,
  RequestKind,
  Slot,
} from './types.js'

/** Why not (R39): a stable code, the rule's number, a sentence that says what is missing, and who can provide it. */
export interface Refusal {
  code: string
  rule: string
  text: string
  who?: string
}

interface NewOperation {
  verb: OperationVerb
  job: JobName
  /** The environment's name; null for an operation on the customer itself (registering files). */
  environment: string | null
  data: Record<string, string | number | boolean | null>
  slots: Slot[]
  runAt?: Date
}

/** Ids are given when an effect is written, so effects name environments by their unique name. */
export type Effect =
  | { do: 'add-customer'; slug: string; name: string; channel: string | null; legacy: boolean }
  | { do: 'set-customer'; state?: CustomerState; channel?: string; legacy?: boolean }
  | { do: 'set-person'; userId: string; role: CustomerRole | null }
  | { do: 'add-environment'; name: string; kind: Kind; number: number; source: string; version: string }
  | { do: 'set-environment'; name: string; state: EnvironmentState; version?: string }
  | {
      do: 'set-instance'
      id: string
      everything?: string
      mustMatch?: string
      /** A database that was just made: nothing is measured in it yet. */
      database?: string
      /** What is ordered; how many volunteers, as they were written. */
      version?: string
      orderedVolunteers?: number
      /** What was found in the instance, which is now. */
      measured?: { version: string; class: VolunteerClass; volunteers: number; operationId: string }
    }
  | { do: 'add-operation'; operation: NewOperation }
  | { do: 'set-operation'; id: string; state: OperationState; runAt?: Date; postponed?: number; trouble?: string; cancelling?: boolean }
  | { do: 'add-verdict'; requestId: string; slot: string; verdict: 'yes' | 'no'; comment: string | null }
  | { do: 'set-request'; id: string; state: 'granted' | 'refused' | 'void' | 'expired' }
  | { do: 'sign'; kind: RequestKind; subject: string; role: string; hash: string; comment: string | null; awaits?: boolean }
  | { do: 'add-measurement'; measurement: Omit<Measurement, 'id' | 'at' | 'verdict'> & { elements: MeasuredElement[] } }
  | { do: 'set-files'; files: Omit<IntakeFile, 'registeredAt'>[] }
  | { do: 'add-iteration'; iteration: Omit<Iteration, 'id' | 'at'> }
  | {
      do: 'set-iteration'
      id: string
      state: Iteration['state']
      resultHash?: string
      balanced?: boolean
      report?: Record<string, unknown>
    }
  | { do: 'add-golive'; date: string }
  | { do: 'set-golive'; state: 'done' | 'rolled-back' }
  | {
      do: 'add-document'
      number: string
      kind: DocumentKind
      environmentId: string | null
      instanceId: string | null
      operationId: string | null
      file: string
      sha256: string
      execution?: number
      outcome?: IqOutcome
      /** Why this revision was made, and who asked for it (R26). */
      change?: string
      askedBy?: string
    }
  | ({ do: 'add-deviation' } & Pick<
      Deviation,
      | 'number'
      | 'environmentId'
      | 'instanceId'
      | 'document'
      | 'execution'
      | 'check'
      | 'what'
      | 'foundSha256'
      | 'executed'
      | 'impact'
      | 'critical'
    >)
  | { do: 'set-deviation'; id: string; disposition: 'accepted' | 'rejected'; reason: string }
  | { do: 'set-deviation'; id: string; disposition: 'corrected'; correctedBy: string }
  | { do: 'set-deviation'; id: string; disposition: 'superseded'; supersededBy: string }
  | { do: 'set-deviation'; id: string; disposition: 'open'; foundAgainBy: string }
  | { do: 'grant-access'; environment: string; userId: string; role: string; until: Date | null }
  | { do: 'revoke-access'; id: string }
  | { do: 'freeze'; customer: boolean; reason: string }
  | { do: 'unfreeze'; customer: boolean }
  | { do: 'announce'; event: string; audience: 'ops' | 'customer' | 'both'; environment?: string; data?: Record<string, string | number> }

export type Decision = { ok: true; effects: Effect[]; say?: string } | { ok: false; refusal: Refusal }

/** A refusal as a value: `refuse('R2', 'second-sandbox', 'acme has a Sandbox already: acme-sandbox.', 'a pm can retire it')`. */
export function refuse(rule: string, code: string, text: string, who?: string): { ok: false; refusal: Refusal } {
  return { ok: false, refusal: { code, rule, text, ...(who ? { who } : {}) } }
}

/** Agreement, with the effects to write and, for the asker alone, a sentence. */
export function agree(effects: Effect[], say?: string): Decision {
  return { ok: true, effects, ...(say ? { say } : {}) }
}
