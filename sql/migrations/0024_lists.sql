-- What the lists are searched and sorted by, and the filters that people keep.

-- A text as it is compared: lower case, without accents, punctuation as spaces. Also what somebody types is folded by it.
create function fold_words(value text) returns text language sql immutable parallel safe as $$
  select lower(translate(normalize(value, nfc),
    E'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćČčĎďĒēĘęĚěĞğĪīĮįŁłŃńŇňŌōŐőØøŔŕŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽž!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0´’‘“”–—·ºª',
    'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccddeeeeeeggiiiillnnnnoooooorrrrssssssttuuuuuuzzzzzz                                              '))
$$;

-- One row a way to find a record, by prefix: 'n:maria' a word of the name, 'e:maria@example.com', 'd:example.com', 'p:11987654321' and 'p:987654321' a phone without
-- country and without area code, 'r:1234567' … the phone backwards (its last digits), 'i:4823' the shop's number. Only range reads of plain text
-- use an index under row security. An erased record needs no statement of its own: its terms go with its fields, by the trigger below.
create table search_terms (
  tenant_id bigint not null,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  term text collate "C" not null,
  entity_id bigint not null,
  primary key (tenant_id, entity, term, entity_id)
);
select protect_tenant_table('search_terms', 'select, insert, delete', 'select, insert, delete');

-- The select that gives the terms of a set of rows of leads, carts or orders.
create function search_terms_of(searched text, rows text) returns text language sql immutable as $f$
  select format($$
    select distinct s.tenant_id, %L as entity, t.term, s.id as entity_id
    from (select tenant_id, id, %s as name, left(coalesce(email, lower(btrim(email_raw))), 120) as email, array[%s] as phones, array[%s] as numbers from %s) s
    cross join lateral (
      select 'n:' || left(word, 40) as term from (select word from string_to_table(fold_words(left(s.name, 300)), ' ') word where word <> '' limit 12) words
      union all
      select 'e:' || s.email where s.email <> ''
      union all
      select 'd:' || split_part(s.email, '@', 2) where s.email like '%%_@_%%'
      union all
      select form.term
      from (select case when phone like '+55%%' then right(digits, -2) else digits end as own
            from (select phone, left(regexp_replace(phone, '\D', '', 'g'), 30) as digits from unnest(s.phones) phone where phone <> '') read) phone
      cross join lateral (values ('p:' || own), ('r:' || reverse(own)), (case when length(own) = 11 then 'p:' || right(own, 9) end),
                                 (case when length(own) > 8 then 'p:' || right(own, 8) end)) form (term)
      where length(own) >= 4 and form.term is not null
      union all
      select 'i:' || left(lower(number), 40) from unnest(s.numbers) number where number <> '') t$$,
    case searched when 'leads' then 'lead' when 'carts' then 'cart' else 'order' end,
    case searched when 'orders' then 'concat_ws('' '', first_name, last_name)' else 'name' end,
    case searched when 'orders' then 'phone_e164, phone_raw, cellphone_raw, shipping_phone_raw' else 'phone_e164, phone_raw' end,
    case searched when 'leads' then 'null::text' when 'carts' then 'external_id::text' else 'external_id::text, order_number' end,
    rows)
$f$;

-- The terms change with their rows, whoever writes them.
create function keep_search_terms() returns trigger language plpgsql as $$
declare
  searched constant text := case tg_table_name
    when 'orders' then '(%1$s.first_name, %1$s.last_name, %1$s.email, %1$s.email_raw, %1$s.phone_e164, %1$s.phone_raw, %1$s.cellphone_raw, %1$s.shipping_phone_raw, %1$s.order_number)'
    else '(%1$s.name, %1$s.email, %1$s.email_raw, %1$s.phone_e164, %1$s.phone_raw)' end;
  changed constant text := format('(select %%s.* from old_rows o join new_rows n on n.tenant_id = o.tenant_id and n.id = o.id where %s is distinct from %s) changed',
                                  format(searched, 'o'), format(searched, 'n'));
begin
  if tg_op <> 'INSERT' then
    execute format('delete from search_terms s using (%s) t where s.tenant_id = t.tenant_id and s.entity = t.entity and s.term = t.term and s.entity_id = t.entity_id',
                   search_terms_of(tg_table_name, case tg_op when 'DELETE' then 'old_rows' else format(changed, 'o') end));
  end if;
  if tg_op <> 'DELETE' then
    execute 'insert into search_terms ' || search_terms_of(tg_table_name, case tg_op when 'INSERT' then 'new_rows' else format(changed, 'n') end);
  end if;
  return null;
end
$$;

do $$
declare
  searched text;
begin
  foreach searched in array array['leads', 'carts', 'orders'] loop
    execute format('create trigger keep_search_terms_new after insert on %s referencing new table as new_rows for each statement execute function keep_search_terms()', searched);
    execute format('create trigger keep_search_terms_changed after update on %s referencing old table as old_rows new table as new_rows for each statement execute function keep_search_terms()', searched);
    execute format('create trigger keep_search_terms_gone after delete on %s referencing old table as old_rows for each statement execute function keep_search_terms()', searched);
    -- what stands there already
    execute 'insert into search_terms ' || search_terms_of(searched, searched);
  end loop;
end
$$;

create or replace function analyze_copies() returns void language plpgsql security definer set search_path = pg_catalog, public as $$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders, public.order_items, public.order_refunds, public.order_coupons, public.site_customers, public.match_keys,
          public.people, public.person_members, public.person_orders, public.customer_statuses, public.cart_matches, public.cart_statuses,
          public.lead_statuses, public.recompute_queue, public.search_terms;
end
$$;

-- The lists by value.
create index cart_statuses_value_idx on cart_statuses (tenant_id, total_minor desc, cart_id desc);
create index orders_value_idx on orders (tenant_id, total_minor desc, id desc);
create index people_value_idx on people (tenant_id, net_minor desc, id desc);
create index people_last_paid_idx on people (tenant_id, last_paid_at desc nulls last, id desc);
create index contacts_user_idx on contacts (tenant_id, user_id, contacted_at desc, id desc);

-- A list's filter with a name: its author's, or everybody's in the company. `query` is the list's own query string.
create table segments (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  list text not null check (list in ('leads', 'carrinhos', 'pedidos', 'clientes')),
  name text not null check (name <> '' and length(name) <= 60),
  query text not null check (length(query) <= 2000),
  user_id bigint not null references users,
  is_shared boolean not null default false,
  -- in the menu of whoever sees it
  is_pinned boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
select protect_tenant_table('segments', '', 'select, insert, update, delete');
