/** The Migration Specification that goes with the legacy dump: version 1 has the gaps that a first one has, version 2 fills them. */

export interface SpecificationChoice {
  version: 1 | 2
  /** The code of a custom field that keeps the legacy number, if the configuration has one. */
  customField?: string
}

/** The text of `specification.yaml`. */
export function specificationText({ version, customField }: SpecificationChoice): string {
  const second = version === 2
  return [sources(version, second), maps(second), lists, people(second), customField ? custom(customField) : '', history, studies].join('')
}

const sources = (version: number, second: boolean) => `# Migration Specification: from the clinic's former volunteer database.
version: ${version}
title: Former volunteer database
timeZone: Europe/Amsterdam

sources:
  volunteers:
    file: volunteers.csv
    delimiter: ";"
    encoding: windows-1252
    dates: ${second ? '[DD/MM/YYYY, D.M.YYYY]' : '[DD/MM/YYYY]'}
    nulls: ["NULL", "n/a", "-"]
    damagedText: ${second ? 'repair' : 'warn'}
  contacts: { file: contacts.csv, delimiter: ";", encoding: windows-1252, nulls: ["NULL"] }
  condition-terms: { file: condition_terms.csv }
  conditions: { file: conditions.csv, nulls: ["unknown"] }
  medications: { file: medications.csv, delimiter: "\\t", dates: [YYYY-MM-DD, DD-MMM-YYYY] }
  substances: { file: substance_use.csv, delimiter: ";", encoding: latin1, dates: [DD/MM/YYYY] }
  studies: { file: studies.csv }
  participations: { file: participations.csv, dates: [DD/MM/YYYY] }
  appointments: { file: appointments.csv, dates: ["YYYY-MM-DD HH:mm"] }
  substance-list:
    rows:
      - { CODE: CIG, NAME: Cigarettes, CATEGORY: tobacco }
      - { CODE: ALC, NAME: Alcohol, CATEGORY: alcohol }
      - { CODE: COF, NAME: Coffee, CATEGORY: caffeine }
      - { CODE: THC, NAME: Cannabis, CATEGORY: cannabis }
  unit-list:
    rows: [{ NAME: mg }, { NAME: µg }, { NAME: mL }, { NAME: pieces }, { NAME: units }]
  frequency-list:
    rows:
      - { CODE: OD, NAME: once a day, PER_DAY: 1 }
      - { CODE: BID, NAME: twice a day, PER_DAY: 2 }
      - { CODE: TID, NAME: three times a day, PER_DAY: 3 }
      - { CODE: PRN, NAME: as needed, PER_DAY: 0 }
  route-list:
    rows: [{ NAME: oral }, { NAME: inhaled }, { NAME: topical }, { NAME: subcutaneous }]
`

const maps = (second: boolean) => `
maps:
  sex: { codes: { M: male, F: female${second ? ', V: female, W: female, U: unknown' : ''} } }
  race: { codes: { "1": White, "2": Black, "3": Asian, "4": Mixed, "9": null${second ? ', "5": Other' : ''} } }
  yes-no: { codes: { Y: "true", N: "false", "1": "true", "0": "false" }, otherwise: { value: null } }
  status: { codes: { A: active, H: on-hold, X: excluded, D: deceased, W: withdrawn } }
  use: { codes: { "0": never, "1": current, "2": former } }
  phase: { codes: { I: "1", Ia: 1a, Ib: 1b, II: "2" } }
  participation: { codes: { S: screening, F: screen-failure, E: enrolled, C: completed, W: withdrawn${second ? ', Z: withdrawn' : ''} } }
  purpose: { codes: { SCR: screening, ADM: admission, VIS: visit, FUP: follow-up, TEL: call }, otherwise: { value: other } }
  booking: { codes: { P: planned, C: confirmed, A: attended, N: missed, X: cancelled } }
`

const lists = `
entities:
  conditions:
    source: condition-terms
    key: [CODE]
    fields: { name: { from: TERM, required: true }, code: CODE, body_system: SYSTEM }
    duplicates: { on: [name] }
  medications:
    source: medications
    key: [DRUG]
    fields: { name: { from: DRUG, required: true } }
    duplicates: { on: [name] }
    exclude: [{ column: DRUG, empty: true, reason: no drug named }]
  substances: { source: substance-list, key: [CODE], fields: { name: NAME, category: CATEGORY } }
  dose-units: { source: unit-list, key: [NAME], fields: { name: NAME } }
  frequencies: { source: frequency-list, key: [CODE], fields: { name: NAME, per_day: PER_DAY } }
  routes: { source: route-list, key: [NAME], fields: { name: NAME } }
`

