-- Two rules that the suggestions of one person and those of all share: why two addresses may be one mailbox, and what first name each person gave beside
-- a shared key.
-- former-version: runs

create function mailbox_reason(one text, other text) returns text language sql immutable parallel safe as $$
  select case when split_part(one, '@', 2) <> split_part(other, '@', 2) then 'domain' when one like '%+%' or other like '%+%' then 'tag' else 'dots' end
$$;

-- The key is one that stands for the person alone. Ask for shared keys by a list: only that is pushed below the grouping.
create view names_beside_shared_keys with (security_invoker = true) as
  select s.tenant_id, s.key as shared_key, p.person_id, n.name, min(own.key) as key
  from shared_keys s
  join usable_keys k on k.tenant_id = s.tenant_id and k.key = s.key
  join person_members p on p.tenant_id = s.tenant_id and p.entity = k.entity and p.entity_id = k.entity_id
  join usable_keys own on own.tenant_id = s.tenant_id and own.entity = k.entity and own.entity_id = k.entity_id
   and not exists (select from shared_keys x where x.tenant_id = s.tenant_id and x.key = own.key)
  left join orders o on k.entity = 'order' and o.tenant_id = s.tenant_id and o.id = k.entity_id
  left join carts c on k.entity = 'cart' and c.tenant_id = s.tenant_id and c.id = k.entity_id
  left join leads l on k.entity = 'lead' and l.tenant_id = s.tenant_id and l.id = k.entity_id
  cross join lateral (select split_part(btrim(fold_words(left(coalesce(o.first_name, c.name, l.name), 300))), ' ', 1) as name) n
  where length(n.name) >= 3
  group by s.tenant_id, s.key, p.person_id, n.name;
grant select on names_beside_shared_keys to carrinho_daemon, carrinho_api;
