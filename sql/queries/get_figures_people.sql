-- get_figures_people: the people of whom a lead, cart or order lies in a period (docs/rules.md, figures). One row. A null limit leaves the period open.
-- $1 tenant · $2 from · $3 to
with people_in as (
  select m.person_id from lead_statuses l join person_members m on m.tenant_id = $1 and m.entity = 'lead' and m.entity_id = l.lead_id
  where l.tenant_id = $1 and ($2::timestamptz is null or l.captured_at >= $2) and ($3::timestamptz is null or l.captured_at < $3)
  union
  select m.person_id from cart_statuses s join person_members m on m.tenant_id = $1 and m.entity = 'cart' and m.entity_id = s.cart_id
  where s.tenant_id = $1 and ($2::timestamptz is null or s.first_activity_at >= $2) and ($3::timestamptz is null or s.first_activity_at < $3)
  union
  select m.person_id from orders o join person_members m on m.tenant_id = $1 and m.entity = 'order' and m.entity_id = o.id
  where o.tenant_id = $1 and ($2::timestamptz is null or o.created_at >= $2) and ($3::timestamptz is null or o.created_at < $3)
)
select (case when $2::timestamptz is null and $3::timestamptz is null then (select count(*) from people where tenant_id = $1)
             else (select count(*) from people_in) end)::integer as person_count;
