-- Backups that were made or failed, so that whoever watches the installation sees the last good one; and which key each daemon has, so that the key of
-- the shops' secrets is not changed under one that has the old one only.
create table backups (
  id bigint generated always as identity primary key,
  started_at timestamptz not null,
  finished_at timestamptz not null,
  -- null when it failed
  path text,
  byte_count bigint,
  row_count bigint,
  error_code text,
  check ((path is null) = (error_code is not null))
);
create index backups_time_idx on backups (finished_at desc);
grant select, insert, delete on backups to carrinho_daemon;

alter table daemons add column secret_key_id text;

-- What `carrinho migrar-original` has brought over, by the old system's own tables and ids: a second run brings nothing twice.
create table original_rows (
  tenant_id bigint not null references tenants,
  -- the old table, and what of its row
  source text not null,
  old_id text not null,
  brought_at timestamptz not null default now(),
  primary key (tenant_id, source, old_id)
);
select protect_tenant_table('original_rows', 'select, insert', '');
