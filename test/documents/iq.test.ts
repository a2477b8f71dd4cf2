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
  cause: 'Cached image.',
  correction: 'Deployed again.',
  disposition: 'open',
}

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

test('R22 a failing check makes the conclusion fail, on the cover too', async () => {
  const { text, pages } = await renderAndRead({ ...iq, checks: broken })
  expect(pages[0]).toContain('\nFAIL\n')
  expect(text).toContain('The installation is not qualified: IQ-02 failed, and no accepted deviation covers it.')
  expect(text).toContain('24.1.9')
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
  [
    'its deviation is accepted',
    { checks: broken, deviations: deviating({ ...deviation, disposition: 'accepted', approver: 'Q. A.' }) },
    'pass-with-deviations',
  ],
  [
    'a deviation of another check is accepted',
    { checks: broken, deviations: deviating({ ...deviation, check: 'IQ-01', disposition: 'accepted', approver: 'Q. A.' }) },
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
  } as const
  const { text } = await renderAndRead({ ...iq, signatures: restated(iq.signatures, [signature, { ...signature, role: 'qa' }]) })
  expect(text).toContain('Signatures 1 of 2 given')
})
