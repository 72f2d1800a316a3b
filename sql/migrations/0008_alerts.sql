-- What stays wrong in a shop until it is mended or a person decides: a form that changed, a stopped WP-Cron, many rows gone, a slow shop. A run's
-- warnings vanish with the next run; an alert stays open until it is cleared. `subject` tells alerts of one code apart (a form, a stream).
create table site_alerts (
  tenant_id bigint not null,
  site_id bigint not null,
  code text not null,
  subject text not null default '',
  facts jsonb not null default '{}',
  raised_at timestamptz not null default now(),
  last_seen_at timestamptz not null default now(),
  primary key (tenant_id, site_id, code, subject),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('site_alerts', 'select, insert, update, delete', 'select');
