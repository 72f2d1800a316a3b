-- The records of a key in one array instead of two: a record's number has room for what it says of a phone, above 56 bits of id. A pass puts five
-- million of them together.
create function key_entry(entity text, id bigint, phone_kind text, is_presumed boolean) returns bigint language sql immutable parallel safe as $$
  select record_node(entity, id) | (phone_order(phone_kind, is_presumed)::bigint << 56)
$$;
create function entry_node(entry bigint) returns bigint language sql immutable parallel safe as $$
  select entry & ~(7::bigint << 56)
$$;
create function entry_phone(entry bigint) returns smallint language sql immutable parallel safe as $$
  select (entry >> 56 & 7)::smallint
$$;

-- Which keys are shared stands in the work table as well.
drop view whole_company.equal_keys;
drop function whole_company.equal_key_rows;
set local check_function_bodies = off;
create function whole_company.equal_entry_rows() returns table (cart_id bigint, order_id bigint, is_phone boolean, phone_order smallint, is_shared boolean)
language sql stable as $$
  select entry_node(met.cart), node_id(entry_node(met.other)), met.is_phone, entry_phone(met.cart) | (entry_phone(met.other) & 1::smallint), met.is_shared
  from (
    select cart, unnest(entries) as other, is_phone, is_shared
    from (
      select unnest(k.entries) as cart, k.entries, k.is_phone, k.is_shared
      from pg_temp.key_entries k
      where k.entries[1] < 1::bigint << 60 and k.entries[cardinality(k.entries)] >= 2::bigint << 60
    ) carts
    where cart < 1::bigint << 60
  ) met
  where met.other >= 2::bigint << 60
$$;
set local check_function_bodies = on;
create view whole_company.equal_entries with (security_invoker = true) as
  select app_tenant_id() as tenant_id, * from whole_company.equal_entry_rows();
grant select on whole_company.equal_entries to carrinho_daemon;
