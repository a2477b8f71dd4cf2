/** The environment kinds of LIFECYCLE §2 as a table; everything that depends on a kind reads it here. */
export type Kind = 'demo' | 'sandbox' | 'migration' | 'preprod' | 'val' | 'prod' | 'community'
export type InstanceRole = 'main' | 'test' | 'single'
export type VolunteerClass = 'none' | 'dummy' | 'obfuscated' | 'real'

/** The classes by how real they are: what may hold one may hold those before it (R16). */
const degrees: readonly VolunteerClass[] = ['none', 'dummy', 'obfuscated', 'real']

/** People in an instance's database: all, those who are recognisably dummies, and those who are recognisably masked and no dummies. */
export interface PeopleCount {
  all: number
  dummy: number
  masked: number
}

/** The class of what was counted: one who is neither a dummy nor masked makes it real, one who is masked makes it obfuscated (R16). */
export function classOf({ all, dummy, masked }: PeopleCount): VolunteerClass {
  if (all === 0) return 'none'
  if (dummy === all) return 'dummy'
  return dummy + masked === all ? 'obfuscated' : 'real'
}

/** Whether volunteers of a class may be in such an instance (R16). */
export function mayHold(kind: Kind, role: InstanceRole, held: VolunteerClass): boolean {
  return degrees.indexOf(held) <= degrees.indexOf(allowedIn(kind, role))
}

/** The most real class that such an instance may hold (LIFECYCLE §2). */
export function allowedIn(kind: Kind, role: InstanceRole): VolunteerClass {
  const allowed: KindFacts['volunteers'] = kinds[kind].volunteers
  return allowed[role] ?? 'none'
}

/**
 * The class that is ordered (R12): what the migration brings, where it brings anybody (`migration`: the customer has a legacy database);
 * elsewhere what the product ships, or nobody.
 */
export function orderedClass(kind: Kind, role: InstanceRole, migration: boolean): VolunteerClass {
  const allowed = allowedIn(kind, role)
  return allowed === 'none' || allowed === 'dummy' || migration ? allowed : 'none'
}

export interface KindFacts {
  title: string
  pair: boolean
  controlled: boolean
  persistent: boolean
  /** How many may live at once per customer (R2); Community is counted over everybody. */
  live: 'one' | 'many'
  /** What each instance may hold once built (R16). */
  volunteers: Partial<Record<InstanceRole, VolunteerClass>>
  /** Days after which an ephemeral environment is reported to the pm (R31, default). */
  limitDays: number | null
  purpose: string
}

export const kinds = {
  demo: {
    title: 'Demo',
    pair: false,
    controlled: false,
    persistent: true,
    live: 'many',
    volunteers: { single: 'dummy' },
    limitDays: null,
    purpose: 'The vendor shows the product, branded for the customer.',
  },
  sandbox: {
    title: 'Sandbox',
    pair: true,
    controlled: false,
    persistent: false,
    live: 'one',
    volunteers: { main: 'dummy', test: 'dummy' },
    limitDays: 365,
    purpose:
      'Training, feature exploration, early study design and informal testing; its Test instance is for practising the study export and import of UAT.',
  },
  migration: {
    title: 'Migration',
    pair: false,
    controlled: false,
    persistent: false,
    live: 'one',
    volunteers: { single: 'real' },
    limitDays: 60,
    purpose:
      'Review and formal acceptance testing of the migration output. What you change here is lost at the next iteration: changes to migration-owned lists belong in the Migration Specification, all others in Pre-PROD.',
  },
  preprod: {
    title: 'Pre-PROD',
    pair: false,
    controlled: true,
    persistent: false,
    live: 'one',
    volunteers: { single: 'none' },
    limitDays: 365,
    purpose: 'Staging: the intended configuration and the master library of forms are built here, once.',
  },
  val: {
    title: 'VAL',
    pair: true,
    controlled: true,
    persistent: false,
    live: 'one',
    volunteers: { main: 'obfuscated', test: 'dummy' },
    limitDays: 180,
    purpose: 'Your formal validation, with the full study build, test and publish cycle.',
  },
  prod: {
    title: 'PROD',
    pair: true,
    controlled: true,
    persistent: true,
    live: 'one',
    volunteers: { main: 'real', test: 'dummy' },
    limitDays: null,
    purpose: 'Live work in Main; training and orientation of staff, monitors and CRAs in Test.',
  },
  community: {
    title: 'Community',
    pair: false,
    controlled: false,
    persistent: true,
    live: 'one',
    volunteers: { single: 'dummy' },
    limitDays: null,
    purpose: 'Exploring the latest release, during onboarding and after; shared by all customers.',
  },
} satisfies Record<Kind, KindFacts>

export const kindNames = Object.keys(kinds) as Kind[]

/** The instances of a kind, Main first (R1). */
export function rolesOf(kind: Kind): InstanceRole[] {
  return kinds[kind].pair ? ['main', 'test'] : ['single']
}

/** An environment's name: `acme-demo`, `acme-demo-2`, `acme-val-1` (VAL always numbered), `community`. Names are never reused (R3), so `number` counts all that ever were. */
export function environmentName(slug: string | null, kind: Kind, number: number): string {
  if (kind === 'community') return number === 1 ? 'community' : `community-${number}`
  return number === 1 && kind !== 'val' ? `${slug}-${kind}` : `${slug}-${kind}-${number}`
}
