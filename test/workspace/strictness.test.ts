import { checkBlocks } from '../../src/workspace/blocks/check'
import { checkView } from '../../src/workspace/blocks/view'

const plain = (text: string) => ({ type: 'plain_text', text })
const mrkdwn = (text: string) => ({ type: 'mrkdwn', text })
const section = (text: string, rest: object = {}) => ({ type: 'section', text: mrkdwn(text), ...rest })
const button = (rest: object = {}) => ({ type: 'button', action_id: 'go', text: plain('Go'), ...rest })
const actions = (...elements: object[]) => ({ type: 'actions', elements })
const input = (rest: object = {}) => ({ type: 'input', label: plain('Name'), element: { type: 'plain_text_input' }, ...rest })
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, index) => make(index))
const option = (value: string) => ({ text: plain(value), value })
const long = (length: number) => 'x'.repeat(length)

test.each<[string, object[], string]>([
  ['an unknown block', [{ type: 'banner' }], 'unsupported type [json-pointer:/blocks/0/type]'],
  ['an unknown element', [actions({ type: 'slider' })], 'unsupported type [json-pointer:/blocks/0/elements/0/type]'],
  ['an alert in a message', [{ type: 'alert', text: mrkdwn('Mind') }], 'unsupported type [json-pointer:/blocks/0/type]'],
  ['an unknown property', [section('x', { colour: 'red' })], 'invalid additional property: colour [json-pointer:/blocks/0]'],
  ['an empty text', [section('')], 'must be more than 0 characters [json-pointer:/blocks/0/text/text]'],
  ['a long section', [section(long(3001))], 'must be less than 3001 characters [json-pointer:/blocks/0/text/text]'],
  [
    'a long field',
    [{ type: 'section', fields: [mrkdwn(long(2001))] }],
    'must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]',
  ],
  [
    'many fields',
    [{ type: 'section', fields: many(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  ['a section without text', [{ type: 'section' }], 'must define either `text` or `fields` [json-pointer:/blocks/0]'],
  ['a long header', [{ type: 'header', text: plain(long(151)) }], 'must be less than 151 characters [json-pointer:/blocks/0/text/text]'],
  ['a header in mrkdwn', [{ type: 'header', text: mrkdwn('x') }], '[json-pointer:/blocks/0/text/type]'],
  [
    'many context elements',
    [{ type: 'context', elements: many(11, () => mrkdwn('x')) }],
    'no more than 10 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['no actions', [actions()], 'must have at least 1 items [json-pointer:/blocks/0/elements]'],
  [
    'many actions',
    [actions(...many(26, (index) => button({ action_id: `a${index}` })))],
    'no more than 25 items allowed [json-pointer:/blocks/0/elements]',
  ],
  ['a long button', [actions(button({ text: plain(long(76)) }))], 'must be less than 76 characters'],
  ['a long value', [actions(button({ value: long(2001) }))], 'must be less than 2001 characters'],
  ['a wrong style', [actions(button({ style: 'green' }))], '[json-pointer:/blocks/0/elements/0/style]'],
  [
    'a long confirm',
    [actions(button({ confirm: { title: plain('x'), text: plain(long(301)), confirm: plain('Yes') } }))],
    'must be less than 301 characters',
  ],
  ['one overflow option', [actions({ type: 'overflow', options: [option('a')] })], 'must have at least 2 items'],
  [
    'many select options',
    [actions({ type: 'static_select', options: many(101, (index) => option(`o${index}`)) })],
    'no more than 100 items allowed',
  ],
  ['a select without options', [actions({ type: 'static_select' })], 'must define exactly one of `options` and `option_groups`'],
  ['a long option', [actions({ type: 'static_select', options: [option(long(76))] })], 'must be less than 76 characters'],
  ['a text input in actions', [actions({ type: 'plain_text_input' })], 'unsupported type'],
  ['a picture without a source', [{ type: 'image', alt_text: 'x' }], 'must define exactly one of `image_url` and `slack_file`'],
  [
    'a doubled block id',
    [section('x', { block_id: 'b' }), section('y', { block_id: 'b' })],
    '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
  ],
  ['a doubled action id', [actions(button(), button())], '`action_id` go already exists for this block'],
  ['a long block id', [section('x', { block_id: long(256) })], 'must be less than 256 characters'],
  ['many blocks', many(51, () => section('x')), 'no more than 50 items allowed [json-pointer:/blocks]'],
  ['two tables', many(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'x' }]] })), 'only one table is allowed'],
])('%s is refused in a message', (_, blocks, message) => {
  const checked = checkBlocks(blocks, 'message')
  expect(checked).toMatchObject({ ok: false, error: 'invalid_blocks', messages: [expect.stringContaining(message)] })
})

