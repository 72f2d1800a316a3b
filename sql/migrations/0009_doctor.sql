-- What the doctor found when it last looked at a saved shop: one row as each of its sixteen checks ends, so that a page shows them as they come.
-- Facts and details hold hosts, names of tables and form keys, counts; never a secret, never what a shopper typed.
create table doctor_runs (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  started_at timestamptz not null default now(),
  finished_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, site_id) references sites
);
create index doctor_runs_site_idx on doctor_runs (tenant_id, site_id, id desc);
select protect_tenant_table('doctor_runs', 'select, insert, update, delete', 'select');

create table doctor_checks (
  tenant_id bigint not null,
  doctor_run_id bigint not null,
  nn smallint not null check (nn between 1 and 16),
  state text not null check (state in ('ok', 'warning', 'error', 'not_tested')),
  code text not null,
  facts jsonb not null default '{}',
  details jsonb,
  ended_at timestamptz not null default now(),
  primary key (tenant_id, doctor_run_id, nn),
  foreign key (tenant_id, doctor_run_id) references doctor_runs on delete cascade
);
select protect_tenant_table('doctor_checks', 'select, insert, delete', 'select');
