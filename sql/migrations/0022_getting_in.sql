-- Who comes in and how a company looks: invitations by link, superadmins' visits, where a session is, colour and logo.

-- An invitation is a link of which only the hash is kept; it is worth seven days and one use. Taken back means deleted: the audit log remembers.
create table invitations (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  token_hash bytea not null,
  email text not null check (email = lower(email)),
  role text not null check (role in ('owner', 'admin', 'operator', 'viewer')),
  invited_by bigint references users,
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  accepted_at timestamptz,
  accepted_by bigint references users,
  primary key (tenant_id, id)
);
create index invitations_token_idx on invitations (token_hash);
create unique index invitations_open_idx on invitations (tenant_id, email) where accepted_at is null;
select protect_tenant_table('invitations', 'select, insert', 'select, insert, update, delete');

-- Who holds a link belongs to no company yet: the one row of that link, while it is good.
create function find_invitation(link_hash bytea)
  returns table (tenant_id bigint, id bigint, email text, role text, tenant_name text, tenant_slug text, inviter_name text)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select i.tenant_id, i.id, i.email, i.role, t.name, t.slug, u.name
  from invitations i join tenants t on t.id = i.tenant_id left join users u on u.id = i.invited_by
  where i.token_hash = link_hash and i.accepted_at is null and i.expires_at > now() and t.suspended_at is null
$$;
revoke execute on function find_invitation from public;
grant execute on function find_invitation to carrinho_api;

-- A superadmin sees a company's data only during a visit, which has a reason and belongs to one session.
create table company_visits (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  user_id bigint not null references users,
  session_hash bytea not null,
  reason text not null check (length(reason) between 5 and 500),
  started_at timestamptz not null default now(),
  ends_at timestamptz not null,
  primary key (tenant_id, id)
);
create index company_visits_session_idx on company_visits (session_hash);
select protect_tenant_table('company_visits', '', 'select, insert, update');
create policy own_visits on company_visits for select to carrinho_api using (user_id = app_user_id());

-- Browser and system in words ("Firefox no Windows"), so that people know their own sessions.
alter table sessions add column device text;

-- The company's colour; pages take it only where text on it reaches a contrast of 4.5.
alter table tenants add column theme_color text check (theme_color ~ '^#[0-9a-f]{6}$');
-- First 12 hex digits of the SHA-256 of the logo, which lies in tenant_logos: its address changes with the picture.
alter table tenants add column logo_hash text;

create table tenant_logos (
  tenant_id bigint primary key references tenants,
  media_type text not null check (media_type in ('image/png', 'image/jpeg', 'image/webp')),
  bytes bytea not null check (length(bytes) <= 204800),
  updated_at timestamptz not null default now()
);
select protect_tenant_table('tenant_logos', '', 'select, insert, update, delete');

-- The health board of the installation: ids, names of companies and shops, instants and codes; no row of a shop's customers. Only a superadmin gets rows.
create function installation_health()
  returns table (tenant_id bigint, slug text, name text, suspended_at timestamptz, user_count bigint, site_id bigint, site_name text, source text,
                 source_label text, caught_up_at timestamptz, state text, error_code text, finished_at timestamptz, cron_expression text, is_paused boolean)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select t.id, t.slug, t.name, t.suspended_at, (select count(*) from memberships m where m.tenant_id = t.id), s.id, s.name, c.source,
         coalesce(st.label, c.source), c.caught_up_at, last.state, last.error_code, last.finished_at, p.cron_expression, coalesce(p.is_paused, false)
  from tenants t
  left join sites s on s.tenant_id = t.id
  left join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id and p.kind = 'poll'
  left join lateral (
    select k.source, min(k.caught_up_at) as caught_up_at from cursors k where k.tenant_id = s.tenant_id and k.site_id = s.id group by k.source) c on true
  left join source_types st on st.name = c.source
  left join lateral (
    select r.state, r.error_code, r.finished_at from runs r
    where r.tenant_id = s.tenant_id and r.site_id = s.id and r.finished_at is not null and r.backfill_id is null order by r.id desc limit 1) last on true
  where exists (select from users u where u.id = app_user_id() and u.is_superadmin and u.disabled_at is null)
  order by t.name, t.id, s.name, s.id, c.source
$$;
revoke execute on function installation_health from public;
grant execute on function installation_health to carrinho_api;
