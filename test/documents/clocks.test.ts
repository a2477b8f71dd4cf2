/** Every kind of document says by which clock its times are, and labels them where product time was moved. */
import type { DocumentData } from '../../src/documents/types.js'
import { renderAndRead } from './read.js'
import { configuration, destruction, iq, reconciliation, restated } from './samples.js'

const moved = <T extends DocumentData>(data: T): T => ({
  ...data,
  productTime: restated(data.productTime, { ...data.productTime.value, aheadSeconds: 86_400 }),
})

test.each([
  ['an IQ', iq, 'Execution and evidence by the wall clock; all other times by product time, which was 1 d 0 h 0 min ahead'],
  ['a configuration report', configuration, 'All times by product time, which was 1 d 0 h 0 min ahead'],
  ['a reconciliation report', reconciliation, 'All times by product time, which was 1 d 0 h 0 min ahead'],
  ['a destruction record', destruction, 'Slack’s own time of a post by the wall clock; all other times by product time'],
] as const)('%s has a line of its clocks, and labels its times where the clocks differ', async (_, data, told) => {
  const [same, ahead] = [await renderAndRead(data), await renderAndRead(moved(data))]
  expect(same.text).toContain('Clocks Product time, by which the record is dated, agreed with the wall clock')
  expect(same.text).not.toMatch(/, product time|, wall clock/)
  expect(ahead.text).toContain(told)
  expect(ahead.text).toContain('Issued, product time')
  expect(ahead.text).toContain('2025-11-22 10:10:00 UTC, product time')
})

test('R31 Slack’s own time of a post is told in UTC beside what Slack names it by, and labelled as the wall clock’s', async () => {
  const [same, ahead] = [await renderAndRead(destruction), await renderAndRead(moved(destruction))]
  expect(same.text).toContain('2025-11-21 08:00:02 UTC 1763712002.000100')
  expect(ahead.text).toContain('Slack’s time (UTC), wall clock')
})

test('an IQ that was signed while the clocks differed says when it was issued with its signatures, and by which clock', async () => {
  const signedClocks = restated(iq.productTime, { at: '2025-11-25T10:00:00.000Z', aheadSeconds: 3 * 86_400 })
  const [unsigned, signed] = [await renderAndRead(iq), await renderAndRead({ ...iq, signedClocks })]
  expect(unsigned.text).not.toContain('Issued with signatures')
  expect(signed.text).toContain('Issued with signatures 2025-11-25 10:00:00 UTC, product time')
})

test('times of different clocks are not told as one span', async () => {
  const clock = { ...iq.execution, at: '2025-11-21T00:00:00.000Z' }
  const { text } = await renderAndRead(moved({ ...iq, execution: clock }))
  expect(text).toContain('2025-11-21 00:00:00 UTC, wall clock')
  expect(text).not.toMatch(/wall clock to \d{4}-[\d: -]+UTC, product time|product time to \d{4}-[\d: -]+UTC, wall clock/)
})
