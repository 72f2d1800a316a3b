-- The rights of our roles on the job engine's own tables (schema graphile_worker), and the one door through which the web process adds a job.
-- Runs as carrinho_owner after each migration; changes nothing the second time.
grant usage on schema graphile_worker to carrinho_daemon;
grant select, insert, update, delete on all tables in schema graphile_worker to carrinho_daemon;
grant usage, select on all sequences in schema graphile_worker to carrinho_daemon;
grant execute on all functions in schema graphile_worker to carrinho_daemon;

-- The engine enables row security on its private tables without any policy: nobody but their owner would see a job.
do $$
declare
  private_table regclass;
begin
  for private_table in
    select c.oid from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = 'graphile_worker' and c.relkind = 'r' and c.relrowsecurity
      and not exists (select from pg_policy p where p.polrelid = c.oid and p.polname = 'daemon_works')
  loop
    execute format('create policy daemon_works on %s to carrinho_daemon using (true) with check (true)', private_table);
  end loop;
end
$$;

-- Wakes the daemon for one shop of the current company: `poll` unless a command says more. One waiting job a shop (job_key), one at a time
-- (queue); the doctor looks beside a run, one test at a time a company. Callable by both processes; the company comes from app.tenant_id, never from the caller.
create or replace function enqueue_job(p_site_id bigint, p_kind text default 'poll', p_priority integer default 0) returns void
language plpgsql security definer set search_path = pg_catalog, public as $$
declare
  v_tenant_id bigint := public.app_tenant_id();
begin
  if p_kind not in ('poll', 'full', 'reconcile', 'backfill', 'recompute', 'doctor') then
    raise exception 'unknown job kind %', p_kind;
  end if;
  if not exists (select from public.sites where tenant_id = v_tenant_id and id = p_site_id) then
    raise exception 'site % is not of the current tenant', p_site_id using errcode = 'no_data_found';
  end if;
  perform graphile_worker.add_job(
    'sync_site',
    json_build_object('tenantId', v_tenant_id::text, 'siteId', p_site_id::text, 'kind', p_kind),
    queue_name := case when p_kind = 'doctor' then 'doctor:' || v_tenant_id else 'site:' || p_site_id end,
    job_key := p_kind || ':' || p_site_id,
    job_key_mode := 'preserve_run_at',
    max_attempts := 1,
    priority := p_priority);
end
$$;
revoke execute on function enqueue_job from public;
grant execute on function enqueue_job to carrinho_daemon, carrinho_api;
