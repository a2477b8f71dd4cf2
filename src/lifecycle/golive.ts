/** The go-live checklist (R28): six steps computed from the evidence, and starting and rolling back a go-live. */
import { agree, type Decision, refuse } from './decision.js'
import { sayDifferences } from './differences.js'
import { countedSignature, differencesFrom, measuredAfter, newestMeasurement, pendingSignature } from './measurement.js'
import { entryOf, filesHash, iqDocuments, iqSigned, lastOf, liveOf, lockOn, sayLock, signatureOf, slotsOf } from './situation.js'
import type { Actor, Environment, Operation, Situation } from './types.js'

export interface ChecklistStep {
  id: 'G1' | 'G2' | 'G3' | 'G4' | 'G5' | 'G6'
  party: 'vendor' | 'customer'
  title: string
  state: 'open' | 'done' | 'blocked' | 'na'
  /** A Slack user id, or `system` where the evidence of a job completed the step. */
  doneBy: string | null
  at: Date | null
  /** What an open or blocked step waits for. */
  waitsFor: string | null
}

type Fact = { state: 'done' | 'na'; doneBy: string; at: Date } | null

const titles: Record<ChecklistStep['id'], [ChecklistStep['party'], string, string]> = {
  G1: ['customer', 'Hand over the final legacy dump and related files', 'the customer lead confirms the registered files'],
  G2: ['vendor', 'Extract the configuration of the source instance', 'the configuration report'],
  G3: ['vendor', 'Run the migration program to make PROD', 'the promotion of Pre-PROD, and the reconciliation report of its migration run'],
  G4: ['vendor', 'Populate, configure and review the final PROD Main', "a reviewer's signature (not who implemented)"],
  G5: ['vendor', 'Provide the IQ documentation', 'the signed IQ of PROD Main and Test'],
  G6: ['customer', 'Final QC check', "the customer lead's signature"],
}

/** The PROD that this go-live makes: the newest that is not torn down or failed. */
export function prodOf(s: Situation): Environment | undefined {
  return liveOf(s, 'prod')
}

/** The promotion that made the standing PROD, when it is done. */
export function promotionOf(s: Situation): Operation | undefined {
  const prod = prodOf(s)
  return s.operations.find((o) => o.verb === 'promote' && o.state === 'done' && o.environmentId === prod?.id)
}

function signed(s: Situation, kind: 'sign-g4' | 'sign-g6'): Fact {
  const prod = prodOf(s)
  const signature = prod && countedSignature(s, kind, prod.id)
  // It counts since it was measured after the click.
  return signature ? { state: 'done', doneBy: signature.userId, at: measuredAfter(s, signature)?.at ?? signature.at } : null
}

/**
 * Since when G2 is open: since the go-live began, or since a promotion broke off, for Pre-PROD may have changed (R28). What was reported
 * before checksums by element were kept is reported anew, as long as nothing was promoted on it.
 */
export function extractionSince(s: Situation): Date | null {
  const broken = s.operations.filter((o) => o.verb === 'promote' && o.state === 'undone' && o.plan.data['extracted'] !== undefined)
  const measured = (o: Operation) => s.measurements.some((m) => m.operationId === o.id)
  const unmeasured = promotionOf(s) ? [] : s.operations.filter((o) => o.verb === 'extract' && o.state === 'done' && !measured(o))
  const ends = [
    ...broken.flatMap((o) => o.endedAt?.getTime() ?? []),
    ...unmeasured.flatMap((o) => (o.endedAt ? o.endedAt.getTime() + 1 : [])),
  ]
  return s.golive && new Date(Math.max(s.golive.startedAt.getTime(), ...ends))
}

/** The report of Pre-PROD that G2 stands on. */
export function extractionOf(s: Situation): Operation | undefined {
  const since = extractionSince(s)
  return s.operations.filter((o) => o.verb === 'extract' && o.state === 'done' && since && o.requestedAt >= since).at(-1)
}

/**
 * How PROD Main, as it was measured last, is not what VAL validated (R37), in words; null where it is. A promotion from before VAL was
 * measured at its signature has nothing to compare with.
 */
export function differsFromVal(s: Situation, prod: Environment): string | null {
  const promotion = promotionOf(s)
  if (!promotion || promotion.plan.data['validated'] === undefined) return null
  const found = newestMeasurement(s, prod)
  const val = lastOf(s, 'val')?.name ?? 'VAL'
  const [configuration, lists] = (['val', 'lists'] as const).map((other) => found && differencesFrom(found, other))
  if (!configuration || lists === null) return `PROD Main being compared with what ${val} validated: not measured yet`
  const again = 'It is mended, then G4 is signed again (R37)'
  if (configuration.length > 0) return `PROD Main is not as ${val} was signed valid: ${sayDifferences(configuration)}. ${again}`
  return lists?.length ? `the lists of PROD Main are not as the migration loaded them: ${sayDifferences(lists)}. ${again}` : null
}

function facts(s: Situation): Record<ChecklistStep['id'], Fact> {
  const golive = s.golive
  const prod = prodOf(s)
  const files = golive && signatureOf(s, 'confirm-files', golive.id)
  const confirmed = files && files.hash === filesHash(s) ? files : undefined
  const extract = extractionOf(s)
  const promotion = promotionOf(s)
  const made = promotion && fromTheseFiles(s, promotion) ? promotion : undefined
  const iq = prod && iqSigned(s, prod) ? iqDocuments(s, prod).flatMap((d) => signatureOf(s, 'sign-iq', d.id) ?? []) : []
  const qualified = iq.sort((a, b) => a.at.getTime() - b.at.getTime()).at(-1)
  return {
    G1: confirmed ? { state: s.customer?.legacy ? 'done' : 'na', doneBy: confirmed.userId, at: confirmed.at } : null,
    G2: extract?.endedAt ? { state: 'done', doneBy: 'system', at: extract.endedAt } : null,
    G3: made?.endedAt && reconciled(s, made) ? { state: 'done', doneBy: 'system', at: made.endedAt } : null,
    G4: signed(s, 'sign-g4'),
    G5: qualified && prod && !differsFromVal(s, prod) ? { state: 'done', doneBy: 'system', at: qualified.at } : null,
    G6: signed(s, 'sign-g6'),
  }
}

