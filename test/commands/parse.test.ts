import { parseClick } from '../../commands/click.js'
import { nearest } from '../../commands/nearest.js'
import { splitWords } from '../../commands/parse.js'

test.each<[string, string[]]>([
  ['', []],
  ['   ', []],
  ['create sandbox acme', ['create', 'sandbox', 'acme']],
  ['  create   sandbox\tacme ', ['create', 'sandbox', 'acme']],
  ['--reason "two words"', ['--reason', 'two words']],
  ['--reason="two words" acme', ['--reason=two words', 'acme']],
  ['--reason “smart quotes” acme', ['--reason', 'smart quotes', 'acme']],
  ['--reason „deutsch“', ['--reason', 'deutsch']],
  ['--reason ‘it’s single’', ['--reason', "it's single"]],
  ["--reason 'it's single' x", ['--reason', "it's single", 'x']],
  ["don't", ["don't"]],
  ['—from acme-demo', ['--from', 'acme-demo']],
  ['–from=acme-demo', ['--from=acme-demo']],
  ['--date 2026–09–01', ['--date', '2026-09-01']],
  ['--reason "keeps — the dash"', ['--reason', 'keeps — the dash']],
  ['people acme add <@U_LEAD|dana lee> lead', ['people', 'acme', 'add', '<@U_LEAD|dana lee>', 'lead']],
  ['--channel <#C_ACME|>', ['--channel', '<#C_ACME|>']],
  ['--reason "a &lt;b&gt; &amp; c"', ['--reason', 'a <b> & c']],
  ['--reason "see <https://x.test/a|x.test/a>"', ['--reason', 'see https://x.test/a']],
])('splits %j', (typed, words) => {
  expect(splitWords(typed)).toEqual({ ok: true, value: words })
})

test.each(['--reason "never closed', "--reason 'never closed", 'x “open'])('complains of the open quote in %j', (typed) => {
  expect(splitWords(typed)).toMatchObject({ ok: false, complaint: expect.stringContaining('never closed') })
})

test.each([
  ['creat', ['create', 'list', 'show'], 'create'],
  ['craete', ['create', 'list', 'show'], 'create'],
  ['LIST', ['create', 'list', 'show'], 'list'],
  ['unfreez', ['freeze', 'unfreeze'], 'unfreeze'],
  ['sand', ['sandbox', 'demo'], 'sandbox'],
  ['teleport', ['create', 'list', 'show'], null],
  ['', ['create'], null],
  ['x', [], null],
])('nearest to %s', (typed, candidates, found) => {
  expect(nearest(typed, candidates)).toBe(found)
})

test('a button is read as what was shown: request, version and hash', () => {
  expect(parseClick({ action: 'approve', value: 'r-1.3.0a1b2c3d', comment: '  fine  ' })).toEqual({
    verb: 'click',
    requestId: 'r-1',
    version: 3,
    hash: '0a1b2c3d',
    action: 'approve',
    comment: 'fine',
  })
  expect(parseClick({ action: 'cancel', value: 'o-1', comment: null })).toEqual({ verb: 'cancel', operationId: 'o-1' })
})

test.each([
  ['approve', ''],
  ['approve', 'r-1'],
  ['approve', 'r-1.x.0a1b2c3d'],
  ['approve', 'r-1.1.short'],
  ['approve', "r'1.1.0a1b2c3d"],
  ['explode', 'r-1.1.0a1b2c3d'],
  ['cancel', ''],
  ['resume', 'o 1; drop table'],
])('the button %s with the value %j is refused', (action, value) => {
  expect(parseClick({ action, value, comment: null })).toBeNull()
})
