-- A second factor for who wants one (RFC 6238), and one text for what grows too old.
-- former-version: runs

-- The secret lies here as it is: the web process must check codes and has no key of its own (docs/decisions/sealed-for-the-daemon.md). Whoever reads
-- this table still lacks the password. Only the web process and the owner of the database read it.
create table second_factors (
  user_id bigint primary key references users on delete cascade,
  secret bytea not null check (length(secret) = 20),
  created_at timestamptz not null default now(),
  -- null: begun, and no code of it was typed yet
  confirmed_at timestamptz,
  -- of the last code that was taken: none is good twice
  last_step bigint not null default 0
);
grant select, insert, update, delete on second_factors to carrinho_api;
-- Who lost the telephone is let in again from the command line.
grant select (user_id, confirmed_at), delete on second_factors to carrinho_daemon;

create table recovery_codes (
  user_id bigint not null references second_factors on delete cascade,
  code_hash bytea not null,
  used_at timestamptz,
  primary key (user_id, code_hash)
);
grant select, insert, update, delete on recovery_codes to carrinho_api;

-- 'code': whoever showed the password, or opened a login link, and still owes the code.
alter table login_links drop constraint login_links_kind_check, drop constraint login_links_check;
alter table login_links add constraint login_links_kind_check check (kind in ('first_owner', 'login', 'code')),
                        add constraint login_links_check check ((kind = 'first_owner') = (user_id is null));

-- Records that are too old to be kept with names: of whole people who never ordered and did nothing since, or of nobody.
create function list_old_records(tenant bigint, before timestamptz)
  returns table (entity text, id bigint, person_id bigint) language sql stable as $$
  with old as (
    select 'lead' as entity, l.id, m.person_id
    from leads l left join person_members m on m.tenant_id = tenant and m.entity = 'lead' and m.entity_id = l.id
    where l.tenant_id = tenant and coalesce(l.captured_at, l.first_seen_at) < before
      and not exists (select from erased_records e where e.tenant_id = tenant and e.entity = 'lead' and e.entity_id = l.id)
    union all
    select 'cart', c.id, m.person_id
    from carts c left join person_members m on m.tenant_id = tenant and m.entity = 'cart' and m.entity_id = c.id
    where c.tenant_id = tenant and c.last_activity_at < before
      and not exists (select from erased_records e where e.tenant_id = tenant and e.entity = 'cart' and e.entity_id = c.id)
  )
  select o.entity, o.id, o.person_id from old o
  where o.person_id is null or not exists (
    select from person_members m
    left join leads l on m.entity = 'lead' and l.tenant_id = tenant and l.id = m.entity_id
    left join carts c on m.entity = 'cart' and c.tenant_id = tenant and c.id = m.entity_id
    where m.tenant_id = tenant and m.person_id = o.person_id
      and (m.entity = 'order' or coalesce(l.captured_at, l.first_seen_at) >= before or c.last_activity_at >= before))
$$;
