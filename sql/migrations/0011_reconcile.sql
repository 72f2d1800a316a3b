-- What finds and mends what polls cannot see: a nightly pass over everything, and periods read again on demand.

alter table schedules drop constraint schedules_kind_check, add constraint schedules_kind_check check (kind in ('poll', 'reconcile', 'full'));

-- When a shop's nightly pass begins, between 02:00 and 04:59 of the shop's own time; shops are spread by their ids.
create function night_cron(site_id bigint) returns text language sql immutable strict set search_path = pg_catalog, pg_temp as $$
  select format('%s %s * * *', place % 60, 2 + place / 60) from (select site_id * 2654435761 % 180 as place) as spread
$$;

insert into schedules (tenant_id, site_id, kind, cron_expression, is_paused)
select tenant_id, site_id, 'full', night_cron(site_id), is_paused from schedules where kind = 'reconcile' on conflict do nothing;

-- A period that somebody asked to be read again. It is read in slices between the polls, so it goes on after a pause, a crash or a kill. With
-- waits_for_start it stops at 'ready', when its estimate is known, until a person starts it. `requested_by` is null for the command line.
create table backfills (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  from_at timestamptz,
  to_at timestamptz,
  targets text[],
  state text not null default 'waiting' check (state in ('waiting', 'estimating', 'ready', 'running', 'paused', 'done', 'cancelled', 'failed')),
  waits_for_start boolean not null default false,
  requested_by bigint references users,
  failure_count integer not null default 0,
  error_code text,
  error_facts jsonb,
  created_at timestamptz not null default now(),
  started_at timestamptz,
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references sites
);
create index backfills_site_idx on backfills (tenant_id, site_id, id desc);
select protect_tenant_table('backfills', 'select, insert, update, delete', 'select, insert, update');
create policy all_backfills on backfills for select to carrinho_daemon using (true);

-- `last_id`: up to where the period's rows were read, saved with each page.
create table backfill_streams (
  tenant_id bigint not null,
  backfill_id bigint not null,
  source text not null,
  stream text not null,
  estimated_count bigint,
  read_count bigint not null default 0,
  changed_count bigint not null default 0,
  last_id bigint not null default 0,
  is_done boolean not null default false,
  primary key (tenant_id, backfill_id, source, stream),
  foreign key (tenant_id, backfill_id) references backfills on delete cascade
);
select protect_tenant_table('backfill_streams', 'select, insert, update, delete', 'select');

-- A slice of a backfill is a run, told by its backfill and not in the history. `is_first`: no run of the shop had ended well before.
alter table runs add column backfill_id bigint, add column is_first boolean not null default false,
  add foreign key (tenant_id, backfill_id) references backfills;
create index runs_backfill_idx on runs (tenant_id, backfill_id) where backfill_id is not null;

-- What the row was last tried with: another version of the program or another field mapping is a reason to try it again.
alter table quarantine add column code_version text not null default '', add column mapping_version integer not null default 0;

alter table commands drop constraint commands_kind_check,
  add constraint commands_kind_check check (kind in ('sync_now', 'cancel', 'remap', 'recompute', 'accept_loss'));
