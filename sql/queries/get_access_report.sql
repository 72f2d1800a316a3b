-- get_access_report: everything that is held of one person, as one JSON: the copies as the shop gave them, what people wrote, and who was shown it.
-- $1 tenant · $2 person
with members as (
  select entity, entity_id from person_members where tenant_id = $1 and person_id = $2
), hidden as (
  select array['tenant_id', 'source_hash', 'scan_hash', 'mapped_hash', 'session_id', 'parse_error', 'cart_id', 'order_id'] as keys
), keys as (
  select distinct k.key from match_keys k join members m on k.tenant_id = $1 and k.entity = m.entity and k.entity_id = m.entity_id
), mine as (
  select o.id, o.site_id, o.customer_external_id from orders o join members m on m.entity = 'order' and m.entity_id = o.id where o.tenant_id = $1
)
select jsonb_build_object(
  'leads', (
    select coalesce(jsonb_agg(to_jsonb(l) - h.keys || jsonb_build_object('answers', (
      select coalesce(jsonb_agg(jsonb_build_object('key', a.key, 'value', a.value) order by a.external_id), '[]') from lead_answers a
      where a.tenant_id = $1 and a.site_id = l.site_id and a.source = l.source and a.lead_external_id = l.external_id)) order by l.captured_at, l.id), '[]')
    from leads l join members m on m.entity = 'lead' and m.entity_id = l.id where l.tenant_id = $1),
  'carts', (
    select coalesce(jsonb_agg(to_jsonb(c) - h.keys || jsonb_build_object(
      'status', (select s.status from cart_statuses s where s.tenant_id = $1 and s.cart_id = c.id),
      'items', (select coalesce(jsonb_agg(to_jsonb(i) - h.keys order by i.position), '[]') from cart_items i where i.tenant_id = $1 and i.cart_id = c.id),
      'emails', (select coalesce(jsonb_agg(to_jsonb(e) - h.keys order by e.external_id), '[]') from cart_emails e
                 where e.tenant_id = $1 and e.site_id = c.site_id and e.session_id = c.session_id)) order by c.first_activity_at, c.id), '[]')
    from carts c join members m on m.entity = 'cart' and m.entity_id = c.id where c.tenant_id = $1),
  'orders', (
    select coalesce(jsonb_agg(to_jsonb(o) - h.keys || jsonb_build_object(
      'items', (select coalesce(jsonb_agg(to_jsonb(i) - h.keys order by i.external_id), '[]') from order_items i where i.tenant_id = $1 and i.order_id = o.id),
      'refunds', (select coalesce(jsonb_agg(to_jsonb(i) - h.keys order by i.external_id), '[]') from order_refunds i where i.tenant_id = $1 and i.order_id = o.id),
      'coupons', (select coalesce(jsonb_agg(to_jsonb(i) - h.keys order by i.external_id), '[]') from order_coupons i where i.tenant_id = $1 and i.order_id = o.id)
    ) order by o.created_at, o.id), '[]')
    from orders o join mine on mine.id = o.id where o.tenant_id = $1),
  'accounts', (
    select coalesce(jsonb_agg(to_jsonb(a) - h.keys order by a.site_id, a.external_id), '[]') from site_customers a
    where a.tenant_id = $1 and (lower(a.email) in (select substr(key, 3) from keys)
                                or (a.site_id, a.external_id) in (select site_id, customer_external_id from mine))),
  'keys', (select coalesce(jsonb_agg(key order by key), '[]') from keys),
  'contacts', (
    select coalesce(jsonb_agg(jsonb_build_object('entity', x.entity, 'entity_id', x.entity_id, 'channel', x.channel, 'key', x.key, 'template', x.template,
      'by', u.name, 'contacted_at', x.contacted_at, 'undone_at', x.undone_at) order by x.contacted_at, x.id), '[]')
    from contacts x join members m using (entity, entity_id) left join users u on u.id = x.user_id where x.tenant_id = $1),
  'notes', (
    select coalesce(jsonb_agg(jsonb_build_object('entity', x.entity, 'entity_id', x.entity_id, 'body', x.body, 'by', u.name, 'created_at', x.created_at,
      'undone_at', x.undone_at) order by x.id), '[]')
    from notes x join members m using (entity, entity_id) left join users u on u.id = x.user_id where x.tenant_id = $1),
  'tags', (
    select coalesce(jsonb_agg(jsonb_build_object('name', t.name, 'created_at', x.created_at, 'undone_at', x.undone_at) order by x.id), '[]')
    from record_tags x join members m using (entity, entity_id) join tags t on t.tenant_id = $1 and t.id = x.tag_id where x.tenant_id = $1),
  'reminders', (
    select coalesce(jsonb_agg(jsonb_build_object('remind_at', x.remind_at, 'note', x.note, 'undone_at', x.undone_at) order by x.id), '[]')
    from reminders x join members m using (entity, entity_id) where x.tenant_id = $1),
  'opt_outs', (
    select coalesce(jsonb_agg(jsonb_build_object('channel', x.channel, 'key', x.key, 'source', x.source, 'reason', x.reason, 'created_at', x.created_at,
      'undone_at', x.undone_at) order by x.id), '[]')
    from opt_outs x where x.tenant_id = $1 and x.key in (select key from keys)),
  -- Which people a file had is not kept: these were made of lists in which the person stood then.
  'possible_exports', (
    select coalesce(jsonb_agg(jsonb_build_object('list', e.list, 'format', e.format, 'filter', e.filter_text, 'rows', e.row_count, 'by', u.name,
      'finished_at', e.finished_at) order by e.id), '[]')
    from exports e left join users u on u.id = e.user_id
    where e.tenant_id = $1 and e.state = 'done' and exists (
      select from members m
      left join leads l on m.entity = 'lead' and l.tenant_id = $1 and l.id = m.entity_id
      left join carts c on m.entity = 'cart' and c.tenant_id = $1 and c.id = m.entity_id
      left join orders o on m.entity = 'order' and o.tenant_id = $1 and o.id = m.entity_id
      where coalesce(l.first_seen_at, c.first_seen_at, o.first_seen_at) <= e.requested_at
        and (e.list = 'clientes' or e.list = case m.entity when 'lead' then 'leads' when 'cart' then 'carrinhos' else 'pedidos' end))),
  'accesses', (
    select coalesce(jsonb_agg(jsonb_build_object('action', a.action, 'by', u.name, 'happened_at', a.happened_at) order by a.id), '[]')
    from audit_log a left join users u on u.id = a.user_id
    where a.tenant_id = $1 and a.entity = 'person' and a.entity_id = ($2::bigint)::text)
) as report
from hidden h;
