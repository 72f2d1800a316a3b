-- list_accounts_export: one page of accounts for `listar`, by shop and the shop's id. A null shop or limit of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to · $5 after (site:external id) · $6 limit
select c.site_id || ':' || c.external_id as id, c.external_id, c.email, c.first_name, c.last_name, c.display_name, c.registered_at, c.billing_phone,
       c.billing_city, c.billing_state, c.billing_postcode, c.billing_country, c.is_paying_customer, c.order_count,
       round(c.total_spent, 2)::text as total_spent, c.last_active_at, c.missing_since
from site_customers c
where c.tenant_id = $1
  and (c.site_id, c.external_id) > (split_part($5, ':', 1)::bigint, coalesce(nullif(split_part($5, ':', 2), ''), '0')::bigint)
  and ($2::bigint is null or c.site_id = $2) and ($3::timestamptz is null or c.registered_at >= $3)
  and ($4::timestamptz is null or c.registered_at < $4)
order by c.site_id, c.external_id
limit $6;
