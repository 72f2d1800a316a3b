-- count_retention: what a night would empty or delete now: leads and carts, texts of rows that could not be read, lines of the log.
-- $1 tenant · $2 before · $3 raw_before · $4 log_before
select count(distinct o.person_id)::integer as people, count(*) filter (where o.entity = 'lead')::integer as leads,
       count(*) filter (where o.entity = 'cart')::integer as carts,
       (select count(*)::integer from quarantine where tenant_id = $1 and raw <> '' and first_seen_at < $3) as quarantined,
       (select count(*)::integer from audit_log where tenant_id = $1 and happened_at < $4) as logged
from list_old_records($1, $2) o;
