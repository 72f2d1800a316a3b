-- Exports (docs/rules.md, Exports): who took which rows out, and for a day the file itself. The record stays when the file goes.

alter table tenants add column export_rows_per_day integer not null default 500 check (export_rows_per_day between 0 and 1000000);

create table exports (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  list text not null check (list in ('leads', 'carrinhos', 'pedidos', 'clientes')),
  format text not null,
  -- the list's own query and what was chosen beside it, so that any api process can write the file
  query jsonb not null default '{}',
  options jsonb not null,
  filter_text text not null,
  file_name text not null,
  state text not null check (state in ('queued', 'running', 'done', 'failed')),
  -- how often it was begun: an api process may die over it
  attempts integer not null default 0,
  heartbeat_at timestamptz,
  -- rows of the list, those in the file (while it is written: so far), and those left out by reason
  selected_count integer not null,
  row_count integer not null default 0,
  left_out jsonb not null default '{}',
  part_count integer not null default 0,
  byte_count bigint not null default 0,
  -- of all parts, one after the other
  sha256 text check (sha256 ~ '^[0-9a-f]{64}$'),
  -- null: the command line
  user_id bigint references users,
  requested_at timestamptz not null,
  finished_at timestamptz,
  primary key (tenant_id, id)
);
create index exports_time_idx on exports (tenant_id, requested_at desc, id desc);
create index exports_user_idx on exports (tenant_id, user_id, requested_at);
create index exports_open_idx on exports (requested_at) where state in ('queued', 'running');
create index exports_finished_idx on exports (finished_at) where state = 'done';
select protect_tenant_table('exports', 'select, insert, update', 'select, insert, update');

create table export_chunks (
  tenant_id bigint not null,
  export_id bigint not null,
  part integer not null,
  position integer not null,
  bytes bytea not null,
  primary key (tenant_id, export_id, part, position),
  foreign key (tenant_id, export_id) references exports
);
-- Files are compressed already, or short.
alter table export_chunks alter column bytes set storage external;
select protect_tenant_table('export_chunks', 'select, insert, delete', 'select, insert, delete');

-- The oldest export that nobody writes, of any company: it is the caller's then, who says every few seconds that it is alive. After three times it fails.
create function take_export() returns table (tenant_id bigint, id bigint)
language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  update public.exports e set state = 'failed', finished_at = now()
  where e.state = 'running' and e.attempts >= 3 and e.heartbeat_at < now() - interval '60 seconds';
  return query
    update public.exports e set state = 'running', attempts = e.attempts + 1, heartbeat_at = now()
    where (e.tenant_id, e.id) = (
      select o.tenant_id, o.id from public.exports o
      where o.state = 'queued' or (o.state = 'running' and o.heartbeat_at < now() - interval '60 seconds')
      order by o.requested_at for update skip locked limit 1)
    returning e.tenant_id, e.id;
end
$$;
revoke execute on function take_export from public;
grant execute on function take_export to carrinho_api;

-- Files are kept for a day.
create function drop_old_export_files() returns void language sql security definer set search_path = pg_catalog, public as $$
  delete from public.export_chunks c using public.exports e
  where e.tenant_id = c.tenant_id and e.id = c.export_id and e.finished_at < now() - interval '24 hours'
$$;
revoke execute on function drop_old_export_files from public;
grant execute on function drop_old_export_files to carrinho_api;

-- What decides whether a record goes into an export: whether its person wants no messages by one of these channels (contact_block() judges), when
-- somebody last contacted them, and whether they ever paid.
create function export_facts(tenant bigint, record_entity text, record_id bigint, channels text[])
returns table (person_id bigint, is_opted_out boolean, contacted_at timestamptz, is_customer boolean) language sql stable rows 1 as $$
  select m.person_id,
         exists (select from unnest(channels) as asked (channel)
                 cross join lateral contact_block(tenant, record_entity, record_id, asked.channel) b where b.code = 'opted_out'),
         (select max(c.contacted_at) from person_records(tenant, record_entity, record_id) r
          join contacts c on c.tenant_id = tenant and c.entity = r.entity and c.entity_id = r.entity_id
          where c.undone_at is null),
         exists (select from people p where p.tenant_id = tenant and p.id = m.person_id and p.paid_order_count > 0)
         -- in whatever currency
         or exists (select from person_records(tenant, record_entity, record_id) r
                    join orders o on o.tenant_id = tenant and o.id = r.entity_id and o.class = 'paid'
                    where r.entity = 'order')
  from (select 1) one
  left join person_members m on m.tenant_id = tenant and m.entity = record_entity and m.entity_id = record_id
$$;
