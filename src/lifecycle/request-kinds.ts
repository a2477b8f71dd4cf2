/** Which buttons belong to which request (DESIGN §6: the action ids), who may click them (policy key) and what a click means. */
import type { PolicyKey } from './policy.js'
import type { RequestKind } from './types.js'

interface RequestAction {
  action: string
  verdict: 'yes' | 'no'
  label: string
  style?: 'primary' | 'danger'
  /** Text of the confirmation dialog; a signature always has one. */
  confirm?: string
  /** Carried out only with a comment, which says why. */
  reason?: true
}

export interface RequestFacts {
  policy: PolicyKey
  title: string
  actions: RequestAction[]
  /** The rule that asks for it. */
  rule: string
  /** Whether the message offers a comment field beside the buttons. */
  comment?: boolean
}

export const requestKinds: Record<RequestKind, RequestFacts> = {
  approve: {
    policy: 'promote',
    title: 'Approval',
    rule: 'R29',
    actions: [
      { action: 'approve', verdict: 'yes', label: 'Approve', style: 'primary' },
      { action: 'reject', verdict: 'no', label: 'Reject', style: 'danger', confirm: 'Nothing will be done; the request ends here.' },
    ],
  },
  'ask-val': {
    policy: 'create.val',
    title: 'Validation environment',
    rule: 'R11',
    actions: [{ action: 'ask-val', verdict: 'yes', label: 'Ask for VAL', style: 'primary' }],
  },
  'choose-source': {
    policy: 'choose-source',
    title: 'Source of the configuration',
    rule: 'R10',
    actions: [{ action: 'choose-source', verdict: 'yes', label: 'Pre-PROD as it stands', style: 'primary' }],
  },
  'confirm-files': {
    policy: 'confirm-files',
    title: 'Final legacy dump',
    rule: 'R28',
    actions: [
      {
        action: 'confirm-files',
        verdict: 'yes',
        label: 'Confirm',
        style: 'primary',
        confirm: 'You confirm that this is complete and final.',
      },
    ],
  },
  'review-iteration': {
    policy: 'review-iteration',
    title: 'Migration iteration',
    rule: 'R9',
    comment: true,
    actions: [
      { action: 'accept-iteration', verdict: 'yes', label: 'Accept iteration', style: 'primary' },
      { action: 'reject-iteration', verdict: 'no', label: 'Reject iteration', style: 'danger' },
    ],
  },
  'approve-scripts': {
    policy: 'approve-scripts',
    title: 'Approval of the migration scripts',
    rule: 'R9',
    actions: [
      {
        action: 'approve-scripts',
        verdict: 'yes',
        label: 'Approve scripts',
        style: 'primary',
        confirm: 'You approve the migration scripts: this specification, program and product version. It ends the Migration environment.',
      },
    ],
  },
  'validation-complete': {
    policy: 'validation-complete',
    title: 'Validation',
    rule: 'R14',
    actions: [
      {
        action: 'validation-complete',
        verdict: 'yes',
        label: 'Validation complete',
        style: 'primary',
        confirm: 'You state that your validation is complete and that no critical deviation is open.',
      },
    ],
  },
  'evidence-exported': {
    policy: 'evidence-exported',
    title: 'Evidence of the validation',
    rule: 'R14',
    actions: [
      {
        action: 'evidence-exported',
        verdict: 'yes',
        label: 'Evidence exported',
        confirm: 'You confirm that your evidence is exported and your findings are closed. VAL is torn down once you are live.',
      },
    ],
  },
  'training-done': {
    policy: 'training-done',
    title: 'Training',
    rule: 'R18',
    actions: [{ action: 'training-done', verdict: 'yes', label: 'Training done', confirm: 'You sign off the training in PROD Test.' }],
  },
  postpone: {
    policy: 'postpone',
    title: 'Teardown',
    rule: 'R31',
    actions: [{ action: 'postpone', verdict: 'yes', label: 'Postpone 14 days' }],
  },
  'start-qualification': {
    policy: 'qualify',
    title: 'Qualification',
    rule: 'R29',
    comment: true,
    actions: [
      {
        action: 'start-qualification',
        verdict: 'yes',
        label: 'Start qualification',
        style: 'primary',
        confirm: 'Slipway executes every check of the protocol now, and you answer for the qualification.',
      },
      { action: 'decline-qualification', verdict: 'no', label: 'Not now', reason: true },
    ],
  },
  'accept-deviation': {
    policy: 'accept-deviation',
    title: 'Deviation',
    rule: 'R22',
    comment: true,
    actions: [
      {
        action: 'accept-deviation',
        verdict: 'yes',
        label: 'Accept deviation',
        style: 'primary',
        confirm: 'You assessed the deviation and accept it for the reason that you wrote; the IQ is issued again and says so.',
        reason: true,
      },
      { action: 'reject-deviation', verdict: 'no', label: 'Reject deviation', style: 'danger', reason: true },
    ],
  },
  'sign-iq': {
    policy: 'sign.iq',
    title: 'Installation Qualification',
    rule: 'R22',
    actions: [
      {
        action: 'sign',
        verdict: 'yes',
        label: 'Sign IQ',
        style: 'primary',
        confirm: 'You reviewed the executed evidence of this Installation Qualification and approve it.',
      },
    ],
  },
  'sign-g4': {
    policy: 'sign.g4',
    title: 'G4: review of PROD Main',
    rule: 'R28',
    actions: [
      {
        action: 'sign',
        verdict: 'yes',
        label: 'Sign G4',
        style: 'primary',
        confirm: 'You reviewed the populated and configured PROD Main. You did not implement it.',
      },
    ],
  },
  'sign-g6': {
    policy: 'sign.g6',
    title: 'G6: final QC check',
    rule: 'R28',
    actions: [
      { action: 'sign', verdict: 'yes', label: 'Sign G6', style: 'primary', confirm: 'Your final QC check of PROD passed. You go live.' },
    ],
  },
}
