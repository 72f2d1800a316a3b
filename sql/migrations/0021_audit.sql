-- Who did what to whose data (docs/rules.md, Privacy): views of a person, exports, changes of users and settings. Append-only by grants. No names,
-- phones or e-mails in `facts`: ids, counts and codes.
create table audit_log (
  tenant_id bigint not null references tenants,
  id bigint generated always as identity,
  -- null: the command line
  user_id bigint references users,
  action text not null check (action ~ '^[a-z_]+\.[a-z_]+$'),
  -- what it was done to: 'person', 'cart', 'user', 'connection' …, and its id
  entity text,
  entity_id text,
  facts jsonb not null default '{}',
  happened_at timestamptz not null default now(),
  primary key (tenant_id, id)
);
create index audit_log_time_idx on audit_log (tenant_id, happened_at desc, id desc);
create index audit_log_entity_idx on audit_log (tenant_id, entity, entity_id, happened_at desc);
-- The daemon removes what is older than the company keeps.
select protect_tenant_table('audit_log', 'select, insert, delete', 'select, insert');
