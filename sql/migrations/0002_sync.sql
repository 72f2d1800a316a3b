-- How far each shop was read, what each pass did, and what could not be read.

-- last_at / last_id: the last row committed. settled_id / settled_at: where the next pass starts at the latest, so that rows which were
-- younger than the settle time at the last pass are read again.
create table cursors (
  tenant_id bigint not null,
  site_id bigint not null,
  source text not null,
  stream text not null,
  scan text not null,
  last_at timestamptz,
  last_id bigint,
  settled_at timestamptz,
  settled_id bigint,
  caught_up_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, site_id, source, stream, scan),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('cursors', 'select, insert, update, delete', 'select');

create table runs (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  kind text not null check (kind in ('poll', 'full', 'backfill', 'reconcile')),
  state text not null check (state in ('queued', 'connecting', 'reading', 'writing', 'recomputing', 'succeeded', 'succeeded_with_warnings', 'failed', 'cancelled')),
  daemon_id uuid,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  heartbeat_at timestamptz,
  error_code text,
  error_facts jsonb,
  error_detail text,
  warnings jsonb not null default '[]',
  read_count bigint not null default 0,
  new_count bigint not null default 0,
  changed_count bigint not null default 0,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references sites
);
create index runs_site_idx on runs (tenant_id, site_id, id desc);
-- One live run a shop, whatever the daemons believe.
create unique index runs_one_live_idx on runs (tenant_id, site_id) where state in ('connecting', 'reading', 'writing', 'recomputing');
select protect_tenant_table('runs', 'select, insert, update, delete', 'select, insert');
create policy all_runs on runs for select to carrinho_daemon using (true);

-- Counts of a run by source and stream; `skipped` counts by reason. The live bar reads read_count and estimated_count here.
create table run_streams (
  tenant_id bigint not null,
  run_id bigint not null,
  source text not null,
  stream text not null,
  state text not null check (state in ('waiting', 'reading', 'done', 'failed', 'absent')),
  estimated_count bigint,
  read_count bigint not null default 0,
  new_count bigint not null default 0,
  changed_count bigint not null default 0,
  unchanged_count bigint not null default 0,
  missing_count bigint not null default 0,
  skipped jsonb not null default '{}',
  quarantined_count bigint not null default 0,
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, run_id, source, stream),
  foreign key (tenant_id, run_id) references runs on delete cascade
);
select protect_tenant_table('run_streams', 'select, insert, update, delete', 'select');

create table batches (
  tenant_id bigint not null,
  id bigint generated always as identity,
  run_id bigint not null,
  source text not null,
  stream text not null,
  scan text not null,
  read_count integer not null,
  new_count integer not null,
  changed_count integer not null,
  unchanged_count integer not null,
  quarantined_count integer not null,
  duration_ms integer not null,
  committed_at timestamptz not null default now(),
  primary key (tenant_id, id),
  foreign key (tenant_id, run_id) references runs on delete cascade
);
create index batches_run_idx on batches (tenant_id, run_id, id);
select protect_tenant_table('batches', 'select, insert, delete', 'select');

-- A row that could not be read, as it came, with its reason; the others of its page landed.
create table quarantine (
  tenant_id bigint not null,
  site_id bigint not null,
  source text not null,
  stream text not null,
  external_id text not null,
  reason text not null,
  detail text not null default '',
  raw text not null,
  attempt_count integer not null default 1,
  first_seen_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (tenant_id, site_id, source, stream, external_id),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('quarantine', 'select, insert, update, delete', 'select');

-- What a person asked of the daemon; enqueue_job() wakes it.
create table commands (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint,
  kind text not null check (kind in ('sync_now', 'cancel', 'remap', 'recompute')),
  args jsonb not null default '{}',
  user_id bigint references users,
  created_at timestamptz not null default now(),
  finished_at timestamptz,
  error_code text,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('commands', 'select, insert, update, delete', 'select, insert');
create policy all_commands on commands for select to carrinho_daemon using (true);

-- What changed and still has to be recomputed. Appended in the batch's transaction, taken out by `delete … returning`, so duplicates are
-- harmless and nobody waits for anybody. `key` is filled when a record lost a key: its old neighbours must be looked at too.
create table recompute_queue (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  entity text not null check (entity in ('lead', 'cart', 'order', 'key')),
  entity_id bigint,
  key text,
  primary key (tenant_id, id),
  check ((entity = 'key') = (key is not null) and (entity = 'key') = (entity_id is null))
);
select protect_tenant_table('recompute_queue', 'select, insert, delete', 'insert');
