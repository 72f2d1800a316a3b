-- What we conclude from the copies: who is who, which carts came back, which leads are customers. All of it can be computed again.

-- One row a key of a record: 'e:maria@example.com', 'p:+5511987654321'. Written with the record.
create table match_keys (
  tenant_id bigint not null references tenants,
  key text collate "C" not null check (key ~ '^[ep]:'),
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  phone_kind text check (phone_kind in ('mobile', 'landline', 'international')),
  is_presumed boolean not null default false,
  primary key (tenant_id, key, entity, entity_id)
);
create index match_keys_entity_idx on match_keys (tenant_id, entity, entity_id);
select protect_tenant_table('match_keys', 'select, insert, update, delete', 'select');

-- A phone with 4 or more e-mails, an e-mail with 6 or more phones: it matches, but never merges people nor earns credit alone.
create table shared_keys (
  tenant_id bigint not null references tenants,
  key text collate "C" not null,
  primary key (tenant_id, key)
);
select protect_tenant_table('shared_keys', 'select, insert, update, delete', 'select');

-- A person is a connected component of records over unshared keys; the roll-up is over its paid orders in the company's currency.
create table people (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  paid_order_count integer not null default 0,
  first_paid_at timestamptz,
  last_paid_at timestamptz,
  net_minor bigint not null default 0,
  primary key (tenant_id, id)
);
select protect_tenant_table('people', 'select, insert, update, delete', 'select');

create table person_members (
  tenant_id bigint not null,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  person_id bigint not null,
  primary key (tenant_id, entity, entity_id)
);
create index person_members_person_idx on person_members (tenant_id, person_id, entity, entity_id);
select protect_tenant_table('person_members', 'select, insert, update, delete', 'select');

-- Pairs of a cart and a paid or awaiting order inside the window, with the evidence that the score and the order of preference are made of.
create table cart_matches (
  tenant_id bigint not null,
  cart_id bigint not null,
  order_id bigint not null,
  order_class text not null check (order_class in ('paid', 'awaiting_payment')),
  has_email boolean not null,
  phone_kind text check (phone_kind in ('mobile', 'landline', 'international')),
  is_phone_presumed boolean not null default false,
  is_all_shared boolean not null default false,
  has_coupon boolean not null default false,
  is_after boolean not null,
  item_share numeric(7, 6) not null default 0,
  key_count integer not null,
  delta_seconds bigint not null,
  score integer not null,
  rank integer not null,
  primary key (tenant_id, cart_id, order_id)
);
create index cart_matches_order_idx on cart_matches (tenant_id, order_id);
select protect_tenant_table('cart_matches', 'select, insert, update, delete', 'select');

-- The status of every cart, with the columns that the lists sort and filter by. reevaluate_at: when time alone changes it.
create table cart_statuses (
  tenant_id bigint not null,
  cart_id bigint not null,
  status text not null check (status in ('abandoned', 'waiting', 'recovered', 'purchased', 'removed')),
  reason text not null check (reason in ('window_open', 'window_closed', 'payment_expired', 'awaiting_payment', 'in_progress', 'direct_purchase', 'removed', 'manual', 'contacted', 'plugin_email', 'spontaneous', 'prior_purchase')),
  has_keys boolean not null,
  best_order_id bigint,
  void_order_id bigint,
  credited_order_id bigint,
  credited_minor bigint,
  score integer,
  causal_class text check (causal_class in ('contacted', 'plugin_email', 'spontaneous', 'prior_purchase')),
  total_minor bigint not null,
  first_activity_at timestamptz not null,
  last_activity_at timestamptz not null,
  reevaluate_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant_id, cart_id)
);
create index cart_statuses_list_idx on cart_statuses (tenant_id, status, last_activity_at desc, cart_id desc);
create index cart_statuses_period_idx on cart_statuses (tenant_id, first_activity_at) include (status, reason, has_keys, total_minor, causal_class, credited_minor);
create index cart_statuses_due_idx on cart_statuses (tenant_id, reevaluate_at) where reevaluate_at is not null;
create index cart_statuses_credited_idx on cart_statuses (tenant_id, credited_order_id) where credited_order_id is not null;
create index cart_statuses_best_idx on cart_statuses (tenant_id, best_order_id) where best_order_id is not null;
select protect_tenant_table('cart_statuses', 'select, insert, update, delete', 'select');

create table cart_transitions (
  tenant_id bigint not null,
  id bigint generated always as identity,
  cart_id bigint not null,
  from_status text,
  from_reason text,
  to_status text not null,
  to_reason text not null,
  order_id bigint,
  happened_at timestamptz not null,
  primary key (tenant_id, id)
);
create index cart_transitions_cart_idx on cart_transitions (tenant_id, cart_id, id);
select protect_tenant_table('cart_transitions', 'select, insert, delete', 'select');

create table lead_statuses (
  tenant_id bigint not null,
  lead_id bigint not null,
  customer_status text not null check (customer_status in ('was_customer', 'became_customer', 'not_customer')),
  order_id bigint,
  first_paid_at timestamptz,
  captured_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant_id, lead_id)
);
create index lead_statuses_period_idx on lead_statuses (tenant_id, captured_at desc, lead_id desc) include (customer_status);
select protect_tenant_table('lead_statuses', 'select, insert, update, delete', 'select');
