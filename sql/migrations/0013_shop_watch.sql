-- How the shop calls its forms ("Avise-me quando chegar" instead of 321), and leads by form: the filter of the list, and the watch over a form
-- whose fields were renamed, which looks at the newest entries of each form.
create table form_titles (
  tenant_id bigint not null,
  site_id bigint not null,
  form_plugin text not null,
  form_id text not null,
  title text not null check (title <> ''),
  updated_at timestamptz not null default now(),
  primary key (tenant_id, site_id, form_plugin, form_id),
  foreign key (tenant_id, site_id) references sites
);
select protect_tenant_table('form_titles', 'select, insert, update, delete', 'select');

create index leads_form_idx on leads (tenant_id, site_id, form_plugin, form_id, external_id desc);

-- Carts that the plugin still calls new: few, and none of them old while the shop's WP-Cron runs.
create index carts_normal_idx on carts (tenant_id, site_id, last_activity_at) where plugin_status = 'normal' and is_current and missing_since is null;
