-- The copies of the shops' rows. `source_hash` is over the prepared content: an unchanged row is never written. `scan_hash` is over the narrow
-- fingerprint that the source's digest gives, null = look again at the next poll. Nothing is deleted because the shop lost it: `missing_since`.
-- external_id is the shop's own id; id is ours. Money is as read (numeric) plus minor units for sums and filters.

-- paid, awaiting_payment or void, from an order's facts and its status' row in order_status_classes. The one place of this rule.
-- A status that WooCommerce does not know is paid as soon as one order of the shop in that status has a paid date.
create function order_class(wc_status text, manual_class text, has_paid_order boolean, is_missing boolean, total numeric, refunded numeric)
returns text language sql immutable parallel safe as $$
  select case
    when is_missing then 'void'
    when total > 0 and refunded >= total then 'void'
    when manual_class is not null then manual_class
    when wc_status in ('processing', 'completed') then 'paid'
    when wc_status in ('pending', 'on-hold') then 'awaiting_payment'
    when wc_status in ('cancelled', 'failed', 'refunded', 'trash', 'auto-draft', 'checkout-draft', 'draft') then 'void'
    when has_paid_order then 'paid'
    else 'awaiting_payment'
  end
$$;

create table leads (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  source text not null,
  external_id bigint not null,
  captured_gmt text not null,
  captured_at timestamptz,
  form_plugin text not null,
  form_id text not null,
  page_url text,
  -- by the field mapping, from lead_answers
  name text,
  phone_raw text,
  phone_e164 text,
  phone_status text not null default 'empty' check (phone_status in ('valid', 'fictitious', 'invalid', 'empty')),
  phone_kind text check (phone_kind in ('mobile', 'landline', 'international')),
  phone_reason text,
  phone_warnings text not null default '',
  email_raw text,
  email text,
  size text,
  mapped_hash bigint,
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  parse_error text,
  primary key (tenant_id, id),
  unique (tenant_id, site_id, source, external_id, captured_gmt),
  foreign key (tenant_id, site_id) references sites
);
create index leads_captured_idx on leads (tenant_id, captured_at desc, id desc);
select protect_tenant_table('leads', 'select, insert, update, delete', 'select');

create table lead_answers (
  tenant_id bigint not null,
  site_id bigint not null,
  source text not null,
  external_id bigint not null,
  lead_external_id bigint not null,
  key text not null,
  value text not null,
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  primary key (tenant_id, site_id, source, external_id),
  foreign key (tenant_id, site_id) references sites
);
create index lead_answers_lead_idx on lead_answers (tenant_id, site_id, source, lead_external_id, external_id);
select protect_tenant_table('lead_answers', 'select, insert, update, delete', 'select');

create table carts (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  source text not null,
  external_id bigint not null,
  episode integer not null default 1,
  is_current boolean not null default true,
  session_id text not null,
  checkout_page_id bigint,
  name text,
  email_raw text,
  email text,
  phone_raw text,
  phone_e164 text,
  phone_status text not null default 'empty' check (phone_status in ('valid', 'fictitious', 'invalid', 'empty')),
  phone_kind text check (phone_kind in ('mobile', 'landline', 'international')),
  phone_reason text,
  phone_warnings text not null default '',
  city text,
  state text,
  postcode text,
  total numeric(26, 8),
  total_minor bigint not null default 0,
  currency text not null,
  item_count integer not null default 0,
  plugin_status text not null,
  is_unsubscribed boolean not null default false,
  coupon_code text,
  order_external_id bigint,
  time_text text,
  -- first / last `time` ever observed; the first instant at which it had lain silent longer than the cut-off before a later activity;
  -- whether the plugin was ever seen calling it abandoned or lost
  first_activity_at timestamptz not null,
  last_activity_at timestamptz not null,
  lay_abandoned_at timestamptz,
  return_count integer not null default 0,
  was_plugin_abandoned boolean not null default false,
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  parse_error text,
  primary key (tenant_id, id),
  unique (tenant_id, site_id, source, external_id, episode),
  foreign key (tenant_id, site_id) references sites
);
create index carts_last_activity_idx on carts (tenant_id, last_activity_at desc, id desc);
create index carts_first_activity_idx on carts (tenant_id, first_activity_at);
create index carts_session_idx on carts (tenant_id, site_id, session_id);
select protect_tenant_table('carts', 'select, insert, update, delete', 'select');

