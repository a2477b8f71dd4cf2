/** A customer at a glance, and all customers in a list. */
import { isLive } from '../lifecycle/situation.js'
import type { Customer, CustomerRole, Situation } from '../lifecycle/types.js'
import { environmentLine, goingOn, openRequests } from './situation.js'
import { code, context, dateTag, divider, fields, header, line, lines, person, section, type View, view } from './view.js'
import { count, customerStates, roleWord, some, status } from './words.js'

const path: Customer['state'][] = ['prospect', 'onboarding', 'live', 'offboarded']
const roles: CustomerRole[] = ['owner', 'lead', 'qa', 'member']

/** Where the customer stands, who its people are, what stands for it and who is being waited for (R43). */
export function customerShow(situation: Situation): View {
  const { customer } = situation
  if (!customer) return view('Shared by all customers', [section('This belongs to no customer: it is shared by all.')])
  const standing = situation.environments.filter(isLive)
  const gone = situation.environments.length - standing.length
  return view(`${line(customer.name)}: ${customerStates[customer.state].word}`, [
    header(customer.name),
    section(`${status(customerStates[customer.state])} · since ${dateTag(customer.since)}\n${pathText(customer)}`),
    ...fields([...factsOf(customer), ...peopleOf(situation)]),
    ...block('Waiting', some(openRequests(situation, 'ops'), 8)),
    ...block('Going on', some(goingOn(situation), 8)),
    ...block('Environments', some(standing.map(environmentLine), 15)),
    ...freezes(situation),
    context(
      gone > 0 ? `${count(gone, 'environment')} of the past` : null,
      `Policy ${code(customer.policyVersion)}`,
      `Short name ${code(customer.slug)}`,
    ),
  ])
}

function pathText({ state }: Customer): string {
  const at = path.indexOf(state)
  if (at < 0) return '_The onboarding ended here._'
  return path
    .slice(0, state === 'offboarded' ? 4 : 3)
    .map((each, index) => stage(customerStates[each].word, index - at))
    .join('  →  ')
}

function stage(word: string, distance: number): string {
  if (distance === 0) return `*${word}*`
  return distance < 0 ? word : `_${word}_`
}

function factsOf(customer: Customer): [string, string][] {
  const channel = customer.channel && /^[CG][A-Z0-9_]+$/.test(customer.channel) ? `<#${customer.channel}>` : 'none yet'
  return [
    ['Channel', channel],
    ['Legacy database', customer.legacy ? 'Yes: volunteers are migrated' : 'No'],
  ]
}

function peopleOf({ people }: Situation): [string, string][] {
  return roles.flatMap((role) => {
    const held = people.filter((each) => each.role === role).map(({ userId }) => person(userId))
    const word = roleWord(role)
    return held.length > 0 ? [[word.charAt(0).toUpperCase() + word.slice(1), some(held, 8).join(', ')] as [string, string]] : []
  })
}

function block(title: string, told: string[]) {
  return told.length > 0 ? [divider(), ...lines([`*${title}*`, ...told])] : []
}

function freezes(situation: Situation) {
  return situation.freezes.map(({ reason, by, at, customerId }) =>
    section(`:snowflake: *Frozen*${customerId ? '' : ', everything'} · by ${person(by)} · ${dateTag(at)}\n${line(reason)}`),
  )
}

/** All customers, one line each, those on their way first. */
export function customerList(customers: readonly Customer[]): View {
  if (customers.length === 0) {
    const text = 'There is no customer yet. Add the first: `/customer add <slug>`.'
    return view(text, [section(text.replace('<slug>', '&lt;slug&gt;'))])
  }
  const order: Customer['state'][] = ['onboarding', 'prospect', 'live', 'offboarded', 'lost', 'cancelled']
  const sorted = [...customers].sort((a, b) => order.indexOf(a.state) - order.indexOf(b.state) || a.slug.localeCompare(b.slug))
  const told = sorted.map((customer) => {
    const { emoji, word } = customerStates[customer.state]
    return `${emoji} *${line(customer.name, 60)}*  ${code(customer.slug)} · ${word} since ${dateTag(customer.since)}`
  })
  return view(count(customers.length, 'customer'), [
    header('Customers'),
    ...lines(some(told, 40)),
    context(count(customers.length, 'customer')),
  ])
}
