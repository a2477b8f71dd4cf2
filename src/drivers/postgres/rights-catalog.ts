/** Parts of the statements that read rights off the catalogue: who owns what, what was given to whom, what does not belong there. */

export const ours = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`
/** A list of what should not be there, or `(none)`. */
export const listed = (expression: string, from: string) =>
  `select coalesce(string_agg(x, ', ' order by x collate "C"), '(none)') from (select ${expression} as x from ${from}) l`

/** The first number that PostgreSQL gives to what is made after a cluster: what is below came with it. */
const firstOwn = 16_384
const notOfExtension = `not exists (select from pg_depend d where d.classid = o.class and d.objid = o.oid and d.deptype = 'e')`

/** Everything in the database that can be owned, what came with PostgreSQL and what belongs to an extension left out. */
export const owned = `(select pg_identify_object(o.class, o.oid, 0) as i, o.owner, o.space from (
  select 'pg_class'::regclass as class, oid, relowner as owner, relnamespace as space from pg_class
  union all select 'pg_proc'::regclass, oid, proowner, pronamespace from pg_proc
  union all select 'pg_type'::regclass, oid, typowner, typnamespace from pg_type
  union all select 'pg_operator'::regclass, oid, oprowner, oprnamespace from pg_operator
  union all select 'pg_opclass'::regclass, oid, opcowner, opcnamespace from pg_opclass
  union all select 'pg_opfamily'::regclass, oid, opfowner, opfnamespace from pg_opfamily
  union all select 'pg_collation'::regclass, oid, collowner, collnamespace from pg_collation
  union all select 'pg_conversion'::regclass, oid, conowner, connamespace from pg_conversion
  union all select 'pg_ts_dict'::regclass, oid, dictowner, dictnamespace from pg_ts_dict
  union all select 'pg_ts_config'::regclass, oid, cfgowner, cfgnamespace from pg_ts_config
  union all select 'pg_statistic_ext'::regclass, oid, stxowner, stxnamespace from pg_statistic_ext
  union all select 'pg_namespace'::regclass, oid, nspowner, null from pg_namespace
  union all select 'pg_language'::regclass, oid, lanowner, null from pg_language
  union all select 'pg_foreign_server'::regclass, oid, srvowner, null from pg_foreign_server
  union all select 'pg_foreign_data_wrapper'::regclass, oid, fdwowner, null from pg_foreign_data_wrapper
  union all select 'pg_publication'::regclass, oid, pubowner, null from pg_publication
  union all select 'pg_event_trigger'::regclass, oid, evtowner, null from pg_event_trigger
  union all select 'pg_largeobject'::regclass, oid, lomowner, null from pg_largeobject_metadata) o
  where o.oid >= ${firstOwn} and ${notOfExtension}) o`
export const ownedName = `(o.i).type || ' ' || (o.i).identity`
const inSystem = `o.space in ('pg_catalog'::regnamespace, 'information_schema'::regnamespace)`

/** What stands among PostgreSQL's own things and did not come with it: nobody but a superuser can have put it there. */
export const systemStrangers = `select coalesce(string_agg(x, ', ' order by x collate "C"), '(none)') from (
  select ${ownedName} as x from ${owned} where ${inSystem}) l`

/** Rights on PostgreSQL's own things that are not those that they came with. */
export const systemRights = `select coalesce(string_agg(x, ', ' order by x collate "C"), '(none)') from (
  select (pg_identify_object(c.class, c.oid, c.sub)).identity as x from (
    select 'pg_class'::regclass as class, oid, 0 as sub, relacl as acl, relnamespace as space, relowner as owner from pg_class
    union all select 'pg_class'::regclass, attrelid, attnum, attacl, relnamespace, relowner from pg_attribute a join pg_class r on r.oid = a.attrelid
    union all select 'pg_proc'::regclass, oid, 0, proacl, pronamespace, proowner from pg_proc
    union all select 'pg_type'::regclass, oid, 0, typacl, typnamespace, typowner from pg_type
    union all select 'pg_namespace'::regclass, oid, 0, nspacl, oid, nspowner from pg_namespace
    union all select 'pg_language'::regclass, oid, 0, lanacl, 'pg_catalog'::regnamespace, lanowner from pg_language) c
  left join pg_init_privs p on p.classoid = c.class and p.objoid = c.oid and p.objsubid = c.sub
  where c.oid < ${firstOwn} and (
    c.space = 'pg_catalog'::regnamespace
      and array(select x::text from unnest(c.acl) x order by 1) <> array(select x::text from unnest(p.initprivs) x order by 1)
    -- What PostgreSQL gave here it does not note: everybody reads, and nobody does more.
    or c.space = 'information_schema'::regnamespace and exists (
      select from aclexplode(c.acl) a where a.grantee not in (0, c.owner) or a.grantee = 0 and a.privilege_type not in ('SELECT', 'USAGE')))) l`

/** Every right that was given on something in the database, one row per right and grantee. */
export const granted = `(
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
  union all select 'server ' || f.srvname, a.grantee, a.privilege_type, a.is_grantable, 'server'
    from pg_foreign_server f cross join lateral aclexplode(f.srvacl) a
  union all select 'wrapper ' || f.fdwname, a.grantee, a.privilege_type, a.is_grantable, 'wrapper'
    from pg_foreign_data_wrapper f cross join lateral aclexplode(f.fdwacl) a
  union all select 'database', a.grantee, a.privilege_type, a.is_grantable, 'database'
    from pg_database d cross join lateral aclexplode(d.datacl) a where d.datname = current_database()) g`

export const who = `case grantee when 0 then 'PUBLIC' else pg_get_userbyid(grantee) end`
