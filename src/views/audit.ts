/** The newest entries of an audit chain. Times are in UTC, as they are recorded. */

import { entrySaid, whoSaid } from './audit-words.js'
import { context, header, line, lines, person, section, type View, view } from './view.js'
import { count, some } from './words.js'

export interface AuditEntry {
  seq: number
  at: Date
  actor: string
  verb: string
  subject: string
  why: string | null
  before?: unknown
  after?: unknown
}

/** Who did what, when and why. */
export function auditShow(entries: readonly AuditEntry[], title = 'Audit trail'): View {
  const text = `${line(title, 80)}: ${count(entries.length, 'entry').replace('entrys', 'entries')}`
  if (entries.length === 0) return view(text, [header(title), section('There is no entry yet.')])
  return view(text, [
    header(title),
    ...lines(some(entries.map(entryLine), 40)),
    context('Append-only; every entry carries the hash of the one before. Times in UTC.'),
  ])
}

function entryLine({ seq, at, actor, verb, subject, why, before, after }: AuditEntry): string {
  const when = at.toISOString().slice(0, 19).replace('T', ' ')
  const what = `*${line(verb, 40)}*${subject ? ` ${line(subject, 60)}` : ''}`
  const said = entrySaid({ verb, before, after })
  const further = [said === verb ? null : line(said, 160), why ? line(why, 120) : null]
  const who = whoSaid(after)
  const told = further.filter((part) => part !== null).map((part) => ` · ${part}`)
  return `\`${seq}\`  ${when} · ${person(actor)}${who ? ` (${line(who, 140)})` : ''} · ${what}${told.join('')}`
}
