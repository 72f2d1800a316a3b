-- What other programs may do for a person: personal tokens of the API, and leads that people write down by hand.

-- A token is bound to one company and acts for its person there, with the rights of the person's role and no more than its scopes. Only the hash is
-- kept; `hint` is its beginning, so that people know theirs.
create table api_tokens (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  user_id bigint not null references users,
  name text not null check (length(name) between 1 and 60),
  token_hash bytea not null,
  hint text not null,
  scopes text[] not null check (scopes <> '{}' and scopes <@ array['read', 'mark', 'create_leads']),
  created_at timestamptz not null default now(),
  expires_at timestamptz not null,
  last_used_at timestamptz,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);
create index api_tokens_hash_idx on api_tokens (token_hash);
create index api_tokens_user_idx on api_tokens (user_id, tenant_id, id);
select protect_tenant_table('api_tokens', '', 'select, insert');
grant update (last_used_at, revoked_at) on api_tokens to carrinho_api;
create policy own_api_tokens on api_tokens for select to carrinho_api using (user_id = app_user_id());

-- Who asks with a token has no company yet: the one row of that token, while it is good.
create function find_api_token(hash bytea)
  returns table (tenant_id bigint, id bigint, user_id bigint, scopes text[], is_stale boolean)
  language sql stable security definer set search_path = pg_catalog, public as $$
  select t.tenant_id, t.id, t.user_id, t.scopes, t.last_used_at is null or t.last_used_at < now() - interval '1 minute'
  from api_tokens t join users u on u.id = t.user_id
  where t.token_hash = hash and t.revoked_at is null and t.expires_at > now() and u.disabled_at is null
$$;
revoke execute on function find_api_token from public;
grant execute on function find_api_token to carrinho_api;

-- A lead by hand has source 'manual' and no row in the shop: nothing that reads the shop looks at it.
grant insert on leads, match_keys to carrinho_api;
