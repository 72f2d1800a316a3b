-- insert_export_customers: the people that `exportar clientes` chooses, last seen first, into export_ids. A null status takes all; with a period only
-- who paid in it; only buyers leaves out who never paid.
-- $1 tenant · $2 status · $3 from · $4 to · $5 only_buyers
insert into export_ids (id)
select c.person_id from customer_statuses c
where c.tenant_id = $1 and ($2::text is null or c.status = $2)
  and ((not $5::boolean and $3::timestamptz is null and $4::timestamptz is null)
       or exists (select from person_orders o where o.tenant_id = $1 and o.person_id = c.person_id
                  and o.created_at >= coalesce($3, '-infinity') and o.created_at < coalesce($4, 'infinity')))
order by c.last_seen_at desc nulls last, c.person_id desc;
