-- insert_quiet_run: a poll of the current tenant that found nothing to read, written when it is over; gives its id.
-- $1 tenant · $2 site · $3 daemon · $4 state · $5 warnings · $6 started · $7 sources · $8 streams · $9 statements · $10 shape_count
-- $11 statement_count · $12 ms
with run as (
  insert into runs (tenant_id, site_id, kind, state, daemon_id, started_at, finished_at, heartbeat_at, warnings)
  values ($1, $2, 'poll', $4, $3, $6, now(), now(), $5) returning id
), streams as (
  insert into run_streams (tenant_id, run_id, source, stream, state, started_at, finished_at)
  select $1, run.id, source, stream, 'done', now(), now() from run, unnest($7::text[], $8::text[]) given (source, stream)
), access as (
  update shop_access set run_id = run.id, taken_at = now(), statements = $9, shape_count = $10, statement_count = $11, ms = $12, rested_ms = 0
  from run where tenant_id = $1 and site_id = $2
)
select id from run, pg_notify('carrinho_progress', json_build_object('tenant', $1::text, 'site', $2::text, 'run', id::text)::text)
