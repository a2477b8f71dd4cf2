/** `/env promote`: Pre-PROD becomes PROD (R12, R15, R28, R37). */

import { numberOf } from './create.js'
import { agree, type Decision, refuse } from './decision.js'
import { teardownOf } from './destroy.js'
import { sayDifferences } from './differences.js'
import { checklist, extractionOf } from './golive.js'
import { environmentName } from './kinds.js'
import { asSignedValid, countedSignature, differencesFrom, measuredAfter, pendingSignature } from './measurement.js'
import { blockingDeviations } from './qualification.js'
import {
  approvedIteration,
  entryOf,
  environmentByName,
  lastOf,
  liveOf,
  lockOn,
  mergeData,
  sameScripts,
  sayLock,
  signatureOf,
  slotsOf,
} from './situation.js'
import type { Actor, Situation } from './types.js'

/** Refused until validation is signed complete, the scripts are approved and G1 and G2 are done; then qa and the customer lead approve (R29). */
export function promote(s: Situation, ask: { environment: string }, actor: Actor): Decision {
  const source = environmentByName(s, ask.environment)
  if (source?.kind !== 'preprod')
    return refuse('R15', 'not-preprod', `Only Pre-PROD is promoted into PROD; \`${ask.environment}\` is not one.`)
  if (source.state !== 'ready')
    return refuse('R15', 'source-not-ready', `\`${source.name}\` is ${source.state}; only a ready Pre-PROD can be promoted.`)
  const standing = liveOf(s, 'prod')
  if (standing) return refuse('R2', 'second-prod', `${s.customer?.slug} has a PROD already: \`${standing.name}\`.`)
  const lock = lockOn(s, source)
  if (lock) return refuse('R40', 'environment-busy', `\`${source.name}\` is held by ${sayLock(s, lock)}.`)
  const ending = teardownOf(s, source)
  if (ending) return refuse('R15', 'source-ending', `\`${source.name}\` is to be torn down: ${sayLock(s, ending)}. Cancel that first.`)
  const missing = validated(s) ?? sound(s) ?? migrated(s) ?? gated(s)
  if (missing) return missing
  const number = numberOf(s, 'prod')
  const name = environmentName(s.customer?.slug ?? null, 'prod', number)
  return agree(
    [
      { do: 'add-environment', name, kind: 'prod', number, source: source.name, version: source.version },
      {
        do: 'add-operation',
        operation: {
          verb: 'promote',
          job: 'merge',
          environment: name,
          data: { source: source.name, ...mergeData(s), purpose: 'prod', ...comparedWith(s) },
          slots: slotsOf(entryOf(s, 'promote'), [actor.userId]),
        },
      },
    ],
    `The promotion of \`${source.name}\` to \`${name}\` is asked for. QA and the customer lead approve it.`,
  )
}

/** What is promoted is compared with VAL as signed valid (R37) and with what G2 reported (R28). */
function comparedWith(s: Situation): { validated: string; extracted: string } {
  const val = lastOf(s, 'val')
  const extraction = extractionOf(s)
  return {
    validated: (val && asSignedValid(s, val)?.id) ?? '',
    extracted: s.measurements.find((m) => m.operationId === extraction?.id)?.id ?? '',
  }
}

function validated(s: Situation): Decision | null {
  const val = lastOf(s, 'val')
  if (!val)
    return refuse(
      'R15',
      'no-val',
      'Nothing was validated yet: there is no VAL. It is asked for by the customer lead, or /env create val.',
      'the lead of the customer',
    )
  if (asSignedValid(s, val)) return null
  if (pendingSignature(s, 'validation-complete', val.id))
    return refuse(
      'R37',
      'val-being-measured',
      `\`${val.name}\` is signed complete and is being measured once more. Ask again in some minutes.`,
    )
  if (countedSignature(s, 'validation-complete', val.id))
    return refuse(
      'R37',
      'val-not-measured',
      `\`${val.name}\` was signed complete before its configuration was measured at the signature, so that there is nothing to compare PROD with. Validation complete is signed once more${val.state === 'ready' ? '' : '; since it does not stand any more, in a new VAL'}.`,
      "the customer's QA or lead",
    )
  if (val.state !== 'ready')
    return refuse('R15', 'val-not-ready', `\`${val.name}\` is ${val.state}; PROD is what VAL validated, so validation comes first.`)
  const clicked = signatureOf(s, 'validation-complete', val.id)
  const changed = clicked && measuredAfter(s, clicked)
  const since = changed ? `, for it changed after that was shown: ${sayDifferences(differencesFrom(changed, 'shown') ?? [])}` : ''
  return refuse('R15', 'validation-open', `Validation in \`${val.name}\` is not signed complete${since}.`, "the customer's QA or lead")
}

/** No critical deviation is open anywhere on the way to PROD (R15). */
function sound(s: Situation): Decision | null {
  const [open, ...more] = blockingDeviations(s)
  if (!open) return null
  const others = more.length > 0 ? ` and ${more.length} more` : ''
  return refuse(
    'R15',
    'deviation-open',
    `The critical deviation ${open.number}${others} is ${open.disposition}. It is corrected and shown so by another execution, or accepted with a reason.`,
    'an engineer or QA of the vendor',
  )
}

/** The scripts are approved, and they are those that VAL was validated with (R15, R37). */
function migrated(s: Situation): Decision | null {
  if (!s.customer?.legacy) return null
  const approved = approvedIteration(s)
  if (!approved) return refuse('R15', 'scripts-not-approved', 'The migration scripts are not approved.', 'the lead of the customer')
  const val = lastOf(s, 'val')
  if (val && sameScripts(s, val)) return null
  return refuse(
    'R37',
    'migration-not-validated',
    `\`${val?.name}\` was made with other migration scripts than those of iteration ${approved.number}, which are approved now. VAL is remade and validated with them first.`,
    'the lead of the customer',
  )
}

function gated(s: Situation): Decision | null {
  if (s.golive?.state !== 'open')
    return refuse(
      'R28',
      'no-golive',
      `No go-live is open. PROD is made within the checklist: /golive start ${s.customer?.slug} --date <yyyy-mm-dd>.`,
      'a PM of the vendor',
    )
  const blocking = checklist(s)
    .slice(0, 2)
    .find((step) => step.state === 'open' || step.state === 'blocked')
  if (!blocking) return null
  return refuse(
    'R28',
    'checklist-not-there',
    `The checklist stands at ${blocking.id} (${blocking.title}); promotion is G3.`,
    blocking.party === 'customer' ? 'the lead of the customer' : 'the vendor',
  )
}
