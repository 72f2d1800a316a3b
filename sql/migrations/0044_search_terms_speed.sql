-- former-version: runs
-- The same search terms for a third of the work: half of a first sync's processor time in Postgres went into them. Terms that are stored stay as they are.

-- As before, the same for every text: plain letters and Portuguese accents, nearly all there is, are folded by a short list instead of one of 250
-- characters, which was compared with each letter.
create or replace function fold_words(value text) returns text language sql immutable parallel safe as $$
  select lower(case
    when octet_length(value) = length(value) then translate(value, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', repeat(' ', 35))
    when octet_length(translate(value, 'áãçéíóôúêâàõüÁÃÇÉÍÓÔÚÊÂÀÕÜ', 'aaceiooueaaouaaceiooueaaou')) = length(value)
      then translate(value, E'áãçéíóôúêâàõüÁÃÇÉÍÓÔÚÊÂÀÕÜ!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', 'aaceiooueaaouaaceiooueaaou' || repeat(' ', 35))
    else translate(normalize(value, nfc),
      E'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćČčĎďĒēĘęĚěĞğĪīĮįŁłŃńŇňŌōŐőØøŔŕŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽž!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0´’‘“”–—·ºª',
      'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccddeeeeeeggiiiillnnnnoooooorrrrssssssttuuuuuuzzzzzz                                              ')
    end)
$$;

-- A phone's digits without those of Brazil. What is left without the digits is what has to go: no regular expression.
create function own_digits(phone text) returns text language sql immutable parallel safe as $$
  select right(left(translate(phone, translate(phone, '0123456789', ''), ''), 30), case when phone like '+55%' then -2 else 30 end)
$$;

-- As before, by arrays: no subquery is begun for each row, and a phone that is the same in two columns is read once.
create or replace function search_terms_of(searched text, rows text) returns text language sql immutable as $f$
  with phones as (
    select phone, place, format($$ || case when length(phone_%1$s) >= 4%2$s then array['p:' || phone_%1$s, 'r:' || reverse(phone_%1$s),
               case when length(phone_%1$s) = 11 then 'p:' || right(phone_%1$s, 9) end, case when length(phone_%1$s) > 8 then 'p:' || right(phone_%1$s, 8) end] end$$,
             place, case when place > 1 then format(' and phone_%s is distinct from phone_1', place) end) as terms
    from unnest(case searched when 'orders' then array['phone_e164', 'phone_raw', 'cellphone_raw', 'shipping_phone_raw'] else array['phone_e164', 'phone_raw'] end)
      with ordinality list (phone, place)
  )
  select format($$
    select distinct tenant_id, %L as entity, case when left(term, 2) = 'n:' then left(term, 42) else term end as term, id as entity_id
    from (select tenant_id, id, words || array['e:' || email, case when email like '%%_@_%%' then 'd:' || split_part(email, '@', 2) end%s]%s as terms
          from (select tenant_id, id, (array_remove(string_to_array('n:' || replace(fold_words(left(%s, 300)), ' ', ' n:'), ' '), 'n:'))[1:12] as words,
                       nullif(left(coalesce(email, lower(btrim(email_raw))), 120), '') as email, %s, %s
                from %s offset 0) s offset 0) t
    cross join lateral unnest(terms) term where term is not null$$,
    case searched when 'leads' then 'lead' when 'carts' then 'cart' else 'order' end,
    case searched when 'leads' then '' when 'carts' then $$, 'i:' || external_id$$
                  else $$, 'i:' || external_id, 'i:' || left(lower(nullif(order_number, '')), 40)$$ end,
    (select string_agg(terms, '' order by place) from phones),
    case searched when 'orders' then 'concat_ws('' '', first_name, last_name)' else 'name' end,
    (select string_agg(format('own_digits(%s) as phone_%s', phone, place), ', ' order by place) from phones),
    case searched when 'leads' then 'null' when 'carts' then 'external_id' else 'external_id, order_number' end,
    rows)
$f$;

-- As the owner: the rows' companies were checked when the rows were written, and need not be for each of their terms.
alter function keep_search_terms() security definer;
alter function keep_search_terms() set search_path = public, pg_temp;
revoke execute on function keep_search_terms from public;
