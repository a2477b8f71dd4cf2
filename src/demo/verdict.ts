/** Whether everything came out as LIFECYCLE says: what the demo's exit code stands on. */
import { type Kind, kindNames, kinds, mayHold } from '../lifecycle/kinds.js'
import type { summarize } from './summary.js'

type Summary = Awaited<ReturnType<typeof summarize>>

const ends: Record<Kind, string> = {
  demo: 'ready',
  sandbox: 'destroyed',
  migration: 'destroyed',
  preprod: 'promoted',
  val: 'destroyed',
  prod: 'ready',
  community: 'ready',
}
const doers: Record<string, readonly string[]> = {
  G1: ['U_LEAD'],
  G2: ['system'],
  G3: ['system'],
  G4: ['U_ENG', 'U_ENG2', 'U_QA'],
  G5: ['system'],
  G6: ['U_LEAD'],
}

/** Sentences about what is wrong; none when all is well. */
export function shortcomings(summary: Summary): string[] {
  const wrong: string[] = []
  const expect = (holds: boolean, sentence: string) => {
    if (!holds) wrong.push(sentence)
  }
  expect(summary.state === 'live', `the customer is ${summary.state}, not live`)
  for (const kind of kindNames) {
    const found = summary.environments.filter((e) => e.kind === kind)
    expect(found.length > 0, `there is no ${kind}`)
    for (const e of found) {
      expect(e.pair === kinds[kind].pair && e.instances.length === (e.pair ? 2 : 1), `${e.name}: R1 is broken`)
      expect(e.state === ends[kind], `${e.name} is ${e.state}, not ${ends[kind]}`)
      for (const i of e.instances) {
        const may = (kind === 'migration' && i.role === 'single') || (kind === 'prod' && i.role === 'main')
        expect(i.volunteers.class !== null, `${e.name} ${i.role}: nobody looked who its volunteers are`)
        expect(
          mayHold(kind, i.role, i.volunteers.class ?? 'real'),
          `${e.name} ${i.role} holds ${i.volunteers.class} volunteers: R16 is broken`,
        )
        expect(
          !may || (i.volunteers.class === 'real' && (i.volunteers.count ?? 0) > 2_000),
          `${e.name} ${i.role} does not hold the migrated volunteers`,
        )
        expect(!e.controlled || e.documents.some((d) => d.startsWith('IQ-')), `${e.name} has no IQ: R22 is broken`)
      }
    }
  }
  for (const step of summary.checklist)
    expect(step.state === 'done' && (doers[step.id] ?? []).includes(step.doneBy ?? ''), `${step.id} is ${step.state}, by ${step.doneBy}`)
  expect(summary.audit.verified, 'the audit trail does not verify: R32 is broken')
  return wrong
}
