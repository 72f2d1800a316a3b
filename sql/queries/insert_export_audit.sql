-- insert_export_audit: who took how many rows of which list out, for the audit log.
-- $1 tenant · $2 user · $3 id
insert into audit_log (tenant_id, user_id, action, entity, entity_id, facts)
select e.tenant_id, $2, 'export.created', 'export', e.id::text,
       json_build_object('list', e.list, 'format', e.format, 'rows', e.row_count, 'sha256', e.sha256)
from exports e where e.tenant_id = $1 and e.id = $3;
