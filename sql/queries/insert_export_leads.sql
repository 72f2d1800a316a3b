-- insert_export_leads: the leads that `exportar leads` chooses, newest first, into export_ids. A null shop or limit of the period leaves it open.
-- $1 tenant · $2 site · $3 from · $4 to
insert into export_ids (id)
select l.id from leads l
where l.tenant_id = $1 and ($2::bigint is null or l.site_id = $2)
  and ($3::timestamptz is null or l.captured_at >= $3) and ($4::timestamptz is null or l.captured_at < $4)
order by l.captured_at desc, l.id desc;
