/** News of the audit trail, for the vendor's own channel: its head as it was, where the database cannot change it (R32). */
import type { AnnouncementFacts, News } from './announcement.js'
import { word } from './news-words.js'
import { code } from './view.js'

export type AuditEvent = 'audit-anchored'

export const auditNews: Record<AuditEvent, (facts: AnnouncementFacts) => News> = {
  'audit-anchored': ({ data, audience }) =>
    audience === 'customer'
      ? { emoji: ':anchor:', title: 'The audit trail is anchored', body: [null] }
      : {
          emoji: ':anchor:',
          title: `Audit trail anchored (no. ${word(data['number'], '?')})${data['fits'] === 'no' ? ', but the file before it is not as it was' : ''}`,
          body: [
            `${word(data['entries'], '0')} entries, head over all ${code(word(data['head'], '?'))}`,
            data['fits'] === 'no'
              ? ':warning: The anchor file does not end as it was written last. Run `slipway audit verify`, and compare it with the anchors in this channel.'
              : null,
          ],
          context: [`Line ${word(data['number'], '?')} of audit-anchors.jsonl, SHA-256 ${word(data['line'], '?')}`],
        },
}
