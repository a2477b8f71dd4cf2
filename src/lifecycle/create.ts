/** `/env create`: which environment may be asked for when (LIFECYCLE §2), and the operation that makes it. */
import { agree, type Decision, type Effect, refuse } from './decision.js'
import { environmentName, type Kind, kinds } from './kinds.js'
import type { PolicyKey } from './policy.js'
import { approvedIteration, entryOf, environmentByName, isLive, liveOf, lockOn, mergeData, sayLock, slotsOf } from './situation.js'
import type { Actor, Environment, JobName, Situation } from './types.js'

export interface CreateAsk {
  kind: Kind
  from: string | null
  version: string | null
}

type Plan = { source: Environment | null; job: JobName; version: string } | Decision

/** Makes the effects of a new environment and its operation; the preconditions of its kind are checked first. */
export function create(s: Situation, ask: CreateAsk, actor: Actor): Decision {
  const shape = precondition(s, ask) ?? plan(s, ask)
  if ('ok' in shape) return shape
  const number = numberOf(s, ask.kind)
  const name = environmentName(s.customer?.slug ?? null, ask.kind, number)
  if (shape.source) {
    const lock = lockOn(s, shape.source)
    if (lock) return refuse('R40', 'environment-busy', `\`${shape.source.name}\` is held by ${sayLock(s, lock)}; it cannot be copied now.`)
  }
  const carried = ask.kind === 'val' ? { ...mergeData(s), ...maskData(s) } : { migration: false }
  const data = { source: shape.source?.name ?? null, ...carried, purpose: ask.kind }
  const effects: Effect[] = [
    { do: 'add-environment', name, kind: ask.kind, number, source: shape.source?.name ?? 'base', version: shape.version },
    {
      do: 'add-operation',
      operation: {
        verb: 'create',
        job: shape.job,
        environment: name,
        data,
        slots: slotsOf(entryOf(s, `create.${ask.kind}` as PolicyKey), [actor.userId]),
      },
    },
  ]
  return agree(effects, `\`${name}\` is asked for. Follow it in the operations channel.`)
}

/** How far volunteers are obfuscated is part of what is approved (R13). */
function maskData({ policy, customer }: Situation): Record<string, string | number> {
  return customer?.legacy ? { mask: policy.mask, maskK: policy.maskK } : {}
}

/** Names are never reused (R3): the number counts every environment of the kind that ever was. */
export function numberOf(s: Situation, kind: Kind): number {
  const all = kind === 'community' ? [...s.environments, ...(s.community ? [s.community] : [])] : s.environments
  return Math.max(0, ...all.filter((e) => e.kind === kind).map((e) => e.number)) + 1
}

function precondition(s: Situation, ask: CreateAsk): Decision | null {
  const { title } = kinds[ask.kind]
  if (ask.kind === 'prod')
    return refuse('R15', 'promote-instead', 'PROD is never made from nothing: Pre-PROD is promoted into it. Use /env promote <pre-prod>.')
  if (ask.kind === 'migration')
    return refuse('R9', 'migration-run-instead', 'Migration is made, and remade, by its program. Use /migration run <customer>.')
  if (ask.version && !s.versions.includes(ask.version))
    return refuse('R2', 'unknown-version', `The product has no version ${ask.version}. Known: ${s.versions.join(', ')}.`)
  if (ask.kind === 'community')
    return s.community && isLive(s.community)
      ? refuse('R2', 'community-exists', 'Community exists already, once for everybody: `community`.')
      : null
  const customer = s.customer
  if (!customer) return refuse('R2', 'no-customer', `${title} belongs to a customer. Name one: /env create ${ask.kind} <customer>.`)
  const states = ask.kind === 'demo' ? ['prospect', 'onboarding', 'live'] : ['onboarding']
  if (!states.includes(customer.state)) {
    const text =
      customer.state === 'prospect'
        ? `${customer.slug} has not signed yet. ${title} comes after /customer sign ${customer.slug}.`
        : `${customer.slug} is ${customer.state}; ${title} is made for a customer in ${states.join(' or ')}.`
    return refuse(ask.kind === 'demo' ? 'R4' : 'R5', 'wrong-stage', text, 'a PM or sales of the vendor')
  }
  const standing = liveOf(s, ask.kind)
  if (ask.kind !== 'demo' && standing)
    return refuse(
      'R2',
      `second-${ask.kind}`,
      `${customer.slug} has a live ${title} already: \`${standing.name}\` (${standing.state}). One at a time.`,
      'a PM can have it torn down: /env destroy',
    )
  return null
}

