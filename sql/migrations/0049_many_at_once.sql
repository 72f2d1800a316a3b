-- What a list shows of its fifty records or people is asked once for all of them: a function called for each is a statement for each, and of each record the
-- company's opt-outs were read whole (1,200 of them: 86 ms a list, now 4; the people of a list 28 ms, now 2; on a loaded machine).
-- former-version: runs

-- The opt-outs that hold for these records: those of their own keys and of their people's, except where another record's key is shared by several people.
-- How many they are is kept from the planner: for one record it would make a plan at every call, which costs ten times what it saves.
create function held_opt_outs(tenant bigint, entities text[], ids bigint[])
returns table (entity text, entity_id bigint, channel text, created_at timestamptz) language sql stable rows 10 as $$
  with asked as materialized (
    select r.entity, r.entity_id, m.person_id
    from unnest((select entities), (select ids)) as r (entity, entity_id)
    left join person_members m on m.tenant_id = tenant and m.entity = r.entity and m.entity_id = r.entity_id
  ), keys as materialized (
    select a.entity, a.entity_id, k.key, true as is_own
    from asked a join match_keys k on k.tenant_id = tenant and k.entity = a.entity and k.entity_id = a.entity_id
    union
    select a.entity, a.entity_id, k.key, false
    from asked a
    join person_members m on m.tenant_id = tenant and m.person_id = a.person_id
    join usable_keys k on k.tenant_id = tenant and k.entity = m.entity and k.entity_id = m.entity_id
  )
  select k.entity, k.entity_id, o.channel, o.created_at
  from keys k
  cross join lateral (select x.channel, x.created_at from opt_outs x where x.tenant_id = tenant and x.key = k.key and x.undone_at is null offset 0) o
  where k.is_own or not exists (select from shared_keys s where s.tenant_id = tenant and s.key = k.key)
$$;

-- Why nobody can be written to by this channel; null when nothing is in the way.
create function contact_code(channel text, opted_out_since timestamptz, email text, phone_status text, phone_kind text)
returns text language sql immutable parallel safe as $$
  select case when opted_out_since is not null then 'opted_out'
              when channel = 'email' then case when email is null then 'no_email' end
              when channel not in ('whatsapp', 'phone') then null
              when phone_status = 'empty' then 'no_phone'
              when phone_status = 'invalid' then 'invalid_phone'
              when phone_status = 'fictitious' then 'fictitious_phone'
              when phone_kind = 'landline' and channel = 'whatsapp' then 'landline' end
$$;

-- Where somebody is written to by this channel.
create function contact_address(channel text, email text, phone_status text, phone_e164 text)
returns text language sql immutable parallel safe as $$
  select case when channel = 'email' then 'e:' || email
              when channel in ('whatsapp', 'phone') or phone_status = 'valid' then case when phone_status = 'valid' then 'p:' || phone_e164 end
              else 'e:' || email end
$$;

create or replace function contact_block(tenant bigint, record_entity text, record_id bigint, contact_channel text)
returns table (code text, is_blocking boolean, since timestamptz, phone_reason text, key text) language sql stable rows 1 as $$
  select c.code, coalesce(c.code <> 'landline', false), o.since, case when c.code = 'invalid_phone' then r.phone_reason end,
         contact_address(contact_channel, r.email, r.phone_status, r.phone_e164)
  from (
    select email, phone_e164, phone_status, phone_kind, phone_reason from leads where record_entity = 'lead' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from carts where record_entity = 'cart' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from orders where record_entity = 'order' and tenant_id = tenant and id = record_id) r
  cross join lateral (
    select min(h.created_at) as since from held_opt_outs(tenant, array[record_entity], array[record_id]) h where h.channel in (contact_channel, 'all')) o
  cross join lateral (select contact_code(contact_channel, o.since, r.email, r.phone_status, r.phone_kind) as code) c
$$;

-- As person_display(), of many people; each record by its id, however few the planner takes the table for.
create function person_displays(tenant bigint, people bigint[])
returns table (person_id bigint, name text, email text, phone_e164 text, phone_kind text) language sql stable rows 50 as $$
  with members as materialized (
    select m.person_id, m.entity, m.entity_id from person_members m where m.tenant_id = tenant and m.person_id = any((select people)::bigint[])
  ), records as (
    select m.person_id, 1 as place, coalesce(o.created_at, o.paid_at) as at, o.id,
           concat_ws(' ', nullif(trim(o.first_name), ''), nullif(trim(o.last_name), '')) as name,
           o.email, case when o.phone_status = 'valid' then o.phone_e164 end as phone_e164, o.phone_kind
    from members m cross join lateral (select * from orders where tenant_id = tenant and id = m.entity_id offset 0) o
    where m.entity = 'order' and not o.is_anonymized
    union all
    select m.person_id, 2, c.last_activity_at, c.id, trim(c.name), c.email, case when c.phone_status = 'valid' then c.phone_e164 end, c.phone_kind
    from members m cross join lateral (select * from carts where tenant_id = tenant and id = m.entity_id offset 0) c
    where m.entity = 'cart'
    union all
    select m.person_id, 3, l.captured_at, l.id, trim(l.name), l.email, case when l.phone_status = 'valid' then l.phone_e164 end, l.phone_kind
    from members m cross join lateral (select * from leads where tenant_id = tenant and id = m.entity_id offset 0) l
    where m.entity = 'lead'
  )
  select p.id,
         (array_agg(r.name order by r.place, r.at desc nulls last, r.id desc) filter (where r.name <> ''))[1],
         (array_agg(r.email order by r.place, r.at desc nulls last, r.id desc) filter (where r.email is not null))[1],
         (array_agg(r.phone_e164 order by r.place, r.at desc nulls last, r.id desc) filter (where r.phone_e164 is not null))[1],
         (array_agg(r.phone_kind order by r.place, r.at desc nulls last, r.id desc) filter (where r.phone_e164 is not null))[1]
  from unnest((select people)) as p (id) left join records r on r.person_id = p.id
  group by p.id
$$;

create or replace function person_display(tenant bigint, person bigint, out name text, out email text, out phone_e164 text, out phone_kind text)
language sql stable parallel safe as $$
  select d.name, d.email, d.phone_e164, d.phone_kind from person_displays(tenant, array[person]) d
$$;

-- The companies that a person may enter in this session, by name. A visit makes its company `superadmin`'s, unless the person is a member too. Every page
-- asks, in the statement that finds the session: in a transaction of its own, with the user set for row security, it was four.
create function open_companies(person bigint, is_superadmin boolean, session bytea)
returns table (id bigint, slug text, name text, time_zone text, currency text, window_before_minutes integer, window_after_minutes integer, role text,
               is_suspended boolean, theme_color text, logo_hash text)
language plpgsql stable security definer set search_path = pg_catalog, public as $$
#variable_conflict use_column
begin
  return query
    select t.id, t.slug, t.name, t.reporting_time_zone, t.currency, t.window_before_minutes, t.window_after_minutes, o.role,
           t.suspended_at is not null, t.theme_color, t.logo_hash
    from (
      select m.tenant_id, m.role from memberships m where m.user_id = person
      union all
      select distinct v.tenant_id, 'superadmin' from company_visits v
      where open_companies.is_superadmin and v.user_id = person and v.session_hash = session and v.ends_at > now()
        and not exists (select from memberships m where m.user_id = person and m.tenant_id = v.tenant_id)
    ) o join tenants t on t.id = o.tenant_id
    order by t.name, t.id;
end
$$;
revoke execute on function open_companies from public;
grant execute on function open_companies to carrinho_api;
