const locale = 'en-GB'
const format = (options) => (date) => new Intl.DateTimeFormat(locale, options).format(date)

const time = format({ hour: '2-digit', minute: '2-digit' })
const long = format({ weekday: 'long', day: 'numeric', month: 'long' })
const longYear = format({ weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })
const short = format({ day: 'numeric', month: 'short' })
const shortYear = format({ day: 'numeric', month: 'short', year: 'numeric' })
const plain = format({ day: 'numeric', month: 'long', year: 'numeric' })

const dayNumber = (date) => Math.floor((date.getTime() - date.getTimezoneOffset() * 60_000) / 86_400_000)

/** Today, yesterday, tomorrow; nothing for other days. */
function near(date) {
  const days = dayNumber(date) - dayNumber(new Date())
  return { '-1': 'yesterday', 0: 'today', 1: 'tomorrow' }[days]
}

const capital = (word) => word.charAt(0).toUpperCase() + word.slice(1)

export const dateOf = (ts) => new Date(Number(ts) * 1000)

/** The time beside a message. */
export const clock = (ts) => time(dateOf(ts))

/** Everything about a moment, for a tooltip. */
export const fullDate = (ts) => `${longYear(dateOf(ts))} at ${clock(ts)}`

/** The line between two days. */
export function dayOf(ts) {
  const date = dateOf(ts)
  const word = near(date)
  if (word) return capital(word)
  return date.getFullYear() === new Date().getFullYear() ? long(date) : longYear(date)
}

/** When a thread was last answered. */
export function ago(ts) {
  const date = dateOf(ts)
  const minutes = Math.floor((Date.now() - date.getTime()) / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${minutes} min ago`
  return `${near(date) ?? short(date)} at ${time(date)}`
}

const pad = (number) => String(number).padStart(2, '0')

const tokens = {
  date_num: (date) => `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`,
  date: plain,
  date_short: shortYear,
  date_long: longYear,
  date_pretty: (date) => near(date) ?? plain(date),
  date_short_pretty: (date) => near(date) ?? shortYear(date),
  date_long_pretty: (date) => near(date) ?? longYear(date),
  time,
  time_secs: format({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  ago: (date) => ago(date.getTime() / 1000),
}

/** Slack's date format: text with tokens in braces, shown in the reader's time zone. */
export function slackDate(seconds, pattern) {
  const date = new Date(Number(seconds) * 1000)
  const text = pattern.replace(/\{(\w+)\}/g, (whole, token) => tokens[token]?.(date) ?? whole)
  return pattern.startsWith('{') ? capital(text) : text
}
