-- What people add to what the shops say: whom they contacted, what they set right by hand, who is whom, who wants no messages. Never deleted by
-- the program: undoing is a fact of its own, with its author. user_id is null for what the command line did without --usuario.

alter table tenants
  -- a recovery through a third record of the same person counts (docs/rules.md, match)
  add column counts_indirect_links boolean not null default false,
  -- how long after a contact a person is flagged before the next one
  add column cool_down_minutes integer not null default 1440 check (cool_down_minutes between 0 and 43200);

-- A message or call to a person about one of its records. `code` travels as utm_content in the links of the message and comes back in the order.
create table contacts (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  channel text not null check (channel in ('whatsapp', 'email', 'phone', 'other')),
  -- the e-mail or phone that was written to, as a match key
  key text collate "C" check (key ~ '^[ep]:'),
  code text collate "C" check (code ~ '^[a-z0-9]{8,32}$'),
  template text,
  user_id bigint references users,
  contacted_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id),
  unique (tenant_id, code)
);
create index contacts_record_idx on contacts (tenant_id, entity, entity_id, contacted_at desc, id desc);
create index contacts_recent_idx on contacts (tenant_id, contacted_at desc, id desc);
select protect_tenant_table('contacts', 'select, insert, update', 'select, insert, update');
create index orders_utm_content_idx on orders (tenant_id, utm_content) where utm_content is not null;

-- status: the cart is what the person says. not_recovery: no order created until then recovers the cart. other_order: this order does.
create table cart_overrides (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  cart_id bigint not null,
  kind text not null check (kind in ('status', 'not_recovery', 'other_order')),
  status text check (status in ('abandoned', 'waiting', 'recovered', 'purchased', 'removed')),
  order_id bigint,
  note text not null default '',
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id),
  check ((kind = 'status') = (status is not null) and (kind = 'other_order') = (order_id is not null))
);
create unique index cart_overrides_one_idx on cart_overrides (tenant_id, cart_id, kind) where undone_at is null;
create index cart_overrides_order_idx on cart_overrides (tenant_id, order_id) where order_id is not null;
select protect_tenant_table('cart_overrides', 'select, insert, update', 'select, insert, update');

-- Two keys that are the same person although nothing says so, or not the same although something does. It wins over the keys.
create table person_edges (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  kind text not null check (kind in ('same', 'not_same')),
  key_a text collate "C" not null check (key_a ~ '^[ep]:'),
  key_b text collate "C" not null check (key_b ~ '^[ep]:'),
  note text not null default '',
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id),
  check (key_a < key_b)
);
create unique index person_edges_one_idx on person_edges (tenant_id, key_a, key_b) where undone_at is null;
create index person_edges_b_idx on person_edges (tenant_id, key_b) where undone_at is null;
select protect_tenant_table('person_edges', 'select, insert, update', 'select, insert, update');

-- Keys that are nobody's: the shop's own e-mail and phone, a marketplace's relay. 'd:example.com' is every e-mail of that domain.
create table denied_keys (
  tenant_id bigint not null references tenants,
  key text collate "C" not null check (key ~ '^[epd]:'),
  note text not null default '',
  user_id bigint references users,
  created_at timestamptz not null,
  primary key (tenant_id, key)
);
select protect_tenant_table('denied_keys', 'select, insert, delete', 'select, insert, delete');

-- Who wants no more messages by a channel. It holds for the whole person of the key.
create table opt_outs (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  channel text not null check (channel in ('whatsapp', 'email', 'phone', 'all')),
  key text collate "C" not null check (key ~ '^[ep]:'),
  source text not null default 'operator' check (source in ('operator', 'plugin', 'original')),
  reason text not null default '',
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id)
);
create unique index opt_outs_one_idx on opt_outs (tenant_id, key, channel) where undone_at is null;
select protect_tenant_table('opt_outs', 'select, insert, update', 'select, insert, update');

-- What identifies a record: its keys without the denied ones. Everything that matches or unites reads this.
alter table match_keys add column is_denied boolean not null default false;
create view usable_keys with (security_invoker = true) as
  select tenant_id, key, entity, entity_id, phone_kind, is_presumed from match_keys where not is_denied;
grant select on usable_keys to carrinho_daemon, carrinho_api;

-- An operator's act is in the figures at its commit: the web process recomputes what the act touches.
grant insert, update, delete on shared_keys, people, person_members, cart_matches, cart_statuses, lead_statuses to carrinho_api;
grant insert on cart_transitions to carrinho_api;
grant select, delete on recompute_queue to carrinho_api;
