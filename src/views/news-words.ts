/** What the rules hand along with an event, read with care: it is text, numbers and ISO dates. */
import { dateTag, line, person } from './view.js'
import { count } from './words.js'

export type Data = Readonly<Record<string, string | number>>

/** A moment of the data, in the reader's time zone. */
export function moment(value: string | number | undefined): string {
  const at = new Date(value ?? Number.NaN)
  return Number.isNaN(at.getTime()) ? 'soon' : dateTag(at)
}

/** Who did it or whom it concerns. */
export function people(data: Data): string {
  const user = data['user']
  return user === undefined ? 'somebody' : person(String(user))
}

/** A value in one line of at most 80 characters; `otherwise` where there is none. */
export function word(value: string | number | undefined, otherwise: string): string {
  return value === undefined || value === '' ? otherwise : line(String(value), 80)
}

/** `1 day`, `3 days`; what is no number counts as none. */
export function daysText(value: string | number | undefined): string {
  return count(Number(value) || 0, 'day')
}
