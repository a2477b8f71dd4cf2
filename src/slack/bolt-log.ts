/** Our log in the shape that Slack's SDK wants. Its debug lines carry whole messages and `response_url`s, hence none of them. */
import { type Logger, LogLevel } from '@slack/bolt'
import type { Log } from '../log.js'

/** A logger for Bolt and the Web API clients. */
export function boltLog(log: Log): Logger {
  const line = (parts: unknown[]) => parts.map((part) => (part instanceof Error ? part.message : String(part))).join(' ')
  return {
    debug: () => undefined,
    info: (...parts) => log.debug(line(parts)),
    warn: (...parts) => log.warn(line(parts)),
    error: (...parts) => log.error(line(parts)),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  }
}
