/** The facts beside an operation, while they help: before it starts, and once it is done. Nothing here is the vendor's alone but `Why`. */
import type { Environment, Operation } from '../lifecycle/types.js'
import { type Audience, code, line } from './view.js'
import { instanceTitles, volunteersText } from './words.js'

type Fact = [label: string, value: string | null]

const before = new Set<Operation['state']>(['planning', 'waiting', 'scheduled'])

/** What will be made or ended, or what came of it; nothing while it runs and where it came to nothing. */
export function operationFields(operation: Operation, environment: Environment | null, audience: Audience): Fact[] {
  if (!environment || !(before.has(operation.state) || operation.state === 'done')) return []
  switch (operation.verb) {
    case 'create':
    case 'migrate':
    case 'promote':
      return operation.state === 'done' ? [...origin(environment), ...held(environment)] : origin(environment)
    case 'teardown':
    case 'rollback':
      return operation.state === 'done' ? [] : [...held(environment), ...(audience === 'ops' ? [why(operation)] : [])]
    case 'register':
    case 'extract':
    case 'qualify':
    case 'endorse':
    case 'measure':
      return []
    default:
      return operation.verb satisfies never
  }
}

function origin({ version, source }: Environment): Fact[] {
  return [
    ['Version', code(version)],
    ['Made from', source === 'base' ? 'the base configuration' : code(source)],
  ]
}

function held({ instances }: Environment): Fact[] {
  return instances.map((instance) => [instance.role === 'single' ? 'Volunteers' : instanceTitles[instance.role], volunteersText(instance)])
}

function why({ plan }: Operation): Fact {
  const { reason } = plan.data
  return ['Why', typeof reason === 'string' ? line(reason) : null]
}
