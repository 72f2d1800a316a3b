-- One text of a recompute's statements for a few records and for all. What a pass looks at has names (touched, scope_keys, scope_carts, …): work tables
-- of the connection in a pass over parts, these views in one over everything, whose search_path begins with this schema. So a full pass copies no
-- key and no id into a work table. Where a statement may find nothing but one of these views, it has their tenant_id to compare with its parameter:
-- the setting behind app_tenant_id() would be read again for each row.
create schema whole_company;
grant usage on schema whole_company to carrinho_daemon;

create view whole_company.touched with (security_invoker = true) as
  select 'lead' as entity, id as entity_id from leads where tenant_id = app_tenant_id()
  union all
  select 'cart', id from carts where tenant_id = app_tenant_id()
  union all
  select 'order', id from orders where tenant_id = app_tenant_id();

-- Every key that is or was in use, some of them more than once.
create view whole_company.touched_keys with (security_invoker = true) as
  select key from usable_keys where tenant_id = app_tenant_id()
  union all
  select key from shared_keys where tenant_id = app_tenant_id()
  union all
  select key from email_folds where tenant_id = app_tenant_id();

-- The records that have a touched key.
create view whole_company.keyed with (security_invoker = true) as
  select tenant_id, key, entity, entity_id from usable_keys;

-- The keys of the records whose people are looked at; an edge by hand stands among them as if it were a record that has both keys.
create view whole_company.scope_keys with (security_invoker = true) as
  select tenant_id, key, entity, entity_id from usable_keys
  union all
  select e.tenant_id, x.key, 'edge', e.id
  from usable_edges e cross join lateral (values (e.key_a), (e.key_b)) x (key)
  where e.kind = 'same';

create view whole_company.scope_members with (security_invoker = true) as
  select tenant_id, entity, entity_id, person_id from person_members;

create view whole_company.scope_carts with (security_invoker = true) as
  select id as cart_id from carts where tenant_id = app_tenant_id();

create view whole_company.scope_leads with (security_invoker = true) as
  select id as lead_id from leads where tenant_id = app_tenant_id();

create view whole_company.scope_people with (security_invoker = true) as
  select id as person_id from people where tenant_id = app_tenant_id();

grant select on all tables in schema whole_company to carrinho_daemon;

-- A record as one number, in the order in which records of a person come: carts, leads, orders, then edges by hand. Text and id would double the
-- work tables and the joins over them.
create function record_node(entity text, id bigint) returns bigint language sql immutable parallel safe as $$
  select (case entity when 'cart' then 0 when 'lead' then 1 when 'order' then 2 else 3 end::bigint << 60) | id
$$;

-- Row security ties a person to the company, as it does the other conclusions; to look the company up for each person costs more than the person's row
-- (1.0 s beside 0.7 s for 113,000).
alter table people drop constraint people_tenant_id_fkey;

-- Whether a status of a shop has a paid order is asked at every batch: where none has, all its orders would be read.
create index orders_paid_status_idx on orders (tenant_id, site_id, wc_status) where paid_at is not null and missing_since is null;
