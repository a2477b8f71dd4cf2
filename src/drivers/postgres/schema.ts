/** What a database's schema is, line by line, and what its fingerprint is made of. Owners, rights, and the order of columns do not count. */
import { createHash } from 'node:crypto'
import { SchemaDiffers } from '../driver.js'
import type { Client } from './connection.js'

const ours = `n.nspname <> 'information_schema' and n.nspname not like 'pg\\_%'`
const notOfExtension = (catalog: string, oid: string) =>
  `not exists (select from pg_depend x where x.classid = '${catalog}'::regclass and x.objid = ${oid} and x.deptype = 'e')`

/** Each part yields lines `kind name: definition`. Names are qualified, for nothing but `pg_catalog` is on the path (connection.ts). */
const parts = [
  `select format('extension %s', extname) from pg_extension where extname <> 'plpgsql'`,
  `select format('column %s.%s.%s: %s%s%s%s%s', n.nspname, c.relname, a.attname, format_type(a.atttypid, a.atttypmod),
            case when a.attnotnull then ' not null' end,
            case a.attidentity when 'a' then ' identity always' when 'd' then ' identity by default' end,
            case when a.attgenerated <> '' then ' generated' end,
            ' default ' || pg_get_expr(d.adbin, d.adrelid))
     from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
     left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where ${ours} and c.relkind in ('r', 'p', 'f') and a.attnum > 0 and not a.attisdropped and ${notOfExtension('pg_class', 'c.oid')}`,
  `select format('constraint %s.%s.%s: %s', n.nspname, r.relname, c.conname, pg_get_constraintdef(c.oid))
     from pg_constraint c join pg_class r on r.oid = c.conrelid join pg_namespace n on n.oid = r.relnamespace
    where ${ours} and c.contype <> 'n' and ${notOfExtension('pg_class', 'r.oid')}`,
  `select format('index %s.%s: %s', n.nspname, c.relname, pg_get_indexdef(c.oid))
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('i', 'I') and ${notOfExtension('pg_class', 'c.oid')}
      and not exists (select from pg_constraint x where x.conindid = c.oid and x.contype in ('p', 'u', 'x'))`,
  `select format('view %s.%s: %s', n.nspname, c.relname, pg_get_viewdef(c.oid))
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('v', 'm') and ${notOfExtension('pg_class', 'c.oid')}`,
  `select format('function %s: %s', p.oid::regprocedure, md5(pg_get_functiondef(p.oid)))
     from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ours} and p.prokind in ('f', 'p', 'w') and ${notOfExtension('pg_proc', 'p.oid')}`,
  `select format('trigger %s.%s: %s, %s', n.nspname, t.tgname, pg_get_triggerdef(t.oid), t.tgenabled)
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and not t.tgisinternal`,
  `select format('policy %s.%s: %s %s %s %s', n.nspname, p.polname, c.relname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
     from pg_policy p join pg_class c on c.oid = p.polrelid join pg_namespace n on n.oid = c.relnamespace where ${ours}`,
  `select format('options %s.%s: %s', n.nspname, c.relname, concat_ws(', ', c.reloptions::text, case when c.relpersistence <> 'p' then 'not logged' end,
            (select 'inherits ' || string_agg(i.inhparent::regclass::text, ', ' order by i.inhseqno) from pg_inherits i where i.inhrelid = c.oid)))
     from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and c.relkind in ('r', 'p', 'v', 'm', 'f') and ${notOfExtension('pg_class', 'c.oid')}
      and (c.reloptions is not null or c.relpersistence <> 'p' or exists (select from pg_inherits i where i.inhrelid = c.oid))`,
  `select format('domain constraint %s.%s: %s', t.oid::regtype, c.conname, pg_get_constraintdef(c.oid))
     from pg_constraint c join pg_type t on t.oid = c.contypid join pg_namespace n on n.oid = t.typnamespace
    where ${ours} and ${notOfExtension('pg_type', 't.oid')}`,
  `select format('statistics %s', pg_get_statisticsobjdef(s.oid)) from pg_statistic_ext s join pg_namespace n on n.oid = s.stxnamespace where ${ours}`,
  ...['pg_operator', 'pg_cast', 'pg_publication', 'pg_foreign_server', 'pg_foreign_data_wrapper', 'pg_ts_config'].map(
    (catalog) => `select format('%s %s', (i).type, (i).identity) from (
      select pg_identify_object('${catalog}'::regclass, o.oid, 0) as i, o.oid from ${catalog} o where o.oid >= 16384) o
      where ${notOfExtension(catalog, 'o.oid')}`,
  ),
  `select format('aggregate %s', p.oid::regprocedure) from pg_proc p join pg_namespace n on n.oid = p.pronamespace
    where ${ours} and p.prokind = 'a' and ${notOfExtension('pg_proc', 'p.oid')}`,
  // These three are lines only where something is switched: a database as its release made it has none of them by default.
  `select format('row security %s.%s: %s', n.nspname, c.relname, case when c.relforcerowsecurity then 'forced' else 'on' end)
     from pg_class c join pg_namespace n on n.oid = c.relnamespace where ${ours} and c.relrowsecurity`,
  `select format('rule %s.%s.%s: %s, %s', n.nspname, c.relname, r.rulename, pg_get_ruledef(r.oid), r.ev_enabled)
     from pg_rewrite r join pg_class c on c.oid = r.ev_class join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and r.rulename <> '_RETURN'`,
  `select format('foreign key trigger %s.%s: %s', n.nspname, c.relname, t.tgenabled)
     from pg_trigger t join pg_class c on c.oid = t.tgrelid join pg_namespace n on n.oid = c.relnamespace
    where ${ours} and t.tgisinternal and t.tgenabled <> 'O'`,
  `select format('type %s.%s: %s', n.nspname, t.typname, string_agg(e.enumlabel, ', ' order by e.enumsortorder))
     from pg_enum e join pg_type t on t.oid = e.enumtypid join pg_namespace n on n.oid = t.typnamespace
    where ${ours} and ${notOfExtension('pg_type', 't.oid')} group by n.nspname, t.typname`,
  `select format('domain %s.%s: %s', n.nspname, t.typname, format_type(t.typbasetype, t.typtypmod))
     from pg_type t join pg_namespace n on n.oid = t.typnamespace where ${ours} and t.typtype = 'd' and ${notOfExtension('pg_type', 't.oid')}`,
  `select format('sequence %s.%s: %s %s %s', n.nspname, c.relname, format_type(s.seqtypid, null), s.seqstart, s.seqincrement)
     from pg_sequence s join pg_class c on c.oid = s.seqrelid join pg_namespace n on n.oid = c.relnamespace where ${ours}`,
]

/** The schema of the client's database, one line per thing, sorted. */
export async function schemaLines(client: Client): Promise<string[]> {
  const { rows } = await client.query<{ line: string }>(
    `select line from (${parts.join('\nunion all\n')}) as schema (line) order by line collate "C"`,
  )
  return rows.map(({ line }) => line)
}

/** SHA-256 over the lines. */
export function fingerprintOf(lines: readonly string[]): string {
  return createHash('sha256').update(lines.join('\n')).digest('hex')
}

/** What differs between an instance's schema and its version's; empty when nothing does. */
function schemaDifference(instance: readonly string[], version: readonly string[]): string[] {
  const expected = new Set(version)
  const found = new Set(instance)
  return [
    ...instance.filter((line) => !expected.has(line)).map((line) => `+ ${line}`),
    ...version.filter((line) => !found.has(line)).map((line) => `- ${line}`),
  ]
}

/** Throws `SchemaDiffers` unless the client's database has exactly its version's schema. */
export async function refuseDifference(client: Client, database: string, version: string, expected: readonly string[]): Promise<void> {
  const difference = schemaDifference(await schemaLines(client), expected)
  if (difference.length > 0) throw new SchemaDiffers(database, version, difference)
}
