/** What the doctor's checks are made of. */
import { Client } from 'pg'

export interface Finding {
  what: string
  /** `warn`: worth a look; nothing fails by it. */
  ok: boolean | 'warn'
  advice: string | null
}

/** A check that throws what is wrong; `advice` says what to do then. */
export async function finding(what: string, advice: string, look: () => Promise<unknown>): Promise<Finding> {
  try {
    await look()
    return { what, ok: true, advice: null }
  } catch (error) {
    // What is wrong is the finding.
    return { what: `${what}: ${error instanceof Error ? error.message : String(error)}`, ok: false, advice }
  }
}

/** A check that answers with the statements to run, none where all is well; they follow the advice, a line each. */
export async function statements(what: string, advice: string, look: () => Promise<string[]>): Promise<Finding> {
  try {
    const wanted = await look()
    if (wanted.length === 0) return { what, ok: true, advice: null }
    const lines = wanted.map((statement) => (statement.startsWith('--') ? statement : `${statement};`))
    return { what, ok: false, advice: [advice, ...lines].join('\n') }
  } catch (error) {
    // It could not be looked at, which is a finding, too.
    return { what: `${what}: ${error instanceof Error ? error.message : String(error)}`, ok: false, advice: null }
  }
}

/** A connection for the time of `use`, given up after 5 seconds. */
export async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}
