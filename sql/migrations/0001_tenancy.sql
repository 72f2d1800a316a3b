-- Who uses the installation, for which companies, and how each shop is reached. Nothing here comes from a shop.

create function app_tenant_id() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.tenant_id', true), '')::bigint $$;
create function app_user_id() returns bigint language sql stable parallel safe
  as $$ select nullif(current_setting('app.user_id', true), '')::bigint $$;

-- Row security for one tenant table: forced also for its owner, who has a policy of its own (without it, it would change 0 rows silently).
-- The privileges are SQL lists such as 'select, insert'; empty means none.
create function protect_tenant_table(tenant_table regclass, daemon_privileges text, api_privileges text) returns void language plpgsql as $$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy owner_sees_all on %s to carrinho_owner using (true) with check (true)', tenant_table);
  execute format('create policy tenant_rows on %s to carrinho_daemon, carrinho_api using (tenant_id = app_tenant_id()) with check (tenant_id = app_tenant_id())', tenant_table);
  if daemon_privileges <> '' then execute format('grant %s on %s to carrinho_daemon', daemon_privileges, tenant_table); end if;
  if api_privileges <> '' then execute format('grant %s on %s to carrinho_api', api_privileges, tenant_table); end if;
end
$$;
revoke execute on function protect_tenant_table from public;

grant usage on schema public to carrinho_daemon, carrinho_api;

create table tenants (
  id bigint generated always as identity primary key,
  slug text not null unique check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (name <> ''),
  time_zone text not null default 'America/Sao_Paulo',
  currency text not null default 'BRL' check (currency ~ '^[A-Z]{3}$'),
  area_code text check (area_code ~ '^[1-9][1-9]$'),
  window_before_minutes integer not null default 2880 check (window_before_minutes between 0 and 43200),
  window_after_minutes integer not null default 43200 check (window_after_minutes between 60 and 525600),
  cut_off_minutes integer not null default 60 check (cut_off_minutes between 5 and 1440),
  suspended_at timestamptz,
  created_at timestamptz not null default now()
);
grant select, insert, update on tenants to carrinho_daemon;
grant select, insert, update on tenants to carrinho_api;

create table users (
  id bigint generated always as identity primary key,
  email text not null unique check (email = lower(email)),
  name text not null,
  password_hash text,
  is_superadmin boolean not null default false,
  disabled_at timestamptz,
  created_at timestamptz not null default now()
);
grant select, insert, update on users to carrinho_api, carrinho_daemon;

create table sessions (
  token_hash bytea primary key,
  user_id bigint not null references users on delete cascade,
  created_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  expires_at timestamptz not null
);
create index sessions_user_id_idx on sessions (user_id);
grant select, insert, update, delete on sessions to carrinho_api;

-- One-time links: 'first_owner' makes the first user, 'login' lets a known user in. Only the hash of the token is kept.
create table login_links (
  token_hash bytea primary key,
  kind text not null check (kind in ('first_owner', 'login')),
  user_id bigint references users on delete cascade,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  used_at timestamptz,
  check ((kind = 'login') = (user_id is not null))
);
grant select, insert, update, delete on login_links to carrinho_api, carrinho_daemon;

create table login_failures (
  id bigint generated always as identity primary key,
  subject_hash bytea not null,
  failed_at timestamptz not null default now()
);
create index login_failures_subject_idx on login_failures (subject_hash, failed_at);
grant select, insert, delete on login_failures to carrinho_api;

create table memberships (
  tenant_id bigint not null references tenants,
  user_id bigint not null references users on delete cascade,
  role text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
  is_default boolean not null default false,
  created_at timestamptz not null default now(),
  primary key (tenant_id, user_id)
);
create index memberships_user_id_idx on memberships (user_id, tenant_id);
select protect_tenant_table('memberships', 'select, insert, update, delete', 'select, insert, update, delete');
create policy own_memberships on memberships for select to carrinho_api using (user_id = app_user_id());
create policy all_memberships on memberships for select to carrinho_daemon using (true);

