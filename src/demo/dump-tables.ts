/** The tables of the legacy dump, with the dirt that such dumps come with. Every row is a list of cells as the file will have them. */
import { addDays, type Chance, type LegacyPerson, person } from './dump-people.js'

export interface Table {
  name: string
  header: string[]
  rows: string[][]
}

/** What the former system knew. `twins` are the second entries of people who were entered twice. */
export interface LegacyBase {
  people: LegacyPerson[]
  studies: string[]
  today: string
}

const conditionTerms = [
  'Asthma',
  'Hypertension',
  'Migraine',
  'Hay fever',
  'Appendectomy',
  'Type 2 diabetes',
  'Eczema',
  'Hypothyroidism',
  'Depression',
].concat([
  'Fracture of radius',
  'Gastritis',
  'Gout',
  'Psoriasis',
  'Tonsillectomy',
  'Tinnitus',
  'Ménière’s disease',
  'Sjögren’s syndrome',
  'Anaemia',
])
const systems = ['respiratory', 'cardiovascular', 'nervous', 'immune', 'digestive', 'endocrine', 'skin']
const drugs = [
  'Paracetamol',
  'Ibuprofen',
  'Salbutamol',
  'Metformin',
  'Levothyroxine',
  'Omeprazole',
  'Atorvastatin',
  'Cetirizine',
  'Sumatriptan',
].concat(['Ethinylestradiol/levonorgestrel', 'Amoxicillin', 'Sertraline', 'Vitamin D3', 'Budesonide'])

/** Invents the people: `count` of them, two in a hundred entered twice, one in a hundred of the rest a test record or worse. */
export function legacyBase(chance: Chance, count: number, today: string): LegacyBase {
  const singles = Math.ceil(count / 1.02)
  const people = Array.from({ length: singles }, (_, index) => person(chance, index, today))
  for (let index = singles; index < count; index++) people.push(twin(chance, chance.pick(people.slice(0, singles)), index))
  const studies = Array.from({ length: 40 }, (_, index) => `LC-${String(100 + index * 3).padStart(4, '0')}`)
  return { people, studies, today }
}

function twin(chance: Chance, first: LegacyPerson, index: number): LegacyPerson {
  const bare = (name: string) => name.normalize('NFKD').replace(/\p{M}/gu, '').toUpperCase()
  const spelt = chance.once(0.5) ? { surname: bare(first.surname), forename: bare(first.forename) } : {}
  return { ...first, ...spelt, number: String(100_000 + index * 7), nationalId: chance.once(0.4) ? '' : first.nationalId }
}

/** The main table. Its dirt is in {@link soil}. */
export function volunteers(chance: Chance, { people, today }: LegacyBase): Table {
  const header = 'VOL_NO;SURNAME;FORENAME;MIDDLE;DOB;SEX;RACE;SMOKER;HEIGHT;WEIGHT;NI_NUMBER;STATUS;REGISTERED;REMARKS'.split(';')
  const rows = people.map((each) => {
    const tall = String(chance.between(1480, 2010) / 10).replace('.', ',')
    const heavy = String(chance.between(450, 1180) / 10).replace('.', ',')
    const status = chance.once(0.01) ? 'T' : chance.pick(['A', 'A', 'A', 'A', 'A', 'A', 'H', 'X', 'D', 'W'])
    const race = chance.pick(['1', '1', '1', '2', '3', '4', '9', '5'])
    const smoker = chance.pick(['Y', 'N', 'N', 'N', '1', '0', '', '?'])
    const names = [each.number, each.surname, each.forename, each.middle, european(each.birth), each.sex]
    return [...names, race, smoker, tall, heavy, each.nationalId, status, european(each.registered), remark(chance)]
  })
  for (const row of rows) soil(chance, row, today)
  return { name: 'volunteers.csv', header, rows }
}

function remark(chance: Chance): string {
  if (chance.once(0.85)) return chance.once(0.5) ? '' : 'NULL'
  return chance.pick([
    'Prefers calls after 18:00',
    'Says "no needles"; ask again',
    'Moved.\nNew address follows',
    'Vegetarian',
    'n/a',
    'Très ponctuel',
  ])
}

