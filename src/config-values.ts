/** What values settings may have; no message repeats a value, for many are secrets. */
import { z } from 'zod'
import { parseKeys } from './secrets.js'

/** Any text. */
export const text = z.string().optional()
/** A whole number from `least` to `most`, of at most nine digits; `unset` where there is none. */
export const whole = (least: number, most: number, unset: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, `is not a whole number from ${least} to ${most}`)
    .transform(Number)
    .refine((value) => value >= least && value <= most, `is not a whole number from ${least} to ${most}`)
    .default(unset)
/** A URL with one of the schemes. */
export const address = (...schemes: string[]) =>
  z
    .string()
    .refine(
      (value) => URL.canParse(value) && schemes.some((scheme) => value.startsWith(`${scheme}://`)),
      `is not a URL that begins with ${schemes.map((scheme) => `${scheme}://`).join(' or ')}`,
    )
/** A token of Slack's, but not one of the kind that `wrong` tells; `advice` says which is meant. */
export const token = (wrong: RegExp, advice: string) =>
  z
    .string()
    .refine((value) => !wrong.test(value), advice)
    .optional()

/** `id:key`, parted by commas; see `parseKeys`. */
export const secretKeys = z.string().transform((value, context) => {
  try {
    return parseKeys(value)
  } catch (fault) {
    context.addIssue({ code: 'custom', message: (fault as Error).message })
    return z.NEVER
  }
})

/** `key=url`, parted by spaces. No message repeats an address, for it carries a password. */
export const instanceServers = z.string().transform((value, context) => {
  const issue = (message: string) => {
    context.addIssue({ code: 'custom', message })
    return z.NEVER
  }
  const servers = value
    .trim()
    .split(/\s+/)
    .map((entry) => ({ key: entry.slice(0, Math.max(0, entry.indexOf('='))), url: entry.slice(entry.indexOf('=') + 1) }))
  for (const [at, { key, url }] of servers.entries()) {
    const which = `entry ${at + 1}`
    if (!/^[a-z][a-z0-9-]{0,30}$/.test(key)) return issue(`${which} is not <key>=<url>, the key made of a-z, 0-9 and -`)
    if (!URL.canParse(url) || !/^postgres(ql)?:\/\//.test(url))
      return issue(`${which} (${key}) is not a URL that begins with postgresql://`)
    if (servers.findIndex((other) => other.key === key) !== at) return issue(`names ${key} twice`)
  }
  if (servers.some(({ key }) => key === 'default' || key === 'embedded'))
    return issue('takes a key that Slipway uses itself: default or embedded')
  return servers
})

/** Origins (`https://host:port`), parted by spaces. */
export const origins = z.string().transform((value, context) => {
  const listed = value.trim().split(/\s+/)
  const wrong = listed.filter((each) => !URL.canParse(each) || !/^https?:$/.test(new URL(each).protocol) || new URL(each).origin !== each)
  if (wrong.length === 0) return listed
  context.addIssue({
    code: 'custom',
    message: 'is not a list of origins (https://host or https://host:port, nothing after it), parted by spaces',
  })
  return z.NEVER
})
