-- list_customers_export: one page of people by id, with the names of shared/list-rows.ts: what each bought in the company's currency, scores and
-- status. A null status, or null people, takes all; with a period only who paid in it.
-- $1 tenant · $2 status · $3 from · $4 to · $5 after · $6 limit · $7 people
select c.person_id as id, c.person_id as "personId", d.name, d.email, d.phone_e164 as "phoneE164",
       (select count(distinct k.key)::integer
        from person_members m
        join usable_keys k on k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id
        where m.tenant_id = $1 and m.person_id = c.person_id) as "keyCount",
       p.paid_order_count as "paidOrders", round(p.net_minor::numeric / 100, 2)::text as net,
       round(p.net_minor::numeric / 100 / nullif(p.paid_order_count, 0), 2)::text as average, t.currency, p.first_paid_at as "firstPaidAt",
       p.last_paid_at as "lastPaidAt",
       round(c.median_gap_seconds::numeric / 86400, 1)::text as "medianIntervalDays", c.recency, c.frequency, c.monetary,
       c.status, c.last_seen_at as "lastSeenAt"
from customer_statuses c
join people p on p.tenant_id = $1 and p.id = c.person_id
join tenants t on t.id = $1
cross join lateral person_display($1, c.person_id) d
where c.tenant_id = $1 and c.person_id > $5 and ($2::text is null or c.status = $2)
  and ($7::bigint[] is null or c.person_id = any($7))
  and (($3::timestamptz is null and $4::timestamptz is null)
       or exists (select from person_orders o where o.tenant_id = $1 and o.person_id = c.person_id
                  and o.created_at >= coalesce($3, '-infinity') and o.created_at < coalesce($4, 'infinity')))
order by c.person_id
limit $6;
