/** Reads the policy file (YAML or JSON) over the defaults of R29. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { ConfigError } from './config.js'
import { type Policy, policyOf, policySchema } from './lifecycle/policy.js'

/** The policy in force; without a file, the defaults with nobody in them. Throws `ConfigError` naming every wrong key. */
export function readPolicy(file: string | undefined): Policy {
  if (!file) return policyOf(policySchema.parse({}))
  const text = readText(file)
  const parsed = policySchema.safeParse(parse(text))
  if (parsed.success) return policyOf(parsed.data)
  throw new ConfigError(parsed.error.issues.map((issue) => `POLICY_FILE ${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}`))
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError([`POLICY_FILE ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`])
  }
}
