/** The parts that views are made of. */
import { table } from '../../src/views/table.js'
import {
  bar,
  button,
  code,
  context,
  dateTag,
  escaped,
  header,
  line,
  person,
  prose,
  quote,
  section,
  shortHash,
  view,
} from '../../src/views/view.js'
import { bytes, count, day, duration, listed, number, reference, some } from '../../src/views/words.js'
import { drawn, fits } from './drawn.js'
import { ago, now } from './scene.js'

test('typed text cannot mention anybody, break out of code, or pass for the message', () => {
  expect(escaped('<!channel> & <@U1>')).toBe('&lt;!channel&gt; &amp; &lt;@U1&gt;')
  expect(line('a\n:white_check_mark: *Approved*')).toBe('a :white_check_mark: *Approved*')
  expect(code('a` <b>')).toBe("`a' &lt;b&gt;`")
  expect(quote('a\nb\r\nc')).toBe('> a\n> b\n> c')
  expect(person('U_PM')).toBe('<@U_PM>')
  expect(person('system')).toBe('Slipway')
  expect(person('U1> <!here')).toBe('U1&gt; &lt;!here')
})

test('sentences of the rules keep mentions of people and channels, and nothing else', () => {
  expect(prose('<@U_PM> and <#C_OPS|ops>: /env show <env> &lt; <!here> <https://x.y|z>')).toBe(
    '<@U_PM> and <#C_OPS>: /env show &lt;env&gt; &lt; &lt;!here&gt; &lt;https://x.y|z&gt;',
  )
})

test('long text is shortened without cutting a tag or an entity', () => {
  for (let at = 2_880; at < 2_960; at++) {
    const { text } = view(`${'a'.repeat(at)}<@U_PM>&amp;😀😀`, [section('x')])
    expect(text).toMatch(/^a+(<@U_PM>)?(&amp;)?(😀)*…?$/)
    expect(encodeURIComponent(text)).toBeTruthy()
  }
})

test('a view is never empty, and what does not fit is said, buttons never left out', () => {
  const act = button({ action: 'approve', label: 'Approve', value: 'x', about: 'y' })
  const full = view('', [...Array.from({ length: 90 }, () => section('x'.repeat(400))), { type: 'actions', elements: [act] }])
  fits(full)
  expect(full.text).toBe('Slipway')
  expect(drawn(full)).toContain('[Approve]')
  expect(drawn(full)).toContain('…and more than fits into one message.')
  expect(view('x', [null, context('a', null), []]).blocks).toHaveLength(1)
})

test('the bar says a number too', () => {
  expect([0, 0.5, 1, 7, Number.NaN].map(bar)).toEqual([
    '▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱  0 %',
    '▰▰▰▰▰▰▰▰▱▱▱▱▱▱▱▱  50 %',
    '▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰  100 %',
    '▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰▰  100 %',
    '▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱▱  0 %',
  ])
})

test('a confirmation repeats the verb and may be left', () => {
  expect(
    button({ action: 'reject', label: 'Reject', value: 'v', style: 'danger', confirm: 'It ends here.', about: 'New VAL' }),
  ).toMatchInlineSnapshot(`
{
  "accessibility_label": "Reject: New VAL",
  "action_id": "reject",
  "confirm": {
    "confirm": {
      "emoji": false,
      "text": "Reject",
      "type": "plain_text",
    },
    "deny": {
      "emoji": false,
      "text": "Not now",
      "type": "plain_text",
    },
    "style": "danger",
    "text": {
      "emoji": false,
      "text": "It ends here.",
      "type": "plain_text",
    },
    "title": {
      "emoji": false,
      "text": "Reject?",
      "type": "plain_text",
    },
  },
  "style": "danger",
  "text": {
    "emoji": false,
    "text": "Reject",
    "type": "plain_text",
  },
  "type": "button",
  "value": "v",
}
`)
})

test('dates, durations, counts, sizes', () => {
  expect(dateTag(now)).toBe('<!date^1778578200^{date_short_pretty} {time}|2026-05-12 09:30 UTC>')
  expect([ago(0.004), ago(0.1), ago(1), ago(25.5), ago(24 * 9)].map((from) => duration(from, now))).toEqual([
    '14 s',
    '6 min',
    '1 h',
    '25 h 30 min',
    '9 days',
  ])
  expect([day('2026-06-12'), day('soon')]).toEqual(['12 June 2026', 'a date to be agreed'])
  expect([count(1, 'step'), count(1203, 'step'), number(1_234_567)]).toEqual(['1 step', '1,203 steps', '1,234,567'])
  expect([bytes(0), bytes(840), bytes(12_400_000), bytes(1e18)]).toEqual(['0 B', '840 B', '12.4 MB', '1000000.0 TB'])
  expect([listed(['a', 'b', 'c'], 'or'), listed(['a'], 'and')]).toEqual(['a, b or c', 'a'])
  expect(some(['a', 'b', 'c'], 1)).toEqual(['a', '…and 2 more'])
  expect([shortHash('ab12cd34ef'), shortHash(''), reference('9d8f7a6b-1234-5678')]).toEqual(['`ab12cd34`', '`–`', '`9d8f7a6b-1234`'])
})

test('tables line up, numbers to the right, and fit into the narrow pane of a thread', () => {
  const long = 'An element with a name that does not end here'
  const shown = table(
    ['Rows', 'Element'],
    [
      [84210, long],
      [4, 'Sites'],
    ],
  )
  expect(drawn(view('x', [header('T'), shown]))).toMatchInlineSnapshot(`
"text: x
# T
  Rows  Element
84,210  An element with a name that does …
     4  Sites"
`)
  const rows = Array.from({ length: 100 }, (_, at): [number, string] => [at, long])
  const lines = drawn(view('x', [table(['Rows', 'Element'], rows)])).split('\n')
  expect(Math.max(...lines.map((each) => each.length))).toBeLessThanOrEqual(44)
  expect(lines.at(-1)).toMatch(/^…and \d+ more$/)
})