/** The dirt of hand-kept records, by place in the row of {@link volunteers}. */
function soil(chance: Chance, row: string[], today: string): void {
  const spoil = (share: number, at: number, value: (old: string) => string) => {
    if (chance.once(share)) row[at] = value(row[at] ?? '')
  }
  spoil(0.02, 1, (name) => `  ${name} `)
  spoil(0.004, 1, () => '')
  spoil(0.004, 2, () => chance.pick(['', '-', 'NULL']))
  spoil(0.01, 4, (date) => date.split('/').map(Number).join('.'))
  spoil(0.006, 4, (date) => `${chance.pick(['31/02', '30/02', '31/04', '00/12', '12/13'])}/${date.slice(-4)}`)
  spoil(0.003, 4, () => european(addDays(today, chance.between(10, 9000))))
  spoil(0.002, 4, () => '01/01/1800')
  spoil(0.002, 4, () => '')
  spoil(0.015, 5, () => chance.pick(['V', 'W', 'U', 'm', 'f']))
  spoil(0.003, 5, () => '')
  spoil(0.005, 8, () => chance.pick(['1,78', '0', 'tall']))
  spoil(0.01, 12, () => '')
}

/** E-mail, mobile number and address; a few rows belong to nobody. */
export function contacts(chance: Chance, { people }: LegacyBase): Table {
  const rows = people.map((each) => {
    const number = chance.once(0.004) ? `9${each.number}` : each.number
    const email = chance.once(0.08) ? '' : chance.once(0.01) ? each.email.replace('@', ' at ') : each.email
    const mobile = chance.once(0.1) ? 'NULL' : each.mobile
    return [number, email, mobile, each.street, each.city.name, each.city.postcode, chance.once(0.02) ? 'n/a' : each.city.country]
  })
  return { name: 'contacts.csv', header: ['VOL_NO', 'EMAIL', 'MOBILE', 'STREET', 'CITY', 'POSTCODE', 'COUNTRY'], rows }
}

/** The list of terms, one of them twice in another spelling, and the medical history that points at it. */
export function conditions(chance: Chance, { people, today }: LegacyBase): [Table, Table] {
  const terms = [...conditionTerms, 'HAY FEVER'].map((term, at) => [
    `C${String(at + 1).padStart(3, '0')}`,
    term,
    systems[at % systems.length] ?? '',
  ])
  const rows = people.flatMap((each) =>
    Array.from({ length: chance.pick([0, 0, 1, 1, 2, 3]) }, () => {
      const start = chance.dayBefore(today, 9000)
      const stop = chance.once(0.4) ? addDays(start, chance.once(0.01) ? -20 : chance.between(5, 900)) : ''
      const code = chance.once(0.005) ? 'C999' : (chance.pick(terms)[0] ?? '')
      const number = chance.once(0.003) ? '1' : each.number
      return [number, code, chance.once(0.05) ? 'unknown' : start, stop, stop ? 'N' : 'Y', chance.once(0.03) ? 'mild, treated' : '']
    }),
  )
  return [
    { name: 'condition_terms.csv', header: ['CODE', 'TERM', 'SYSTEM'], rows: terms },
    { name: 'conditions.csv', header: ['VOL_NO', 'CODE', 'START', 'STOP', 'ONGOING', 'NOTE'], rows },
  ]
}

/** What volunteers take. Drug names are typed by hand, so that they differ in case and blanks. */
export function medications(chance: Chance, { people, today }: LegacyBase): Table {
  const rows = people.flatMap((each) =>
    Array.from({ length: chance.pick([0, 0, 0, 1, 1, 2]) }, () => {
      const start = chance.dayBefore(today, 3000)
      const drug = chance.pick(drugs)
      const typed = chance.once(0.1) ? drug.toUpperCase() : chance.once(0.05) ? ` ${drug}  ` : chance.once(0.01) ? '' : drug
      const dose = chance.once(0.02) ? 'one' : String(chance.pick([5, 10, 20, 50, 100, 250, 500]))
      const begun = chance.once(0.2) ? spoken(start) : start
      const how = [chance.pick(['OD', 'BID', 'TID', 'PRN', 'QID']), chance.pick(['Oral', 'Oral', 'oral', 'Inhaled', 'Topical', 'IM'])]
      return [each.number, typed, dose, chance.pick(['mg', 'mg', 'µg', 'mL']), ...how, begun, chance.once(0.3) ? addDays(start, 30) : '']
    }),
  )
  return { name: 'medications.csv', header: ['VOL_NO', 'DRUG', 'DOSE', 'UNIT', 'FREQ', 'ROUTE', 'START', 'STOP'], rows }
}