const people = (second: boolean) => `
  volunteers:
    source: volunteers
    key: [VOL_NO]
    exclude: [{ column: STATUS, in: [T], reason: test record }]
    duplicates: { on: [last_name, first_name, birth_date] }
    fields:
      status: { from: STATUS, map: status, default: active }
      first_name: { from: FORENAME, required: true }
      middle_name: MIDDLE
      last_name: { from: SURNAME, required: true }
      birth_date: { from: DOB, date: true, required: true, range: { min: 1900-01-01, max: today } }
      sex: { from: SEX, case: upper, map: sex, required: true }
      race: { from: RACE, map: race${second ? '' : ', onProblem: blank'} }
      smoker: { from: SMOKER, map: yes-no }
      height_cm: { from: HEIGHT, decimal: ",", range: { min: 50, max: 260 }, onProblem: blank }
      weight_kg: { from: WEIGHT, decimal: ",", range: { min: 20, max: 400 }, onProblem: blank }
      national_id: NI_NUMBER
      registered_on: { from: REGISTERED, date: true, default: 2010-01-01, range: { max: today } }
      notes: REMARKS
  contacts:
    duplicates: { on: [volunteer_id, kind, email, phone, street] }
    mappings:
      - source: contacts
        key: [VOL_NO]
        exclude: [{ column: EMAIL, empty: true, reason: no e-mail address }]
        fields:
          volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
          kind: { constant: email }
          email: { from: EMAIL, case: lower, extract: "^\\\\S+@\\\\S+\\\\.\\\\S+$" }
          preferred: { constant: "true" }
      - source: contacts
        key: [VOL_NO]
        exclude: [{ column: MOBILE, empty: true, reason: no mobile number }]
        fields:
          volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
          kind: { constant: mobile }
          phone: MOBILE
      - source: contacts
        key: [VOL_NO]
        exclude: [{ column: STREET, empty: true, reason: no address }]
        fields:
          volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
          kind: { constant: address }
          street: STREET
          city: CITY
          postal_code: POSTCODE
          country: { from: COUNTRY, case: upper, extract: "^[A-Z]{2}$", onProblem: blank }
`

const custom = (code: string) => `
  custom-values:
    source: volunteers
    key: [VOL_NO]
    duplicates: { on: [volunteer_id, field_id] }
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      field_id: { constant: ${code} }
      value: VOL_NO
`

const history = `
  medical-conditions:
    source: conditions
    key: [VOL_NO, CODE]
    duplicates: { on: [volunteer_id, condition_id, onset_on] }
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      condition_id: { from: CODE, reference: conditions, required: true }
      onset_on: { from: START, date: true, range: { max: today } }
      resolved_on: { from: STOP, date: true, notBefore: onset_on }
      ongoing: { from: ONGOING, map: yes-no, default: "false" }
      comment: NOTE
  medication-use:
    source: medications
    key: [VOL_NO, DRUG, START]
    exclude: [{ column: DRUG, empty: true, reason: no drug named }]
    duplicates: { on: [volunteer_id, medication_id, started_on] }
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      medication_id: { from: DRUG, reference: medications, required: true }
      dose: { from: DOSE, onProblem: blank }
      dose_unit_id: { from: UNIT, reference: dose-units, onProblem: blank }
      frequency_id: { from: FREQ, reference: frequencies, onProblem: blank }
      route_id: { from: ROUTE, case: lower, reference: routes, onProblem: blank }
      started_on: { from: START, date: true }
      stopped_on: { from: STOP, date: true, notBefore: started_on }
  substance-use:
    source: substances
    key: [VOL_NO, SUBSTANCE]
    duplicates: { on: [volunteer_id, substance_id] }
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      substance_id: { from: SUBSTANCE, reference: substances, required: true }
      status: { from: USE, map: use, required: true }
      amount: { from: AMOUNT, decimal: ",", onProblem: blank }
      frequency_id: { from: FREQ, reference: frequencies, onProblem: blank }
      started_on: { from: SINCE, date: true, onProblem: blank }
`

const studies = `
  studies:
    source: studies
    key: [CODE]
    fields: { code: CODE, title: TITLE, sponsor: SPONSOR, phase: { from: PHASE, map: phase, required: true } }
  participations:
    source: participations
    key: [VOL_NO, STUDY]
    duplicates: { on: [volunteer_id, study_id] }
    unique: [[study_id, subject_number]]
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      study_id: { from: STUDY, reference: studies, required: true }
      subject_number: SUBJECT
      status: { from: RESULT, map: participation, required: true }
      screened_on: { from: SCREENED, date: true }
      last_dose_on: { from: LAST_DOSE, date: true, notBefore: screened_on }
      completed_on: { from: COMPLETED, date: true, notBefore: last_dose_on }
  appointments:
    source: appointments
    key: [VOL_NO, STARTS]
    duplicates: { on: [volunteer_id, starts_at] }
    fields:
      volunteer_id: { from: VOL_NO, reference: volunteers, required: true }
      study_id: { from: STUDY, reference: studies, onProblem: blank }
      starts_at: { from: STARTS, date: true, required: true }
      minutes: { from: MINUTES, range: { min: 5, max: 20160 } }
      purpose: { from: PURPOSE, map: purpose, required: true }
      status: { from: STATUS, map: booking, required: true }
      note: NOTE
`
