-- recompute_scratch: the work tables of one recompute pass. They stay with the connection and are emptied at its commit, so that a pass a
-- minute does not swell the catalog. Several statements, no parameters.
create temp table if not exists touched (entity text not null, entity_id bigint not null, primary key (entity, entity_id)) on commit delete rows;
create temp table if not exists touched_keys (key text collate "C" primary key) on commit delete rows;
create temp table if not exists scope_records (entity text not null, entity_id bigint not null, person_id bigint) on commit delete rows;
create temp table if not exists key_entries (
  key_no integer not null, is_phone boolean not null, is_shared boolean not null, key text collate "C" not null, entries bigint[] not null
) on commit delete rows;
create temp table if not exists people_scope (
  node bigint not null, person_id bigint, has_key boolean not null, hub bigint, other_hub bigint,
  email_no integer, phone_no integer, has_more boolean not null, has_many boolean not null, part bigint
) on commit delete rows;
create temp table if not exists people_links (node bigint not null, hub bigint not null) on commit delete rows;
create temp table if not exists people_labels (node bigint not null, label bigint not null, moved_in integer not null default 0) on commit delete rows;
create temp table if not exists people_moves (old_id bigint not null, person_id bigint not null, is_merge boolean not null) on commit delete rows;
create temp table if not exists people_joined (node bigint primary key, person_id bigint not null) on commit delete rows;
create temp table if not exists scope_carts (cart_id bigint primary key) on commit delete rows;
create temp table if not exists equal_pairs (
  cart_id bigint not null, order_id bigint not null, has_email boolean not null, phone_order integer, is_all_shared boolean not null,
  key_count integer not null, has_code boolean not null default false, is_chosen boolean not null default false,
  is_indirect boolean not null default false,
  cart_site_id bigint not null, first_activity_at timestamptz not null, last_activity_at timestamptz not null, coupon_code text,
  order_site_id bigint not null, order_external_id bigint not null, order_class text not null, order_created_at timestamptz,
  order_paid_at timestamptz, order_seen_at timestamptz not null, primary key (cart_id, order_id)
) on commit delete rows;
create temp table if not exists scope_pairs (
  cart_id bigint not null, order_id bigint not null, order_class text not null, order_created_at timestamptz not null,
  order_paid_at timestamptz not null, has_code boolean not null, is_chosen boolean not null, is_refused boolean not null, is_indirect boolean not null,
  has_email boolean not null, phone_kind text, is_phone_presumed boolean not null, is_all_shared boolean not null,
  has_coupon boolean not null, is_after boolean not null, item_share numeric(7, 6) not null, key_count integer not null,
  delta_seconds bigint not null, score integer not null, rank integer not null, primary key (cart_id, order_id)
) on commit delete rows;
create temp table if not exists scope_contacts (
  cart_id bigint not null, contact_id bigint not null, contacted_at timestamptz not null, primary key (cart_id, contact_id)
) on commit delete rows;
create temp table if not exists credit_carts (cart_id bigint primary key) on commit delete rows;
create temp table if not exists credit_orders (order_id bigint primary key) on commit delete rows;
create temp table if not exists credit_pairs (position bigint primary key, cart_id bigint not null, order_id bigint not null) on commit delete rows;
create temp table if not exists credits (cart_id bigint primary key, order_id bigint not null unique) on commit delete rows;
create temp table if not exists scope_leads (lead_id bigint primary key) on commit delete rows;
create temp table if not exists scope_people (person_id bigint primary key) on commit delete rows;
create temp table if not exists scope_people_members (
  tenant_id bigint not null, person_id bigint not null, entity text not null, entity_id bigint not null
) on commit delete rows;
create temp table if not exists scope_orders (
  tenant_id bigint not null, person_id bigint not null, order_id bigint not null, is_counted boolean not null, is_paid boolean not null,
  is_own_currency boolean not null, at timestamptz, net_minor bigint not null, external_id bigint, site_id bigint
) on commit delete rows;
create temp table if not exists scope_person_orders (
  tenant_id bigint not null, person_id bigint not null, order_id bigint not null, nth bigint not null, gap_seconds bigint, created_at timestamptz not null,
  next_at timestamptz, net_minor bigint not null
) on commit delete rows;
-- what these are in a pass over everything: sql/migrations/0020_whole_company.sql
do $$
begin
  if to_regclass('pg_temp.record_keys') is not null then return; end if;
  create temp view record_keys as
    select m.tenant_id, m.key, m.entity, m.entity_id, m.phone_kind, m.is_presumed
    from scope_records r
    join usable_keys m on m.tenant_id = app_tenant_id() and m.entity = r.entity and m.entity_id = r.entity_id;
  create temp view scope_members as
    select app_tenant_id() as tenant_id, entity, entity_id, person_id from scope_records where person_id is not null;
  create temp view equal_entries as
    select mine.tenant_id, mine.entity_id as cart_id, its.entity_id as order_id, mine.key >= 'p:' as is_phone,
           phone_order(mine.phone_kind, mine.is_presumed or its.is_presumed) as phone_order,
           x.key is not null as is_shared
    from usable_keys mine
    join usable_keys its on its.tenant_id = mine.tenant_id and its.key = mine.key and its.entity = 'order'
    left join shared_keys x on x.tenant_id = mine.tenant_id and x.key = mine.key
    where mine.entity = 'cart';
  create temp view wanted_person_orders as select * from scope_person_orders;
  -- of the people as they are and as they were
  create temp view written_person_orders as
    select p.*
    from (select person_id from scope_people union select person_id from people_scope) s
    join person_orders p on p.tenant_id = app_tenant_id() and p.person_id = s.person_id;
end
$$;
