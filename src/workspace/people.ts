import type { Channel, CommandHint, Person, Team, UserGroup } from './types'

const teams: Team[] = [
  { id: 'T_VENDOR', name: 'Harbour Clinical', domain: 'harbour-clinical', color: '#1f4f8f' },
  { id: 'T_ACME', name: 'Acme Research', domain: 'acme-research', color: '#b3541e' },
  { id: 'T_BETA', name: 'Beta Biopharma', domain: 'beta-biopharma', color: '#6b3fa0' },
]

function person(id: string, teamId: string, realName: string, title: string, color: string): Person {
  const [first = realName] = realName.split(' ')
  const domain = teams.find((team) => team.id === teamId)?.domain ?? 'example'
  const name = first.toLowerCase()
  return { id, teamId, name, realName, title, email: `${name}@${domain}.example`, color }
}

const vendor = [
  person('U_SALES', 'T_VENDOR', 'Priya Nair', 'Account Executive', '#c2410c'),
  person('U_PM', 'T_VENDOR', 'Jonas Weber', 'Project Manager', '#0f766e'),
  person('U_ENG', 'T_VENDOR', 'Mei Tanaka', 'Deployment Engineer', '#6d28d9'),
  person('U_ENG2', 'T_VENDOR', 'Diego Alvarez', 'Deployment Engineer', '#0369a1'),
  person('U_QA', 'T_VENDOR', 'Hannah Lindqvist', 'Quality Assurance', '#be185d'),
  { ...person('U_ADMIN', 'T_VENDOR', 'Samuel Okafor', 'Platform Administrator', '#334155'), admin: true },
]

const acme = [
  person('U_OWNER', 'T_ACME', 'Elena Rossi', 'Head of Clinical Operations', '#a16207'),
  person('U_LEAD', 'T_ACME', 'Marcus Bell', 'Validation Lead', '#15803d'),
  person('U_CQA', 'T_ACME', 'Aisha Rahman', 'Quality Manager', '#9d174d'),
  person('U_MEMBER', 'T_ACME', 'Tom Becker', 'Data Coordinator', '#1d4ed8'),
]

const beta = [person('U_BLEAD', 'T_BETA', 'Nora Jensen', 'Validation Lead', '#7c3aed')]

const ids = (people: Person[]) => people.map((one) => one.id)

const channels: Channel[] = [
  { id: 'C_OPS', name: 'ops', topic: 'Environments, releases and go-lives of every customer', teams: ['T_VENDOR'], members: ids(vendor) },
  {
    id: 'C_ACME',
    name: 'acme',
    topic: 'Acme Research and Harbour Clinical: onboarding',
    teams: ['T_VENDOR', 'T_ACME'],
    members: ids([...vendor, ...acme]),
  },
  {
    id: 'C_BETA',
    name: 'beta',
    topic: 'Beta Biopharma and Harbour Clinical: onboarding',
    teams: ['T_VENDOR', 'T_BETA'],
    members: ids([...vendor, ...beta]),
  },
]

const userGroups: UserGroup[] = [
  { id: 'S_ENGINEERS', handle: 'engineers', name: 'Deployment engineers', users: ['U_ENG', 'U_ENG2'] },
  { id: 'S_QA', handle: 'qa', name: 'Quality assurance', users: ['U_QA'] },
]

/** The demo's cast: a vendor's home team, two customers in shared channels, and their people. */
export const demoWorkspace: {
  teams: Team[]
  people: Person[]
  channels: Channel[]
  userGroups: UserGroup[]
  commands?: CommandHint[]
} = { teams, people: [...vendor, ...acme, ...beta], channels, userGroups }
