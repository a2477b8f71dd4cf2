/** docker-compose.yml as the tests read it: parsed, with the values that Compose would put in. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

interface Service {
  image: string
  command: string[]
  ports?: string[]
  networks: string[]
  volumes?: string[]
  environment?: Record<string, string>
  depends_on?: Record<string, { condition: string }>
  healthcheck: { test?: string[]; disable?: boolean }
  profiles?: string[]
  container_name?: string
  read_only?: boolean
}

export type ServiceName = 'redis' | 'postgres' | 'instances' | 'migrate' | 'bot' | 'worker' | 'proxy'

interface Compose {
  services: Record<ServiceName, Service>
  networks: Record<string, { internal?: boolean } | null>
  volumes: Record<string, unknown>
}

export const composeText = readFileSync('docker-compose.yml', 'utf8')
export const compose: Compose = parse(composeText, { merge: true })

/** What Compose makes of `${NAME:-default}`, `${NAME:?message}` and `$$`. Throws where a value that must be given is not. */
export function interpolated(raw: string, given: Record<string, string>): string {
  return raw
    .replace(/\$\{(\w+):([-?])([^}]*)\}/g, (_, name: string, kind: string, rest: string) => {
      if (kind === '?' && !given[name]) throw new Error(`Compose: ${name}: ${rest}`)
      return given[name] ?? (kind === '-' ? rest : '')
    })
    .replaceAll('$$', '$')
}

/** A service's environment as Compose sets it from `given`. */
export function environmentFrom(service: ServiceName, given: Record<string, string>): Record<string, string> {
  const set = Object.entries(compose.services[service].environment ?? {})
  return Object.fromEntries(set.map(([key, raw]) => [key, interpolated(raw, given)]))
}

/** The settings that `postgres -c name=value …` of a service gives its server. */
export function serverSettings(service: 'postgres' | 'instances'): Record<string, string> {
  const [, ...args] = compose.services[service].command
  return Object.fromEntries(args.filter((arg) => arg !== '-c').map((arg) => arg.split(/=(.*)/).slice(0, 2) as [string, string]))
}

/** The statements of an init script in docs/operations/compose, its passwords put in as psql's `\getenv` and `:'name'` do. */
export function initStatements(script: 'postgres' | 'instances', env: Record<string, string>): string {
  const text = readFileSync(`docs/operations/compose/${script}.sql`, 'utf8')
  const variables = new Map<string, string>()
  for (const [, name = '', from = ''] of text.matchAll(/^\\getenv (\w+) (\w+)$/gm)) variables.set(name, env[from] ?? '')
  const statements = text.replace(/^\\.*$/gm, '').replace(/:'(\w+)'/g, (_, name: string) => {
    const value = variables.get(name)
    if (!value) throw new Error(`${script}.sql: ${name} is not given`)
    return `'${value.replaceAll("'", "''")}'`
  })
  return statements
}
