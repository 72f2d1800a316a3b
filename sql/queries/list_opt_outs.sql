-- list_opt_outs: everybody who wants no messages, newest first; with those taken back when asked.
-- $1 tenant · $2 with_undone
select o.id, o.channel, o.key, o.source, o.reason, u.email as user, o.created_at as "createdAt", o.undone_at as "undoneAt", undoer.email as "undoneBy"
from opt_outs o
left join users u on u.id = o.user_id
left join users undoer on undoer.id = o.undone_by
where o.tenant_id = $1 and ($2::boolean or o.undone_at is null)
order by o.created_at desc, o.id desc;