-- One WordPress install. Empty settings fall back to what the shop says, then to the company's.
create table sites (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  slug text not null check (slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'),
  name text not null check (name <> ''),
  table_prefix text,
  cart_table text,
  site_url text,
  time_zone text,
  detected_time_zone text,
  currency text,
  detected_currency text,
  area_code text check (area_code ~ '^[1-9][1-9]$'),
  order_storage text check (order_storage in ('hpos', 'legacy')),
  mapping_version integer not null default 1,
  created_at timestamptz not null default now(),
  primary key (tenant_id, id),
  unique (tenant_id, slug)
);
select protect_tenant_table('sites', 'select, insert, update', 'select, update');
create policy all_sites on sites for select to carrinho_daemon using (true);

create table connections (
  tenant_id bigint not null,
  site_id bigint not null,
  mode text not null check (mode in ('direct', 'ssh')),
  host text not null,
  port integer not null default 3306 check (port between 1 and 65535),
  username text not null,
  database_name text not null,
  password_sealed text,
  tls_mode text not null default 'verify' check (tls_mode in ('verify', 'ca', 'pinned', 'off')),
  tls_ca text,
  tls_fingerprint text,
  ssh_host text,
  ssh_port integer check (ssh_port between 1 and 65535),
  ssh_username text,
  ssh_host_key text,
  ssh_password_sealed text,
  ssh_private_key_sealed text,
  ssh_passphrase_sealed text,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, site_id),
  foreign key (tenant_id, site_id) references sites,
  check (mode = 'direct' or (ssh_host is not null and ssh_port is not null and ssh_username is not null))
);
select protect_tenant_table('connections', 'select, insert, update', '');
-- The web process never reads a secret, not even a sealed one.
grant select (tenant_id, site_id, mode, host, port, username, database_name, tls_mode, tls_fingerprint, ssh_host, ssh_port, ssh_username, ssh_host_key, updated_at) on connections to carrinho_api;

-- Which answer of a form is what. form_plugin = form_id = '' is the shop's default.
create table field_mappings (
  tenant_id bigint not null,
  site_id bigint not null,
  form_plugin text not null default '',
  form_id text not null default '',
  name_key text,
  phone_key text,
  email_key text,
  size_key text,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, site_id, form_plugin, form_id),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('field_mappings', 'select, insert, update, delete', 'select, insert, update, delete');

-- Every order status seen in a shop. `manual_class` is a person's choice; has_paid_order makes an unknown status a paid one (docs/rules.md, order classes).
create table order_status_classes (
  tenant_id bigint not null,
  site_id bigint not null,
  wc_status text not null,
  manual_class text check (manual_class in ('paid', 'awaiting_payment', 'void')),
  has_paid_order boolean not null default false,
  first_seen_at timestamptz not null default now(),
  primary key (tenant_id, site_id, wc_status),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('order_status_classes', 'select, insert, update, delete', 'select, insert, update');

-- fired_at makes a tick fire once, however many daemons there are.
create table schedules (
  tenant_id bigint not null,
  site_id bigint not null,
  kind text not null check (kind in ('poll', 'reconcile')),
  cron_expression text not null,
  is_paused boolean not null default false,
  fired_at timestamptz,
  updated_at timestamptz not null default now(),
  primary key (tenant_id, site_id, kind),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('schedules', 'select, insert, update, delete', 'select, insert, update');
create policy all_schedules on schedules for select to carrinho_daemon using (true);
create policy fire_schedules on schedules for update to carrinho_daemon using (true) with check (true);

create table daemons (
  id uuid primary key,
  version text not null,
  host text not null,
  pid integer not null,
  started_at timestamptz not null default now(),
  heartbeat_at timestamptz not null default now()
);
grant select, insert, update, delete on daemons to carrinho_daemon;
grant select on daemons to carrinho_api;

create table source_types (
  name text primary key,
  label text not null,
  streams jsonb not null,
  updated_at timestamptz not null default now()
);
grant select, insert, update, delete on source_types to carrinho_daemon;
grant select on source_types to carrinho_api;
