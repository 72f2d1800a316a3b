-- What people write beside a record (notes, tags, reminders, the stage of a lead), and whether somebody may be written to. Facts like those of
-- 0014: with author and instant, taken back by undone_at and undone_by, never deleted.

create table notes (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  body text not null check (body <> '' and length(body) <= 10000),
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id)
);
create index notes_record_idx on notes (tenant_id, entity, entity_id, id desc);
select protect_tenant_table('notes', 'select, insert, update', 'select, insert, update');

create table tags (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  name text not null check (name <> '' and length(name) <= 60),
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create unique index tags_name_idx on tags (tenant_id, lower(name));
select protect_tenant_table('tags', 'select, insert', 'select, insert');

create table record_tags (
  tenant_id bigint not null,
  id bigint generated always as identity,
  tag_id bigint not null,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id),
  foreign key (tenant_id, tag_id) references tags
);
create unique index record_tags_one_idx on record_tags (tenant_id, entity, entity_id, tag_id) where undone_at is null;
create index record_tags_tag_idx on record_tags (tenant_id, tag_id) where undone_at is null;
select protect_tenant_table('record_tags', 'select, insert, update', 'select, insert, update');

-- On remind_at the person of the record is in the queue again. Undone = done, or no longer wanted.
create table reminders (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  remind_at timestamptz not null,
  note text not null default '' check (length(note) <= 1000),
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id)
);
create index reminders_record_idx on reminders (tenant_id, entity, entity_id, id desc);
create index reminders_due_idx on reminders (tenant_id, remind_at, id) where undone_at is null;
select protect_tenant_table('reminders', 'select, insert, update', 'select, insert, update');

-- The log of a lead's stages: the newest row that is not undone is in force; a lead without one is new. "É cliente" is computed, never a row here.
create table lead_stages (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  lead_id bigint not null,
  stage text not null check (stage in ('new', 'contacted', 'potential', 'lost')),
  reason text not null default '' check (length(reason) <= 1000),
  -- the contact that moved it, whose undoing takes it back
  contact_id bigint,
  user_id bigint references users,
  created_at timestamptz not null,
  undone_at timestamptz,
  undone_by bigint references users,
  primary key (tenant_id, id),
  foreign key (tenant_id, contact_id) references contacts,
  check ((stage = 'lost') = (reason <> ''))
);
create index lead_stages_lead_idx on lead_stages (tenant_id, lead_id, id desc);
create index lead_stages_contact_idx on lead_stages (tenant_id, contact_id) where contact_id is not null;
select protect_tenant_table('lead_stages', 'select, insert, update', 'select, insert, update');

-- The plugin's own opt-out comes and goes with the shop's flag, whatever an operator wrote about the same address.
drop index opt_outs_one_idx;
create unique index opt_outs_one_idx on opt_outs (tenant_id, key, channel, source) where undone_at is null;
create index opt_outs_plugin_idx on opt_outs (tenant_id, key) where source = 'plugin' and undone_at is null;
create index carts_unsubscribed_idx on carts (tenant_id, email) where is_unsubscribed and email is not null;

-- A record and the other records of its person.
create function person_records(tenant bigint, record_entity text, record_id bigint)
returns table (entity text, entity_id bigint) language sql stable rows 10 as $$
  select record_entity, record_id
  union
  select m.entity, m.entity_id
  from person_members own
  join person_members m on m.tenant_id = tenant and m.person_id = own.person_id
  where own.tenant_id = tenant and own.entity = record_entity and own.entity_id = record_id
$$;

-- The keys whose opt-outs hold for a record: its own, and every key of its person that is not shared.
create function opt_out_keys(tenant bigint, record_entity text, record_id bigint)
returns table (key text) language sql stable rows 10 as $$
  select m.key from match_keys m where m.tenant_id = tenant and m.entity = record_entity and m.entity_id = record_id
  union
  select k.key
  from person_records(tenant, record_entity, record_id) r
  join usable_keys k on k.tenant_id = tenant and k.entity = r.entity and k.entity_id = r.entity_id
  where not exists (select from shared_keys s where s.tenant_id = tenant and s.key = k.key)
$$;

-- May the person of a record be written to by a channel, and at which address? The one place of this rule (docs/rules.md, Contacts): whatever
-- offers, counts or sends messages asks here. One row for a record that exists. code null: yes; 'landline': yes, with a warning.
create function contact_block(tenant bigint, record_entity text, record_id bigint, contact_channel text)
returns table (code text, is_blocking boolean, since timestamptz, phone_reason text, key text) language sql stable rows 1 as $$
  with record as (
    select email, phone_e164, phone_status, phone_kind, phone_reason from leads where record_entity = 'lead' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from carts where record_entity = 'cart' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from orders where record_entity = 'order' and tenant_id = tenant and id = record_id
  ), judged as (
    select r.*, o.since,
           case when o.since is not null then 'opted_out'
                when contact_channel = 'email' then case when r.email is null then 'no_email' end
                when contact_channel not in ('whatsapp', 'phone') then null
                when r.phone_status = 'empty' then 'no_phone'
                when r.phone_status = 'invalid' then 'invalid_phone'
                when r.phone_status = 'fictitious' then 'fictitious_phone'
                when r.phone_kind = 'landline' and contact_channel = 'whatsapp' then 'landline' end as code
    from record r
    cross join (
      select min(o.created_at) as since
      from opt_out_keys(tenant, record_entity, record_id) k
      join opt_outs o on o.tenant_id = tenant and o.key = k.key and o.undone_at is null and o.channel in (contact_channel, 'all')) o
  )
  select j.code, coalesce(j.code <> 'landline', false), j.since, case when j.code = 'invalid_phone' then j.phone_reason end,
         case when contact_channel = 'email' then 'e:' || j.email
              when contact_channel in ('whatsapp', 'phone') or j.phone_status = 'valid'
              then case when j.phone_status = 'valid' then 'p:' || j.phone_e164 end
              else 'e:' || j.email end
  from judged j
$$;