create table cart_items (
  tenant_id bigint not null,
  cart_id bigint not null,
  position integer not null,
  product_id bigint not null,
  variation_id bigint not null default 0,
  name text,
  attributes text,
  quantity numeric(18, 4) not null,
  line_total numeric(26, 8),
  is_bundle_child boolean not null default false,
  primary key (tenant_id, cart_id, position)
);
select protect_tenant_table('cart_items', 'select, insert, update, delete', 'select');

create table cart_emails (
  tenant_id bigint not null,
  site_id bigint not null,
  source text not null,
  external_id bigint not null,
  session_id text not null,
  coupon_code text,
  scheduled_text text,
  scheduled_at timestamptz,
  state text not null check (state in ('scheduled', 'sent', 'cancelled')),
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  primary key (tenant_id, site_id, source, external_id),
  foreign key (tenant_id, site_id) references sites
);
create index cart_emails_session_idx on cart_emails (tenant_id, site_id, session_id);
select protect_tenant_table('cart_emails', 'select, insert, update, delete', 'select');

create table orders (
  tenant_id bigint not null,
  id bigint generated always as identity,
  site_id bigint not null,
  external_id bigint not null,
  order_number text,
  storage text not null check (storage in ('hpos', 'legacy')),
  wc_status text not null,
  class text not null check (class in ('paid', 'awaiting_payment', 'void')),
  currency text not null,
  total numeric(26, 8) not null,
  tax_total numeric(26, 8) not null default 0,
  shipping_total numeric(26, 8) not null default 0,
  discount_total numeric(26, 8) not null default 0,
  refunded numeric(26, 8) not null default 0,
  total_minor bigint not null,
  refunded_minor bigint not null default 0,
  net_minor bigint generated always as (total_minor - refunded_minor) stored,
  customer_external_id bigint,
  first_name text,
  last_name text,
  email_raw text,
  email text,
  phone_raw text,
  cellphone_raw text,
  shipping_phone_raw text,
  phone_e164 text,
  phone_status text not null default 'empty' check (phone_status in ('valid', 'fictitious', 'invalid', 'empty')),
  phone_kind text check (phone_kind in ('mobile', 'landline', 'international')),
  phone_reason text,
  phone_warnings text not null default '',
  company text,
  address_1 text,
  address_2 text,
  address_number text,
  district text,
  city text,
  state text,
  postcode text,
  country text,
  tax_document text,
  person_type text,
  payment_method text,
  payment_method_title text,
  created_via text,
  customer_note text,
  utm_source text,
  utm_medium text,
  utm_campaign text,
  utm_content text,
  is_anonymized boolean not null default false,
  created_at timestamptz,
  modified_at timestamptz,
  paid_at timestamptz,
  completed_at timestamptz,
  created_text text,
  modified_text text,
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  parse_error text,
  primary key (tenant_id, id),
  unique (tenant_id, site_id, external_id),
  foreign key (tenant_id, site_id) references sites
);
create index orders_created_idx on orders (tenant_id, created_at desc, id desc);
create index orders_class_created_idx on orders (tenant_id, class, created_at desc, id desc);
create index orders_status_paid_idx on orders (tenant_id, site_id, wc_status) where paid_at is not null;
select protect_tenant_table('orders', 'select, insert, update, delete', 'select');

create table order_items (
  tenant_id bigint not null,
  order_id bigint not null,
  external_id bigint not null,
  kind text not null check (kind in ('line_item', 'shipping', 'fee')),
  name text not null,
  product_id bigint,
  variation_id bigint,
  quantity numeric(18, 4),
  subtotal numeric(26, 8),
  total numeric(26, 8),
  total_tax numeric(26, 8),
  attributes text,
  primary key (tenant_id, order_id, external_id)
);
select protect_tenant_table('order_items', 'select, insert, update, delete', 'select');

create table order_refunds (
  tenant_id bigint not null,
  order_id bigint not null,
  external_id bigint not null,
  amount numeric(26, 8) not null,
  reason text,
  refunded_at timestamptz,
  primary key (tenant_id, order_id, external_id)
);
select protect_tenant_table('order_refunds', 'select, insert, update, delete', 'select');

create table order_coupons (
  tenant_id bigint not null,
  order_id bigint not null,
  external_id bigint not null,
  code text not null,
  discount numeric(26, 8),
  primary key (tenant_id, order_id, external_id)
);
select protect_tenant_table('order_coupons', 'select, insert, update, delete', 'select');
