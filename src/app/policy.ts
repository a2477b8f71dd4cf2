/** Reads the policy file (YAML or JSON) over the defaults of R29. */
import { readFileSync, statSync } from 'node:fs'
import { parse } from 'yaml'
import { ConfigError } from '../config.js'
import { type Policy, policyOf, policySchema } from '../lifecycle/policy.js'

/** The policy in force; without a file, the defaults with nobody in them. Throws `ConfigError` naming every wrong key. */
export function readPolicy(file: string | undefined): Policy {
  if (!file) return policyOf(policySchema.parse({}))
  const parsed = policySchema.safeParse(readYaml(file))
  if (parsed.success) return policyOf(parsed.data)
  throw new ConfigError(parsed.error.issues.map((issue) => `POLICY_FILE ${file}: ${issue.path.join('.') || 'the file'}: ${issue.message}`))
}

/** Bytes; a policy of a thousand people has some 50,000. */
const LARGEST = 1_048_576

function readYaml(file: string): unknown {
  const text = readText(file)
  try {
    return parse(text, { logLevel: 'error' })
  } catch (error) {
    // The first line says what and where; the others quote the file.
    throw new ConfigError([`POLICY_FILE ${file} is not YAML: ${(error as Error).message.split('\n', 1)[0]}`])
  }
}

function readText(file: string): string {
  try {
    const { size } = statSync(file)
    if (size <= LARGEST) return readFileSync(file, 'utf8')
  } catch (error) {
    throw new ConfigError([`POLICY_FILE ${file} cannot be read: ${(error as NodeJS.ErrnoException).code}`])
  }
  throw new ConfigError([`POLICY_FILE ${file} has more than ${LARGEST} bytes: it is no policy file`])
}
