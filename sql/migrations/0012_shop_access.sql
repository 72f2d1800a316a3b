-- What we asked of a shop in its last run, and what its server lets us do: the facts of the "zero escrita" certificate. One row a shop, written
-- over at the end of each run. Shapes of statements, never a value; grants as the server gives them, without password hashes.
create table shop_access (
  tenant_id bigint not null,
  site_id bigint not null,
  run_id bigint not null,
  taken_at timestamptz not null default now(),
  server_version text not null,
  flavor text not null check (flavor in ('mariadb', 'mysql')),
  -- The session variable that was read back as 1: the session was read only.
  read_only_variable text not null,
  statement_limit_ms integer,
  -- Asked once a day, and anew when the connection changes.
  account text,
  grants jsonb,
  grants_at timestamptz,
  -- [{shape, count, failed, rows, ms, slowestMs}], most often first, at most 100.
  statements jsonb not null default '[]',
  shape_count integer not null default 0,
  statement_count integer not null default 0,
  ms integer not null default 0,
  rested_ms integer not null default 0,
  primary key (tenant_id, site_id),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('shop_access', 'select, insert, update, delete', 'select');
