-- decide_subject_request: a request is approved, done or refused.
-- $1 tenant · $2 id · $3 state · $4 user · $5 now
update subject_requests set state = $3, decided_by = $4, decided_at = $5, done_at = case when $3 in ('done', 'refused') then $5::timestamptz end
where tenant_id = $1 and id = $2;
