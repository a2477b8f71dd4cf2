/** App Home for the vendor's people: what waits for me, what runs, what is overdue, and every environment by customer. */
import { isLive } from '../lifecycle/situation.js'
import type { Operation, Request } from '../lifecycle/types.js'
import { type EnvironmentRow, environmentGroups } from './environment.js'
import { code, context, dateTag, escaped, header, line, lines, prose, section, type View, view } from './view.js'
import { count, duration, operationStates, some, status } from './words.js'

export interface HomeFacts {
  /** `where` is a channel's id or mention, or a word. */
  waiting: readonly { request: Request; title: string; where: string }[]
  environments: readonly EnvironmentRow[]
  running: readonly { operation: Operation; name: string }[]
  overdue: readonly string[]
  now: Date
}

/** Everything that one person of the vendor should see at a glance. */
export function home({ waiting, environments, running, overdue, now }: HomeFacts): View {
  const standing = environments.filter(isLive)
  return view(`${count(waiting.length, 'thing')} waiting for you`, [
    ...part('Waiting for you', waitingLines(waiting, now), 'Nothing. Enjoy the quiet.'),
    ...(overdue.length > 0
      ? part(
          'Overdue',
          overdue.map((each) => `:warning: ${prose(each)}`),
          '',
        )
      : []),
    ...part('Running', running.map(runningLine), 'Nothing runs at the moment.'),
    header('Environments'),
    ...(standing.length > 0 ? environmentGroups(standing, 40) : [section('None stands yet.')]),
    context(`As of ${dateTag(now)} · \`/env help\` shows what you can say`),
  ])
}

function part(title: string, told: readonly string[], none: string) {
  return [header(title), ...(told.length > 0 ? lines(some(told, 12)) : [section(`_${none}_`)])]
}

function waitingLines(waiting: HomeFacts['waiting'], now: Date): string[] {
  const oldest = [...waiting].sort((a, b) => a.request.openedAt.getTime() - b.request.openedAt.getTime())
  return oldest.map(({ request, title, where }) => {
    const until = request.dueAt ? ` · expires ${dateTag(request.dueAt)}` : ''
    return `:point_right: *${line(title, 120)}* · ${place(where)} · for ${duration(request.openedAt, now)}${until}`
  })
}

function place(where: string): string {
  const id = /^(?:<#)?([CG][A-Z0-9_]+)(?:\|[^>]*)?>?$/.exec(where)?.[1]
  return id ? `<#${id}>` : escaped(where)
}

function runningLine({ operation, name }: HomeFacts['running'][number]): string {
  return `${status(operationStates[operation.state])} · ${code(name)} · since ${dateTag(operation.startedAt ?? operation.requestedAt)}`
}

/** The Home of everybody who is not of the vendor: nothing is read for it. */
export function nobodysHome(): View {
  const text = 'This page is for the people of the vendor.'
  return view(text, [section(`:wave: *Welcome*\n${text} What you are asked for comes into your own channel, with buttons.`)])
}
