/** `/migration register` and `/migration run` (R7–R9, R33). */

import { numberOf } from './create.js'
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { teardownOf } from './destroy.js'
import { prodOf } from './golive.js'
import { environmentName } from './kinds.js'
import { entryOf, filesHash, liveOf, lockOn, newestIteration, sayLock, slotsOf } from './situation.js'
import type { Actor, Environment, Situation } from './types.js'

function stage(s: Situation): Decision | null {
  if (!s.customer?.legacy)
    return refuse(
      'R7',
      'no-legacy',
      `${s.customer?.slug} has no legacy database, so there is nothing to migrate. If that is wrong: /customer add was told --legacy no.`,
    )
  if (s.customer.state !== 'onboarding')
    return refuse('R7', 'wrong-stage', `Migration belongs to onboarding; ${s.customer.slug} is ${s.customer.state}.`)
  return null
}

/** Registers the files in the customer's intake folder with sizes and checksums; only those are shown (R33). */
export function registerFiles(s: Situation, actor: Actor): Decision {
  const wrong = stage(s)
  if (wrong) return wrong
  const prod = prodOf(s)
  if (prod)
    return refuse(
      'R28',
      'files-final',
      `\`${prod.name}\` is made from the files that were confirmed as final. Other files need a new go-live: /golive rollback ${s.customer?.slug}.`,
      'a PM of the vendor',
    )
  const running = s.operations.find(
    (o) => o.verb === 'register' && ['planning', 'waiting', 'running', 'undoing', 'stuck'].includes(o.state),
  )
  if (running) return refuse('R40', 'register-running', 'The files of this customer are being registered already.')
  return agree(
    [
      {
        do: 'add-operation',
        operation: {
          verb: 'register',
          job: 'register',
          environment: null,
          data: {},
          slots: slotsOf(entryOf(s, 'migration.register'), [actor.userId]),
        },
      },
    ],
    'Reading the intake folder: names, sizes and checksums will be shown in the operations channel.',
  )
}

/** Runs the program on the registered files: makes Migration, or remakes it (R9), as iteration N+1. */
export function runMigration(s: Situation, actor: Actor): Decision {
  const wrong = stage(s)
  if (wrong) return wrong
  if (s.files.length === 0)
    return refuse(
      'R9',
      'no-files',
      `No files are registered for ${s.customer?.slug}. Put them into the intake folder, then /migration register ${s.customer?.slug}.`,
      'an engineer of the vendor',
    )
  const open = s.iterations.find((i) => i.state === 'review' || i.state === 'running')
  if (open)
    return refuse(
      'R9',
      'iteration-open',
      `Iteration ${open.number} ${open.state === 'review' ? "waits for the customer's verdict" : 'is running'}; the next one starts after it.`,
      "the customer's lead or QA",
    )
  const accepted = newestIteration(s)
  const same = accepted?.filesHash === filesHash(s) && accepted.version === versionOf(s) && accepted.program === s.program
  if (accepted?.state === 'accepted' && same)
    return refuse(
      'R9',
      'iteration-accepted',
      `Iteration ${accepted.number} is accepted and nothing changed since; what is missing is the approval of the scripts.`,
      'the lead of the customer',
    )
  if (accepted?.state === 'approved' && same)
    return refuse('R9', 'scripts-approved', `The scripts are approved (iteration ${accepted.number}) and nothing changed since.`)
  return remake(s, actor)
}

/** The product version that VAL and PROD will be on: Pre-PROD's, else the latest. */
function versionOf(s: Situation): string {
  return liveOf(s, 'preprod')?.version ?? s.versions.at(-1) ?? ''
}

function remake(s: Situation, actor: Actor): Decision {
  const standing = s.environments.filter((e) => e.kind === 'migration' && !['destroyed', 'promoted'].includes(e.state)).at(-1)
  const lock = standing && lockOn(s, standing)
  if (lock) return refuse('R40', 'environment-busy', `\`${standing?.name}\` is held by ${sayLock(s, lock)}.`)
  const ending = standing && teardownOf(s, standing)
  if (ending && ending.slots.length > 0)
    return refuse('R40', 'teardown-scheduled', `\`${standing?.name}\` is to be torn down: ${sayLock(s, ending)}. Cancel that first.`)
  const number = numberOf(s, 'migration')
  const name = standing?.name ?? environmentName(s.customer?.slug ?? null, 'migration', number)
  const version = versionOf(s)
  const iteration = (s.iterations.at(-1)?.number ?? 0) + 1
  const effects: Effect[] = [
    // The lifecycle meant to end what is needed once more (R9).
    ...(ending
      ? [{ do: 'set-operation', id: ending.id, state: 'cancelled', trouble: `Iteration ${iteration} remakes it.` } as Effect]
      : []),
    ...(standing
      ? [...otherVersion(standing, version)]
      : [{ do: 'add-environment', name, kind: 'migration', number, source: 'base', version } as Effect]),
    {
      do: 'add-operation',
      operation: {
        verb: 'migrate',
        job: 'migrate',
        environment: name,
        data: { iteration, filesHash: filesHash(s), purpose: 'migration', migration: true },
        slots: slotsOf(entryOf(s, 'migration.run'), [actor.userId]),
      },
    },
  ]
  return agree(effects, `Iteration ${iteration} of the migration is starting in \`${name}\`.`)
}

/** Migration is remade on the version that is to be validated (R9, R37). */
function otherVersion(standing: Environment, version: string): Effect[] {
  if (standing.version === version) return []
  return [
    { do: 'set-environment', name: standing.name, state: standing.state, version },
    ...standing.instances.map((i) => ({ do: 'set-instance', id: i.id, version }) as Effect),
  ]
}
