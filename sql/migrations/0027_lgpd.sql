-- What a person asks of a company about the own data (docs/lgpd.md), and what makes an erasure outlive the next sync: of each erased key and record
-- an HMAC with the company's secret is kept, and a row of the shop that has one lands without personal data.

-- Requests of data subjects. `note` is emptied when the person is erased.
create table subject_requests (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  kind text not null check (kind in ('access', 'correction', 'opposition', 'erasure')),
  -- as it was then; an old id leads to whoever has its records
  person_id bigint not null,
  state text not null default 'open' check (state in ('open', 'approved', 'done', 'refused')),
  note text not null default '' check (length(note) <= 2000),
  -- null: the command line
  requested_by bigint references users,
  requested_at timestamptz not null,
  decided_by bigint references users,
  decided_at timestamptz,
  done_at timestamptz,
  -- of a done erasure: how many rows of what
  outcome jsonb not null default '{}',
  primary key (tenant_id, id)
);
create index subject_requests_time_idx on subject_requests (tenant_id, requested_at desc, id desc);
create unique index subject_requests_open_idx on subject_requests (tenant_id, person_id, kind) where state in ('open', 'approved');
select protect_tenant_table('subject_requests', 'select, insert, update', 'select, insert, update');

-- What the HMACs are made with, sealed for the daemon like a shop's password: whoever only has the database cannot try phones one by one.
create table erasure_secrets (
  tenant_id bigint primary key references tenants,
  secret_sealed text not null,
  created_at timestamptz not null default now()
);
select protect_tenant_table('erasure_secrets', 'select, insert, update', '');

-- HMACs of erased keys ('e:…', 'p:…') and records. is_kept: a shared or denied key of an erased record, which is others' too: it erases nobody.
create table tombstones (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  hmac text collate "C" not null check (hmac ~ '^[0-9a-f]{64}$'),
  is_kept boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create unique index tombstones_hmac_idx on tombstones (tenant_id, hmac);
select protect_tenant_table('tombstones', 'select, insert', '');

-- Records whose personal data were erased: on request, by the sync because their person was, or because they grew old.
create table erased_records (
  tenant_id bigint not null references tenants,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  reason text not null check (reason in ('request', 'sync', 'retention')),
  erased_at timestamptz not null default now(),
  primary key (tenant_id, entity, entity_id)
);
select protect_tenant_table('erased_records', 'select, insert', 'select');

-- A batch and an erasure take turns: the batch's side. Gives how many tombstones there are, so that a batch knows whether it has all of them in memory.
create function hold_erasures(tenant bigint) returns bigint language plpgsql volatile as $$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('erasures:' || tenant, 0));
  -- a statement of its own: it sees what was committed during the wait
  return (select count(*) from tombstones where tenant_id = tenant);
end
$$;

grant update (key) on person_changes to carrinho_daemon;
grant update (key) on recompute_queue to carrinho_daemon;
-- A kept filter that searches for the person goes.
grant select, delete on segments to carrinho_daemon;

alter table tenants
  -- data of people who never bought, after their last activity
  add column retention_months integer not null default 24 check (retention_months between 1 and 120),
  -- rows that could not be read, as they came
  add column retention_raw_days integer not null default 90 check (retention_raw_days between 1 and 3650),
  -- the log of accesses; never below 6 (Marco Civil, art. 15)
  add column retention_log_months integer not null default 12 check (retention_log_months between 6 and 120),
  -- null: nothing is removed, because nobody has looked at the preview yet
  add column retention_since timestamptz,
  add column retention_ran_at timestamptz;
