-- The three roles. They are the cluster's, not the database's, so this runs at each migration and changes nothing the second time.
-- Runs as the user of DATABASE_URL, who must be able to create roles once; the migrations themselves run as carrinho_owner.
do $$
declare
  name text;
  -- From 16 on, who creates a role is a member of it that may not SET ROLE to it.
  membership text := case when current_setting('server_version_num')::integer >= 160000 then 'SET' else 'MEMBER' end;
begin
  perform pg_advisory_xact_lock(hashtext('carrinho-e-leads roles'));
  foreach name in array array['carrinho_owner', 'carrinho_daemon', 'carrinho_api'] loop
    if not exists (select from pg_roles where rolname = name) then
      execute format('create role %I nologin noinherit', name);
    end if;
    if current_user <> name and not pg_has_role(current_user, name, membership) then
      execute format('grant %I to %I', name, current_user);
    end if;
  end loop;
  execute format('grant create, temporary on database %I to carrinho_owner', current_database());
  execute format('grant connect, temporary on database %I to carrinho_daemon, carrinho_api', current_database());
  if has_schema_privilege(current_user, 'public', 'USAGE WITH GRANT OPTION')
     and not has_schema_privilege('carrinho_owner', 'public', 'CREATE') then
    grant create, usage on schema public to carrinho_owner;
  end if;
end
$$;
