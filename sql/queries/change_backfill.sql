-- change_backfill: a person pauses, resumes or cancels a backfill of the current tenant; gives its shop, or no row when its state does not allow it.
-- $1 tenant · $2 id · $3 verb (pause, resume, cancel)
update backfills b set
  state = case $3::text
    when 'pause' then 'paused'
    when 'cancel' then 'cancelled'
    -- What has been estimated goes on where it stood.
    else case when exists (select from backfill_streams s where s.tenant_id = b.tenant_id and s.backfill_id = b.id) then 'ready' else 'waiting' end
  end,
  waits_for_start = waits_for_start and $3 <> 'resume',
  failure_count = 0,
  error_code = case when $3 = 'resume' then null else error_code end,
  error_facts = case when $3 = 'resume' then null else error_facts end,
  finished_at = case when $3 = 'cancel' then now() end
where b.tenant_id = $1 and b.id = $2 and case $3
    when 'pause' then state in ('waiting', 'estimating', 'ready', 'running')
    when 'resume' then state in ('paused', 'failed') or (state = 'ready' and waits_for_start)
    when 'cancel' then state not in ('done', 'cancelled')
  end
returning b.site_id
