import { concludeIq, contentSha256, type IqData, measuredBy } from '../../src/documents/index.js'
import { renderAndRead } from './read.js'
import { hash, iq, restated } from './samples.js'

const broken = restated(
  iq.checks,
  iq.checks.value.map((check) => (check.id === 'IQ-02' ? { ...check, actual: '24.1.9', result: 'fail' } : check)),
)
const deviating = (...listed: IqData['deviations']['value']) => restated(iq.deviations, listed)
const deviation: IqData['deviations']['value'][number] = {
  number: 'DEV-7',
  check: 'IQ-02',
  description: 'The image of the release before was still deployed.',
  impact: 'None on data.',
  foundBy: 'IQ-000012 execution 1',
  critical: true,
  disposition: 'open',
}
const qa = { name: 'Q. A.', userId: 'U_QA', party: 'vendor', role: 'qa' } as const
const accepted = { ...deviation, disposition: 'accepted', by: qa, at: iq.issuedAt, reason: 'The image is the same.' } as const

test('R22 an IQ holds every section, each check with expected and actual result, and the evidence', async () => {
  const { text } = await renderAndRead(iq)
  const sections = [
    'Revision history',
    'Purpose and scope',
    'Roles and required signers',
    'References',
    'Environment inventory',
    'Acceptance criteria',
    'Executed checks',
    'Deviations',
    'Evidence index',
    'Conclusion',
    'Attachments',
    'Signatures',
    'Appendix: raw evidence of the checks',
  ]
  for (const [index, section] of sections.entries()) expect(text).toContain(`${index + 1} ${section}`)
  for (const check of iq.checks.value) expect(text).toContain(check.id)
  expect(text).toContain('update refused (42501)')
  expect(text).toContain('The installation is qualified: 6 of 6 checks passed.')
  expect(text).toContain('a signature in this record is a confirmed click in Slack')
  expect(text).toContain('Not yet signed.')
})

test('R22 numbers that the protocol does not have are accounted for, where the driver checks what they did', async () => {
  const [first] = iq.checks.value
  if (!first) throw new Error('the sample has no check')
  const said = 'Numbers that are missing in the protocol (IQ-03, IQ-04, IQ-05'
  const { text } = await renderAndRead({ ...iq, checks: restated(iq.checks, [{ ...first, id: 'DB-01' }, ...iq.checks.value]) })
  expect(text).toContain(said)
  expect((await renderAndRead(iq)).text).not.toContain(said)
})

test('R22 what the making recorded is printed step by step, whole', async () => {
  const step = (title: string) => ({
    title,
    state: 'done',
    attempt: 1,
    startedAt: iq.issuedAt,
    endedAt: null,
    result: { rows: 12, counts: [1, 2] },
  })
  const steps = Array.from({ length: 40 }, (_, index) => step(`Step no. ${index + 1}`))
  const content = JSON.stringify({ verb: 'create', planHash: hash('1'), steps })
  const [first] = iq.evidence.value
  if (!first) throw new Error('the sample has no evidence')
  const { text } = await renderAndRead({ ...iq, evidence: restated(iq.evidence, [{ ...first, name: 'making.json', content }]) })
  expect(text).toContain('Step no. 40 done')
  expect(text).toContain('rows: 12; counts: 2 entries')
  expect(text).not.toContain('more characters are in the JSON record')
})

test('R22 a failing check makes the conclusion fail, on the cover too', async () => {
  const { text, pages } = await renderAndRead({ ...iq, checks: broken })
  expect(pages[0]).toContain('\nFAIL\n')
  expect(text).toContain('The installation is not qualified: IQ-02 failed, and no accepted deviation covers it.')
  expect(text).toContain('24.1.9')
  expect(text.replace(/\s+/g, ' ')).toContain('all 6 that apply to this instance have to be executed and to pass')
})

test.each<[string, Partial<IqData>, string]>([
  ['all checks pass', {}, 'pass'],
  ['no check was executed', { checks: restated(iq.checks, []) }, 'fail'],
  [
    'a check is blocked',
    {
      checks: restated(
        iq.checks,
        iq.checks.value.map((check, index) => (index ? check : { ...check, result: 'blocked' })),
      ),
    },
    'fail',
  ],
  ['a check fails', { checks: broken }, 'fail'],
  ['its deviation is open', { checks: broken, deviations: deviating(deviation) }, 'fail'],
  ['its deviation is accepted by nobody', { checks: broken, deviations: deviating({ ...deviation, disposition: 'accepted' }) }, 'fail'],
  ['its deviation is accepted', { checks: broken, deviations: deviating(accepted) }, 'pass-with-deviations'],
  ['a deviation of another check is accepted', { checks: broken, deviations: deviating({ ...accepted, check: 'IQ-01' }) }, 'fail'],
  [
    'its deviation is accepted without a reason',
    { checks: broken, deviations: deviating({ ...deviation, disposition: 'accepted', by: qa }) },
    'fail',
  ],
  ['its deviation is rejected', { checks: broken, deviations: deviating({ ...accepted, disposition: 'rejected' }) }, 'fail'],
  [
    'a deviation is corrected',
    { deviations: deviating({ ...deviation, disposition: 'corrected', correctedBy: 'IQ-000012 execution 2' }) },
    'pass',
  ],
  [
    'a check does not apply',
    {
      checks: restated(
        iq.checks,
        iq.checks.value.map((check, index) => (index ? check : { ...check, result: 'n/a' })),
      ),
    },
    'pass',
  ],
  [
    'no check applies',
    {
      checks: restated(
        iq.checks,
        iq.checks.value.map((check) => ({ ...check, result: 'n/a' })),
      ),
    },
    'fail',
  ],
  ['a deviation is open though all checks pass', { deviations: deviating(deviation) }, 'fail'],
  [
    'the counts differ from the plan',
    { counts: measuredBy('counted', iq.issuedAt)([{ title: 'Roles', disposition: 'carried', planned: 14, actual: 13 }]) },
    'fail',
  ],
])('R22 concludes when %s: %#', (_, change, outcome) => {
  expect(concludeIq({ ...iq, ...change }).outcome).toBe(outcome)
})

