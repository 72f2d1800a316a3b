-- former-version: runs
-- The same search terms, of which an order has nine: writing them is half of what a first sync's orders cost Postgres.

-- As before, the same for every text: a name of plain letters and Portuguese accents, nearly all there is, is not compared with every punctuation mark.
create or replace function fold_words(value text) returns text language sql immutable parallel safe as $$
  select case
    when lower(value) ~ '^[a-z0-9 ]*$' then lower(value)
    when lower(value) ~ '^[a-z0-9 áãçéíóôúêâàõü]*$' then translate(lower(value), 'áãçéíóôúêâàõü', 'aaceiooueaaou')
    when octet_length(value) = length(value) then lower(translate(value, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', repeat(' ', 35)))
    when octet_length(translate(lower(value), 'áãçéíóôúêâàõü', 'aaceiooueaaou')) = length(value)
      then translate(lower(value), E'áãçéíóôúêâàõü!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', 'aaceiooueaaou' || repeat(' ', 35))
    else lower(translate(normalize(value, nfc),
      E'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćČčĎďĒēĘęĚěĞğĪīĮįŁłŃńŇňŌōŐőØøŔŕŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽž!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0´’‘“”–—·ºª',
      'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccddeeeeeeggiiiillnnnnoooooorrrrssssssttuuuuuuzzzzzz                                              '))
    end
$$;

-- As before, in the order of the index, which a batch then walks once; sorted by bytes, as the index is, whatever the collation of the database.
create or replace function search_terms_of(searched text, rows text) returns text language sql immutable as $f$
  with phones as (
    select phone, place, format($$ || case when length(phone_%1$s) >= 4%2$s then array['p:' || phone_%1$s, 'r:' || reverse(phone_%1$s),
               case when length(phone_%1$s) = 11 then 'p:' || right(phone_%1$s, 9) end, case when length(phone_%1$s) > 8 then 'p:' || right(phone_%1$s, 8) end] end$$,
             place, case when place > 1 then format(' and phone_%s is distinct from phone_1', place) end) as terms
    from unnest(case searched when 'orders' then array['phone_e164', 'phone_raw', 'cellphone_raw', 'shipping_phone_raw'] else array['phone_e164', 'phone_raw'] end)
      with ordinality list (phone, place)
  )
  select format($$
    select distinct on (term, entity_id, tenant_id) tenant_id, %L as entity, term, entity_id
    from (
    select tenant_id, id as entity_id, case when left(term, 2) = 'n:' then left(term, 42) else term end collate "C" as term
    from (select tenant_id, id, words || array['e:' || email, case when email like '%%_@_%%' then 'd:' || split_part(email, '@', 2) end%s]%s as terms
          from (select tenant_id, id, (array_remove(string_to_array('n:' || replace(fold_words(said), ' ', ' n:'), ' '), 'n:'))[1:12] as words,
                       nullif(left(coalesce(email, lower(btrim(email_raw))), 120), '') as email, %s, %s
                from (select *, left(%s, 300) as said from %s offset 0) r offset 0) s offset 0) t
    cross join lateral unnest(terms) term where term is not null
    ) found order by term, entity_id, tenant_id$$,
    case searched when 'leads' then 'lead' when 'carts' then 'cart' else 'order' end,
    case searched when 'leads' then '' when 'carts' then $$, 'i:' || external_id$$
                  else $$, 'i:' || external_id, 'i:' || left(lower(nullif(order_number, '')), 40)$$ end,
    (select string_agg(terms, '' order by place) from phones),
    (select string_agg(format('own_digits(%s) as phone_%s', phone, place), ', ' order by place) from phones),
    case searched when 'leads' then 'null' when 'carts' then 'external_id' else 'external_id, order_number' end,
    case searched when 'orders' then 'concat_ws('' '', first_name, last_name)' else 'name' end,
    rows)
$f$;
