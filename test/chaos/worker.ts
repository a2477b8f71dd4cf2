/** A worker that kills itself: at every point of CHAOS_POINTS once, whichever process comes there first (CHAOS_FOLDER keeps the marks). */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { StepRefused } from '../../jobs/job.js'
import { startSlipway } from '../../src/app/index.js'
import { readConfig } from '../../src/config.js'
import type { Driver } from '../../src/drivers/driver.js'
import { createLog } from '../../src/log.js'

const points = new Set((process.env['CHAOS_POINTS'] ?? '').split(','))
const failing = process.env['CHAOS_FAIL'] ?? ''
/** Long enough for the work to have begun, too short for it to end. */
const intoTheWorkMs = 25

function mark(point: string): boolean {
  if (!points.has(point)) return false
  try {
    mkdirSync(join(process.env['CHAOS_FOLDER'] ?? '', point.replaceAll(' ', '.')))
    return true
  } catch {
    return false // this point has had its death
  }
}

function die(point: string): void {
  if (mark(point)) process.kill(process.pid, 'SIGKILL')
}

function dieDuring(driver: Driver): Driver {
  return new Proxy(driver, {
    get(target, name) {
      const method = Reflect.get(target, name) as (...args: unknown[]) => unknown
      return (...args: unknown[]) => {
        if (mark(`during ${String(name)}`)) setTimeout(() => process.kill(process.pid, 'SIGKILL'), intoTheWorkMs)
        return method.apply(target, args)
      }
    },
  })
}

void startSlipway(readConfig({ ...process.env, LOG_LEVEL: 'warn' }), {
  parts: ['worker'],
  pollMs: 100,
  log: createLog({ level: 'warn', stream: process.stdout }),
  driver: dieDuring,
  observe(when, { name, role }, way) {
    const step = `${name} ${role ?? 'once'}`
    die(`${when} ${step} ${way}`)
    if (when === 'after' && way === 'do' && step === failing) throw new StepRefused('R0', 'broken', 'It is broken.')
  },
}).then(() => process.stdout.write('ready\n'))