test.each<[string, object]>([
  [
    'a section with everything',
    section('x', { block_id: 'b', expand: true, fields: [plain('a')], accessory: button({ url: 'https://example.com' }) }),
  ],
  [
    'the whole range of actions',
    actions(
      button({ style: 'danger' }),
      { type: 'users_select', placeholder: plain('Who') },
      { type: 'datepicker', initial_date: '2026-01-02' },
    ),
  ],
  [
    'rich text',
    { type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'x', style: { bold: true } }] }] },
  ],
  ['an input', input({ dispatch_action: true, optional: true, hint: plain('x') })],
  ['markdown', { type: 'markdown', text: '# Title' }],
  ['a plan', { type: 'plan', title: 'Steps', tasks: [{ type: 'task_card', task_id: '1', title: 'Copy', status: 'complete' }] }],
])('%s is accepted in a message', (_, block) => {
  expect(checkBlocks([block], 'message')).toMatchObject({ ok: true })
})

test('the text of all blocks together is limited', () => {
  expect(
    checkBlocks(
      many(4, () => section(long(2900))),
      'message',
    ).ok,
  ).toBe(true)
  expect(
    checkBlocks(
      many(5, () => section(long(2900))),
      'message',
    ),
  ).toMatchObject({ ok: false, error: 'msg_blocks_too_long' })
  expect(checkBlocks('nothing', 'message')).toMatchObject({ ok: false, error: 'invalid_blocks_format' })
})

const modal = (rest: object = {}) => ({ type: 'modal', title: plain('Title'), blocks: [section('x')], ...rest })

test.each<[string, object, string]>([
  ['a long title', modal({ title: plain(long(25)) }), 'must be less than 25 characters [json-pointer:/view/title/text]'],
  ['a long submit', modal({ submit: plain(long(25)) }), 'must be less than 25 characters [json-pointer:/view/submit/text]'],
  ['an input without submit', modal({ blocks: [input()] }), 'missing required field: submit [json-pointer:/view]'],
  [
    'long private metadata',
    modal({ private_metadata: long(3001) }),
    'must be less than 3001 characters [json-pointer:/view/private_metadata]',
  ],
  ['many blocks', modal({ blocks: many(101, () => section('x')) }), 'no more than 100 items allowed [json-pointer:/view/blocks]'],
  ['markdown', modal({ blocks: [{ type: 'markdown', text: 'x' }] }), 'unsupported type [json-pointer:/view/blocks/0/type]'],
  ['no title', { type: 'modal', blocks: [] }, '[json-pointer:/view/title]'],
])('a modal with %s is refused', (_, view, message) => {
  expect(checkView(view, 'modal')).toMatchObject({ ok: false, error: 'invalid_arguments', messages: [expect.stringContaining(message)] })
})

test('a modal may warn with an alert, a Home takes no title', () => {
  expect(checkView(modal({ blocks: [{ type: 'alert', level: 'warning', text: mrkdwn('Mind') }] }), 'modal')).toMatchObject({ ok: true })
  expect(checkView({ type: 'home', blocks: [section('x')] }, 'home')).toMatchObject({ ok: true })
  expect(checkView({ type: 'home', title: plain('x'), blocks: [] }, 'home')).toMatchObject({ ok: false })
})