/** A PROD made from other files than those confirmed in G1 is no step forward (R28). */
function fromTheseFiles(s: Situation, promotion: Operation): boolean {
  const used = promotion.plan.data['filesHash']
  return used === undefined || used === filesHash(s)
}

/**
 * G3 closes with the reconciliation report of the promotion's own run (R28). It exists only for a run that balances: any other is refused,
 * and the promotion undone. A promotion whose plan was made before there was such a report has no step for it, and none is asked for.
 */
function reconciled(s: Situation, { id, plan }: Operation): boolean {
  if (!plan.steps.some(({ name }) => name === 'report')) return true
  return s.documents.some(({ kind, operationId }) => kind === 'reconciliation-report' && operationId === id)
}

/** The six steps in order. Each is gated by the one before: evidence that came early counts once its turn has come (R28). */
export function checklist(s: Situation): ChecklistStep[] {
  const known = facts(s)
  let gate: string | null = s.golive ? null : 'a go-live date (/golive start)'
  return (Object.keys(titles) as ChecklistStep['id'][]).map((id) => {
    const [party, title, usually] = titles[id]
    const waitsFor = waits(s, id) ?? usually
    const fact = gate === null ? known[id] : null
    const step: ChecklistStep = fact
      ? { id, party, title, state: fact.state, doneBy: fact.doneBy, at: fact.at, waitsFor: null }
      : { id, party, title, state: gate === null ? 'open' : 'blocked', doneBy: null, at: null, waitsFor: gate ?? waitsFor }
    if (!fact && gate === null) gate = id
    return step
  })
}

/** What a step waits for at this moment, where that is not what it always waits for. */
function waits(s: Situation, id: ChecklistStep['id']): string | null {
  const prod = prodOf(s)
  if (!prod) return null
  const kind = ({ G4: 'sign-g4', G6: 'sign-g6' } as const)[id as 'G4' | 'G6']
  if (kind && pendingSignature(s, kind, prod.id)) return 'PROD Main being measured once more after the signature'
  return id === 'G5' && iqSigned(s, prod) ? differsFromVal(s, prod) : null
}

/** Whether a step of the checklist is behind us. */
export function stepDone(s: Situation, id: ChecklistStep['id']): boolean {
  const step = checklist(s).find((x) => x.id === id)
  return step?.state === 'done' || step?.state === 'na'
}

/** `/golive start`: both parties agreed on a date; the checklist opens (R28). */
export function startGolive(s: Situation, ask: { date: string }): Decision {
  const customer = s.customer
  if (customer?.state !== 'onboarding')
    return refuse('R28', 'not-onboarding', `Only a customer in onboarding goes live; this one is ${customer?.state}.`)
  if (s.golive?.state === 'open')
    return refuse(
      'R28',
      'golive-open',
      `A go-live for ${s.golive.date} is open already. Roll it back first: /golive rollback ${customer.slug}.`,
    )
  if (!liveOf(s, 'preprod'))
    return refuse('R10', 'no-preprod', 'There is no Pre-PROD to go live from. Ask for it first: /env create preprod.', 'a PM of the vendor')
  if (ask.date < s.now.toISOString().slice(0, 10)) return refuse('R28', 'date-past', `${ask.date} is past. Name a date from today on.`)
  return agree(
    [
      { do: 'add-golive', date: ask.date },
      { do: 'announce', event: 'golive-started', audience: 'both', data: { date: ask.date } },
    ],
    `The go-live checklist for ${customer.name} is open.`,
  )
}

/** `/golive rollback`: before G6, PROD is undone and Pre-PROD is as it was (R28). */
export function rollbackGolive(s: Situation, ask: { reason: string }, actor: Actor): Decision {
  if (s.golive?.state !== 'open') return refuse('R28', 'no-golive', 'No go-live is open, so there is nothing to roll back.')
  if (stepDone(s, 'G6')) return refuse('R28', 'live-already', 'G6 is signed: the customer is live, and PROD is never rolled back.')
  const prod = prodOf(s)
  if (!prod) {
    return agree(
      [
        { do: 'set-golive', state: 'rolled-back' },
        { do: 'announce', event: 'golive-rolled-back', audience: 'both' },
      ],
      'The go-live is rolled back; there was no PROD yet.',
    )
  }
  const lock = lockOn(s, prod)
  if (lock)
    return refuse(
      'R40',
      'environment-busy',
      `\`${prod.name}\` is held by ${sayLock(s, lock)}. Cancel it, or wait for its end.`,
      'an engineer of the vendor',
    )
  const source = lastOf(s, 'preprod')?.name ?? null
  return agree(
    [
      {
        do: 'add-operation',
        operation: {
          verb: 'rollback',
          job: 'rollback',
          environment: prod.name,
          data: { source, reason: ask.reason, rule: 'R28' },
          slots: slotsOf(entryOf(s, 'golive.rollback'), [actor.userId]),
        },
      },
    ],
    `Rolling back: PROD will be destroyed and Pre-PROD unfrozen once it is approved.`,
  )
}
