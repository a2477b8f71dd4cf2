/** What the command line does besides starting, migrating and the doctor: keys, the product, the clock. Each returns the exit code. */

import { withState } from '../app/state.js'
import { type Config, ConfigError } from '../config.js'
import { advanceClockOffset } from '../db/clock.js'
import { checkProduct } from '../product/index.js'
import { manifest } from '../slack/manifest.js'
import { secretsReseal } from './secrets.js'

type Say = (line: string) => void

/** `slipway manifest`. */
export function showManifest(config: Config, say: Say): number {
  say(
    JSON.stringify(
      manifest({ prefix: config.commandPrefix, publicUrl: config.publicUrl, socketMode: config.slack?.mode === 'socket' }),
      null,
      2,
    ),
  )
  return 0
}

/** `slipway product check`. */
export function productCheck(config: Config, say: Say): number {
  const findings = checkProduct(config.productDir)
  for (const { file, key, message } of findings) say(`${file}: ${key}: ${message}`)
  if (findings.length === 0) say(`${config.productDir}: the product is in order.`)
  return findings.length === 0 ? 0 : 1
}

/** `slipway secrets reseal`. */
export function reseal(config: Config, say: Say): Promise<number> {
  return withState(config, (db) => secretsReseal(config, db, say))
}

const units: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** `slipway clock advance 36h`: only under `SLIPWAY_CLOCK=movable`, for demo and tests. */
export async function clockAdvance(config: Config, duration: string, say: Say): Promise<number> {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(duration) ?? []
  if (!count || !unit) throw new ConfigError([`"${duration}" is no duration; write 90s, 15m, 36h or 14d`])
  if (config.clock !== 'movable') throw new ConfigError(['SLIPWAY_CLOCK is not movable: the clock of a real system is never moved'])
  return withState(config, async (db) => {
    const offset = await advanceClockOffset(db, Number(count) * (units[unit] ?? 0))
    say(`Every process's clock is now ${offset / 1000} s ahead.`)
    return 0
  })
}
