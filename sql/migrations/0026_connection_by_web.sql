-- A shop connected from a page. The web process never reaches a shop: it leaves a command with what the person typed, secrets sealed for the
-- daemon's public key, and the daemon's doctor answers row by row. The key that opens saved secrets stays with the daemon
-- (docs/decisions/sealed-for-the-daemon.md).
alter table commands drop constraint commands_kind_check,
  add constraint commands_kind_check check (kind in ('sync_now', 'cancel', 'remap', 'recompute', 'accept_loss', 'retry_quarantine', 'test_connection', 'save_connection')),
  -- A recompute takes a while: its command ends with it.
  add column started_at timestamptz;
create index commands_recent_idx on commands (tenant_id, kind, created_at desc);

-- Public halves only. All daemons of an installation have the same pair, made from its secret key.
create table sealing_keys (
  key_id text primary key,
  public_key text not null,
  published_at timestamptz not null default now()
);
grant select, insert, update, delete on sealing_keys to carrinho_daemon;
grant select on sealing_keys to carrinho_api;

-- {password: {at, by}}: which secrets there are, since when and by whom; never what they are.
alter table connections add column secret_facts jsonb not null default '{}', add column saved_by bigint references users;
grant select (secret_facts, saved_by, tls_ca) on connections to carrinho_api;

-- is_trial: typed, not saved. command_id: what asked for it.
alter table doctor_runs add column is_trial boolean not null default false, add column command_id bigint, add column user_id bigint references users,
  add column error_code text;

-- A shop begins as a name; its connection is saved by the daemon.
grant insert (tenant_id, slug, name) on sites to carrinho_api;