/** Tobacco, alcohol and the like. */
export function substanceUse(chance: Chance, { people, today }: LegacyBase): Table {
  const rows = people.flatMap((each) =>
    ['CIG', 'ALC', 'COF', 'THC']
      .filter(() => chance.once(0.45))
      .map((substance) => {
        const use = chance.once(0.004) ? '7' : chance.pick(['0', '1', '1', '2'])
        const since = use === '0' ? '' : chance.once(0.02) ? 'long ago' : european(chance.dayBefore(today, 8000))
        return [each.number, substance, use, use === '0' ? '' : `${chance.between(1, 20)},5`, 'OD', since]
      }),
  )
  return { name: 'substance_use.csv', header: ['VOL_NO', 'SUBSTANCE', 'USE', 'AMOUNT', 'FREQ', 'SINCE'], rows }
}

/** The clinic's past studies and who took part. */
export function studies(chance: Chance, { people, studies: codes, today }: LegacyBase): [Table, Table] {
  const rows = codes.map((code) => {
    const kind = chance.pick(['A first-in-human study', 'A single ascending dose study', 'A food effect study', 'A bioequivalence study'])
    return [
      code,
      `${kind} of compound ${code.slice(-3)}`,
      chance.pick(['Helix Pharma', 'Nordlys Bio', 'Ørsted & Søn A/S']),
      chance.pick(['I', 'Ia', 'Ib', 'II']),
    ]
  })
  const taken = new Map<string, number>()
  const participations = people.flatMap((each) =>
    Array.from({ length: chance.pick([0, 0, 1, 1, 2]) }, () => {
      const study = chance.once(0.003) ? 'LC-9999' : chance.pick(codes)
      const subject = (taken.get(study) ?? 0) + 1
      taken.set(study, subject)
      const screened = chance.dayBefore(today, 4000)
      const dates = [european(screened), european(addDays(screened, 21)), european(addDays(screened, chance.once(0.005) ? 2 : 60))]
      return [
        each.number,
        study,
        `${study}-${String(subject).padStart(3, '0')}`,
        chance.once(0.01) ? 'Z' : chance.pick(['S', 'F', 'E', 'C', 'C', 'W']),
        ...dates,
      ]
    }),
  )
  return [
    { name: 'studies.csv', header: ['CODE', 'TITLE', 'SPONSOR', 'PHASE'], rows },
    {
      name: 'participations.csv',
      header: ['VOL_NO', 'STUDY', 'SUBJECT', 'RESULT', 'SCREENED', 'LAST_DOSE', 'COMPLETED'],
      rows: participations,
    },
  ]
}

/** Past and future appointments, in the clinic's local time. */
export function appointments(chance: Chance, { people, studies: codes, today }: LegacyBase): Table {
  const rows = people.flatMap((each) =>
    Array.from({ length: chance.pick([0, 0, 1, 2]) }, () => {
      const ahead = chance.once(0.25)
      const day = ahead ? addDays(today, chance.between(1, 120)) : chance.dayBefore(today, 2000)
      const time = `${String(chance.between(7, 17)).padStart(2, '0')}:${chance.pick(['00', '15', '30', '45'])}`
      const starts = `${day} ${chance.once(0.002) ? '25:00' : time}`
      const state = ahead ? chance.pick(['P', 'C']) : chance.pick(['A', 'A', 'N', 'X'])
      const purpose = chance.pick(['SCR', 'ADM', 'VIS', 'FUP', 'TEL', 'DENTIST'])
      return [
        each.number,
        chance.once(0.5) ? chance.pick(codes) : '',
        starts,
        chance.pick(['15', '30', '60', '120', '']),
        purpose,
        state,
        '',
      ]
    }),
  )
  return { name: 'appointments.csv', header: ['VOL_NO', 'STUDY', 'STARTS', 'MINUTES', 'PURPOSE', 'STATUS', 'NOTE'], rows }
}

/** `2026-01-31` as `31/01/2026`. */
function european(date: string): string {
  return date.split('-').reverse().join('/')
}

/** `2026-01-31` as `31-Jan-2026`. */
function spoken(date: string): string {
  const [year, month, day] = date.split('-')
  return `${day}-${'JanFebMarAprMayJunJulAugSepOctNovDec'.slice(Number(month) * 3 - 3, Number(month) * 3)}-${year}`
}
