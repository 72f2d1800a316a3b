-- The accounts of a shop's registered customers, as WordPress keeps them. Facts shown beside orders and never match keys: an account's e-mail is
-- often an old one, and an account is no purchase (docs/rules.md, People). The login and the password are never read.
create table site_customers (
  tenant_id bigint not null,
  site_id bigint not null,
  -- before `source`, so that an order finds its account by the key alone
  external_id bigint not null,
  source text not null,
  email text,
  first_name text,
  last_name text,
  display_name text,
  registered_at timestamptz,
  billing_phone text,
  billing_city text,
  billing_state text,
  billing_postcode text,
  billing_country text,
  has_customer_role boolean not null,
  is_paying_customer boolean not null,
  -- as WooCommerce's own caches say; null where it has not counted
  order_count integer,
  total_spent numeric(26, 8),
  last_active_at timestamptz,
  source_hash bigint not null,
  scan_hash bigint,
  first_seen_at timestamptz not null,
  changed_at timestamptz not null,
  missing_since timestamptz,
  parse_error text,
  primary key (tenant_id, site_id, external_id, source),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('site_customers', 'select, insert, update, delete', 'select');

create or replace function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders, public.order_items, public.order_refunds, public.order_coupons, public.site_customers, public.match_keys,
          public.people, public.person_members, public.cart_matches, public.cart_statuses, public.lead_statuses, public.recompute_queue;
end
$$;
