/** The migration of one customer: what was handed over, what each iteration came to, and who is being waited for. */
import { openRequest } from '../lifecycle/situation.js'
import type { Iteration, Situation } from '../lifecycle/types.js'
import { fileLines, reportBlocks } from './report.js'
import { goingOn } from './situation.js'
import { code, context, dateTag, divider, header, lines, section, shortHash, type View, view } from './view.js'
import { waitingLines } from './waiting.js'
import { bytes, count, iterationStates, some, status } from './words.js'

/** The files, the newest iteration with its report, and the ones before. */
export function migrationStatus(situation: Situation): View {
  const { customer, files, iterations } = situation
  const newest = iterations.at(-1)
  const title = `Migration: ${customer?.name ?? 'no customer'}`
  const state = newest ? `iteration ${newest.number}, ${iterationStates[newest.state].word.toLowerCase()}` : 'no iteration yet'
  const size = files.reduce((sum, file) => sum + file.bytes, 0)
  const running = goingOn(situation, ({ verb }) => verb === 'migrate' || verb === 'register')
  return view(`${title}: ${state}`, [
    header(title),
    customer && !customer.legacy ? section('There is no legacy database, so there is nothing to migrate.') : null,
    ...(newest ? newestBlocks(situation, newest) : [section(':hourglass_flowing_sand: *No iteration yet*')]),
    ...lines(running),
    divider(),
    ...lines([`*Files* · ${count(files.length, 'file')}, ${bytes(size)}`, ...fileLines(files)]),
    ...before(iterations.slice(0, -1)),
    context('Files are handed over in the intake folder and never travel through Slack.'),
  ])
}

function newestBlocks(situation: Situation, iteration: Iteration) {
  const asked = ['review-iteration', 'approve-scripts'] as const
  const waiting = asked.flatMap((kind) => {
    const request = openRequest(situation, kind, iteration.id)
    return request ? waitingLines(request, situation, 'ops') : []
  })
  const bound = `specification ${shortHash(iteration.specification)} · program ${code(iteration.program)} · version ${code(iteration.version)}`
  return [
    section(
      [`*Iteration ${iteration.number}* · ${status(iterationStates[iteration.state])} · ${dateTag(iteration.at)}`, ...waiting].join('\n'),
    ),
    ...(iteration.report ? reportBlocks(iteration) : []),
    context(`Bound to ${bound}`),
  ]
}

function before(iterations: readonly Iteration[]) {
  if (iterations.length === 0) return []
  const told = [...iterations].reverse().map(({ number, state, at }) => `${number} · ${status(iterationStates[state])} · ${dateTag(at)}`)
  return [divider(), ...lines(['*Iterations before*', ...some(told, 8)])]
}