test('R22 signing changes the record, not what was signed; a signature for another content does not count', async () => {
  const signature = {
    name: 'Zoë Łukasiewicz',
    userId: 'U_ENG',
    party: 'vendor',
    role: 'engineer',
    meaning: 'I executed this',
    at: '2025-11-22T10:20:00.000Z',
    contentSha256: contentSha256(iq),
    shownSha256: hash('7'),
  } as const
  const signed: IqData = {
    ...iq,
    signatures: restated(iq.signatures, [signature, { ...signature, role: 'qa', userId: 'U_QA', contentSha256: hash('f') }]),
  }
  expect(contentSha256(signed)).toBe(contentSha256(iq))
  const { text, sha256 } = await renderAndRead(signed)
  expect(sha256).not.toBe((await renderAndRead(iq)).sha256)
  expect(text).toContain('Signatures 1 of 2 given')
  expect(text).toContain('2025-11-22 10:20:00 UTC')
  expect(text).toMatch(/another \(ffffffff…\)/)
  expect(text).toContain('77777777')
})

test('R22 one person cannot give two of the required signatures', async () => {
  const signature = {
    name: 'Z',
    userId: 'U_ENG',
    party: 'vendor',
    role: 'engineer',
    meaning: 'm',
    at: iq.issuedAt,
    contentSha256: contentSha256(iq),
    shownSha256: hash('7'),
  } as const
  const { text } = await renderAndRead({ ...iq, signatures: restated(iq.signatures, [signature, { ...signature, role: 'qa' }]) })
  expect(text).toContain('Signatures 1 of 2 given')
})

test('times by a clock that was moved are labelled as product time beside those of the wall clock', async () => {
  const signature = { ...qa, meaning: 'm', at: iq.issuedAt, contentSha256: hash('f'), shownSha256: hash('7') }
  const moved = {
    ...iq,
    signatures: restated(iq.signatures, [signature]),
    productTime: restated(iq.productTime, { at: iq.issuedAt, aheadSeconds: 7 * 86_400 + 3_660 }),
  }
  const [same, ahead] = [await renderAndRead(iq), await renderAndRead(moved)]
  expect(same.text).toContain('agreed with the wall clock')
  expect(same.text).not.toContain('Issued, product time')
  expect(ahead.text).toContain('Issued, product time')
  expect(ahead.text.replace(/\s+/g, ' ')).toContain('Time (UTC), product time')
  expect(ahead.text.replace(/\s+/g, ' ')).toContain('by product time, which was 7 d 1 h 1 min ahead of the wall clock')
  expect(ahead.text).toContain('(wall clock)')
})

test('R22 deviations are told with class, who decided and why; a check that does not apply stands there with its reason', async () => {
  const reason = 'Applies only where volunteers is obfuscated; volunteers is to be none here.'
  const checks = iq.checks.value.map((check, index) => (index === 5 ? { ...check, result: 'n/a' as const, actual: reason } : check))
  const corrected = {
    ...accepted,
    decision: 'accepted' as const,
    number: 'DEV-8',
    disposition: 'corrected' as const,
    correctedBy: 'IQ-000012 execution 2',
  }
  const superseded = { ...deviation, number: 'DEV-9', disposition: 'superseded' as const, supersededBy: 'DEV-8' }
  const { text } = await renderAndRead({ ...iq, checks: restated(iq.checks, checks), deviations: deviating(corrected, superseded) })
  const flat = text.replace(/\s+/g, ' ')
  expect(flat).toContain('5 of 5 checks passed, 1 not applicable.')
  expect(flat).toContain('Corrected, as shown by IQ-000012 execution 2')
  expect(flat).toContain('Reason The image is the same.')
  expect(flat).toContain('Superseded by DEV-8')
  expect(flat).toContain('Class critical')
  expect(flat).toContain(`${reason} n/a`)
})
