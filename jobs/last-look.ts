/** The last look at an instance: what it held right before its end, and what is left of it afterwards, looked for thing by thing (R42). */
import { NOT_RECORDED } from '../src/documents/index.js'
import type { InstanceAddress, Inventory } from '../src/drivers/driver.js'
import { classOf } from '../src/lifecycle/kinds.js'
import type { Environment, Instance } from '../src/lifecycle/types.js'
import { must, type StepContext, StepRefused } from './job.js'
import { filesIn, type LeftFile, leftFiles, recordedFiles, rejectsName } from './leftovers.js'

/** What an instance held right before its end, or why nobody can know. `class` is null where it was not measured. */
export type FinalState =
  | { version: string; everything: string; mustMatch: string; volunteers: number; class: string | null; at: string }
  | { notMeasured: string; at: string }

/**
 * Measures the instance as it stands, frozen first: nothing changes between the measurement and the end. Not measured where no database
 * stands, or where the one that stands was never finished and cannot be read. A finished one that cannot be read is a fault: it stays.
 */
export async function finalState(context: StepContext, instance: Instance): Promise<FinalState> {
  const at = context.moment().toISOString()
  const address = await context.standing(instance)
  if (!address) return { notMeasured: 'no database of it stands', at }
  if ((await context.driver.presence(address)) === 'absent')
    return { notMeasured: `its database ${address.database} is not on the server`, at }
  try {
    await context.driver.freeze(address)
    const frozenAt = context.moment().toISOString()
    return stateIn(await context.driver.inventory(address), frozenAt)
  } catch (error) {
    // A server that does not answer throws here as it did above.
    await context.driver.presence(address)
    if (await finished(context, instance, address)) throw error
    return { notMeasured: `its database ${address.database} was never finished, and cannot be read`, at }
  }
}

/** A final state from what was found, read at that time (ISO 8601, UTC). */
export function stateIn({ version, everything, mustMatch, volunteers, people }: Inventory, at: string): FinalState {
  return { version, everything, mustMatch, volunteers, class: classOf(people), at }
}

/** Whether the operation that made the database came to its end; of one that is not on record, that it did. */
async function finished(context: StepContext, instance: Instance, { database }: InstanceAddress): Promise<boolean> {
  const made = (await context.everAllotted(instance)).find((each) => each.database === database)
  const operation = context.situation.operations.find(({ id }) => id === made?.operationId)
  return operation === undefined || operation.state === 'done'
}

type NamedFile = Pick<LeftFile, 'instance' | 'name'>

interface Looked {
  instance: string
  name: string
  /** What it is or was, for people. */
  what: string
  result: 'gone' | 'present'
}

/** What was looked for, one by one, and when. */
export interface LastLook {
  lookedAt: { files: Date; server: Date }
  databases: Looked[]
  roles: Looked[]
  secrets: Looked[]
  files: Looked[]
  /** Renderings that no document on record names: not destroyed, but moved to a folder of their own. */
  aside: { instance: string; name: string }[]
}

const parts = {
  database: 'database',
  owner: 'owner of the database',
  application: "application's login",
  maintenance: "Slipway's own login",
  further: 'further login of it',
} as const

/**
 * Looks anew for every database that the environment's instances ever had, each with its roles and its secrets, and for every file that jobs
 * wrote for it; `removed` are the files that were there before, and are looked for by name.
 */
export async function lastLook(context: StepContext, removed: readonly NamedFile[]): Promise<LastLook> {
  const environment = must(context.environment, 'the environment')
  const found = await files(context, environment, removed)
  const lookedAt = { files: context.moment(), server: context.moment() }
  const look: LastLook = { lookedAt, databases: [], roles: [], secrets: [], ...found }
  for (const instance of environment.instances) {
    for (const ever of await context.everAllotted(instance)) {
      const line = (what: string, name: string, present: boolean): Looked => ({
        instance: instance.name,
        name,
        what,
        result: present ? 'present' : 'gone',
      })
      for (const { part, name, present } of await context.driver.remnants(ever)) {
        ;(part === 'database' ? look.databases : look.roles).push(line(parts[part], name, present))
        if (part === 'application' || part === 'maintenance') look.secrets.push(line('sealed secret of', name, ever.kept[part]))
      }
    }
  }
  lookedAt.server = context.moment()
  return look
}

async function files(
  context: StepContext,
  environment: Environment,
  removed: readonly NamedFile[],
): Promise<Pick<LastLook, 'files' | 'aside'>> {
  const left = await leftFiles(context, environment)
  const recorded = await recordedFiles(context)
  const [there, kept] = [new Set(await filesIn(context)), new Set(await filesIn(context, NOT_RECORDED))]
  const known = [...removed, ...(await rejectsEver(context, environment))].filter(({ name }) => !recorded(name))
  const all = new Map([...known, ...left].map(({ instance, name }) => [name, { instance, name }]))
  const isAside = ({ name }: NamedFile) => kept.has(name) && !there.has(name)
  return {
    files: [...all.values()]
      .filter((file) => !isAside(file))
      .map(({ instance, name }) => ({ instance, name, what: whatIs(name), result: there.has(name) ? 'present' : 'gone' })),
    aside: [...all.values()].filter(isAside),
  }
}

/** The rejects files that operations on its instances may have written, whether anybody saw them or not: looked for by name. */
async function rejectsEver(context: StepContext, { instances }: Environment): Promise<NamedFile[]> {
  const files = await Promise.all(
    instances.map(async (instance) =>
      (await context.everAllotted(instance)).flatMap(({ operationId }) => {
        const plan = context.situation.operations.find(({ id }) => id === operationId)?.plan
        const ran = plan?.steps.some(({ name, role }) => name === 'load-migration' && role === instance.role)
        return ran ? [{ instance: instance.name, name: rejectsName(instance.name, operationId) }] : []
      }),
    ),
  )
  return files.flat()
}

function whatIs(name: string): string {
  if (name.startsWith('rejects-')) return 'rejects file of a migration'
  return name.endsWith('.part') ? 'begun by a worker that was killed' : 'rendering that no document on record names'
}

/** Refuses to go on while anything is left, by name: nobody is told that an environment is gone which is not. */
export function refuseLeft(look: LastLook): void {
  const { databases, roles, secrets, files: beside } = look
  const left = [databases, roles, secrets, beside].flatMap((lines) => lines.filter(({ result }) => result === 'present'))
  if (left.length === 0) return
  const some = left.slice(0, 8).map(({ what, name }) => `${what} ${name}`)
  const more = left.length > some.length ? ` and ${left.length - some.length} more` : ''
  throw new StepRefused('R42', 'not-gone', `Still there after the destruction: ${some.join(', ')}${more}. Remove it, then Resume.`)
}
