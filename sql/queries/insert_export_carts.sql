-- insert_export_carts: the carts that `exportar carrinhos` chooses, by last activity, newest first, into export_ids. A null shop, status or limit of
-- the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to · $5 status
insert into export_ids (id)
select c.id from carts c
join cart_statuses s on s.tenant_id = $1 and s.cart_id = c.id
where c.tenant_id = $1 and ($2::bigint is null or c.site_id = $2) and ($5::text is null or s.status = $5)
  and ($3::timestamptz is null or c.first_activity_at >= $3) and ($4::timestamptz is null or c.first_activity_at < $4)
order by c.last_activity_at desc, c.id desc;
