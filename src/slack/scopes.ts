/** The bot's scopes: none that nothing needs. The manifest asks for them, the doctor looks for them. */

export interface Scope {
  scope: string
  why: string
  /** Without it Slipway works, but does without something. */
  optional?: true
}

export const scopes: readonly Scope[] = [
  { scope: 'commands', why: 'slash commands' },
  { scope: 'chat:write', why: 'posting and editing its own messages' },
  { scope: 'channels:read', why: 'seeing whether it is a member of a public channel' },
  { scope: 'groups:read', why: 'seeing whether it is a member of a private channel' },
  { scope: 'channels:history', why: 'finding its own post again after a broken connection, in public channels', optional: true },
  { scope: 'groups:history', why: 'finding its own post again after a broken connection, in private channels', optional: true },
  { scope: 'pins:write', why: 'pinning the go-live checklist', optional: true },
  {
    scope: 'users:read',
    why: 'the printed names of people who approve and sign: records will lack printed names without it',
    optional: true,
  },
  { scope: 'files:write', why: 'handing over documents (IQ, reports)', optional: true },
]
