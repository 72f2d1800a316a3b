-- insert_order_statuses: every status seen in a shop has a row, so that a person can say what it means.
-- $1 tenant · $2 site
insert into order_status_classes (tenant_id, site_id, wc_status)
select distinct $1::bigint, $2::bigint, s.wc_status
from staged_orders s
where not exists (select from order_status_classes k where k.tenant_id = $1 and k.site_id = $2 and k.wc_status = s.wc_status);
