/** The only list of jobs, and how a job becomes the steps of a plan. */
import type { InstanceRole } from '../src/lifecycle/kinds.js'
import type { JobName, Plan } from '../src/lifecycle/types.js'
import { clone } from './clone.js'
import { endorse } from './endorse.js'
import { extract } from './extract.js'
import type { Job } from './job.js'
import { measure } from './measure.js'
import { merge } from './merge.js'
import { migrate } from './migrate.js'
import { provision } from './provision.js'
import { conclude, qualify } from './qualify.js'
import { register } from './register.js'
import { rollback } from './rollback.js'
import { teardown } from './teardown.js'

export const jobs = {
  provision,
  clone,
  migrate,
  register,
  extract,
  qualify,
  conclude,
  endorse,
  measure,
  merge,
  teardown,
  rollback,
} satisfies Record<JobName, Job>

/** The plan's steps: stage 0 is the dry run, then one stage per step, its instances side by side (Main ∥ Test). */
export function expand(name: JobName, roles: readonly (InstanceRole | null)[], data: Plan['data']): Plan['steps'] {
  const job: Job = jobs[name]
  const steps = job.steps
    .filter((step) => step.when?.(data) ?? true)
    .flatMap((step, index) => rolesFor(step.for, roles).map((role) => ({ name: step.name, title: step.title, role, stage: index + 1 })))
  return [{ name: 'plan', title: 'Plan and count', role: null, stage: 0 }, ...steps]
}

function rolesFor(wanted: 'once' | 'each' | 'main' | 'test', roles: readonly (InstanceRole | null)[]): (InstanceRole | null)[] {
  if (wanted === 'once') return [null]
  const order = ['main', 'single', 'test'] as const
  const present = order.filter((role) => roles.includes(role))
  if (wanted === 'each') return present
  return present.filter((role) => (wanted === 'test' ? role === 'test' : role !== 'test'))
}