function plan(s: Situation, ask: CreateAsk): Plan {
  const version = ask.version ?? s.versions.at(-1) ?? ''
  switch (ask.kind) {
    case 'demo':
      return ask.from ? baseOnly(ask.kind) : demo(s, version)
    case 'sandbox':
      return sandbox(s, ask, version)
    case 'val':
      return val(s, ask)
    case 'preprod':
    case 'community':
      return ask.from ? baseOnly(ask.kind) : { source: null, job: 'provision', version }
    case 'migration':
    case 'prod':
      return refuse('R15', 'not-created', 'This kind is not made by /env create.')
    default:
      return ask.kind satisfies never
  }
}

function baseOnly(kind: Kind): Decision {
  return refuse('R6', 'source-not-allowed', `${kinds[kind].title} is made from the base configuration; leave --from out.`)
}

/**
 * Real or obfuscated volunteers never reach an environment that may hold dummies only, whoever asks (R16). This is what was found last;
 * the job counts anew, in the source itself.
 */
function tooReal(source: Environment): Decision | null {
  const held = source.instances.find((i) => i.measured?.class === 'real' || i.measured?.class === 'obfuscated')
  return held
    ? refuse(
        'R16',
        'real-volunteers',
        `\`${held.name}\` holds ${held.measured?.class} volunteers; what is copied from may hold dummy data only.`,
      )
    : null
}

function demo(s: Situation, version: string): Plan {
  const twin = s.environments.find((e) => e.kind === 'demo' && isLive(e) && e.version === version)
  if (twin)
    return refuse(
      'R2',
      'second-demo',
      `There is a Demo on version ${version} already: \`${twin.name}\`. A further Demo needs another version: --version ${s.versions.filter((v) => v !== version).join(' or ')}.`,
    )
  return { source: null, job: 'provision', version }
}

function sandbox(s: Situation, ask: CreateAsk, version: string): Plan {
  if (!ask.from || ask.from === 'base') return { source: null, job: 'provision', version }
  const source = environmentByName(s, ask.from)
  if (!source)
    return refuse(
      'R5',
      'unknown-source',
      `There is no environment \`${ask.from}\` of this customer. Use --from base, or the name of their Demo.`,
    )
  if (source.kind !== 'demo')
    return refuse(
      'R16',
      'source-not-allowed',
      `A Sandbox comes from the base configuration or from the customer's Demo, not from \`${source.name}\` (${kinds[source.kind].title}): it may hold dummy data only.`,
    )
  if (source.state !== 'ready')
    return refuse('R5', 'source-not-ready', `\`${source.name}\` is ${source.state}; only a ready Demo can be cloned.`)
  if (ask.version && ask.version !== source.version)
    return refuse('R6', 'version-differs', `A full clone is on its source's version: \`${source.name}\` is on ${source.version}.`)
  return tooReal(source) ?? { source, job: 'clone', version: source.version }
}

function val(s: Situation, ask: CreateAsk): Plan {
  const preprod = liveOf(s, 'preprod')
  if (preprod?.state !== 'ready')
    return refuse(
      'R10',
      'no-preprod',
      preprod
        ? `Pre-PROD \`${preprod.name}\` is ${preprod.state}; VAL comes from it once it is ready.`
        : 'VAL comes from Pre-PROD, and there is none yet.',
      'a PM of the vendor: /env create preprod',
    )
  if (ask.from && ask.from !== preprod.name)
    return refuse('R10', 'source-not-allowed', `VAL comes from Pre-PROD \`${preprod.name}\`, not from \`${ask.from}\`.`)
  if (ask.version && ask.version !== preprod.version)
    return refuse('R37', 'version-differs', `VAL is on Pre-PROD's version ${preprod.version}, for PROD will be what VAL validated.`)
  return tooReal(preprod) ?? scripts(s, preprod) ?? { source: preprod, job: 'merge', version: preprod.version }
}

/** The migration that VAL merges is the approved one, for Pre-PROD's version (R9, R11). */
function scripts(s: Situation, preprod: Environment): Decision | null {
  if (!s.customer?.legacy) return null
  const approved = approvedIteration(s)
  if (!approved)
    return refuse(
      'R11',
      'scripts-not-approved',
      'VAL merges Pre-PROD with the migration output, and the migration scripts are not approved yet.',
      'the lead of the customer',
    )
  if (approved.version === preprod.version) return null
  return refuse(
    'R9',
    'scripts-other-version',
    `The scripts are approved for version ${approved.version}, and \`${preprod.name}\` is on ${preprod.version}. Run the migration again.`,
    'an engineer of the vendor: /migration run',
  )
}
