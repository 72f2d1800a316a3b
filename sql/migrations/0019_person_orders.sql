-- Who buys, how often and for how much: the paid orders of each person in a row, what a person is to the shop, and by which bounds people are
-- scored (docs/rules.md, customers). All of it follows from the copies and an instant.

-- The paid orders of a person in the company's currency, by creation. The last one of a period is the one whose next is not in it, so that people
-- are counted and listed by one range of an index. Orders without a person or without a readable date are not here.
create table person_orders (
  tenant_id bigint not null,
  order_id bigint not null,
  person_id bigint not null,
  nth integer not null,
  gap_seconds bigint,
  created_at timestamptz not null,
  next_at timestamptz,
  net_minor bigint not null,
  primary key (tenant_id, order_id)
);
create index person_orders_period_idx on person_orders (tenant_id, created_at desc, order_id desc) include (person_id, nth, gap_seconds, next_at);
create index person_orders_person_idx on person_orders (tenant_id, person_id, nth) include (created_at, gap_seconds, net_minor);
select protect_tenant_table('person_orders', 'select, insert, update, delete', 'select, insert, update, delete');

-- What every person is to the shop, also those who never bought. The scores are null without a paid order in the last 24 months.
create table customer_statuses (
  tenant_id bigint not null,
  person_id bigint not null,
  status text not null check (status in ('never_bought', 'only_abandoned', 'first_purchase', 'recurring', 'inactive', 'vip')),
  recency smallint check (recency between 1 and 5),
  frequency smallint check (frequency between 1 and 5),
  monetary smallint check (monetary between 1 and 5),
  -- of the last 24 months
  recent_order_count integer not null,
  recent_net_minor bigint not null,
  median_gap_seconds bigint,
  -- when the person becomes inactive if nothing is bought until then
  inactive_at timestamptz,
  last_seen_at timestamptz,
  changed_at timestamptz not null,
  primary key (tenant_id, person_id)
);
create index customer_statuses_list_idx on customer_statuses (tenant_id, last_seen_at desc, person_id desc);
create index customer_statuses_status_idx on customer_statuses (tenant_id, status, last_seen_at desc, person_id desc);
select protect_tenant_table('customer_statuses', 'select, insert, update, delete', 'select, insert, update, delete');

-- The four lower bounds of scores 2 to 5, in minus the days since the last paid order, in paid orders, and in minor units.
create table customer_bounds (
  tenant_id bigint primary key references tenants,
  recency bigint[] not null check (cardinality(recency) = 4),
  frequency bigint[] not null check (cardinality(frequency) = 4),
  monetary bigint[] not null check (cardinality(monetary) = 4),
  person_count integer not null,
  computed_at timestamptz not null
);
select protect_tenant_table('customer_bounds', 'select, insert, update', 'select, insert, update');

-- A value's score: 1 below all bounds, 5 from the last one on.
create function quintile(value bigint, bounds bigint[]) returns smallint language sql immutable parallel safe as $$
  select (1 + width_bucket(value, bounds))::smallint
$$;

-- What a person is to the shop, the first that holds (docs/rules.md, customers).
create function customer_status(
  paid_order_count integer, has_abandoned boolean, inactive_at timestamptz, recency smallint, frequency smallint, monetary smallint,
  as_of timestamptz)
returns text language sql immutable parallel safe as $$
  select case
    when paid_order_count = 0 and has_abandoned then 'only_abandoned'
    when paid_order_count = 0 then 'never_bought'
    when inactive_at <= as_of then 'inactive'
    when recency >= 3 and frequency = 5 and monetary = 5 then 'vip'
    when paid_order_count >= 2 then 'recurring'
    else 'first_purchase' end
$$;

-- How a person is shown: the most recent name, e-mail and valid phone of its orders, else of its carts, else of its leads.
create function person_display(tenant bigint, person bigint, out name text, out email text, out phone_e164 text, out phone_kind text)
language sql stable parallel safe as $$
  with records as (
    select 1 as place, coalesce(o.created_at, o.paid_at) as at, o.id, concat_ws(' ', nullif(trim(o.first_name), ''), nullif(trim(o.last_name), '')) as name,
           o.email, case when o.phone_status = 'valid' then o.phone_e164 end as phone_e164, o.phone_kind
    from person_members m join orders o on o.tenant_id = tenant and o.id = m.entity_id
    where m.tenant_id = tenant and m.person_id = person and m.entity = 'order' and not o.is_anonymized
    union all
    select 2, c.last_activity_at, c.id, trim(c.name), c.email, case when c.phone_status = 'valid' then c.phone_e164 end, c.phone_kind
    from person_members m join carts c on c.tenant_id = tenant and c.id = m.entity_id
    where m.tenant_id = tenant and m.person_id = person and m.entity = 'cart'
    union all
    select 3, l.captured_at, l.id, trim(l.name), l.email, case when l.phone_status = 'valid' then l.phone_e164 end, l.phone_kind
    from person_members m join leads l on l.tenant_id = tenant and l.id = m.entity_id
    where m.tenant_id = tenant and m.person_id = person and m.entity = 'lead'
  ), phone as (
    select r.phone_e164, r.phone_kind from records r where r.phone_e164 is not null order by r.place, r.at desc nulls last, r.id desc limit 1
  )
  select (select r.name from records r where r.name <> '' order by r.place, r.at desc nulls last, r.id desc limit 1),
         (select r.email from records r where r.email is not null order by r.place, r.at desc nulls last, r.id desc limit 1),
         (select phone.phone_e164 from phone), (select phone.phone_kind from phone)
$$;

create or replace function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders, public.order_items, public.order_refunds, public.order_coupons, public.site_customers, public.match_keys,
          public.people, public.person_members, public.person_orders, public.customer_statuses, public.cart_matches, public.cart_statuses,
          public.lead_statuses, public.recompute_queue;
end
$$;
