/** Why a row was not loaded as its own record, and what a warning says, in words for the report that people accept (R9). */
import type { WarningKind } from './reconciliation.js'
import type { Reason } from './transform.js'

const reasons: Record<Reason, string> = {
  'bad-date': 'A date could not be read by any of the formats that the specification names, or is no day of the calendar.',
  'bad-value': 'A value does not fit the column of the product: no number, no yes or no, or no valid JSON.',
  'column-count': 'The row has more or fewer cells than the header of its file.',
  'damaged-text': 'The text is damaged: it was written in another encoding than the file, or holds characters that no text has.',
  'duplicate-key': 'Another record has the same key, or the same value of a field that only one record may have.',
  'malformed-row': 'The row cannot be taken apart into cells: a quotation mark stands where none may.',
  'missing-key': 'The columns by which the specification tells records apart are empty.',
  'missing-required': 'A field that the product or the specification requires is empty.',
  'no-match': 'A value does not have the pattern by which the specification takes it out.',
  orphan: 'It points at a record that is not in the dump.',
  'out-of-range': 'A number or date lies outside the range of the specification, or before the date that it must follow.',
  'parent-rejected': 'It points at a record that was rejected itself.',
  'unmapped-code': 'A code is neither in the map of the specification nor among the codes of the product.',
}

const warnings: Record<WarningKind, string> = {
  'damaged-text': 'Loaded with damaged text.',
  'repaired-text': 'Loaded after the text was repaired, as the specification asks.',
  blanked: 'Loaded with this field left empty, as the specification asks where its value cannot be taken.',
  'merge-conflict': 'Merged into an earlier record that has another value in this field; the earlier one was kept.',
}

/** A sentence for each reason of a rejection; a word that is none of ours is shown as it is. */
export function reasonText(reason: string): string {
  return Object.hasOwn(reasons, reason) ? reasons[reason as Reason] : reason
}

/** A sentence for each kind of warning. */
export function warningText(kind: WarningKind): string {
  return warnings[kind]
}

/** A sentence for why a row was left out: the specification's own words, or that it went with its parent. */
export function exclusionText(reason: string): string {
  return reason === 'parent-excluded' ? 'It belongs to a record that was left out itself.' : `By a rule of the specification: ${reason}.`
}
