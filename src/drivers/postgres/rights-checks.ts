/**
 * The checks that any product needs, beside its own: is the engine fit, and does everybody have exactly the rights that they should have?
 * What is expected follows from the instance's address and this file, never from the instance. Each has a test that breaks it once.
 */
import { granted, listed, ours, owned, ownedName, systemRights, systemStrangers, who } from './rights-catalog.js'
import { applicationConnections, maintenanceConnections } from './roles.js'

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
    sql: listed(`${ownedName} || ' of ' || pg_get_userbyid(o.owner)`, `${owned} where o.owner <> $1::text::regrole`),
    expected: none,
  },
  {
    id: 'DB-06',
    title: 'Rights of the application on rows',
    requirement: 'The application reads, adds, changes and removes rows of every table, and takes numbers of every sequence.',
    from: 'instance',
    sql: listed(
      `x`,
      `(select format('%s lacks %s', c.oid::regclass, p.held) as x from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join unnest(array['SELECT', 'INSERT', 'UPDATE', 'DELETE']) p (held)
      where ${ours} and c.relkind in ('r', 'p') and not has_table_privilege($2, c.oid, p.held)
      union all select format('%s lacks %s', c.oid::regclass, p.held) from pg_class c join pg_namespace n on n.oid = c.relnamespace
      cross join unnest(array['SELECT', 'UPDATE', 'USAGE']) p (held)
      where ${ours} and c.relkind = 'S' and not has_sequence_privilege($2, c.oid, p.held)
      union all select format('schema %s lacks USAGE', n.nspname) from pg_namespace n where ${ours} and not has_schema_privilege($2, n.oid, 'usage')) l`,
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
      'Neither login of the instance is superuser, creates roles or databases, replicates, or bypasses row security; both have their limit of connections.',
    from: 'instance',
    sql: listed(
      `concat_ws(' ', rolname, case when rolsuper then 'superuser' end, case when rolcreaterole then 'creates roles' end,
        case when rolcreatedb then 'creates databases' end, case when rolreplication then 'replicates' end,
        case when rolbypassrls then 'bypasses row security' end, case when not rolcanlogin then 'cannot log in' end, rolconnlimit)`,
      `pg_roles where rolname in ($2, $3)`,
    ),
    expected: ([, application, maintenance]) =>
      [`${application} ${applicationConnections}`, `${maintenance} ${maintenanceConnections}`].sort().join(', '),
  },
  {
    id: 'DB-11',
    title: 'Memberships',
    requirement:
      "The maintenance login is a member of the owner, the server's administrator of all three; nobody else is a member, and they are of no other role.",
    from: 'instance',
    sql: listed(
      `x`,
      `(select format('%s in %s', r.rolname, o.rolname) as x from pg_roles r cross join pg_roles o
        where o.rolname in ($1, $2, $3) and r.oid <> o.oid and not r.rolsuper and r.rolname <> $5 and pg_has_role(r.oid, o.oid, 'member')
          -- A login that was made for one piece of work, of Slipway's on this very instance.
          and not (r.rolvaliduntil is not null and shobj_description(r.oid, 'pg_authid') is not distinct from 'slipway:' || $4)
      union all select format('%s in %s', i.rolname, r.rolname) from pg_auth_members m
        join pg_roles r on r.oid = m.roleid join pg_roles i on i.oid = m.member
        where i.rolname in ($1, $2, $3) and r.rolname not in ($1, $2, $3)
      union all select format('%s hands %s on', i.rolname, r.rolname) from pg_auth_members m
        join pg_roles r on r.oid = m.roleid join pg_roles i on i.oid = m.member
        where r.rolname in ($1, $2, $3) and m.admin_option and i.rolname <> $5
      union all select format('%s lacks %s', a.rolname, o.rolname) from pg_roles a cross join pg_roles o
        where a.rolname = $5 and o.rolname in ($1, $2, $3) and not pg_has_role(a.oid, o.oid, 'usage')) l`,
    ),
    expected: ([owner, , maintenance]) => `${maintenance} in ${owner}`,
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
      where (d.datname = current_database() and (r.rolname is null or r.rolname in ($1, $2, $3))) or (s.setdatabase = 0 and (s.setrole = 0 or r.rolname in ($1, $2, $3)))`,
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
  {
    id: 'DB-17',
    title: "Nothing among PostgreSQL's own things",
    requirement: 'In the schemas of the system stands nothing but what came with it, or with an extension.',
    from: 'instance',
    sql: systemStrangers,
    expected: none,
  },
  {
    id: 'DB-18',
    title: "Rights on PostgreSQL's own things",
    requirement: 'What came with PostgreSQL may be used by those who could from the start, and by nobody else.',
    from: 'instance',
    sql: systemRights,
    expected: none,
  },
]
