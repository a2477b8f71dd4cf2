/** An environment with all that is known of it, and lists of environments. */
import { kinds } from '../lifecycle/kinds.js'
import { isLive } from '../lifecycle/situation.js'
import type { Access, Document, Environment, Instance, Situation } from '../lifecycle/types.js'
import { environmentLine, goingOn } from './situation.js'
import { code, context, dateTag, divider, fields, header, line, lines, person, section, shortHash, type View, view } from './view.js'
import { count, documentKinds, environmentStates, instanceTitles, some, status, volunteersText } from './words.js'

export type EnvironmentRow = Environment & { customer: string | null }

/** Environments by customer: what stands first, the rest counted by name. */
export function environmentList(rows: readonly EnvironmentRow[]): View {
  const title = count(rows.length, 'environment')
  if (rows.length === 0) return view('There is no environment yet.', [section('There is no environment yet.')])
  const standing = rows.filter(isLive)
  const gone = rows.filter((row) => !isLive(row)).map(({ name, state }) => `${code(name)} ${environmentStates[state].word.toLowerCase()}`)
  return view(title, [
    header('Environments'),
    ...environmentGroups(standing, 40),
    gone.length > 0 ? context(`Of the past: ${some(gone, 12).join(', ')}`) : null,
  ])
}

/** One block of lines per customer; Community, which belongs to nobody, last. */
export function environmentGroups(rows: readonly EnvironmentRow[], max: number) {
  const groups = new Map<string, EnvironmentRow[]>()
  const sorted = [...rows].sort((a, b) => (a.customer ?? '\uffff').localeCompare(b.customer ?? '\uffff'))
  for (const row of sorted.slice(0, max)) {
    const owner = row.customer ?? 'All customers'
    groups.set(owner, [...(groups.get(owner) ?? []), row])
  }
  const blocks = [...groups].flatMap(([owner, its]) => lines([`*${line(owner, 60)}*`, ...its.map(environmentLine)]))
  return rows.length > max ? [...blocks, context(`…and ${rows.length - max} more`)] : blocks
}

/** One environment: purpose, instances, documents, what is going on and who has access. */
export function environmentShow(situation: Situation, environment: Environment): View {
  const facts = kinds[environment.kind]
  const { word } = environmentStates[environment.state]
  const kind = `${facts.title}${facts.pair ? ', a pair' : ''} · ${facts.controlled ? 'controlled' : 'not controlled'}`
  return view(`${environment.name}: ${word}`, [
    header(environment.name),
    section(`${status(environmentStates[environment.state])} · ${kind} · since ${dateTag(environment.since)}`),
    section(facts.purpose),
    ...fields([
      ['Version', code(environment.version)],
      ['Made from', environment.source === 'base' ? 'the base configuration' : code(environment.source)],
      ...environment.instances.map(instanceField),
    ]),
    ...block(
      'Going on',
      some(
        goingOn(situation, ({ environmentId }) => environmentId === environment.id),
        6,
      ),
    ),
    ...block('Documents', documentLines(situation, environment)),
    ...block('Deviations', deviationLines(situation, environment)),
    ...block('Access', accessLines(situation, environment)),
    context(ending(environment), environment.readyAt ? `Handed over ${dateTag(environment.readyAt)}` : null),
  ])
}

function instanceField(instance: Instance): [string, string] {
  const { measured, version } = instance
  const other = measured && measured.version !== version ? `\n:warning: Version ${code(measured.version)} is installed` : ''
  const hash = instance.everything ? `\nConfiguration ${shortHash(instance.everything)}` : ''
  return [instanceTitles[instance.role], `${code(instance.name)}\n${volunteersText(instance)}${other}${hash}`]
}

function documentLines(situation: Situation, environment: Environment): string[] {
  const ids = new Set(environment.instances.map(({ id }) => id))
  const own = situation.documents.filter((each) => each.environmentId === environment.id || ids.has(each.instanceId ?? ''))
  return some(own.map(documentLine).reverse(), 12)
}

/** `IQ-0003 rev. 1 · Installation Qualification · 3 May 12:00 · 8f3a12cd` */
function documentLine(document: Document): string {
  const { number, revision, kind, at, sha256 } = document
  return `${code(number)} rev. ${revision} · ${documentKinds[kind]} · ${dateTag(at)} · ${shortHash(sha256)}`
}

/** `DEV-ACME-PREPROD-1 · open, critical · IQ-08 Built-in roles: expected 9, found 8` */
function deviationLines(situation: Situation, environment: Environment): string[] {
  const own = situation.deviations.filter(({ environmentId }) => environmentId === environment.id)
  const told = own.map((d) => `${code(d.number)} · ${d.disposition}${d.critical ? ', critical' : ''} · ${line(d.what, 160)}`)
  return some(told.reverse(), 10)
}

function accessLines(situation: Situation, environment: Environment): string[] {
  const own = situation.access.filter(({ environmentId }) => environmentId === environment.id)
  return some(own.map(accessLine), 15)
}

function accessLine({ userId, role, until, grantedBy }: Access): string {
  return `${person(userId)} as ${line(role, 40)}${until ? ` until ${dateTag(until)}` : ''} · by ${person(grantedBy)}`
}

function block(title: string, told: string[]) {
  return told.length > 0 ? [divider(), ...lines([`*${title}*`, ...told])] : []
}

function ending({ kind }: Environment): string {
  const { persistent, limitDays } = kinds[kind]
  if (persistent) return 'Persistent: it stays'
  return `Ephemeral: destroyed once its purpose is fulfilled${limitDays ? `, reported after ${limitDays} days` : ''}`
}
