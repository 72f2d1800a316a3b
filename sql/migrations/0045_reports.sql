-- Reports by the clock, and people by their scores (docs/rules.md, Reports).
-- former-version: runs

-- What the clock of a zone shows; a fixed offset as in local_day().
create function local_time(at timestamptz, zone text) returns timestamp language sql immutable parallel safe as $$
  select case when zone like '+%' or zone like '-%'
              then at at time zone 'UTC' + make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))
              else at at time zone zone end
$$;

-- The grid of scores, and the people of one of its cells.
create index customer_statuses_scores_idx on customer_statuses (tenant_id, recency, frequency) include (monetary) where recency is not null;
