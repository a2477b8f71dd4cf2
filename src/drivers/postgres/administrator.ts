/** The login under which Slipway administers an instance server: the exact rights it needs, and what is wrong with one that was given. */
import { Client } from 'pg'
import { clean, ident, oldestServer } from './connection.js'
import { verifier } from './roles.js'
import { allowsPrepared, closing, openDatabases, withoutPrepared } from './server.js'

/** What a superuser of the server runs once, in this order; without the password, which is the operator's to set. Safe to repeat but for the first. */
export function administratorStatements(login: string, open: readonly string[] = ['postgres', 'template1']): string[] {
  return [`create role ${ident(login)} login createdb createrole`, ...administratorRights(login), ...open.map(closing)]
}

/** The rights of a login that is there. */
function administratorRights(login: string): string[] {
  return [
    `grant pg_read_all_stats to ${ident(login)}`,
    `grant set on parameter session_replication_role to ${ident(login)} with grant option`,
    `grant connect on database postgres to ${ident(login)}`,
  ]
}

/** One thing that is not as it has to be, and the statements or the setting that mend it. */
export interface ServerFinding {
  code:
    | 'unreachable'
    | 'too-old'
    | 'superuser'
    | 'no-createdb'
    | 'no-createrole'
    | 'no-statistics'
    | 'no-parameter'
    | 'open'
    | 'prepared'
    | 'shared'
    | 'not-administered'
  text: string
  mend: string
}

interface Facts {
  login: string
  super: boolean
  createdb: boolean
  createrole: boolean
  statistics: boolean
  parameter: boolean
  started: string
  strange: string[] | null
}

/** Looks at a server by its administrator's URL. `botUrl` is the bot's own database, to tell whether both are on one server. Changes nothing. */
export async function examineServer(url: string, botUrl: string | undefined): Promise<ServerFinding[]> {
  try {
    return await withClient(url, async (client) => {
      const { rows: versions } = await client.query<{ number: number; version: string }>(
        `select current_setting('server_version_num')::int as number, current_setting('server_version') as version`,
      )
      const { number = 0, version = '' } = versions[0] ?? {}
      // One that old cannot even be asked the rest.
      if (number < oldestServer)
        return [{ code: 'too-old', text: `it runs PostgreSQL ${version}`, mend: 'PostgreSQL 16 is the oldest that is supported.' }]
      const { rows } = await client.query<Facts>(
        `select current_user as login, rolsuper as super, rolcreatedb as createdb, rolcreaterole as createrole,
                pg_has_role(oid, 'pg_read_all_stats', 'usage') as statistics, pg_postmaster_start_time()::text as started,
                (select array_agg(r.rolname::text order by r.rolname) from pg_roles r
                  where shobj_description(r.oid, 'pg_authid') like 'slipway:%' and not pg_has_role(current_user, r.oid, 'usage')) as strange,
                has_parameter_privilege(current_user, 'session_replication_role', 'set with grant option') as parameter
           from pg_roles where rolname = current_user`,
      )
      const facts = rows[0]
      if (!facts) return []
      const open = await openDatabases(client)
      const prepared = await allowsPrepared(client)
      const shared = botUrl !== undefined && (await startedAt(botUrl)) === facts.started
      return judge(facts, { open, shared, prepared })
    })
  } catch (error) {
    // That it does not answer, or is too old to be asked, is the finding.
    return [
      { code: 'unreachable', text: clean(error).message, mend: 'Is the server up, and does the URL name host, port, login and password?' },
    ]
  }
}

function judge(facts: Facts, { open, shared, prepared }: { open: readonly string[]; shared: boolean; prepared: boolean }): ServerFinding[] {
  const { login } = facts
  const findings: ServerFinding[] = []
  const say = (wrong: boolean, code: ServerFinding['code'], text: string, mend: string) => wrong && findings.push({ code, text, mend })
  const [statistics = '', parameter = ''] = administratorRights(login)
  say(
    facts.super,
    'superuser',
    `${login} is a superuser`,
    `Give it a login of its own: ${administratorStatements('slipway_instances', open).join('; ')}.`,
  )
  say(!facts.createdb, 'no-createdb', `${login} may not create databases`, `alter role ${ident(login)} createdb`)
  say(!facts.createrole, 'no-createrole', `${login} may not create roles`, `alter role ${ident(login)} createrole`)
  say(!facts.statistics, 'no-statistics', `${login} cannot see other sessions`, statistics)
  say(!facts.parameter, 'no-parameter', `${login} may not hand on session_replication_role`, parameter)
  say(open.length > 0, 'open', `every login may connect to ${open.join(', ')}`, open.map(closing).join('; '))
  say(prepared, 'prepared', 'it allows prepared transactions, which outlive a freeze', `${withoutPrepared}; and start the server anew`)
  say(shared, 'shared', "instances stand on the bot's own server", 'Put them on a server of their own (INSTANCE_SERVERS).')
  const strange = facts.strange ?? []
  const adopt = strange.map((role) => `grant ${ident(role)} to ${ident(login)} with admin true, inherit true, set true`).join('; ')
  say(strange.length > 0, 'not-administered', `${login} cannot administer ${strange.join(', ')}, which somebody else made`, adopt)
  return findings
}

async function startedAt(url: string): Promise<string | undefined> {
  return withClient(url, async (client) => {
    const { rows } = await client.query<{ started: string }>(`select pg_postmaster_start_time()::text as started`)
    return rows[0]?.started
  }).catch(() => undefined) // the bot's own database has a line of its own
}

async function withClient<T>(url: string, use: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 5_000, options: '-c search_path=pg_catalog -c timezone=UTC' })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await use(client)
  } finally {
    await client.end()
  }
}

/** Makes the login on a server of our own (the embedded one, a test's), or brings the one that is there to the same state. `superuser` is that server's. */
export async function ensureAdministrator(superuser: string, login: string, password: string): Promise<string> {
  await withClient(superuser, async (client) => {
    await client.query('begin')
    await client.query(`select pg_advisory_xact_lock(hashtext('slipway administrator'))`)
    const { rowCount } = await client.query(`select from pg_roles where rolname = $1`, [login])
    await client.query(`${rowCount ? 'alter' : 'create'} role ${ident(login)} login createdb createrole password ${verifier(password)}`)
    for (const statement of [...administratorRights(login), ...(await openDatabases(client)).map(closing)]) await client.query(statement)
    await client.query('commit')
  })
  const url = new URL(superuser)
  Object.assign(url, { username: encodeURIComponent(login), password: encodeURIComponent(password), pathname: '/postgres' })
  return url.href
}
