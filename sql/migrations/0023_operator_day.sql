-- The operator's day: what is written to people, whom the queue shows later, and who has a person open (docs/rules.md, Work queue and Messages).

alter table tenants
  add column coupon_code text not null default '' check (length(coupon_code) <= 60),
  add column coupon_discount text not null default '' check (length(coupon_discount) <= 60),
  -- its last day in the company's time zone
  add column coupon_expires_on date,
  -- what contact codes are made of, so that nobody sends a code of their choice. Never shown.
  add column link_secret text not null default replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '');

alter table users
  -- where the WhatsApp button leads, and whether single keys act
  add column whatsapp_opener text not null default 'wa_me' check (whatsapp_opener in ('wa_me', 'web', 'app')),
  add column has_shortcuts boolean not null default true;

-- What a company changed of the default texts (shared/message-audiences.ts).
create table message_templates (
  tenant_id bigint not null references tenants,
  audience text not null check (audience ~ '^[a-z_]+$'),
  body text not null check (body <> '' and length(body) <= 4000),
  is_enabled boolean not null default true,
  user_id bigint references users,
  updated_at timestamptz not null,
  primary key (tenant_id, audience)
);
select protect_tenant_table('message_templates', 'select, insert, update', 'select, insert, update, delete');

-- The person of the record is not in the queue until then: adiado for everybody, or skipped by one user.
create table queue_pauses (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  entity text not null check (entity in ('lead', 'cart', 'order')),
  entity_id bigint not null,
  until timestamptz not null,
  is_personal boolean not null,
  user_id bigint not null references users,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index queue_pauses_until_idx on queue_pauses (tenant_id, until);
select protect_tenant_table('queue_pauses', 'select, delete', 'select, insert, delete');

-- Who opened whose card last; no lock, and gone after ten minutes.
create table person_views (
  tenant_id bigint not null references tenants,
  person_id bigint not null,
  user_id bigint not null references users,
  opened_at timestamptz not null,
  primary key (tenant_id, person_id, user_id)
);
select protect_tenant_table('person_views', 'select, delete', 'select, insert, update, delete');
