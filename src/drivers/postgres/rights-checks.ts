/**
 * The checks that any product needs, beside its own: is the engine fit, and does everybody have exactly the rights that they should have?
 * What is expected follows from the instance's address and this file, never from the instance. Each has a test that breaks it once.
 */
/** Who is who, as the statements below know them: `$1` owner, `$2` application, `$3` maintenance, `$4` database, `$5` administrator. */
export type Names = readonly [owner: string, application: string, maintenance: string, database: string, administrator: string]

export interface RightsCheck {
  id: string
  title: string
  requirement: string
  /** Where it is executed: inside, as the maintenance login, or from the maintenance database, where other databases are seen. */
  from: 'instance' | 'server'
  /** One row, one text. */
  sql: string
  expected(names: Names): string
}

const none = () => '(none)'
const ours = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`
/** A list of what should not be there, or `(none)`. */
const listed = (expression: string, from: string) =>
  `select coalesce(string_agg(x, ', ' order by x collate "C"), '(none)') from (select ${expression} as x from ${from}) l`

/** Everything in the database that can be owned. */
const owned = `(
  select 'schema ' || n.nspname as what, n.nspowner as owner from pg_namespace n where ${ours} and n.nspowner <> 'pg_database_owner'::regrole
  union all select format('relation %I.%I', n.nspname, c.relname), c.relowner from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours}
  union all select format('routine %s', p.oid::regprocedure), p.proowner from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ours} and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
  union all select format('type %I.%I', n.nspname, t.typname), t.typowner from pg_type t join pg_namespace n on n.oid = t.typnamespace
    where ${ours} and not exists (select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
  union all select 'large object ' || l.oid, l.lomowner from pg_largeobject_metadata l
  union all select 'server ' || s.srvname, s.srvowner from pg_foreign_server s
  union all select 'publication ' || p.pubname, p.pubowner from pg_publication p
  union all select 'event trigger ' || e.evtname, e.evtowner from pg_event_trigger e) o`

/** Every right that was given on something in the database, one row per right and grantee. */
const granted = `(
  select format('relation %I.%I', n.nspname, c.relname) as what, a.grantee, a.privilege_type, a.is_grantable, c.relkind::text as kind
    from pg_class c join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(c.relacl) a where ${ours}
  union all select format('column %I.%I.%I', n.nspname, c.relname, t.attname), a.grantee, a.privilege_type, a.is_grantable, 'column'
    from pg_attribute t join pg_class c on c.oid = t.attrelid join pg_namespace n on n.oid = c.relnamespace cross join lateral aclexplode(t.attacl) a where ${ours}
  union all select 'schema ' || n.nspname, a.grantee, a.privilege_type, a.is_grantable, 'schema'
    from pg_namespace n cross join lateral aclexplode(n.nspacl) a where ${ours}
  union all select format('routine %s', p.oid::regprocedure), a.grantee, a.privilege_type, a.is_grantable, 'routine'
    from pg_proc p join pg_namespace n on n.oid = p.pronamespace cross join lateral aclexplode(p.proacl) a where ${ours}
  union all select format('type %I.%I', n.nspname, t.typname), a.grantee, a.privilege_type, a.is_grantable, 'type'
    from pg_type t join pg_namespace n on n.oid = t.typnamespace cross join lateral aclexplode(t.typacl) a where ${ours}
  union all select 'large object ' || l.oid, a.grantee, a.privilege_type, a.is_grantable, 'large object'
    from pg_largeobject_metadata l cross join lateral aclexplode(l.lomacl) a
  union all select 'defaults of ' || d.defaclrole::regrole, a.grantee, a.privilege_type, a.is_grantable, 'default'
    from pg_default_acl d cross join lateral aclexplode(d.defaclacl) a
  union all select 'database', a.grantee, a.privilege_type, a.is_grantable, 'database'
    from pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = current_database()) g`

const who = `case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end`

/** In the order in which they are executed. */
export const rightsChecks: readonly RightsCheck[] = [
  {
    id: 'DB-01',
    title: 'Database engine',
    requirement: 'The database engine is of a supported major version (PostgreSQL 16 or newer).',
    from: 'instance',
    sql: `select case when current_setting('server_version_num')::int >= 160000 then 'supported' else current_setting('server_version') end`,
    expected: () => 'supported',
  },
  {
    id: 'DB-02',
    title: 'Encoding',
    requirement: 'The database stores text as UTF-8.',
    from: 'instance',
    sql: `select pg_encoding_to_char(encoding) from pg_database where datname = current_database()`,
    expected: () => 'UTF8',
  },
  {
    id: 'DB-03',
    title: 'Health of constraints and indexes',
    requirement: 'Every constraint is validated and every index is usable.',
    from: 'instance',
    sql: listed(
      'what',
      `(select 'constraint ' || conname as what from pg_constraint where not convalidated
      union all select 'index ' || indexrelid::regclass from pg_index where not indisvalid or not indisready) h`,
    ),
    expected: none,
  },
  {
    id: 'DB-04',
    title: 'Owner of the database',
    requirement: 'The database belongs to a role that cannot log in and has no special rights.',
    from: 'instance',
    sql: `select concat_ws(' ', rolname, case when rolcanlogin then 'logs in' end, case when rolsuper then 'superuser' end,
            case when rolcreaterole then 'creates roles' end, case when rolcreatedb then 'creates databases' end,
            case when rolreplication then 'replicates' end, case when rolbypassrls then 'bypasses row security' end)
          from pg_database d join pg_roles r on r.oid = d.datdba where datname = current_database()`,
    expected: ([owner]) => owner,
  },
  {
    id: 'DB-05',
    title: 'Owner of everything in it',
    requirement: 'Schemas, tables, sequences, functions, types and whatever else is there belong to that role.',
    from: 'instance',
    sql: listed(`what || ' of ' || pg_get_userbyid(owner)`, `${owned} where owner <> $1::text::regrole`),
    expected: none,
  },
  {
    id: 'DB-06',
    title: 'Rights of the application on rows',
    requirement: 'The application reads, adds, changes and removes rows of every table.',
    from: 'instance',
    sql: listed(
      `format('%s lacks %s', c.oid::regclass, p.held)`,
      `pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p (held)
      where ${ours} and c.relkind in ('r', 'p') and not has_table_privilege($2, c.oid, p.held)`,
    ),
    expected: none,
  },
  {
    id: 'DB-07',
    title: 'No further rights of the application',
    requirement:
      'The application has no other right on anything: no TRIGGER, TRUNCATE, REFERENCES, MAINTAIN, CREATE or TEMPORARY, and can hand none on.',
    from: 'instance',
    sql: listed(
      `format('%s on %s%s', privilege_type, what, case when is_grantable then ' to hand on' end)`,
      `${granted}
      where grantee = $2::text::regrole and (is_grantable or not (
        privilege_type in ('SELECT', 'INSERT', 'UPDATE', 'DELETE') and kind in ('r', 'p', 'v', 'm', 'f')
        or privilege_type in ('SELECT', 'USAGE', 'UPDATE') and kind = 'S'
        or privilege_type = 'USAGE' and kind = 'schema' or privilege_type = 'CONNECT' and kind = 'database'))`,
    ),
    expected: none,
  },
  {
    id: 'DB-08',
    title: 'No access for the public',
    requirement: 'PUBLIC has no right on the database, on tables, sequences or large objects, and creates nothing.',
    from: 'instance',
    sql: listed(
      `what`,
      `(select privilege_type || ' on ' || what as what from ${granted} where grantee = 0
        and (kind not in ('schema', 'routine', 'type') or privilege_type = 'CREATE')
      union all select 'CREATE on schema ' || n.nspname from pg_namespace n where has_schema_privilege('public', n.oid, 'create') and ${ours}
      union all select p.held || ' on database' from unnest(array['CONNECT', 'CREATE', 'TEMPORARY']) p (held)
        where has_database_privilege('public', current_database(), p.held)) l`,
    ),
    expected: none,
  },
  {
    id: 'DB-09',
    title: 'No rights of others',
    requirement: 'No other role was given a right on anything in the database, and no defaults give one on what is still to be made.',
    from: 'instance',
    sql: listed(
      `x`,
      `(select privilege_type || ' on ' || what || ' for ' || ${who} as x from ${granted}
        where kind <> 'default' and grantee <> 0 and pg_get_userbyid(grantee) not in ($1, $2, 'pg_database_owner')
      union all select 'defaults of ' || defaclrole::regrole from pg_default_acl) l`,
    ),
    expected: none,
  },
  {
    id: 'DB-10',
    title: 'No special attributes',
    requirement:
      'Neither login of the instance is superuser, creates roles or databases, replicates, or bypasses row security; both have a limit of connections.',
    from: 'instance',
    sql: listed(
      `rolname`,
      `pg_roles where rolname in ($2, $3)
      and (rolsuper or rolcreaterole or rolcreatedb or rolreplication or rolbypassrls or not rolcanlogin or rolconnlimit < 0)`,
    ),
    expected: none,
  },
  {
    id: 'DB-11',
    title: 'Memberships',
    requirement:
      "The maintenance login is a member of the owner, the server's administrator of all three; nobody else is a member, and they are of no other role.",
    from: 'instance',
    sql: listed(
      `distinct m.member::regrole || ' in ' || m.roleid::regrole`,
      `pg_auth_members m
      join pg_roles r on r.oid = m.roleid join pg_roles i on i.oid = m.member
      where (r.rolname in ($1, $2, $3) or i.rolname in ($1, $2, $3)) and i.rolname <> $5`,
    ).replaceAll('::regrole ', '::regrole::text '),
    expected: ([owner, , maintenance]) => `${quoted(maintenance)} in ${quoted(owner)}`,
  },
  {
    id: 'DB-12',
    title: 'Settings of database and logins',
    requirement: 'Nothing is set for the database or its roles that would hold for sessions to come.',
    from: 'instance',
    sql: listed(
      `concat_ws(' ', d.datname, r.rolname, array_to_string(s.setconfig, ' '))`,
      `pg_db_role_setting s
      left join pg_database d on d.oid = s.setdatabase left join pg_roles r on r.oid = s.setrole
      where (d.datname = current_database() and (r.rolname is null or r.rolname in ($1, $2, $3))) or (s.setdatabase = 0 and r.rolname in ($1, $2, $3))`,
    ),
    expected: none,
  },
  {
    id: 'DB-13',
    title: 'No event triggers',
    requirement: 'No event trigger acts on what is done in the database.',
    from: 'instance',
    sql: listed(`evtname`, `pg_event_trigger`),
    expected: none,
  },
  {
    id: 'DB-14',
    title: 'Rights on parameters',
    requirement:
      'The application may set no parameter beyond its own session; the maintenance login may switch triggers off while it loads, and nothing else.',
    from: 'instance',
    sql: listed(
      `format('%s %s for %s%s', privilege_type, parname, ${who}, case when is_grantable then ' to hand on' end)`,
      `pg_parameter_acl cross join lateral aclexplode(paracl) where pg_get_userbyid(grantee) in ($1, $2, $3) or grantee = 0`,
    ),
    expected: ([, , maintenance]) => `SET session_replication_role for ${maintenance}`,
  },
  {
    id: 'DB-15',
    title: 'Reach of the application',
    requirement: 'The application can connect to this database and to no other of the server.',
    from: 'server',
    sql: listed(`datname`, `pg_database where datallowconn and has_database_privilege($2, oid, 'connect')`),
    expected: ([, , , database]) => database,
  },
  {
    id: 'DB-16',
    title: 'State of the database',
    requirement: 'The database accepts connections, is no template, and has a limit of connections.',
    from: 'server',
    sql: `select concat_ws(', ', case when not datallowconn then 'accepts no connections' end, case when datistemplate then 'is a template' end,
            case when datconnlimit < 0 then 'has no limit' end, 'else as it should be') from pg_database where datname = $4`,
    expected: () => 'else as it should be',
  },
]

/** As PostgreSQL writes a role's name. */
function quoted(name: string): string {
  return /^[a-z_][a-z0-9_$]*$/.test(name) ? name : `"${name}"`
}
