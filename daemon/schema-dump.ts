// sql/schema.sql: what the migrations make, as one readable text from the catalog. CI compares it, so that no migration changes the structure
// unseen. Our own query, because pg_dump of another version than the server's refuses to work.
import type { Pool } from './db.ts';

/** Tables with columns, constraints, indexes, row security, policies and rights, then functions, views and triggers; the same text on Postgres 15 to 18. */
export async function dumpSchema(pool: Pool): Promise<string> {
  const { rows } = await pool.query<{ part: string }>(query);
  return `-- Written by "carrinho migrar --esquema"; not run by anything. The structure is made by sql/migrations.\n\n${rows.map((row) => row.part).join('\n\n')}\n`;
}

const query = `
with tables as (
  select c.oid, c.relname, c.relrowsecurity, c.relforcerowsecurity
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
), table_parts as (
  select 1 as section, t.relname as name, concat_ws(E'\\n',
    'table ' || t.relname || case when t.relforcerowsecurity then ' (row security forced)' when t.relrowsecurity then ' (row security)' else '' end,
    (select string_agg('  ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
              || case when a.attnotnull then ' not null' else '' end
              || case when a.attidentity <> '' then ' identity' else '' end
              || coalesce(case when a.attgenerated <> '' then ' generated ' else ' default ' end || pg_get_expr(d.adbin, d.adrelid), ''), E'\\n' order by a.attnum)
       from pg_attribute a left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      where a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped),
    (select string_agg('  ' || k.conname || ': ' || pg_get_constraintdef(k.oid), E'\\n' order by k.conname)
       from pg_constraint k where k.conrelid = t.oid and k.contype <> 'n'),
    (select string_agg('  ' || pg_get_indexdef(i.indexrelid), E'\\n' order by i.indexrelid::regclass::text)
       from pg_index i where i.indrelid = t.oid and not exists (select from pg_constraint k where k.conindid = i.indexrelid)),
    (select string_agg('  policy ' || p.polname || ' for ' || p.polcmd::text || ' to '
              || (select string_agg(r.rolname, ', ' order by r.rolname) from pg_roles r where r.oid = any(p.polroles))
              || ' using ' || coalesce(pg_get_expr(p.polqual, p.polrelid), '-') || ' check ' || coalesce(pg_get_expr(p.polwithcheck, p.polrelid), '-'), E'\\n' order by p.polname)
       from pg_policy p where p.polrelid = t.oid),
    (select string_agg('  ' || grantee || ' may ' || privileges, E'\\n' order by grantee, privileges)
       from (select r.rolname as grantee, string_agg(a.privilege_type, ', ' order by a.privilege_type) as privileges
               from pg_class c, aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee
              where c.oid = t.oid and r.rolname in ('carrinho_api', 'carrinho_daemon') group by r.rolname
             union all
             select r.rolname, a.privilege_type || ' (' || string_agg(k.attname, ', ' order by k.attnum) || ')'
               from pg_attribute k, aclexplode(k.attacl) a join pg_roles r on r.oid = a.grantee
              where k.attrelid = t.oid and r.rolname in ('carrinho_api', 'carrinho_daemon') group by r.rolname, a.privilege_type) rights)
  ) as part
  from tables t
), function_parts as (
  select 2 as section, p.proname as name, pg_get_functiondef(p.oid) as part
    from pg_proc p where p.pronamespace = 'public'::regnamespace
)
, view_parts as (
  select 3 as section, c.relname as name,
         'view ' || c.relname || coalesce(' with (' || array_to_string(c.reloptions, ', ') || ')', '') || E'\\n' ||
           -- Postgres 15 writes each column with its table
           regexp_replace(pg_get_viewdef(c.oid), '\\m[a-z_]+\\.', '', 'g')
           || coalesce((select string_agg(E'\\n  ' || r.rolname || ' may ' || a.privilege_type, '' order by r.rolname, a.privilege_type)
                         from aclexplode(c.relacl) a join pg_roles r on r.oid = a.grantee where r.rolname in ('carrinho_api', 'carrinho_daemon')), '') as part
    from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'v'
), trigger_parts as (
  select 4 as section, t.tgname as name, pg_get_triggerdef(t.oid) as part
    from pg_trigger t join pg_class c on c.oid = t.tgrelid
    where c.relnamespace = 'public'::regnamespace and not t.tgisinternal
)
select part
from (select * from table_parts union all select * from function_parts union all select * from view_parts union all select * from trigger_parts) parts
order by section, name, part`;
