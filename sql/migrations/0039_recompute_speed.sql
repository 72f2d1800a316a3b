-- A pass over everything reads all keys in their order, and a batch the records of a key, without going to the rows: the primary key has what they ask.
alter table match_keys drop constraint match_keys_pkey;
alter table match_keys add primary key (tenant_id, key, entity, entity_id) include (is_denied, is_presumed, phone_kind);

-- The two halves of record_node().
create function node_entity(node bigint) returns text language sql immutable parallel safe as $$
  select case node >> 60 when 0 then 'cart' when 1 then 'lead' when 2 then 'order' else 'edge' end
$$;
create function node_id(node bigint) returns bigint language sql immutable parallel safe as $$
  select node & ((1::bigint << 60) - 1)
$$;

-- Mobile and international phones are worth more than landlines, stated ones more than presumed ones (docs/rules.md, match): the smaller the better.
create function phone_order(phone_kind text, is_presumed boolean) returns smallint language sql immutable parallel safe as $$
  select (case phone_kind when 'mobile' then 0 when 'international' then 2 else 4 end + is_presumed::integer)::smallint
$$;

-- The keys of the records looked at; edges by hand join them later (recompute_people_edges).
drop view whole_company.keyed, whole_company.scope_keys;
create view whole_company.record_keys with (security_invoker = true) as
  select tenant_id, key, entity, entity_id, phone_kind, is_presumed from usable_keys;
grant select on whole_company.record_keys to carrinho_daemon;

-- The equal keys of carts and orders, out of the keys that a pass has put together in a work table of its connection, which a view can't name. By
-- record_node() a cart is below 1 << 60 and an order from 2 << 60 on.
set local check_function_bodies = off;
create function whole_company.equal_key_rows() returns table (cart_id bigint, order_id bigint, is_phone boolean, phone_order smallint, is_shared boolean)
language sql stable as $$
  select met.cart_node, node_id(met.order_node), met.is_phone, met.cart_phone | (met.order_phone & 1), met.is_shared
  from (
    select cart_node, cart_phone, unnest(nodes) as order_node, unnest(phones) as order_phone, is_phone, is_shared
    from (
      select unnest(k.nodes) as cart_node, unnest(k.phones) as cart_phone, k.nodes, k.phones, k.is_phone,
             k.key in (select s.key from shared_keys s where s.tenant_id = app_tenant_id()) as is_shared
      from pg_temp.key_groups k
      where k.nodes[1] < 1::bigint << 60 and k.nodes[cardinality(k.nodes)] >= 2::bigint << 60
    ) carts
    where cart_node < 1::bigint << 60
  ) met
  where met.order_node >= 2::bigint << 60
$$;
set local check_function_bodies = on;
create view whole_company.equal_keys with (security_invoker = true) as
  select app_tenant_id() as tenant_id, * from whole_company.equal_key_rows();

-- What the people looked at have, without a look at the people; an order whose person is gone is among what is written.
create view whole_company.scope_people_members with (security_invoker = true) as
  select * from person_members;
create view whole_company.scope_person_orders with (security_invoker = true) as
  select * from person_orders;
create view whole_company.written_person_orders with (security_invoker = true) as
  select * from person_orders;
grant select on whole_company.equal_keys, whole_company.scope_people_members, whole_company.scope_person_orders, whole_company.written_person_orders to carrinho_daemon;

-- A pass looks at its work tables by small samples; what is told of the conclusions stays what everybody's plans are made of.
alter function analyze_conclusions(text) set default_statistics_target = 100;
