/**
 * What keeps row values out of a PostgreSQL server's log: the settings, and whether a server has them (H6).
 * The log is no place for volunteers: it is read by other people, kept elsewhere, and nobody deletes from it.
 * An error's first line quotes the value (`invalid input syntax for type date: "…"`), so errors are not logged at all; who asked gets them anyway.
 */

/** The settings under which neither a statement, nor an error, nor a parameter reaches the log. Each alone lets values through; see its test. */
const quiet = {
  log_min_messages: 'log',
  log_min_error_statement: 'panic',
  // Without details and contexts; printed parse trees and plans (`debug_print_*`) are details, too.
  log_error_verbosity: 'terse',
  log_statement: 'none',
  log_min_duration_statement: '-1',
  log_min_duration_sample: '-1',
  log_transaction_sample_rate: '0',
  // This one puts parameters into the message that the client gets, and logs.
  log_parameter_max_length_on_error: '0',
  // Of extensions; unknown where they are not loaded.
  'auto_explain.log_min_duration': '-1',
  'pgaudit.log': 'none',
  'pgaudit.role': '',
} as const

/** The same as `-c` arguments of a server that we start ourselves, without those of extensions. */
export const quietArguments = Object.entries(quiet).flatMap(([name, value]) => (name.includes('.') ? [] : [`${name}=${value}`]))

type Name = keyof typeof quiet

/** Other values that say no more than ours. */
const asQuiet: Partial<Record<Name, readonly string[]>> = { log_min_messages: ['fatal', 'panic'], 'pgaudit.log': [''] }

/** Libraries that log rows, with the settings that tell whether they do; where a library is not loaded, PostgreSQL hides these. */
const loud = { auto_explain: ['auto_explain.log_min_duration'], pgaudit: ['pgaudit.log', 'pgaudit.role'] } as const
/** Where libraries are named that are loaded as a session begins. `shared_preload_libraries` are loaded in ours as in all. */
const lists = ['shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries']

interface Asks {
  query(text: string): Promise<{ rows: Record<string, unknown>[] }>
}

/**
 * The statements that a superuser has to run on the server of `client` so that no row value reaches its log; none where it is so already.
 * Looks at the server's settings and at those kept for databases and roles; any login may ask. A library that logs rows and is preloaded
 * for one of these is named, unless its settings are kept beside it and quiet: what it does there is not seen from here. What is given on the server's command line
 * cannot be set by a statement, and is named in a comment.
 */
export async function rowLogging(client: Asks): Promise<string[]> {
  const names = [...Object.keys(quiet), ...lists].map((name) => `'${name}'`)
  const server = await client.query(`select name, setting, source from pg_catalog.pg_settings where name in (${names.join(', ')})`)
  const kept = await client.query(
    `select pg_catalog.quote_ident(d.datname) as database, pg_catalog.quote_ident(r.rolname) as role, c.entry, s.setconfig as beside
       from pg_catalog.pg_db_role_setting s
       left join pg_catalog.pg_database d on d.oid = s.setdatabase
       left join pg_catalog.pg_roles r on r.oid = s.setrole
      cross join lateral pg_catalog.unnest(s.setconfig) as c (entry)`,
  )
  const keptOnes = kept.rows.flatMap((row) => keptFault(row as unknown as Kept))
  const settings = server.rows as unknown as Setting[]
  const ofServer = settings.flatMap((row) => (lists.includes(row.name) ? unseen(row, settings) : serverFault(row)))
  return ofServer.some((statement) => !statement.startsWith('--'))
    ? [...keptOnes, ...ofServer, 'select pg_reload_conf()']
    : [...keptOnes, ...ofServer]
}

interface Setting {
  name: string
  setting: string
  source: string
}

const ofOthers = /^(database|user|database user|global)$/

function serverFault({ name, setting, source }: Setting): string[] {
  // What a database or a role keeps is named by itself; it is not the server's.
  if (isQuiet(name, setting) || ofOthers.test(source)) return []
  const wanted = quiet[name as Name]
  if (source === 'command line') return [`-- ${name} is given on the server's command line: give ${name}=${wanted} there`]
  return [`alter system set ${name} = '${wanted}'`]
}

/** Preloaded by the server, and not in this session, which began before or is spared: then nothing of its settings is to be seen. */
function unseen({ name, setting, source }: Setting, settings: readonly Setting[]): string[] {
  if (ofOthers.test(source)) return []
  const { rest, found } = librariesIn(setting, (needed) => needed.every((one) => settings.some((each) => each.name === one)))
  if (!found) return []
  if (source === 'command line') return [`-- ${name} is given on the server's command line: leave ${setting} out there`]
  return [rest ? `alter system set ${name} = ${rest}` : `alter system reset ${name}`]
}

/** Whether one of the libraries that log rows is in the list, other than those whose settings are `known`, and the list without it. */
function librariesIn(list: string, known: (settings: readonly string[]) => boolean): { rest: string; found: boolean } {
  const all = list.split(',').map((one) => one.trim().replaceAll('"', ''))
  const rest = all.filter((one) => {
    const library = /(auto_explain|pgaudit)(\.\w+)?$/i.exec(one)?.[1]?.toLowerCase() as keyof typeof loud | undefined
    return library === undefined || known(loud[library])
  })
  return { rest: rest.map((one) => `'${one.replaceAll("'", "''")}'`).join(', '), found: rest.length < all.length }
}

interface Kept {
  database: string | null
  role: string | null
  entry: string
  /** All that is kept for the same database and role. */
  beside: string[]
}

function keptFault({ database, role, entry, beside }: Kept): string[] {
  const [name = '', value = ''] = entry.split(/=(.*)/s)
  const { rest, found } = lists.includes(name) ? librariesIn(value, (needed) => needed.every(keptQuiet)) : { rest: '', found: false }
  if (!found && (!(name in quiet) || isQuiet(name, value))) return []
  const whose = role && database ? `role ${role} in database ${database}` : role ? `role ${role}` : `database ${database}`
  return [`alter ${database || role ? whose : 'role all'} ${rest ? `set ${name} = ${rest}` : `reset ${name}`}`]

  function keptQuiet(setting: string): boolean {
    return beside.some((each) => each.startsWith(`${setting}=`) && isQuiet(setting, each.slice(setting.length + 1)))
  }
}

function isQuiet(name: string, value: string): boolean {
  return quiet[name as Name] === value.toLowerCase() || (asQuiet[name as Name] ?? []).includes(value.toLowerCase())
}
