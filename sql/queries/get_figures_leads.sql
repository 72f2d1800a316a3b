-- get_figures_leads: the leads captured in a period by what they are to the shop. One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
select count(*)::integer as lead_count,
       count(*) filter (where customer_status = 'was_customer')::integer as was_customer_count,
       count(*) filter (where customer_status = 'became_customer')::integer as became_customer_count,
       count(*) filter (where customer_status = 'not_customer')::integer as not_customer_count
from lead_statuses
where tenant_id = $1 and ($2::timestamptz is null or captured_at >= $2) and ($3::timestamptz is null or captured_at < $3);
