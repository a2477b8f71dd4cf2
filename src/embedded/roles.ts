/** The logins of the embedded server beside its superuser, each with a password in a file of its own beside the cluster's. */
import { randomBytes } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { Client } from 'pg'

/**
 * Who there is: `owner` owns the bot's tables and works in `migrate` alone, `runtime` is the bot's and the worker's. A further login is a
 * line here (what it may do in `attributes`) and comes back as one more URL.
 */
const logins = {
  owner: { role: 'slipway_owner', attributes: '' },
  runtime: { role: 'slipway_runtime', attributes: '' },
} as const

type EmbeddedLogin = keyof typeof logins

/**
 * Makes the roles that are not there yet, gives the database to the owner, and returns a URL for each. May be called any number of times,
 * also side by side. `url` is the superuser's, `dataDir` the folder of the server.
 */
export async function embeddedRoles({ url, dataDir }: { url: string; dataDir: string }): Promise<Record<EmbeddedLogin, string>> {
  const home = path.join(path.resolve(dataDir), 'postgres')
  const client = new Client({ connectionString: url })
  await client.connect()
  try {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('slipway embedded roles'))`)
    const urls: Partial<Record<EmbeddedLogin, string>> = {}
    for (const [login, { role, attributes }] of Object.entries(logins) as [EmbeddedLogin, { role: string; attributes: string }][]) {
      const password = keptPassword(path.join(home, `password-${login}`))
      const { rowCount } = await client.query('select from pg_roles where rolname = $1', [role])
      const plain = 'login nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
      const verb = rowCount === 0 ? 'create' : 'alter'
      await client.query(`${verb} role ${role} ${plain} ${attributes} password ${client.escapeLiteral(password)}`)
      urls[login] = withLogin(url, role, password)
    }
    await client.query(`alter database slipway owner to ${logins.owner.role}`)
    await client.query('commit')
    return urls as Record<EmbeddedLogin, string>
  } finally {
    await client.end()
  }
}

/** Of several callers at once one writes the file, whole, and all read it. */
function keptPassword(file: string): string {
  if (!fs.existsSync(file)) {
    const making = `${file}.${process.pid}.${randomBytes(4).toString('hex')}`
    fs.writeFileSync(making, randomBytes(24).toString('hex'), { mode: 0o600 })
    try {
      fs.linkSync(making, file)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      fs.rmSync(making)
    }
  }
  return fs.readFileSync(file, 'utf8').trim()
}

function withLogin(url: string, role: string, password: string): string {
  const own = new URL(url)
  own.username = role
  own.password = password
  return own.href
}
