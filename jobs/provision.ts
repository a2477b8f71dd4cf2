/** From the base configuration: Demo, Sandbox without a Demo, Pre-PROD, Community (LIFECYCLE §2). */
import type { Plan } from '../src/lifecycle/types.js'
import type { ContentSet } from '../src/product/index.js'
import { plannedContent } from './counts.js'
import type { Job, StepContext } from './job.js'
import { qualify } from './qualify.js'
import { adapt, createDatabase, inventory, loadContent } from './steps.js'

const controlled = (data: Plan['data']) => data['purpose'] === 'preprod'

/** Demo and Community show studies too; a Sandbox starts with volunteers only; Pre-PROD starts with neither. */
function setsOf(purpose: Plan['data'][string]): readonly ContentSet[] {
  if (purpose === 'preprod') return ['base']
  return purpose === 'sandbox' ? ['base', 'dummy'] : ['base', 'dummy', 'demo']
}

const sets = (context: StepContext) => setsOf(context.operation.plan.data['purpose'] ?? null)

export const provision: Job = {
  name: 'provision',
  retry: { attempts: 4, backoffMs: 2_000 },
  async plan(context) {
    const instances = context.environment?.instances ?? []
    const lines = await Promise.all(instances.map((i) => plannedContent(context.product, i.version, sets(context), { role: i.role })))
    return lines.flat()
  },
  steps: [
    createDatabase('each'),
    loadContent('load-content', 'Load base configuration and dummy data', sets),
    adapt(),
    inventory('each'),
    { ...qualify('each'), when: controlled },
  ],
}
