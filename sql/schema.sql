-- Written by "carrinho migrar --esquema"; not run by anything. The structure is made by sql/migrations.

table api_tokens (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  user_id bigint not null
  name text not null
  token_hash bytea not null
  hint text not null
  scopes text[] not null
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  last_used_at timestamp with time zone
  revoked_at timestamp with time zone
  api_tokens_name_check: CHECK (((length(name) >= 1) AND (length(name) <= 60)))
  api_tokens_pkey: PRIMARY KEY (tenant_id, id)
  api_tokens_scopes_check: CHECK (((scopes <> '{}'::text[]) AND (scopes <@ ARRAY['read'::text, 'mark'::text, 'create_leads'::text])))
  api_tokens_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  api_tokens_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX api_tokens_hash_idx ON public.api_tokens USING btree (token_hash)
  CREATE INDEX api_tokens_user_idx ON public.api_tokens USING btree (user_id, tenant_id, id)
  policy own_api_tokens for r to carrinho_api using (user_id = app_user_id()) check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_api may UPDATE (last_used_at, revoked_at)

table audit_log (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  user_id bigint
  action text not null
  entity text
  entity_id text
  facts jsonb not null default '{}'::jsonb
  happened_at timestamp with time zone not null default now()
  audit_log_action_check: CHECK ((action ~ '^[a-z_]+\.[a-z_]+$'::text))
  audit_log_pkey: PRIMARY KEY (tenant_id, id)
  audit_log_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  audit_log_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX audit_log_entity_idx ON public.audit_log USING btree (tenant_id, entity, entity_id, happened_at DESC)
  CREATE INDEX audit_log_time_idx ON public.audit_log USING btree (tenant_id, happened_at DESC, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table backfill_streams (row security forced)
  tenant_id bigint not null
  backfill_id bigint not null
  source text not null
  stream text not null
  estimated_count bigint
  read_count bigint not null default 0
  changed_count bigint not null default 0
  last_id bigint not null default 0
  is_done boolean not null default false
  backfill_streams_pkey: PRIMARY KEY (tenant_id, backfill_id, source, stream)
  backfill_streams_tenant_id_backfill_id_fkey: FOREIGN KEY (tenant_id, backfill_id) REFERENCES backfills(tenant_id, id) ON DELETE CASCADE
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table backfills (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  from_at timestamp with time zone
  to_at timestamp with time zone
  targets text[]
  state text not null default 'waiting'::text
  waits_for_start boolean not null default false
  requested_by bigint
  failure_count integer not null default 0
  error_code text
  error_facts jsonb
  created_at timestamp with time zone not null default now()
  started_at timestamp with time zone
  finished_at timestamp with time zone
  backfills_pkey: PRIMARY KEY (tenant_id, id)
  backfills_requested_by_fkey: FOREIGN KEY (requested_by) REFERENCES users(id)
  backfills_state_check: CHECK ((state = ANY (ARRAY['waiting'::text, 'estimating'::text, 'ready'::text, 'running'::text, 'paused'::text, 'done'::text, 'cancelled'::text, 'failed'::text])))
  backfills_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  CREATE INDEX backfills_site_idx ON public.backfills USING btree (tenant_id, site_id, id DESC)
  policy all_backfills for r to carrinho_daemon using true check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table backups
  id bigint not null identity
  started_at timestamp with time zone not null
  finished_at timestamp with time zone not null
  path text
  byte_count bigint
  row_count bigint
  error_code text
  backups_check: CHECK (((path IS NULL) = (error_code IS NOT NULL)))
  backups_pkey: PRIMARY KEY (id)
  CREATE INDEX backups_time_idx ON public.backups USING btree (finished_at DESC)
  carrinho_daemon may DELETE, INSERT, SELECT

table batches (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  run_id bigint not null
  source text not null
  stream text not null
  scan text not null
  read_count integer not null
  new_count integer not null
  changed_count integer not null
  unchanged_count integer not null
  quarantined_count integer not null
  duration_ms integer not null
  committed_at timestamp with time zone not null default now()
  batches_pkey: PRIMARY KEY (tenant_id, id)
  batches_tenant_id_run_id_fkey: FOREIGN KEY (tenant_id, run_id) REFERENCES runs(tenant_id, id) ON DELETE CASCADE
  CREATE INDEX batches_run_idx ON public.batches USING btree (tenant_id, run_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table cart_days (row security forced)
  tenant_id bigint not null
  day date not null
  status text not null
  reason text not null
  has_keys boolean not null
  causal_class text not null
  currency text not null
  credited_currency text not null
  cart_count integer not null
  total_minor bigint not null
  credited_minor bigint not null
  cart_days_pkey: PRIMARY KEY (tenant_id, day, status, reason, has_keys, causal_class, currency, credited_currency)
  cart_days_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table cart_emails (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  source text not null
  external_id bigint not null
  session_id text not null
  coupon_code text
  scheduled_text text
  scheduled_at timestamp with time zone
  state text not null
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  cart_emails_pkey: PRIMARY KEY (tenant_id, site_id, source, external_id)
  cart_emails_state_check: CHECK ((state = ANY (ARRAY['scheduled'::text, 'sent'::text, 'cancelled'::text])))
  CREATE INDEX cart_emails_session_idx ON public.cart_emails USING btree (tenant_id, site_id, session_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table cart_items (row security forced)
  tenant_id bigint not null
  cart_id bigint not null
  position integer not null
  product_id bigint not null
  variation_id bigint not null default 0
  name text
  attributes text
  quantity numeric(18,4) not null
  line_total numeric(26,8)
  is_bundle_child boolean not null default false
  cart_items_pkey: PRIMARY KEY (tenant_id, cart_id, "position")
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table cart_matches (row security forced)
  tenant_id bigint not null
  cart_id bigint not null
  order_id bigint not null
  order_class text not null
  has_email boolean not null
  phone_kind text
  is_phone_presumed boolean not null default false
  is_all_shared boolean not null default false
  has_coupon boolean not null default false
  is_after boolean not null
  item_share numeric(7,6) not null default 0
  key_count integer not null
  delta_seconds bigint not null
  score integer not null
  rank integer not null
  has_code boolean not null default false
  is_chosen boolean not null default false
  is_refused boolean not null default false
  is_indirect boolean not null default false
  earns_credit boolean not null generated ((order_class = 'paid'::text) AND (NOT is_refused) AND ((NOT is_all_shared) OR has_coupon OR (item_share > (0)::numeric) OR has_code OR is_chosen))
  cart_matches_order_class_check: CHECK ((order_class = ANY (ARRAY['paid'::text, 'awaiting_payment'::text])))
  cart_matches_phone_kind_check: CHECK ((phone_kind = ANY (ARRAY['mobile'::text, 'landline'::text, 'international'::text])))
  cart_matches_pkey: PRIMARY KEY (tenant_id, cart_id, order_id)
  CREATE INDEX cart_matches_order_idx ON public.cart_matches USING btree (tenant_id, order_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table cart_overrides (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  cart_id bigint not null
  kind text not null
  status text
  order_id bigint
  note text not null default ''::text
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  cart_overrides_check: CHECK ((((kind = 'status'::text) = (status IS NOT NULL)) AND ((kind = 'other_order'::text) = (order_id IS NOT NULL))))
  cart_overrides_kind_check: CHECK ((kind = ANY (ARRAY['status'::text, 'not_recovery'::text, 'other_order'::text])))
  cart_overrides_pkey: PRIMARY KEY (tenant_id, id)
  cart_overrides_status_check: CHECK ((status = ANY (ARRAY['abandoned'::text, 'waiting'::text, 'recovered'::text, 'purchased'::text, 'removed'::text])))
  cart_overrides_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  cart_overrides_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  cart_overrides_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE UNIQUE INDEX cart_overrides_one_idx ON public.cart_overrides USING btree (tenant_id, cart_id, kind) WHERE (undone_at IS NULL)
  CREATE INDEX cart_overrides_order_idx ON public.cart_overrides USING btree (tenant_id, order_id) WHERE (order_id IS NOT NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table cart_statuses (row security forced)
  tenant_id bigint not null
  cart_id bigint not null
  status text not null
  reason text not null
  has_keys boolean not null
  best_order_id bigint
  void_order_id bigint
  credited_order_id bigint
  credited_minor bigint
  score integer
  causal_class text
  total_minor bigint not null
  first_activity_at timestamp with time zone not null
  last_activity_at timestamp with time zone not null
  reevaluate_at timestamp with time zone
  changed_at timestamp with time zone not null
  currency text not null default 'BRL'::text
  bought_other_items boolean not null default false
  credited_currency text
  cart_statuses_causal_class_check: CHECK ((causal_class = ANY (ARRAY['contacted'::text, 'plugin_email'::text, 'spontaneous'::text, 'prior_purchase'::text])))
  cart_statuses_pkey: PRIMARY KEY (tenant_id, cart_id)
  cart_statuses_reason_check: CHECK ((reason = ANY (ARRAY['window_open'::text, 'window_closed'::text, 'payment_expired'::text, 'awaiting_payment'::text, 'in_progress'::text, 'direct_purchase'::text, 'removed'::text, 'manual'::text, 'contacted'::text, 'plugin_email'::text, 'spontaneous'::text, 'prior_purchase'::text])))
  cart_statuses_status_check: CHECK ((status = ANY (ARRAY['abandoned'::text, 'waiting'::text, 'recovered'::text, 'purchased'::text, 'removed'::text])))
  CREATE INDEX cart_statuses_best_idx ON public.cart_statuses USING btree (tenant_id, best_order_id) WHERE (best_order_id IS NOT NULL)
  CREATE INDEX cart_statuses_credited_idx ON public.cart_statuses USING btree (tenant_id, credited_order_id) WHERE (credited_order_id IS NOT NULL)
  CREATE INDEX cart_statuses_due_idx ON public.cart_statuses USING btree (tenant_id, reevaluate_at) WHERE (reevaluate_at IS NOT NULL)
  CREATE INDEX cart_statuses_list_idx ON public.cart_statuses USING btree (tenant_id, status, last_activity_at DESC, cart_id DESC)
  CREATE INDEX cart_statuses_period_idx ON public.cart_statuses USING btree (tenant_id, first_activity_at) INCLUDE (status, reason, has_keys, total_minor, currency, causal_class, credited_order_id)
  CREATE INDEX cart_statuses_value_idx ON public.cart_statuses USING btree (tenant_id, total_minor DESC, cart_id DESC)
  CREATE INDEX cart_statuses_void_idx ON public.cart_statuses USING btree (tenant_id, void_order_id) WHERE (void_order_id IS NOT NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table cart_transitions (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  cart_id bigint not null
  from_status text
  from_reason text
  to_status text not null
  to_reason text not null
  order_id bigint
  happened_at timestamp with time zone not null
  cause text
  run_id bigint
  facts jsonb not null default '{}'::jsonb
  cart_transitions_cause_check: CHECK ((cause = ANY (ARRAY['sync'::text, 'time'::text, 'by_hand'::text, 'contact'::text, 'recompute'::text])))
  cart_transitions_pkey: PRIMARY KEY (tenant_id, id)
  CREATE INDEX cart_transitions_cart_idx ON public.cart_transitions USING btree (tenant_id, cart_id, id)
  CREATE INDEX cart_transitions_run_idx ON public.cart_transitions USING btree (tenant_id, run_id, id) WHERE (run_id IS NOT NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table carts (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  source text not null
  external_id bigint not null
  episode integer not null default 1
  is_current boolean not null default true
  session_id text not null
  checkout_page_id bigint
  name text
  email_raw text
  email text
  phone_raw text
  phone_e164 text
  phone_status text not null default 'empty'::text
  phone_kind text
  phone_reason text
  phone_warnings text not null default ''::text
  city text
  state text
  postcode text
  total numeric(26,8)
  total_minor bigint not null default 0
  currency text not null
  item_count integer not null default 0
  plugin_status text not null
  is_unsubscribed boolean not null default false
  coupon_code text
  order_external_id bigint
  time_text text
  first_activity_at timestamp with time zone not null
  last_activity_at timestamp with time zone not null
  lay_abandoned_at timestamp with time zone
  return_count integer not null default 0
  was_plugin_abandoned boolean not null default false
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  parse_error text
  name_order text generated NULLIF("left"(btrim(fold_words("left"(name, 300))), 60), ''::text)
  carts_phone_kind_check: CHECK ((phone_kind = ANY (ARRAY['mobile'::text, 'landline'::text, 'international'::text])))
  carts_phone_status_check: CHECK ((phone_status = ANY (ARRAY['valid'::text, 'fictitious'::text, 'invalid'::text, 'empty'::text])))
  carts_pkey: PRIMARY KEY (tenant_id, id)
  carts_tenant_id_site_id_source_external_id_episode_key: UNIQUE (tenant_id, site_id, source, external_id, episode)
  CREATE INDEX carts_first_activity_idx ON public.carts USING btree (tenant_id, first_activity_at)
  CREATE INDEX carts_last_activity_idx ON public.carts USING btree (tenant_id, last_activity_at DESC, id DESC)
  CREATE INDEX carts_name_idx ON public.carts USING btree (tenant_id, name_order, id)
  CREATE INDEX carts_no_phone_idx ON public.carts USING btree (tenant_id, first_activity_at) WHERE (phone_status <> 'valid'::text)
  CREATE INDEX carts_normal_idx ON public.carts USING btree (tenant_id, site_id, last_activity_at) WHERE ((plugin_status = 'normal'::text) AND is_current AND (missing_since IS NULL))
  CREATE INDEX carts_session_idx ON public.carts USING btree (tenant_id, site_id, session_id)
  CREATE INDEX carts_unreachable_idx ON public.carts USING btree (tenant_id, first_activity_at) WHERE ((phone_status = 'invalid'::text) OR ((phone_status = 'valid'::text) AND (phone_kind = 'landline'::text)))
  CREATE INDEX carts_unsubscribed_idx ON public.carts USING btree (tenant_id, email) WHERE (is_unsubscribed AND (email IS NOT NULL))
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table commands (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint
  kind text not null
  args jsonb not null default '{}'::jsonb
  user_id bigint
  created_at timestamp with time zone not null default now()
  finished_at timestamp with time zone
  error_code text
  started_at timestamp with time zone
  commands_kind_check: CHECK ((kind = ANY (ARRAY['sync_now'::text, 'cancel'::text, 'remap'::text, 'recompute'::text, 'accept_loss'::text, 'retry_quarantine'::text, 'test_connection'::text, 'save_connection'::text])))
  commands_pkey: PRIMARY KEY (tenant_id, id)
  commands_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  commands_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX commands_recent_idx ON public.commands USING btree (tenant_id, kind, created_at DESC)
  policy all_commands for r to carrinho_daemon using true check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table company_visits (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  user_id bigint not null
  session_hash bytea not null
  reason text not null
  started_at timestamp with time zone not null default now()
  ends_at timestamp with time zone not null
  company_visits_pkey: PRIMARY KEY (tenant_id, id)
  company_visits_reason_check: CHECK (((length(reason) >= 5) AND (length(reason) <= 500)))
  company_visits_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  company_visits_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX company_visits_session_idx ON public.company_visits USING btree (session_hash)
  policy own_visits for r to carrinho_api using (user_id = app_user_id()) check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE

table connections (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  mode text not null
  host text not null
  port integer not null default 3306
  username text not null
  database_name text not null
  password_sealed text
  tls_mode text not null default 'verify'::text
  tls_ca text
  tls_fingerprint text
  ssh_host text
  ssh_port integer
  ssh_username text
  ssh_host_key text
  ssh_password_sealed text
  ssh_private_key_sealed text
  ssh_passphrase_sealed text
  updated_at timestamp with time zone not null default now()
  secret_facts jsonb not null default '{}'::jsonb
  saved_by bigint
  connections_check: CHECK (((mode = 'direct'::text) OR ((ssh_host IS NOT NULL) AND (ssh_port IS NOT NULL) AND (ssh_username IS NOT NULL))))
  connections_mode_check: CHECK ((mode = ANY (ARRAY['direct'::text, 'ssh'::text])))
  connections_pkey: PRIMARY KEY (tenant_id, site_id)
  connections_port_check: CHECK (((port >= 1) AND (port <= 65535)))
  connections_saved_by_fkey: FOREIGN KEY (saved_by) REFERENCES users(id)
  connections_ssh_port_check: CHECK (((ssh_port >= 1) AND (ssh_port <= 65535)))
  connections_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  connections_tls_mode_check: CHECK ((tls_mode = ANY (ARRAY['verify'::text, 'ca'::text, 'pinned'::text, 'off'::text])))
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT (tenant_id, site_id, mode, host, port, username, database_name, tls_mode, tls_ca, tls_fingerprint, ssh_host, ssh_port, ssh_username, ssh_host_key, updated_at, secret_facts, saved_by)
  carrinho_daemon may INSERT, SELECT, UPDATE

table contacts (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  entity text not null
  entity_id bigint not null
  channel text not null
  key text
  code text
  template text
  user_id bigint
  contacted_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  contacts_channel_check: CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'email'::text, 'phone'::text, 'other'::text])))
  contacts_code_check: CHECK ((code ~ '^[a-z0-9]{8,32}$'::text))
  contacts_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  contacts_key_check: CHECK ((key ~ '^[ep]:'::text))
  contacts_pkey: PRIMARY KEY (tenant_id, id)
  contacts_tenant_id_code_key: UNIQUE (tenant_id, code)
  contacts_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  contacts_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  contacts_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX contacts_key_idx ON public.contacts USING btree (tenant_id, key) WHERE (code IS NOT NULL)
  CREATE INDEX contacts_recent_idx ON public.contacts USING btree (tenant_id, contacted_at DESC, id DESC)
  CREATE INDEX contacts_record_idx ON public.contacts USING btree (tenant_id, entity, entity_id, contacted_at DESC, id DESC)
  CREATE INDEX contacts_user_idx ON public.contacts USING btree (tenant_id, user_id, contacted_at DESC, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table cursors (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  source text not null
  stream text not null
  scan text not null
  last_at timestamp with time zone
  last_id bigint
  settled_at timestamp with time zone
  settled_id bigint
  caught_up_at timestamp with time zone
  updated_at timestamp with time zone not null default now()
  cursors_pkey: PRIMARY KEY (tenant_id, site_id, source, stream, scan)
  cursors_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table customer_bounds (row security forced)
  tenant_id bigint not null
  recency bigint[] not null
  frequency bigint[] not null
  monetary bigint[] not null
  person_count integer not null
  computed_at timestamp with time zone not null
  currency text
  customer_bounds_frequency_check: CHECK ((cardinality(frequency) = 4))
  customer_bounds_monetary_check: CHECK ((cardinality(monetary) = 4))
  customer_bounds_pkey: PRIMARY KEY (tenant_id)
  customer_bounds_recency_check: CHECK ((cardinality(recency) = 4))
  customer_bounds_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table customer_statuses (row security forced)
  tenant_id bigint not null
  person_id bigint not null
  status text not null
  recency smallint
  frequency smallint
  monetary smallint
  recent_order_count integer not null
  recent_net_minor bigint not null
  median_gap_seconds bigint
  inactive_at timestamp with time zone
  last_seen_at timestamp with time zone
  changed_at timestamp with time zone not null
  customer_statuses_frequency_check: CHECK (((frequency >= 1) AND (frequency <= 5)))
  customer_statuses_monetary_check: CHECK (((monetary >= 1) AND (monetary <= 5)))
  customer_statuses_pkey: PRIMARY KEY (tenant_id, person_id)
  customer_statuses_recency_check: CHECK (((recency >= 1) AND (recency <= 5)))
  customer_statuses_status_check: CHECK ((status = ANY (ARRAY['never_bought'::text, 'only_abandoned'::text, 'first_purchase'::text, 'recurring'::text, 'inactive'::text, 'vip'::text])))
  CREATE INDEX customer_statuses_list_idx ON public.customer_statuses USING btree (tenant_id, last_seen_at DESC, person_id DESC)
  CREATE INDEX customer_statuses_scores_idx ON public.customer_statuses USING btree (tenant_id, recency, frequency) INCLUDE (monetary) WHERE (recency IS NOT NULL)
  CREATE INDEX customer_statuses_status_idx ON public.customer_statuses USING btree (tenant_id, status, last_seen_at DESC, person_id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table daemons
  id uuid not null
  version text not null
  host text not null
  pid integer not null
  started_at timestamp with time zone not null default now()
  heartbeat_at timestamp with time zone not null default now()
  secret_key_id text
  daemons_pkey: PRIMARY KEY (id)
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table denied_keys (row security forced)
  tenant_id bigint not null
  key text not null
  note text not null default ''::text
  user_id bigint
  created_at timestamp with time zone not null
  denied_keys_key_check: CHECK ((key ~ '^[epd]:'::text))
  denied_keys_pkey: PRIMARY KEY (tenant_id, key)
  denied_keys_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  denied_keys_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table doctor_checks (row security forced)
  tenant_id bigint not null
  doctor_run_id bigint not null
  nn smallint not null
  state text not null
  code text not null
  facts jsonb not null default '{}'::jsonb
  details jsonb
  ended_at timestamp with time zone not null default now()
  doctor_checks_nn_check: CHECK (((nn >= 1) AND (nn <= 16)))
  doctor_checks_pkey: PRIMARY KEY (tenant_id, doctor_run_id, nn)
  doctor_checks_state_check: CHECK ((state = ANY (ARRAY['ok'::text, 'warning'::text, 'error'::text, 'not_tested'::text])))
  doctor_checks_tenant_id_doctor_run_id_fkey: FOREIGN KEY (tenant_id, doctor_run_id) REFERENCES doctor_runs(tenant_id, id) ON DELETE CASCADE
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table doctor_runs (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  started_at timestamp with time zone not null default now()
  finished_at timestamp with time zone
  is_trial boolean not null default false
  command_id bigint
  user_id bigint
  error_code text
  doctor_runs_pkey: PRIMARY KEY (tenant_id, id)
  doctor_runs_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  doctor_runs_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX doctor_runs_site_idx ON public.doctor_runs USING btree (tenant_id, site_id, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table email_folds (row security forced)
  tenant_id bigint not null
  key text not null
  fold text not null
  email_folds_pkey: PRIMARY KEY (tenant_id, key)
  email_folds_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE INDEX email_folds_fold_idx ON public.email_folds USING btree (tenant_id, fold, key)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table erased_records (row security forced)
  tenant_id bigint not null
  entity text not null
  entity_id bigint not null
  reason text not null
  erased_at timestamp with time zone not null default now()
  erased_records_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  erased_records_pkey: PRIMARY KEY (tenant_id, entity, entity_id)
  erased_records_reason_check: CHECK ((reason = ANY (ARRAY['request'::text, 'sync'::text, 'retention'::text])))
  erased_records_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may INSERT, SELECT

table erasure_secrets (row security forced)
  tenant_id bigint not null
  secret_sealed text not null
  created_at timestamp with time zone not null default now()
  erasure_secrets_pkey: PRIMARY KEY (tenant_id)
  erasure_secrets_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_daemon may INSERT, SELECT, UPDATE

table export_chunks (row security forced)
  tenant_id bigint not null
  export_id bigint not null
  part integer not null
  position integer not null
  bytes bytea not null
  export_chunks_pkey: PRIMARY KEY (tenant_id, export_id, part, "position")
  export_chunks_tenant_id_export_id_fkey: FOREIGN KEY (tenant_id, export_id) REFERENCES exports(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table exports (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  list text not null
  format text not null
  query jsonb not null default '{}'::jsonb
  options jsonb not null
  filter_text text not null
  file_name text not null
  state text not null
  attempts integer not null default 0
  heartbeat_at timestamp with time zone
  selected_count integer not null
  row_count integer not null default 0
  left_out jsonb not null default '{}'::jsonb
  part_count integer not null default 0
  byte_count bigint not null default 0
  sha256 text
  user_id bigint
  requested_at timestamp with time zone not null
  finished_at timestamp with time zone
  exports_list_check: CHECK ((list = ANY (ARRAY['leads'::text, 'carrinhos'::text, 'pedidos'::text, 'clientes'::text])))
  exports_pkey: PRIMARY KEY (tenant_id, id)
  exports_sha256_check: CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
  exports_state_check: CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'done'::text, 'failed'::text])))
  exports_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  exports_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX exports_finished_idx ON public.exports USING btree (finished_at) WHERE (state = 'done'::text)
  CREATE INDEX exports_open_idx ON public.exports USING btree (requested_at) WHERE (state = ANY (ARRAY['queued'::text, 'running'::text]))
  CREATE INDEX exports_time_idx ON public.exports USING btree (tenant_id, requested_at DESC, id DESC)
  CREATE INDEX exports_user_idx ON public.exports USING btree (tenant_id, user_id, requested_at)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table field_mappings (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  form_plugin text not null default ''::text
  form_id text not null default ''::text
  name_key text
  phone_key text
  email_key text
  size_key text
  updated_at timestamp with time zone not null default now()
  field_mappings_pkey: PRIMARY KEY (tenant_id, site_id, form_plugin, form_id)
  field_mappings_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table form_titles (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  form_plugin text not null
  form_id text not null
  title text not null
  updated_at timestamp with time zone not null default now()
  form_titles_pkey: PRIMARY KEY (tenant_id, site_id, form_plugin, form_id)
  form_titles_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  form_titles_title_check: CHECK ((title <> ''::text))
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table invitations (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  token_hash bytea not null
  email text not null
  role text not null
  invited_by bigint
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  accepted_at timestamp with time zone
  accepted_by bigint
  invitations_accepted_by_fkey: FOREIGN KEY (accepted_by) REFERENCES users(id)
  invitations_email_check: CHECK ((email = lower(email)))
  invitations_invited_by_fkey: FOREIGN KEY (invited_by) REFERENCES users(id)
  invitations_pkey: PRIMARY KEY (tenant_id, id)
  invitations_role_check: CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'operator'::text, 'viewer'::text])))
  invitations_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE UNIQUE INDEX invitations_open_idx ON public.invitations USING btree (tenant_id, email) WHERE (accepted_at IS NULL)
  CREATE INDEX invitations_token_idx ON public.invitations USING btree (token_hash)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT

table lead_answers (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  source text not null
  external_id bigint not null
  lead_external_id bigint not null
  key text not null
  value text not null
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  lead_answers_pkey: PRIMARY KEY (tenant_id, site_id, source, external_id)
  CREATE INDEX lead_answers_lead_idx ON public.lead_answers USING btree (tenant_id, site_id, source, lead_external_id, external_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table lead_days (row security forced)
  tenant_id bigint not null
  day date not null
  customer_status text not null
  lead_count integer not null
  lead_days_pkey: PRIMARY KEY (tenant_id, day, customer_status)
  lead_days_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table lead_stages (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  lead_id bigint not null
  stage text not null
  reason text not null default ''::text
  contact_id bigint
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  lead_stages_check: CHECK (((stage = 'lost'::text) = (reason <> ''::text)))
  lead_stages_pkey: PRIMARY KEY (tenant_id, id)
  lead_stages_reason_check: CHECK ((length(reason) <= 1000))
  lead_stages_stage_check: CHECK ((stage = ANY (ARRAY['new'::text, 'contacted'::text, 'potential'::text, 'lost'::text])))
  lead_stages_tenant_id_contact_id_fkey: FOREIGN KEY (tenant_id, contact_id) REFERENCES contacts(tenant_id, id)
  lead_stages_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  lead_stages_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  lead_stages_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX lead_stages_contact_idx ON public.lead_stages USING btree (tenant_id, contact_id) WHERE (contact_id IS NOT NULL)
  CREATE INDEX lead_stages_lead_idx ON public.lead_stages USING btree (tenant_id, lead_id, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table lead_statuses (row security forced)
  tenant_id bigint not null
  lead_id bigint not null
  customer_status text not null
  order_id bigint
  first_paid_at timestamp with time zone
  captured_at timestamp with time zone
  changed_at timestamp with time zone not null
  lead_statuses_customer_status_check: CHECK ((customer_status = ANY (ARRAY['was_customer'::text, 'became_customer'::text, 'not_customer'::text])))
  lead_statuses_pkey: PRIMARY KEY (tenant_id, lead_id)
  CREATE INDEX lead_statuses_list_idx ON public.lead_statuses USING btree (tenant_id, customer_status, captured_at DESC, lead_id DESC)
  CREATE INDEX lead_statuses_period_idx ON public.lead_statuses USING btree (tenant_id, captured_at DESC, lead_id DESC) INCLUDE (customer_status)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table leads (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  source text not null
  external_id bigint not null
  captured_gmt text not null
  captured_at timestamp with time zone
  form_plugin text not null
  form_id text not null
  page_url text
  name text
  phone_raw text
  phone_e164 text
  phone_status text not null default 'empty'::text
  phone_kind text
  phone_reason text
  phone_warnings text not null default ''::text
  email_raw text
  email text
  size text
  mapped_hash bigint
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  parse_error text
  name_order text generated NULLIF("left"(btrim(fold_words("left"(name, 300))), 60), ''::text)
  leads_phone_kind_check: CHECK ((phone_kind = ANY (ARRAY['mobile'::text, 'landline'::text, 'international'::text])))
  leads_phone_status_check: CHECK ((phone_status = ANY (ARRAY['valid'::text, 'fictitious'::text, 'invalid'::text, 'empty'::text])))
  leads_pkey: PRIMARY KEY (tenant_id, id)
  leads_tenant_id_site_id_source_external_id_captured_gmt_key: UNIQUE (tenant_id, site_id, source, external_id, captured_gmt)
  CREATE INDEX leads_captured_idx ON public.leads USING btree (tenant_id, captured_at DESC, id DESC)
  CREATE INDEX leads_form_idx ON public.leads USING btree (tenant_id, site_id, form_plugin, form_id, external_id DESC)
  CREATE INDEX leads_name_idx ON public.leads USING btree (tenant_id, name_order, id)
  CREATE INDEX leads_no_phone_idx ON public.leads USING btree (tenant_id, captured_at) WHERE (phone_status <> 'valid'::text)
  CREATE INDEX leads_size_idx ON public.leads USING btree (tenant_id) WHERE (size IS NOT NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table login_failures
  id bigint not null identity
  subject_hash bytea not null
  failed_at timestamp with time zone not null default now()
  login_failures_pkey: PRIMARY KEY (id)
  CREATE INDEX login_failures_subject_idx ON public.login_failures USING btree (subject_hash, failed_at)
  carrinho_api may DELETE, INSERT, SELECT

table login_links
  token_hash bytea not null
  kind text not null
  user_id bigint
  created_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  used_at timestamp with time zone
  login_links_check: CHECK (((kind = 'first_owner'::text) = (user_id IS NULL)))
  login_links_kind_check: CHECK ((kind = ANY (ARRAY['first_owner'::text, 'login'::text, 'code'::text])))
  login_links_pkey: PRIMARY KEY (token_hash)
  login_links_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table match_keys (row security forced)
  tenant_id bigint not null
  key text not null
  entity text not null
  entity_id bigint not null
  phone_kind text
  is_presumed boolean not null default false
  is_denied boolean not null default false
  match_keys_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  match_keys_key_check: CHECK ((key ~ '^[ep]:'::text))
  match_keys_phone_kind_check: CHECK ((phone_kind = ANY (ARRAY['mobile'::text, 'landline'::text, 'international'::text])))
  match_keys_pkey: PRIMARY KEY (tenant_id, key, entity, entity_id) INCLUDE (is_denied, is_presumed, phone_kind)
  CREATE INDEX match_keys_entity_idx ON public.match_keys USING btree (tenant_id, entity, entity_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_api may UPDATE (is_denied)
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table memberships (row security forced)
  tenant_id bigint not null
  user_id bigint not null
  role text not null
  is_default boolean not null default false
  created_at timestamp with time zone not null default now()
  memberships_pkey: PRIMARY KEY (tenant_id, user_id)
  memberships_role_check: CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'operator'::text, 'viewer'::text])))
  memberships_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  memberships_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
  CREATE INDEX memberships_user_id_idx ON public.memberships USING btree (user_id, tenant_id)
  policy all_memberships for r to carrinho_daemon using true check -
  policy own_memberships for r to carrinho_api using (user_id = app_user_id()) check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table message_templates (row security forced)
  tenant_id bigint not null
  audience text not null
  body text not null
  is_enabled boolean not null default true
  user_id bigint
  updated_at timestamp with time zone not null
  message_templates_audience_check: CHECK ((audience ~ '^[a-z_]+$'::text))
  message_templates_body_check: CHECK (((body <> ''::text) AND (length(body) <= 4000)))
  message_templates_pkey: PRIMARY KEY (tenant_id, audience)
  message_templates_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  message_templates_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table notes (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  entity text not null
  entity_id bigint not null
  body text not null
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  notes_body_check: CHECK (((body <> ''::text) AND (length(body) <= 10000)))
  notes_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  notes_pkey: PRIMARY KEY (tenant_id, id)
  notes_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  notes_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  notes_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX notes_record_idx ON public.notes USING btree (tenant_id, entity, entity_id, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table opt_outs (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  channel text not null
  key text not null
  source text not null default 'operator'::text
  reason text not null default ''::text
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  opt_outs_channel_check: CHECK ((channel = ANY (ARRAY['whatsapp'::text, 'email'::text, 'phone'::text, 'all'::text])))
  opt_outs_key_check: CHECK ((key ~ '^[ep]:'::text))
  opt_outs_pkey: PRIMARY KEY (tenant_id, id)
  opt_outs_source_check: CHECK ((source = ANY (ARRAY['operator'::text, 'plugin'::text, 'original'::text])))
  opt_outs_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  opt_outs_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  opt_outs_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE UNIQUE INDEX opt_outs_one_idx ON public.opt_outs USING btree (tenant_id, key, channel, source) WHERE (undone_at IS NULL)
  CREATE INDEX opt_outs_plugin_idx ON public.opt_outs USING btree (tenant_id, key) WHERE ((source = 'plugin'::text) AND (undone_at IS NULL))
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table order_coupons (row security forced)
  tenant_id bigint not null
  order_id bigint not null
  external_id bigint not null
  code text not null
  discount numeric(26,8)
  order_coupons_pkey: PRIMARY KEY (tenant_id, order_id, external_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table order_days (row security forced)
  tenant_id bigint not null
  day date not null
  site_id bigint not null
  class text not null
  currency text not null
  is_reported boolean not null
  order_count integer not null
  net_minor bigint not null
  net_sales numeric not null
  order_days_pkey: PRIMARY KEY (tenant_id, day, site_id, class, currency, is_reported)
  order_days_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table order_items (row security forced)
  tenant_id bigint not null
  order_id bigint not null
  external_id bigint not null
  kind text not null
  name text not null
  product_id bigint
  variation_id bigint
  quantity numeric(18,4)
  subtotal numeric(26,8)
  total numeric(26,8)
  total_tax numeric(26,8)
  attributes text
  order_items_kind_check: CHECK ((kind = ANY (ARRAY['line_item'::text, 'shipping'::text, 'fee'::text])))
  order_items_pkey: PRIMARY KEY (tenant_id, order_id, external_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table order_refunds (row security forced)
  tenant_id bigint not null
  order_id bigint not null
  external_id bigint not null
  amount numeric(26,8) not null
  reason text
  refunded_at timestamp with time zone
  order_refunds_pkey: PRIMARY KEY (tenant_id, order_id, external_id)
  CREATE INDEX order_refunds_refunded_idx ON public.order_refunds USING btree (tenant_id, refunded_at)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table order_status_classes (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  wc_status text not null
  manual_class text
  has_paid_order boolean not null default false
  first_seen_at timestamp with time zone not null default now()
  order_status_classes_manual_class_check: CHECK ((manual_class = ANY (ARRAY['paid'::text, 'awaiting_payment'::text, 'void'::text])))
  order_status_classes_pkey: PRIMARY KEY (tenant_id, site_id, wc_status)
  order_status_classes_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table orders (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  external_id bigint not null
  order_number text
  storage text not null
  wc_status text not null
  class text not null
  currency text not null
  total numeric(26,8) not null
  tax_total numeric(26,8) not null default 0
  shipping_total numeric(26,8) not null default 0
  discount_total numeric(26,8) not null default 0
  refunded numeric(26,8) not null default 0
  total_minor bigint not null
  refunded_minor bigint not null default 0
  net_minor bigint generated (total_minor - refunded_minor)
  customer_external_id bigint
  first_name text
  last_name text
  email_raw text
  email text
  phone_raw text
  cellphone_raw text
  shipping_phone_raw text
  phone_e164 text
  phone_status text not null default 'empty'::text
  phone_kind text
  phone_reason text
  phone_warnings text not null default ''::text
  company text
  address_1 text
  address_2 text
  address_number text
  district text
  city text
  state text
  postcode text
  country text
  tax_document text
  person_type text
  payment_method text
  payment_method_title text
  created_via text
  customer_note text
  utm_source text
  utm_medium text
  utm_campaign text
  utm_content text
  is_anonymized boolean not null default false
  created_at timestamp with time zone
  modified_at timestamp with time zone
  paid_at timestamp with time zone
  completed_at timestamp with time zone
  created_text text
  modified_text text
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  parse_error text
  orders_class_check: CHECK ((class = ANY (ARRAY['paid'::text, 'awaiting_payment'::text, 'void'::text])))
  orders_phone_kind_check: CHECK ((phone_kind = ANY (ARRAY['mobile'::text, 'landline'::text, 'international'::text])))
  orders_phone_status_check: CHECK ((phone_status = ANY (ARRAY['valid'::text, 'fictitious'::text, 'invalid'::text, 'empty'::text])))
  orders_pkey: PRIMARY KEY (tenant_id, id)
  orders_storage_check: CHECK ((storage = ANY (ARRAY['hpos'::text, 'legacy'::text])))
  orders_tenant_id_site_id_external_id_key: UNIQUE (tenant_id, site_id, external_id)
  CREATE INDEX orders_class_created_idx ON public.orders USING btree (tenant_id, class, created_at DESC, id DESC)
  CREATE INDEX orders_created_idx ON public.orders USING btree (tenant_id, created_at DESC, id DESC)
  CREATE INDEX orders_no_phone_idx ON public.orders USING btree (tenant_id, created_at) WHERE (phone_status <> 'valid'::text)
  CREATE INDEX orders_paid_status_idx ON public.orders USING btree (tenant_id, site_id, wc_status) WHERE ((paid_at IS NOT NULL) AND (missing_since IS NULL))
  CREATE INDEX orders_status_idx ON public.orders USING btree (tenant_id, site_id, wc_status)
  CREATE INDEX orders_utm_content_idx ON public.orders USING btree (tenant_id, lower(btrim(utm_content))) WHERE (utm_content IS NOT NULL)
  CREATE INDEX orders_value_idx ON public.orders USING btree (tenant_id, total_minor DESC, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table original_rows (row security forced)
  tenant_id bigint not null
  source text not null
  old_id text not null
  brought_at timestamp with time zone not null default now()
  original_rows_pkey: PRIMARY KEY (tenant_id, source, old_id)
  original_rows_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_daemon may INSERT, SELECT

table people (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  paid_order_count integer not null default 0
  first_paid_at timestamp with time zone
  last_paid_at timestamp with time zone
  net_minor bigint not null default 0
  is_split boolean not null default false
  people_pkey: PRIMARY KEY (tenant_id, id)
  CREATE INDEX people_last_paid_idx ON public.people USING btree (tenant_id, last_paid_at DESC NULLS LAST, id DESC)
  CREATE INDEX people_split_idx ON public.people USING btree (tenant_id) WHERE is_split
  CREATE INDEX people_value_idx ON public.people USING btree (tenant_id, net_minor DESC, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table person_changes (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  kind text not null
  person_id bigint not null
  other_person_id bigint not null
  key text
  entity text
  entity_id bigint
  changed_at timestamp with time zone not null
  person_changes_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text, 'edge'::text])))
  person_changes_key_check: CHECK ((key ~ '^[ep]:'::text))
  person_changes_kind_check: CHECK ((kind = ANY (ARRAY['merged'::text, 'split'::text])))
  person_changes_pkey: PRIMARY KEY (tenant_id, id)
  person_changes_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE INDEX person_changes_other_idx ON public.person_changes USING btree (tenant_id, other_person_id, id)
  CREATE INDEX person_changes_person_idx ON public.person_changes USING btree (tenant_id, person_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may INSERT, SELECT
  carrinho_daemon may UPDATE (key)

table person_edges (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  kind text not null
  key_a text not null
  key_b text not null
  note text not null default ''::text
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  person_edges_check: CHECK ((key_a < key_b))
  person_edges_key_a_check: CHECK ((key_a ~ '^[ep]:'::text))
  person_edges_key_b_check: CHECK ((key_b ~ '^[ep]:'::text))
  person_edges_kind_check: CHECK ((kind = ANY (ARRAY['same'::text, 'not_same'::text])))
  person_edges_pkey: PRIMARY KEY (tenant_id, id)
  person_edges_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  person_edges_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  person_edges_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX person_edges_b_idx ON public.person_edges USING btree (tenant_id, key_b) WHERE (undone_at IS NULL)
  CREATE UNIQUE INDEX person_edges_one_idx ON public.person_edges USING btree (tenant_id, key_a, key_b) WHERE (undone_at IS NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table person_members (row security forced)
  tenant_id bigint not null
  entity text not null
  entity_id bigint not null
  person_id bigint not null
  person_members_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  person_members_pkey: PRIMARY KEY (tenant_id, entity, entity_id) INCLUDE (person_id)
  CREATE INDEX person_members_person_idx ON public.person_members USING btree (tenant_id, person_id, entity, entity_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table person_orders (row security forced)
  tenant_id bigint not null
  order_id bigint not null
  person_id bigint not null
  nth integer not null
  gap_seconds bigint
  created_at timestamp with time zone not null
  next_at timestamp with time zone
  net_minor bigint not null
  person_orders_pkey: PRIMARY KEY (tenant_id, order_id)
  CREATE INDEX person_orders_period_idx ON public.person_orders USING btree (tenant_id, created_at DESC, order_id DESC) INCLUDE (person_id, nth, gap_seconds, next_at)
  CREATE INDEX person_orders_person_idx ON public.person_orders USING btree (tenant_id, person_id, nth) INCLUDE (created_at, gap_seconds, net_minor)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table person_views (row security forced)
  tenant_id bigint not null
  person_id bigint not null
  user_id bigint not null
  opened_at timestamp with time zone not null
  person_views_pkey: PRIMARY KEY (tenant_id, person_id, user_id)
  person_views_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  person_views_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, SELECT

table quarantine (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  source text not null
  stream text not null
  external_id text not null
  reason text not null
  detail text not null default ''::text
  raw text not null
  attempt_count integer not null default 1
  first_seen_at timestamp with time zone not null default now()
  last_seen_at timestamp with time zone not null default now()
  code_version text not null default ''::text
  mapping_version integer not null default 0
  quarantine_pkey: PRIMARY KEY (tenant_id, site_id, source, stream, external_id)
  quarantine_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table queue_pauses (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  entity text not null
  entity_id bigint not null
  until timestamp with time zone not null
  is_personal boolean not null
  user_id bigint not null
  created_at timestamp with time zone not null
  queue_pauses_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  queue_pauses_pkey: PRIMARY KEY (tenant_id, id)
  queue_pauses_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  queue_pauses_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX queue_pauses_until_idx ON public.queue_pauses USING btree (tenant_id, until)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, SELECT

table recompute_queue (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  entity text not null
  entity_id bigint
  key text
  recompute_queue_check: CHECK ((((entity = 'key'::text) = (key IS NOT NULL)) AND ((entity = 'key'::text) = (entity_id IS NULL))))
  recompute_queue_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text, 'key'::text])))
  recompute_queue_pkey: PRIMARY KEY (tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT
  carrinho_daemon may UPDATE (key)

table record_tags (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  tag_id bigint not null
  entity text not null
  entity_id bigint not null
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  record_tags_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  record_tags_pkey: PRIMARY KEY (tenant_id, id)
  record_tags_tenant_id_tag_id_fkey: FOREIGN KEY (tenant_id, tag_id) REFERENCES tags(tenant_id, id)
  record_tags_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  record_tags_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE UNIQUE INDEX record_tags_one_idx ON public.record_tags USING btree (tenant_id, entity, entity_id, tag_id) WHERE (undone_at IS NULL)
  CREATE INDEX record_tags_tag_idx ON public.record_tags USING btree (tenant_id, tag_id) WHERE (undone_at IS NULL)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table recovery_codes
  user_id bigint not null
  code_hash bytea not null
  used_at timestamp with time zone
  recovery_codes_pkey: PRIMARY KEY (user_id, code_hash)
  recovery_codes_user_id_fkey: FOREIGN KEY (user_id) REFERENCES second_factors(user_id) ON DELETE CASCADE
  carrinho_api may DELETE, INSERT, SELECT, UPDATE

table refund_days (row security forced)
  tenant_id bigint not null
  day date not null
  site_id bigint not null
  currency text not null
  refund_count integer not null
  amount numeric not null
  refund_days_pkey: PRIMARY KEY (tenant_id, day, site_id, currency)
  refund_days_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table reminders (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  entity text not null
  entity_id bigint not null
  remind_at timestamp with time zone not null
  note text not null default ''::text
  user_id bigint
  created_at timestamp with time zone not null
  undone_at timestamp with time zone
  undone_by bigint
  reminders_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  reminders_note_check: CHECK ((length(note) <= 1000))
  reminders_pkey: PRIMARY KEY (tenant_id, id)
  reminders_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  reminders_undone_by_fkey: FOREIGN KEY (undone_by) REFERENCES users(id)
  reminders_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  CREATE INDEX reminders_due_idx ON public.reminders USING btree (tenant_id, remind_at, id) WHERE (undone_at IS NULL)
  CREATE INDEX reminders_record_idx ON public.reminders USING btree (tenant_id, entity, entity_id, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table run_streams (row security forced)
  tenant_id bigint not null
  run_id bigint not null
  source text not null
  stream text not null
  state text not null
  estimated_count bigint
  read_count bigint not null default 0
  new_count bigint not null default 0
  changed_count bigint not null default 0
  unchanged_count bigint not null default 0
  missing_count bigint not null default 0
  skipped jsonb not null default '{}'::jsonb
  quarantined_count bigint not null default 0
  started_at timestamp with time zone
  finished_at timestamp with time zone
  run_streams_pkey: PRIMARY KEY (tenant_id, run_id, source, stream)
  run_streams_state_check: CHECK ((state = ANY (ARRAY['waiting'::text, 'reading'::text, 'done'::text, 'failed'::text, 'absent'::text])))
  run_streams_tenant_id_run_id_fkey: FOREIGN KEY (tenant_id, run_id) REFERENCES runs(tenant_id, id) ON DELETE CASCADE
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table runs (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  site_id bigint not null
  kind text not null
  state text not null
  daemon_id uuid
  created_at timestamp with time zone not null default now()
  started_at timestamp with time zone
  finished_at timestamp with time zone
  heartbeat_at timestamp with time zone
  error_code text
  error_facts jsonb
  error_detail text
  warnings jsonb not null default '[]'::jsonb
  read_count bigint not null default 0
  new_count bigint not null default 0
  changed_count bigint not null default 0
  backfill_id bigint
  is_first boolean not null default false
  runs_kind_check: CHECK ((kind = ANY (ARRAY['poll'::text, 'full'::text, 'backfill'::text, 'reconcile'::text])))
  runs_pkey: PRIMARY KEY (tenant_id, id)
  runs_state_check: CHECK ((state = ANY (ARRAY['queued'::text, 'connecting'::text, 'reading'::text, 'writing'::text, 'recomputing'::text, 'succeeded'::text, 'succeeded_with_warnings'::text, 'failed'::text, 'cancelled'::text])))
  runs_tenant_id_backfill_id_fkey: FOREIGN KEY (tenant_id, backfill_id) REFERENCES backfills(tenant_id, id)
  runs_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  CREATE INDEX runs_backfill_idx ON public.runs USING btree (tenant_id, backfill_id) WHERE (backfill_id IS NOT NULL)
  CREATE UNIQUE INDEX runs_one_live_idx ON public.runs USING btree (tenant_id, site_id) WHERE (state = ANY (ARRAY['connecting'::text, 'reading'::text, 'writing'::text, 'recomputing'::text]))
  CREATE INDEX runs_site_idx ON public.runs USING btree (tenant_id, site_id, id DESC)
  policy all_runs for r to carrinho_daemon using true check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table schedules (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  kind text not null
  cron_expression text not null
  is_paused boolean not null default false
  fired_at timestamp with time zone
  updated_at timestamp with time zone not null default now()
  schedules_kind_check: CHECK ((kind = ANY (ARRAY['poll'::text, 'reconcile'::text, 'full'::text])))
  schedules_pkey: PRIMARY KEY (tenant_id, site_id, kind)
  schedules_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy all_schedules for r to carrinho_daemon using true check -
  policy fire_schedules for w to carrinho_daemon using true check true
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table schema_migrations
  number integer not null
  name text not null
  checksum text not null
  applied_at timestamp with time zone not null default now()
  stops_former boolean not null default true
  schema_migrations_pkey: PRIMARY KEY (number)
  carrinho_api may SELECT
  carrinho_daemon may SELECT

table sealing_keys
  key_id text not null
  public_key text not null
  published_at timestamp with time zone not null default now()
  sealing_keys_pkey: PRIMARY KEY (key_id)
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table search_terms (row security forced)
  tenant_id bigint not null
  entity text not null
  term text not null
  entity_id bigint not null
  search_terms_entity_check: CHECK ((entity = ANY (ARRAY['lead'::text, 'cart'::text, 'order'::text])))
  search_terms_pkey: PRIMARY KEY (tenant_id, entity, term, entity_id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT
  carrinho_daemon may DELETE, INSERT, SELECT

table second_factors
  user_id bigint not null
  secret bytea not null
  created_at timestamp with time zone not null default now()
  confirmed_at timestamp with time zone
  last_step bigint not null default 0
  second_factors_pkey: PRIMARY KEY (user_id)
  second_factors_secret_check: CHECK ((length(secret) = 20))
  second_factors_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE
  carrinho_daemon may SELECT (user_id, confirmed_at)

table segments (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  list text not null
  name text not null
  query text not null
  user_id bigint not null
  is_shared boolean not null default false
  is_pinned boolean not null default false
  created_at timestamp with time zone not null
  segments_list_check: CHECK ((list = ANY (ARRAY['leads'::text, 'carrinhos'::text, 'pedidos'::text, 'clientes'::text])))
  segments_name_check: CHECK (((name <> ''::text) AND (length(name) <= 60)))
  segments_pkey: PRIMARY KEY (tenant_id, id)
  segments_query_check: CHECK ((length(query) <= 2000))
  segments_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  segments_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, SELECT

table sessions
  token_hash bytea not null
  user_id bigint not null
  created_at timestamp with time zone not null default now()
  last_seen_at timestamp with time zone not null default now()
  expires_at timestamp with time zone not null
  device text
  sessions_pkey: PRIMARY KEY (token_hash)
  sessions_user_id_fkey: FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE
  CREATE INDEX sessions_user_id_idx ON public.sessions USING btree (user_id)
  carrinho_api may DELETE, INSERT, SELECT, UPDATE

table shared_keys (row security forced)
  tenant_id bigint not null
  key text not null
  shared_keys_pkey: PRIMARY KEY (tenant_id, key)
  shared_keys_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table shop_access (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  run_id bigint not null
  taken_at timestamp with time zone not null default now()
  server_version text not null
  flavor text not null
  read_only_variable text not null
  statement_limit_ms integer
  account text
  grants jsonb
  grants_at timestamp with time zone
  statements jsonb not null default '[]'::jsonb
  shape_count integer not null default 0
  statement_count integer not null default 0
  ms integer not null default 0
  rested_ms integer not null default 0
  shop_access_flavor_check: CHECK ((flavor = ANY (ARRAY['mariadb'::text, 'mysql'::text])))
  shop_access_pkey: PRIMARY KEY (tenant_id, site_id)
  shop_access_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table site_alerts (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  code text not null
  subject text not null default ''::text
  facts jsonb not null default '{}'::jsonb
  raised_at timestamp with time zone not null default now()
  last_seen_at timestamp with time zone not null default now()
  site_alerts_pkey: PRIMARY KEY (tenant_id, site_id, code, subject)
  site_alerts_tenant_id_site_id_fkey: FOREIGN KEY (tenant_id, site_id) REFERENCES sites(tenant_id, id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table site_customers (row security forced)
  tenant_id bigint not null
  site_id bigint not null
  external_id bigint not null
  source text not null
  email text
  first_name text
  last_name text
  display_name text
  registered_at timestamp with time zone
  billing_phone text
  billing_city text
  billing_state text
  billing_postcode text
  billing_country text
  has_customer_role boolean not null
  is_paying_customer boolean not null
  order_count integer
  total_spent numeric(26,8)
  last_active_at timestamp with time zone
  source_hash bigint not null
  scan_hash bigint
  first_seen_at timestamp with time zone not null
  changed_at timestamp with time zone not null
  missing_since timestamp with time zone
  parse_error text
  site_customers_pkey: PRIMARY KEY (tenant_id, site_id, external_id, source)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table sites (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  slug text not null
  name text not null
  table_prefix text
  cart_table text
  site_url text
  time_zone text
  detected_time_zone text
  currency text
  detected_currency text
  area_code text
  order_storage text
  mapping_version integer not null default 1
  created_at timestamp with time zone not null default now()
  sites_area_code_check: CHECK ((area_code ~ '^[1-9][1-9]$'::text))
  sites_name_check: CHECK ((name <> ''::text))
  sites_order_storage_check: CHECK ((order_storage = ANY (ARRAY['hpos'::text, 'legacy'::text])))
  sites_pkey: PRIMARY KEY (tenant_id, id)
  sites_slug_check: CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
  sites_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  sites_tenant_id_slug_key: UNIQUE (tenant_id, slug)
  policy all_sites for r to carrinho_daemon using true check -
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT (tenant_id, slug, name)
  carrinho_api may SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table source_types
  name text not null
  label text not null
  streams jsonb not null
  updated_at timestamp with time zone not null default now()
  source_types_pkey: PRIMARY KEY (name)
  carrinho_api may SELECT
  carrinho_daemon may DELETE, INSERT, SELECT, UPDATE

table subject_requests (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  kind text not null
  person_id bigint not null
  state text not null default 'open'::text
  note text not null default ''::text
  requested_by bigint
  requested_at timestamp with time zone not null
  decided_by bigint
  decided_at timestamp with time zone
  done_at timestamp with time zone
  outcome jsonb not null default '{}'::jsonb
  subject_requests_decided_by_fkey: FOREIGN KEY (decided_by) REFERENCES users(id)
  subject_requests_kind_check: CHECK ((kind = ANY (ARRAY['access'::text, 'correction'::text, 'opposition'::text, 'erasure'::text])))
  subject_requests_note_check: CHECK ((length(note) <= 2000))
  subject_requests_pkey: PRIMARY KEY (tenant_id, id)
  subject_requests_requested_by_fkey: FOREIGN KEY (requested_by) REFERENCES users(id)
  subject_requests_state_check: CHECK ((state = ANY (ARRAY['open'::text, 'approved'::text, 'done'::text, 'refused'::text])))
  subject_requests_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE UNIQUE INDEX subject_requests_open_idx ON public.subject_requests USING btree (tenant_id, person_id, kind) WHERE (state = ANY (ARRAY['open'::text, 'approved'::text]))
  CREATE INDEX subject_requests_time_idx ON public.subject_requests USING btree (tenant_id, requested_at DESC, id DESC)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table tags (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  name text not null
  created_at timestamp with time zone not null
  tags_name_check: CHECK (((name <> ''::text) AND (length(name) <= 60)))
  tags_pkey: PRIMARY KEY (tenant_id, id)
  tags_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE UNIQUE INDEX tags_name_idx ON public.tags USING btree (tenant_id, lower(name))
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may INSERT, SELECT
  carrinho_daemon may INSERT, SELECT

table tenant_logos (row security forced)
  tenant_id bigint not null
  media_type text not null
  bytes bytea not null
  updated_at timestamp with time zone not null default now()
  tenant_logos_bytes_check: CHECK ((length(bytes) <= 204800))
  tenant_logos_media_type_check: CHECK ((media_type = ANY (ARRAY['image/png'::text, 'image/jpeg'::text, 'image/webp'::text])))
  tenant_logos_pkey: PRIMARY KEY (tenant_id)
  tenant_logos_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_api may DELETE, INSERT, SELECT, UPDATE

table tenants
  id bigint not null identity
  slug text not null
  name text not null
  time_zone text not null default 'America/Sao_Paulo'::text
  currency text not null default 'BRL'::text
  area_code text
  window_before_minutes integer not null default 2880
  window_after_minutes integer not null default 43200
  cut_off_minutes integer not null default 60
  suspended_at timestamp with time zone
  created_at timestamp with time zone not null default now()
  counts_indirect_links boolean not null default false
  cool_down_minutes integer not null default 1440
  counts_carts_without_keys boolean not null default false
  reporting_time_zone text not null
  theme_color text
  logo_hash text
  coupon_code text not null default ''::text
  coupon_discount text not null default ''::text
  coupon_expires_on date
  link_secret text not null default replace(((gen_random_uuid())::text || (gen_random_uuid())::text), '-'::text, ''::text)
  export_rows_per_day integer not null default 500
  retention_months integer not null default 24
  retention_raw_days integer not null default 90
  retention_log_months integer not null default 12
  retention_since timestamp with time zone
  retention_ran_at timestamp with time zone
  legal_basis text
  legal_basis_note text not null default ''::text
  tenants_area_code_check: CHECK ((area_code ~ '^[1-9][1-9]$'::text))
  tenants_cool_down_minutes_check: CHECK (((cool_down_minutes >= 0) AND (cool_down_minutes <= 43200)))
  tenants_coupon_code_check: CHECK ((length(coupon_code) <= 60))
  tenants_coupon_discount_check: CHECK ((length(coupon_discount) <= 60))
  tenants_currency_check: CHECK ((currency ~ '^[A-Z]{3}$'::text))
  tenants_cut_off_minutes_check: CHECK (((cut_off_minutes >= 5) AND (cut_off_minutes <= 1440)))
  tenants_export_rows_per_day_check: CHECK (((export_rows_per_day >= 0) AND (export_rows_per_day <= 1000000)))
  tenants_legal_basis_check: CHECK ((legal_basis = ANY (ARRAY['legitimate_interest'::text, 'contract'::text, 'consent'::text])))
  tenants_legal_basis_note_check: CHECK ((length(legal_basis_note) <= 4000))
  tenants_name_check: CHECK ((name <> ''::text))
  tenants_pkey: PRIMARY KEY (id)
  tenants_retention_log_months_check: CHECK (((retention_log_months >= 6) AND (retention_log_months <= 120)))
  tenants_retention_months_check: CHECK (((retention_months >= 1) AND (retention_months <= 120)))
  tenants_retention_raw_days_check: CHECK (((retention_raw_days >= 1) AND (retention_raw_days <= 3650)))
  tenants_slug_check: CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text))
  tenants_slug_key: UNIQUE (slug)
  tenants_theme_color_check: CHECK ((theme_color ~ '^#[0-9a-f]{6}$'::text))
  tenants_window_after_minutes_check: CHECK (((window_after_minutes >= 60) AND (window_after_minutes <= 525600)))
  tenants_window_before_minutes_check: CHECK (((window_before_minutes >= 0) AND (window_before_minutes <= 43200)))
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

table tombstones (row security forced)
  tenant_id bigint not null
  id bigint not null identity
  hmac text not null
  is_kept boolean not null default false
  created_at timestamp with time zone not null default now()
  tombstones_hmac_check: CHECK ((hmac ~ '^[0-9a-f]{64}$'::text))
  tombstones_pkey: PRIMARY KEY (tenant_id, id)
  tombstones_tenant_id_fkey: FOREIGN KEY (tenant_id) REFERENCES tenants(id)
  CREATE UNIQUE INDEX tombstones_hmac_idx ON public.tombstones USING btree (tenant_id, hmac)
  policy owner_sees_all for * to carrinho_owner using true check true
  policy tenant_rows for * to carrinho_api, carrinho_daemon using (tenant_id = app_tenant_id()) check (tenant_id = app_tenant_id())
  carrinho_daemon may INSERT, SELECT

table users
  id bigint not null identity
  email text not null
  name text not null
  password_hash text
  is_superadmin boolean not null default false
  disabled_at timestamp with time zone
  created_at timestamp with time zone not null default now()
  whatsapp_opener text not null default 'wa_me'::text
  has_shortcuts boolean not null default true
  users_email_check: CHECK ((email = lower(email)))
  users_email_key: UNIQUE (email)
  users_pkey: PRIMARY KEY (id)
  users_whatsapp_opener_check: CHECK ((whatsapp_opener = ANY (ARRAY['wa_me'::text, 'web'::text, 'app'::text])))
  carrinho_api may INSERT, SELECT, UPDATE
  carrinho_daemon may INSERT, SELECT, UPDATE

CREATE OR REPLACE FUNCTION public.analyze_conclusions(part text)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
 SET default_statistics_target TO '100'
 SET lock_timeout TO '5s'
AS $function$
begin
  case part
    when 'people' then analyze public.people, public.person_members;
    when 'carts' then analyze public.cart_matches, public.cart_statuses;
    when 'customers' then analyze public.person_orders, public.customer_statuses, public.lead_statuses;
  end case;
exception when lock_not_available then
  null; -- a long pass of somebody else
end
$function$


CREATE OR REPLACE FUNCTION public.analyze_copies()
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
begin
  analyze public.leads, public.lead_answers, public.carts, public.cart_items, public.cart_emails,
          public.orders (tenant_id, id, site_id, external_id, storage, wc_status, class, currency, total_minor, net_minor, customer_external_id, email,
                         phone_e164, phone_status, phone_kind, utm_source, utm_campaign, utm_content, is_anonymized, created_at, paid_at, changed_at, missing_since),
          public.order_items (tenant_id, order_id, external_id, kind, product_id, variation_id),
          public.order_refunds, public.order_coupons, public.site_customers, public.match_keys,
          public.people, public.person_members, public.person_orders, public.customer_statuses, public.cart_matches, public.cart_statuses,
          public.lead_statuses, public.recompute_queue, public.search_terms;
end
$function$


CREATE OR REPLACE FUNCTION public.app_tenant_id()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.tenant_id', true), '')::bigint $function$


CREATE OR REPLACE FUNCTION public.app_user_id()
 RETURNS bigint
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$ select nullif(current_setting('app.user_id', true), '')::bigint $function$


CREATE OR REPLACE FUNCTION public.cart_days_of(rows text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select format($$
    select c.tenant_id, local_day(c.first_activity_at, t.reporting_time_zone) as day, c.status, c.reason, c.has_keys,
           coalesce(c.causal_class, '') as causal_class, c.currency, coalesce(c.credited_currency, '') as credited_currency,
           sum(c.sign)::integer as cart_count, sum(c.sign * c.total_minor)::bigint as total_minor,
           sum(c.sign * coalesce(c.credited_minor, 0))::bigint as credited_minor
    from %s c join tenants t on t.id = c.tenant_id
    group by 1, 2, 3, 4, 5, 6, 7, 8$$, rows)
$function$


CREATE OR REPLACE FUNCTION public.contact_address(channel text, email text, phone_status text, phone_e164 text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when channel = 'email' then 'e:' || email
              when channel in ('whatsapp', 'phone') or phone_status = 'valid' then case when phone_status = 'valid' then 'p:' || phone_e164 end
              else 'e:' || email end
$function$


CREATE OR REPLACE FUNCTION public.contact_block(tenant bigint, record_entity text, record_id bigint, contact_channel text)
 RETURNS TABLE(code text, is_blocking boolean, since timestamp with time zone, phone_reason text, key text)
 LANGUAGE sql
 STABLE ROWS 1
AS $function$
  select c.code, coalesce(c.code <> 'landline', false), o.since, case when c.code = 'invalid_phone' then r.phone_reason end,
         contact_address(contact_channel, r.email, r.phone_status, r.phone_e164)
  from (
    select email, phone_e164, phone_status, phone_kind, phone_reason from leads where record_entity = 'lead' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from carts where record_entity = 'cart' and tenant_id = tenant and id = record_id
    union all
    select email, phone_e164, phone_status, phone_kind, phone_reason from orders where record_entity = 'order' and tenant_id = tenant and id = record_id) r
  cross join lateral (
    select min(h.created_at) as since from held_opt_outs(tenant, array[record_entity], array[record_id]) h where h.channel in (contact_channel, 'all')) o
  cross join lateral (select contact_code(contact_channel, o.since, r.email, r.phone_status, r.phone_kind) as code) c
$function$


CREATE OR REPLACE FUNCTION public.contact_code(channel text, opted_out_since timestamp with time zone, email text, phone_status text, phone_kind text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when opted_out_since is not null then 'opted_out'
              when channel = 'email' then case when email is null then 'no_email' end
              when channel not in ('whatsapp', 'phone') then null
              when phone_status = 'empty' then 'no_phone'
              when phone_status = 'invalid' then 'invalid_phone'
              when phone_status = 'fictitious' then 'fictitious_phone'
              when phone_kind = 'landline' and channel = 'whatsapp' then 'landline' end
$function$


CREATE OR REPLACE FUNCTION public.customer_status(paid_order_count integer, has_abandoned boolean, inactive_at timestamp with time zone, recency smallint, frequency smallint, monetary smallint, as_of timestamp with time zone)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when paid_order_count = 0 and has_abandoned then 'only_abandoned'
    when paid_order_count = 0 then 'never_bought'
    when inactive_at <= as_of then 'inactive'
    when recency >= 3 and frequency = 5 and monetary = 5 then 'vip'
    when paid_order_count >= 2 then 'recurring'
    else 'first_purchase' end
$function$


CREATE OR REPLACE FUNCTION public.day_start(day date, zone text)
 RETURNS timestamp with time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when zone like '+%' or zone like '-%'
              then (day - make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))) at time zone 'UTC'
              else day::timestamp at time zone zone end
$function$


CREATE OR REPLACE FUNCTION public.drop_old_export_files()
 RETURNS void
 LANGUAGE sql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  delete from public.export_chunks c using public.exports e
  where e.tenant_id = c.tenant_id and e.id = c.export_id and e.finished_at < now() - interval '24 hours'
$function$


CREATE OR REPLACE FUNCTION public.email_fold(key text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when not (key like 'e:%+%@%' or key like 'e:%.%@gmail.com' or mistyped_domains() ? split_part(key, '@', 2)) or key not like 'e:_%'
      or key like 'e:+%' then null
    when coalesce(mistyped_domains() ->> split_part(key, '@', 2), split_part(key, '@', 2)) = 'gmail.com'
      then nullif(replace(split_part(split_part(key, '@', 1), '+', 1), '.', '') || '@gmail.com', key)
    else nullif(split_part(split_part(key, '@', 1), '+', 1) || '@' || coalesce(mistyped_domains() ->> split_part(key, '@', 2), split_part(key, '@', 2)), key)
  end
$function$


CREATE OR REPLACE FUNCTION public.enqueue_job(p_site_id bigint, p_kind text DEFAULT 'poll'::text, p_priority integer DEFAULT 0)
 RETURNS void
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
declare
  v_tenant_id bigint := public.app_tenant_id();
begin
  if p_kind not in ('poll', 'full', 'reconcile', 'backfill', 'recompute', 'doctor') then
    raise exception 'unknown job kind %', p_kind;
  end if;
  if not exists (select from public.sites where tenant_id = v_tenant_id and id = p_site_id) then
    raise exception 'site % is not of the current tenant', p_site_id using errcode = 'no_data_found';
  end if;
  perform graphile_worker.add_job(
    'sync_site',
    json_build_object('tenantId', v_tenant_id::text, 'siteId', p_site_id::text, 'kind', p_kind),
    queue_name := case when p_kind = 'doctor' then 'doctor:' || v_tenant_id else 'site:' || p_site_id end,
    job_key := p_kind || ':' || p_site_id,
    job_key_mode := 'preserve_run_at',
    max_attempts := 1,
    priority := p_priority);
end
$function$


CREATE OR REPLACE FUNCTION public.entry_node(entry bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select entry & ~(7::bigint << 56)
$function$


CREATE OR REPLACE FUNCTION public.entry_phone(entry bigint)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (entry >> 56 & 7)::smallint
$function$


CREATE OR REPLACE FUNCTION public.export_facts(tenant bigint, record_entity text, record_id bigint, channels text[])
 RETURNS TABLE(person_id bigint, is_opted_out boolean, contacted_at timestamp with time zone, is_customer boolean)
 LANGUAGE sql
 STABLE ROWS 1
AS $function$
  select m.person_id,
         exists (select from unnest(channels) as asked (channel)
                 cross join lateral contact_block(tenant, record_entity, record_id, asked.channel) b where b.code = 'opted_out'),
         (select max(c.contacted_at) from person_records(tenant, record_entity, record_id) r
          join contacts c on c.tenant_id = tenant and c.entity = r.entity and c.entity_id = r.entity_id
          where c.undone_at is null),
         exists (select from people p where p.tenant_id = tenant and p.id = m.person_id and p.paid_order_count > 0)
         -- in whatever currency
         or exists (select from person_records(tenant, record_entity, record_id) r
                    join orders o on o.tenant_id = tenant and o.id = r.entity_id and o.class = 'paid'
                    where r.entity = 'order')
  from (select 1) one
  left join person_members m on m.tenant_id = tenant and m.entity = record_entity and m.entity_id = record_id
$function$


CREATE OR REPLACE FUNCTION public.figures_lock(tenant_id bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE STRICT
AS $function$
  select hashtextextended('figures:' || tenant_id, 0)
$function$


CREATE OR REPLACE FUNCTION public.find_api_token(hash bytea)
 RETURNS TABLE(tenant_id bigint, id bigint, user_id bigint, scopes text[], is_stale boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  select t.tenant_id, t.id, t.user_id, t.scopes, t.last_used_at is null or t.last_used_at < now() - interval '1 minute'
  from api_tokens t join users u on u.id = t.user_id
  where t.token_hash = hash and t.revoked_at is null and t.expires_at > now() and u.disabled_at is null
$function$


CREATE OR REPLACE FUNCTION public.find_invitation(link_hash bytea)
 RETURNS TABLE(tenant_id bigint, id bigint, email text, role text, tenant_name text, tenant_slug text, inviter_name text)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  select i.tenant_id, i.id, i.email, i.role, t.name, t.slug, u.name
  from invitations i join tenants t on t.id = i.tenant_id left join users u on u.id = i.invited_by
  where i.token_hash = link_hash and i.accepted_at is null and i.expires_at > now() and t.suspended_at is null
$function$


CREATE OR REPLACE FUNCTION public.first_reporting_zone()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
begin
  new.reporting_time_zone := case when is_known_zone(new.time_zone) then new.time_zone else 'UTC' end;
  return new;
end
$function$


CREATE OR REPLACE FUNCTION public.fold_words(value text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when lower(value) ~ '^[a-z0-9 ]*$' then lower(value)
    when lower(value) ~ '^[a-z0-9 áãçéíóôúêâàõü]*$' then translate(lower(value), 'áãçéíóôúêâàõü', 'aaceiooueaaou')
    when octet_length(value) = length(value) then lower(translate(value, E'!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', repeat(' ', 35)))
    when octet_length(translate(lower(value), 'áãçéíóôúêâàõü', 'aaceiooueaaou')) = length(value)
      then translate(lower(value), E'áãçéíóôúêâàõü!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r', 'aaceiooueaaou' || repeat(' ', 35))
    else lower(translate(normalize(value, nfc),
      E'ÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝàáâãäåçèéêëìíîïñòóôõöùúûüýÿĀāĂăĄąĆćČčĎďĒēĘęĚěĞğĪīĮįŁłŃńŇňŌōŐőØøŔŕŘřŚśŞşŠšŤťŪūŮůŰűŹźŻżŽž!"#$%&''()*+,-./:;<=>?@[\\]^_`{|}~\t\n\r\u00a0´’‘“”–—·ºª',
      'aaaaaaceeeeiiiinooooouuuuyaaaaaaceeeeiiiinooooouuuuyyaaaaaaccccddeeeeeeggiiiillnnnnoooooorrrrssssssttuuuuuuzzzzzz                                              '))
    end
$function$


CREATE OR REPLACE FUNCTION public.held_opt_outs(tenant bigint, entities text[], ids bigint[])
 RETURNS TABLE(entity text, entity_id bigint, channel text, created_at timestamp with time zone)
 LANGUAGE sql
 STABLE ROWS 10
AS $function$
  with asked as materialized (
    select r.entity, r.entity_id, m.person_id
    from unnest((select entities), (select ids)) as r (entity, entity_id)
    left join person_members m on m.tenant_id = tenant and m.entity = r.entity and m.entity_id = r.entity_id
  ), keys as materialized (
    select a.entity, a.entity_id, k.key, true as is_own
    from asked a join match_keys k on k.tenant_id = tenant and k.entity = a.entity and k.entity_id = a.entity_id
    union
    select a.entity, a.entity_id, k.key, false
    from asked a
    join person_members m on m.tenant_id = tenant and m.person_id = a.person_id
    join usable_keys k on k.tenant_id = tenant and k.entity = m.entity and k.entity_id = m.entity_id
  )
  select k.entity, k.entity_id, o.channel, o.created_at
  from keys k
  cross join lateral (select x.channel, x.created_at from opt_outs x where x.tenant_id = tenant and x.key = k.key and x.undone_at is null offset 0) o
  where k.is_own or not exists (select from shared_keys s where s.tenant_id = tenant and s.key = k.key)
$function$


CREATE OR REPLACE FUNCTION public.hold_erasures(tenant bigint)
 RETURNS bigint
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock_shared(hashtextextended('erasures:' || tenant, 0));
  -- a statement of its own: it sees what was committed during the wait
  return (select count(*) from tombstones where tenant_id = tenant);
end
$function$


CREATE OR REPLACE FUNCTION public.installation_health()
 RETURNS TABLE(tenant_id bigint, slug text, name text, suspended_at timestamp with time zone, user_count bigint, site_id bigint, site_name text, source text, source_label text, caught_up_at timestamp with time zone, state text, error_code text, finished_at timestamp with time zone, cron_expression text, is_paused boolean)
 LANGUAGE sql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
  select t.id, t.slug, t.name, t.suspended_at, (select count(*) from memberships m where m.tenant_id = t.id), s.id, s.name, c.source,
         coalesce(st.label, c.source), c.caught_up_at, last.state, last.error_code, last.finished_at, p.cron_expression, coalesce(p.is_paused, false)
  from tenants t
  left join sites s on s.tenant_id = t.id
  left join schedules p on p.tenant_id = s.tenant_id and p.site_id = s.id and p.kind = 'poll'
  left join lateral (
    select k.source, min(k.caught_up_at) as caught_up_at from cursors k where k.tenant_id = s.tenant_id and k.site_id = s.id group by k.source) c on true
  left join source_types st on st.name = c.source
  left join lateral (
    select r.state, r.error_code, r.finished_at from runs r
    where r.tenant_id = s.tenant_id and r.site_id = s.id and r.finished_at is not null and r.backfill_id is null order by r.id desc limit 1) last on true
  where exists (select from users u where u.id = app_user_id() and u.is_superadmin and u.disabled_at is null)
  order by t.name, t.id, s.name, s.id, c.source
$function$


CREATE OR REPLACE FUNCTION public.is_known_zone(zone text)
 RETURNS boolean
 LANGUAGE plpgsql
 STABLE
AS $function$
begin
  return local_day(now(), zone) is not null;
exception when data_exception then
  return false;
end
$function$


CREATE OR REPLACE FUNCTION public.is_reported_order(wc_status text, missing_since timestamp with time zone)
 RETURNS boolean
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select missing_since is null and wc_status not in ('pending', 'failed', 'cancelled', 'trash', 'auto-draft', 'draft', 'checkout-draft')
$function$


CREATE OR REPLACE FUNCTION public.keep_reporting_zone()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  tenant constant bigint := case tg_table_name when 'tenants' then (to_jsonb(new) ->> 'id')::bigint else (to_jsonb(new) ->> 'tenant_id')::bigint end;
begin
  update tenants t set reporting_time_zone = z.zone
  from (select case when count(distinct zone) = 1 then min(zone) else max(own) end as zone
        from (select c.time_zone as own, case when is_known_zone(coalesce(s.time_zone, s.detected_time_zone))
                                              then coalesce(s.time_zone, s.detected_time_zone) else c.time_zone end as zone
              from tenants c left join sites s on s.tenant_id = c.id where c.id = tenant) zones) z
  where t.id = tenant and t.reporting_time_zone <> z.zone and is_known_zone(z.zone);
  if found then perform rebuild_figures(tenant); end if;
  return null;
end
$function$


CREATE OR REPLACE FUNCTION public.keep_search_terms()
 RETURNS trigger
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'public', 'pg_temp'
AS $function$
declare
  searched constant text := case tg_table_name
    when 'orders' then '(%1$s.first_name, %1$s.last_name, %1$s.email, %1$s.email_raw, %1$s.phone_e164, %1$s.phone_raw, %1$s.cellphone_raw, %1$s.shipping_phone_raw, %1$s.order_number)'
    else '(%1$s.name, %1$s.email, %1$s.email_raw, %1$s.phone_e164, %1$s.phone_raw)' end;
  changed constant text := format('(select %%s.* from old_rows o join new_rows n on n.tenant_id = o.tenant_id and n.id = o.id where %s is distinct from %s) changed',
                                  format(searched, 'o'), format(searched, 'n'));
begin
  if tg_op <> 'INSERT' then
    execute format('delete from search_terms s using (%s) t where s.tenant_id = t.tenant_id and s.entity = t.entity and s.term = t.term and s.entity_id = t.entity_id',
                   search_terms_of(tg_table_name, case tg_op when 'DELETE' then 'old_rows' else format(changed, 'o') end));
  end if;
  if tg_op <> 'DELETE' then
    execute 'insert into search_terms ' || search_terms_of(tg_table_name, case tg_op when 'INSERT' then 'new_rows' else format(changed, 'n') end);
  end if;
  return null;
end
$function$


CREATE OR REPLACE FUNCTION public.key_entry(entity text, id bigint, phone_kind text, is_presumed boolean)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select record_node(entity, id) | (phone_order(phone_kind, is_presumed)::bigint << 56)
$function$


CREATE OR REPLACE FUNCTION public.lead_days_of(rows text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select format($$
    select l.tenant_id, coalesce(local_day(l.captured_at, t.reporting_time_zone), '-infinity') as day, l.customer_status,
           sum(l.sign)::integer as lead_count
    from %s l join tenants t on t.id = l.tenant_id
    group by 1, 2, 3$$, rows)
$function$


CREATE OR REPLACE FUNCTION public.list_old_records(tenant bigint, before timestamp with time zone)
 RETURNS TABLE(entity text, id bigint, person_id bigint)
 LANGUAGE sql
 STABLE
AS $function$
  with records as (
    select 'lead' as entity, l.id, coalesce(l.captured_at, l.first_seen_at) >= before as is_recent, m.person_id
    from leads l left join person_members m on m.tenant_id = tenant and m.entity = 'lead' and m.entity_id = l.id
    where l.tenant_id = tenant
    union all
    select 'cart', c.id, c.last_activity_at >= before, m.person_id
    from carts c left join person_members m on m.tenant_id = tenant and m.entity = 'cart' and m.entity_id = c.id
    where c.tenant_id = tenant
  ), kept as (
    select person_id from person_members where tenant_id = tenant and entity = 'order'
    union
    select person_id from records where is_recent and person_id is not null
  )
  select r.entity, r.id, r.person_id
  from records r
  where not r.is_recent
    and not exists (select from kept k where k.person_id = r.person_id)
    and not exists (select from erased_records e where e.tenant_id = tenant and e.entity = r.entity and e.entity_id = r.id)
$function$


CREATE OR REPLACE FUNCTION public.local_day(at timestamp with time zone, zone text)
 RETURNS date
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (case when zone like '+%' or zone like '-%'
               then at at time zone 'UTC' + make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))
               else at at time zone zone end)::date
$function$


CREATE OR REPLACE FUNCTION public.local_time(at timestamp with time zone, zone text)
 RETURNS timestamp without time zone
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when zone like '+%' or zone like '-%'
              then at at time zone 'UTC' + make_interval(mins => (left(zone, 1) || '1')::integer * (substr(zone, 2, 2)::integer * 60 + substr(zone, 5, 2)::integer))
              else at at time zone zone end
$function$


CREATE OR REPLACE FUNCTION public.mailbox_reason(one text, other text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when split_part(one, '@', 2) <> split_part(other, '@', 2) then 'domain' when one like '%+%' or other like '%+%' then 'tag' else 'dots' end
$function$


CREATE OR REPLACE FUNCTION public.match_score(has_email boolean, phone_kind text, is_phone_presumed boolean, is_all_shared boolean, has_coupon boolean, item_share numeric, delta_seconds bigint, is_after boolean, is_indirect boolean DEFAULT false, has_code boolean DEFAULT false, is_chosen boolean DEFAULT false)
 RETURNS integer
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when has_code or is_chosen then 100 else greatest(0, least(100,
    case when is_indirect then 35 else
      least(80, case when has_email then 50 else 0 end
              + case phone_kind when 'mobile' then 45 when 'international' then 45 when 'landline' then 25 else 0 end) end
    - case when is_phone_presumed then 15 else 0 end
    - case when is_all_shared then 25 else 0 end
    + case when has_coupon then 40 else 0 end
    + round(25 * item_share)::integer
    + case when abs(delta_seconds) <= 86400 then 10 when abs(delta_seconds) <= 604800 then 5
           when abs(delta_seconds) > 1209600 then -10 else 0 end
    - case when is_after then 0 else 20 end)) end
$function$


CREATE OR REPLACE FUNCTION public.mistyped_domains()
 RETURNS jsonb
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select '{
    "googlemail.com": "gmail.com", "gmial.com": "gmail.com", "gmai.com": "gmail.com", "gmal.com": "gmail.com", "gamil.com": "gmail.com",
    "gmil.com": "gmail.com", "gnail.com": "gmail.com", "gmaill.com": "gmail.com", "gmaiil.com": "gmail.com", "gemail.com": "gmail.com",
    "gimail.com": "gmail.com", "gmail.co": "gmail.com", "gmail.cm": "gmail.com", "gmail.con": "gmail.com", "gmail.cpm": "gmail.com",
    "gmail.comm": "gmail.com", "gmail.com.br": "gmail.com", "hotmai.com": "hotmail.com", "hotmal.com": "hotmail.com",
    "hotmial.com": "hotmail.com", "hotmil.com": "hotmail.com", "hotamil.com": "hotmail.com", "homail.com": "hotmail.com",
    "hotnail.com": "hotmail.com", "rotmail.com": "hotmail.com", "hotmaill.com": "hotmail.com", "hotmail.co": "hotmail.com",
    "hotmail.con": "hotmail.com", "hotmail.comm": "hotmail.com", "outlok.com": "outlook.com", "outloo.com": "outlook.com",
    "outook.com": "outlook.com", "outllok.com": "outlook.com", "outlook.con": "outlook.com", "yaho.com": "yahoo.com",
    "yahoo.con": "yahoo.com", "yaho.com.br": "yahoo.com.br", "yhoo.com.br": "yahoo.com.br", "yahoo.com.b": "yahoo.com.br",
    "iclod.com": "icloud.com", "icoud.com": "icloud.com", "icloud.con": "icloud.com", "live.con": "live.com", "uol.com.b": "uol.com.br"
  }'::jsonb
$function$


CREATE OR REPLACE FUNCTION public.night_cron(site_id bigint)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE STRICT
 SET search_path TO 'pg_catalog', 'pg_temp'
AS $function$
  select format('%s %s * * *', place % 60, 2 + place / 60) from (select site_id * 2654435761 % 180 as place) as spread
$function$


CREATE OR REPLACE FUNCTION public.node_entity(node bigint)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case node >> 60 when 0 then 'cart' when 1 then 'lead' when 2 then 'order' else 'edge' end
$function$


CREATE OR REPLACE FUNCTION public.node_id(node bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select node & ((1::bigint << 60) - 1)
$function$


CREATE OR REPLACE FUNCTION public.open_companies(person bigint, is_superadmin boolean, session bytea)
 RETURNS TABLE(id bigint, slug text, name text, time_zone text, currency text, window_before_minutes integer, window_after_minutes integer, role text, is_suspended boolean, theme_color text, logo_hash text)
 LANGUAGE plpgsql
 STABLE SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
#variable_conflict use_column
begin
  return query
    select t.id, t.slug, t.name, t.reporting_time_zone, t.currency, t.window_before_minutes, t.window_after_minutes, o.role,
           t.suspended_at is not null, t.theme_color, t.logo_hash
    from (
      select m.tenant_id, m.role from memberships m where m.user_id = person
      union all
      select distinct v.tenant_id, 'superadmin' from company_visits v
      where open_companies.is_superadmin and v.user_id = person and v.session_hash = session and v.ends_at > now()
        and not exists (select from memberships m where m.user_id = person and m.tenant_id = v.tenant_id)
    ) o join tenants t on t.id = o.tenant_id
    order by t.name, t.id;
end
$function$


CREATE OR REPLACE FUNCTION public.opt_out_keys(tenant bigint, record_entity text, record_id bigint)
 RETURNS TABLE(key text)
 LANGUAGE sql
 STABLE ROWS 10
AS $function$
  select m.key from match_keys m where m.tenant_id = tenant and m.entity = record_entity and m.entity_id = record_id
  union
  select k.key
  from person_records(tenant, record_entity, record_id) r
  join usable_keys k on k.tenant_id = tenant and k.entity = r.entity and k.entity_id = r.entity_id
  where not exists (select from shared_keys s where s.tenant_id = tenant and s.key = k.key)
$function$


CREATE OR REPLACE FUNCTION public.order_class(wc_status text, manual_class text, has_paid_order boolean, is_missing boolean, total numeric, refunded numeric)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case
    when is_missing then 'void'
    when total > 0 and refunded >= total then 'void'
    when manual_class is not null then manual_class
    when wc_status in ('processing', 'completed') then 'paid'
    when wc_status in ('pending', 'on-hold') then 'awaiting_payment'
    when wc_status in ('cancelled', 'failed', 'refunded', 'trash', 'auto-draft', 'checkout-draft', 'draft') then 'void'
    when has_paid_order then 'paid'
    else 'awaiting_payment'
  end
$function$


CREATE OR REPLACE FUNCTION public.order_days_of(rows text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select format($$
    select o.tenant_id, coalesce(local_day(o.created_at, t.reporting_time_zone), '-infinity') as day, o.site_id, o.class, o.currency,
           is_reported_order(o.wc_status, o.missing_since) as is_reported,
           sum(o.sign)::integer as order_count, sum(o.sign * (o.total_minor - o.refunded_minor))::bigint as net_minor,
           sum(o.sign * (o.total - o.tax_total - o.shipping_total)) as net_sales
    from %s o join tenants t on t.id = o.tenant_id
    group by 1, 2, 3, 4, 5, 6$$, rows)
$function$


CREATE OR REPLACE FUNCTION public.own_digits(phone text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select right(left(translate(phone, translate(phone, '0123456789', ''), ''), 30), case when phone like '+55%' then -2 else 30 end)
$function$


CREATE OR REPLACE FUNCTION public.period_days(from_at timestamp with time zone, to_at timestamp with time zone, zone text, OUT first_day date, OUT end_day date, OUT rest_from timestamp with time zone)
 RETURNS record
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select case when from_at is null and to_at is null then '-infinity' else coalesce(local_day(from_at, zone), '0001-01-01') end,
         coalesce(local_day(to_at, zone), 'infinity'),
         case when local_day(to_at - interval '1 microsecond', zone) = local_day(to_at, zone)
              then day_start(local_day(to_at, zone), zone) - interval '2 hours' end
$function$


CREATE OR REPLACE FUNCTION public.person_display(tenant bigint, person bigint, OUT name text, OUT email text, OUT phone_e164 text, OUT phone_kind text)
 RETURNS record
 LANGUAGE sql
 STABLE PARALLEL SAFE
AS $function$
  select d.name, d.email, d.phone_e164, d.phone_kind from person_displays(tenant, array[person]) d
$function$


CREATE OR REPLACE FUNCTION public.person_displays(tenant bigint, people bigint[])
 RETURNS TABLE(person_id bigint, name text, email text, phone_e164 text, phone_kind text)
 LANGUAGE sql
 STABLE ROWS 50
AS $function$
  with members as materialized (
    select m.person_id, m.entity, m.entity_id from person_members m where m.tenant_id = tenant and m.person_id = any((select people)::bigint[])
  ), records as (
    select m.person_id, 1 as place, coalesce(o.created_at, o.paid_at) as at, o.id,
           concat_ws(' ', nullif(trim(o.first_name), ''), nullif(trim(o.last_name), '')) as name,
           o.email, case when o.phone_status = 'valid' then o.phone_e164 end as phone_e164, o.phone_kind
    from members m cross join lateral (select * from orders where tenant_id = tenant and id = m.entity_id offset 0) o
    where m.entity = 'order' and not o.is_anonymized
    union all
    select m.person_id, 2, c.last_activity_at, c.id, trim(c.name), c.email, case when c.phone_status = 'valid' then c.phone_e164 end, c.phone_kind
    from members m cross join lateral (select * from carts where tenant_id = tenant and id = m.entity_id offset 0) c
    where m.entity = 'cart'
    union all
    select m.person_id, 3, l.captured_at, l.id, trim(l.name), l.email, case when l.phone_status = 'valid' then l.phone_e164 end, l.phone_kind
    from members m cross join lateral (select * from leads where tenant_id = tenant and id = m.entity_id offset 0) l
    where m.entity = 'lead'
  )
  select p.id,
         (array_agg(r.name order by r.place, r.at desc nulls last, r.id desc) filter (where r.name <> ''))[1],
         (array_agg(r.email order by r.place, r.at desc nulls last, r.id desc) filter (where r.email is not null))[1],
         (array_agg(r.phone_e164 order by r.place, r.at desc nulls last, r.id desc) filter (where r.phone_e164 is not null))[1],
         (array_agg(r.phone_kind order by r.place, r.at desc nulls last, r.id desc) filter (where r.phone_e164 is not null))[1]
  from unnest((select people)) as p (id) left join records r on r.person_id = p.id
  group by p.id
$function$


CREATE OR REPLACE FUNCTION public.person_records(tenant bigint, record_entity text, record_id bigint)
 RETURNS TABLE(entity text, entity_id bigint)
 LANGUAGE sql
 STABLE ROWS 10
AS $function$
  select record_entity, record_id
  union
  select m.entity, m.entity_id
  from person_members own
  join person_members m on m.tenant_id = tenant and m.person_id = own.person_id
  where own.tenant_id = tenant and own.entity = record_entity and own.entity_id = record_id
$function$


CREATE OR REPLACE FUNCTION public.phone_order(phone_kind text, is_presumed boolean)
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (case phone_kind when 'mobile' then 0 when 'international' then 2 else 4 end + is_presumed::integer)::smallint
$function$


CREATE OR REPLACE FUNCTION public.protect_tenant_table(tenant_table regclass, daemon_privileges text, api_privileges text)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  execute format('alter table %s enable row level security', tenant_table);
  execute format('alter table %s force row level security', tenant_table);
  execute format('create policy owner_sees_all on %s to carrinho_owner using (true) with check (true)', tenant_table);
  execute format('create policy tenant_rows on %s to carrinho_daemon, carrinho_api using (tenant_id = app_tenant_id()) with check (tenant_id = app_tenant_id())', tenant_table);
  if daemon_privileges <> '' then execute format('grant %s on %s to carrinho_daemon', daemon_privileges, tenant_table); end if;
  if api_privileges <> '' then execute format('grant %s on %s to carrinho_api', api_privileges, tenant_table); end if;
end
$function$


CREATE OR REPLACE FUNCTION public.quintile(value bigint, bounds bigint[])
 RETURNS smallint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (1 + width_bucket(value, bounds))::smallint
$function$


CREATE OR REPLACE FUNCTION public.rebuild_figures(tenant bigint)
 RETURNS void
 LANGUAGE plpgsql
AS $function$
begin
  perform pg_advisory_xact_lock(hashtextextended('recompute:' || tenant, 0));
  perform pg_advisory_xact_lock(figures_lock(tenant));
  delete from cart_days where tenant_id = tenant;
  delete from order_days where tenant_id = tenant;
  delete from refund_days where tenant_id = tenant;
  delete from lead_days where tenant_id = tenant;
  insert into cart_days select * from true_cart_days where tenant_id = tenant;
  insert into order_days select * from true_order_days where tenant_id = tenant;
  insert into refund_days select * from true_refund_days where tenant_id = tenant;
  insert into lead_days select * from true_lead_days where tenant_id = tenant;
end
$function$


CREATE OR REPLACE FUNCTION public.record_node(entity text, id bigint)
 RETURNS bigint
 LANGUAGE sql
 IMMUTABLE PARALLEL SAFE
AS $function$
  select (case entity when 'cart' then 0 when 'lead' then 1 when 'order' then 2 else 3 end::bigint << 60) | id
$function$


CREATE OR REPLACE FUNCTION public.refund_days_of(refunds text, orders text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  select format($$
    select r.tenant_id, coalesce(local_day(r.refunded_at, t.reporting_time_zone), '-infinity') as day, o.site_id, o.currency,
           sum(r.sign * o.sign)::integer as refund_count, sum(r.sign * o.sign * r.amount) as amount
    from %s r
    join %s o on o.tenant_id = r.tenant_id and o.id = r.order_id
    join tenants t on t.id = r.tenant_id
    where is_reported_order(o.wc_status, o.missing_since)
    group by 1, 2, 3, 4$$, refunds, orders)
$function$


CREATE OR REPLACE FUNCTION public.roll_up()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
declare
  changes constant text := case tg_op
    when 'INSERT' then '(select 1 as sign, * from new_rows)'
    when 'DELETE' then '(select -1 as sign, * from old_rows)'
    else '(select 1 as sign, * from new_rows union all select -1, * from old_rows)' end;
  refunds text := changes;
  orders text := '(select 1 as sign, * from orders)';
  tenant_count bigint;
begin
  execute format('select pg_advisory_xact_lock_shared(figures_lock(tenant_id)) from (select distinct tenant_id from %s c order by 1) c', changes);
  get diagnostics tenant_count = row_count;
  if tenant_count = 0 then return null; end if; -- a merge that only updated has inserted nothing
  case tg_table_name
    when 'cart_statuses' then
      execute format($q$
        insert into cart_days as d select * from (%s) c where (cart_count, total_minor, credited_minor) <> (0, 0, 0) order by 1, 2, 3, 4, 5, 6, 7, 8
        on conflict (tenant_id, day, status, reason, has_keys, causal_class, currency, credited_currency) do update
        set cart_count = d.cart_count + excluded.cart_count, total_minor = d.total_minor + excluded.total_minor,
            credited_minor = d.credited_minor + excluded.credited_minor$q$, cart_days_of(changes));
      return null;
    when 'lead_statuses' then
      execute format($q$
        insert into lead_days as d select * from (%s) c where lead_count <> 0 order by 1, 2, 3
        on conflict (tenant_id, day, customer_status) do update set lead_count = d.lead_count + excluded.lead_count$q$, lead_days_of(changes));
      return null;
    when 'orders' then
      execute format($q$
        insert into order_days as d select * from (%s) c where (order_count, net_minor, net_sales) <> (0, 0, 0) order by 1, 2, 3, 4, 5, 6
        on conflict (tenant_id, day, site_id, class, currency, is_reported) do update
        set order_count = d.order_count + excluded.order_count, net_minor = d.net_minor + excluded.net_minor,
            net_sales = d.net_sales + excluded.net_sales$q$, order_days_of(changes));
      if tg_op = 'INSERT' then return null; end if; -- its refunds come after it
      -- a refund is counted by what its order is: the same refunds leave with the order as it was and come with the order as it is
      refunds := '(select 1 as sign, * from order_refunds)';
      orders := changes;
      if tg_op = 'UPDATE' then
        orders := format('(select c.* from %s c where exists (
                     select from old_rows o join new_rows n on n.tenant_id = o.tenant_id and n.id = o.id
                     where o.tenant_id = c.tenant_id and o.id = c.id
                       and (o.currency, o.site_id, is_reported_order(o.wc_status, o.missing_since))
                           is distinct from (n.currency, n.site_id, is_reported_order(n.wc_status, n.missing_since))))', changes);
      end if;
    else null; -- order_refunds
  end case;
  execute format($q$
    insert into refund_days as d select * from (%s) c where (refund_count, amount) <> (0, 0) order by 1, 2, 3, 4
    on conflict (tenant_id, day, site_id, currency) do update
    set refund_count = d.refund_count + excluded.refund_count, amount = d.amount + excluded.amount$q$, refund_days_of(refunds, orders));
  return null;
end
$function$


CREATE OR REPLACE FUNCTION public.search_terms_of(searched text, rows text)
 RETURNS text
 LANGUAGE sql
 IMMUTABLE
AS $function$
  with phones as (
    select phone, place, format($$ || case when length(phone_%1$s) >= 4%2$s then array['p:' || phone_%1$s, 'r:' || reverse(phone_%1$s),
               case when length(phone_%1$s) = 11 then 'p:' || right(phone_%1$s, 9) end, case when length(phone_%1$s) > 8 then 'p:' || right(phone_%1$s, 8) end] end$$,
             place, case when place > 1 then format(' and phone_%s is distinct from phone_1', place) end) as terms
    from unnest(case searched when 'orders' then array['phone_e164', 'phone_raw', 'cellphone_raw', 'shipping_phone_raw'] else array['phone_e164', 'phone_raw'] end)
      with ordinality list (phone, place)
  )
  select format($$
    select distinct on (term, entity_id, tenant_id) tenant_id, %L as entity, term, entity_id
    from (
    select tenant_id, id as entity_id, case when left(term, 2) = 'n:' then left(term, 42) else term end collate "C" as term
    from (select tenant_id, id, words || array['e:' || email, case when email like '%%_@_%%' then 'd:' || split_part(email, '@', 2) end%s]%s as terms
          from (select tenant_id, id, (array_remove(string_to_array('n:' || replace(fold_words(said), ' ', ' n:'), ' '), 'n:'))[1:12] as words,
                       nullif(left(coalesce(email, lower(btrim(email_raw))), 120), '') as email, %s, %s
                from (select *, left(%s, 300) as said from %s offset 0) r offset 0) s offset 0) t
    cross join lateral unnest(terms) term where term is not null
    ) found order by term, entity_id, tenant_id$$,
    case searched when 'leads' then 'lead' when 'carts' then 'cart' else 'order' end,
    case searched when 'leads' then '' when 'carts' then $$, 'i:' || external_id$$
                  else $$, 'i:' || external_id, 'i:' || left(lower(nullif(order_number, '')), 40)$$ end,
    (select string_agg(terms, '' order by place) from phones),
    (select string_agg(format('own_digits(%s) as phone_%s', phone, place), ', ' order by place) from phones),
    case searched when 'leads' then 'null' when 'carts' then 'external_id' else 'external_id, order_number' end,
    case searched when 'orders' then 'concat_ws('' '', first_name, last_name)' else 'name' end,
    rows)
$function$


CREATE OR REPLACE FUNCTION public.take_export()
 RETURNS TABLE(tenant_id bigint, id bigint)
 LANGUAGE plpgsql
 SECURITY DEFINER
 SET search_path TO 'pg_catalog', 'public'
AS $function$
begin
  update public.exports e set state = 'failed', finished_at = now()
  where e.state = 'running' and e.attempts >= 3 and e.heartbeat_at < now() - interval '60 seconds';
  return query
    update public.exports e set state = 'running', attempts = e.attempts + 1, heartbeat_at = now()
    where (e.tenant_id, e.id) = (
      select o.tenant_id, o.id from public.exports o
      where o.state = 'queued' or (o.state = 'running' and o.heartbeat_at < now() - interval '60 seconds')
      order by o.requested_at for update skip locked limit 1)
    returning e.tenant_id, e.id;
end
$function$


view names_beside_shared_keys with (security_invoker=true)
 SELECT tenant_id,
    key AS shared_key,
    person_id,
    name,
    min(key) AS key
   FROM (((((((shared_keys s
     JOIN usable_keys k ON (((tenant_id = tenant_id) AND (key = key))))
     JOIN person_members p ON (((tenant_id = tenant_id) AND (entity = entity) AND (entity_id = entity_id))))
     JOIN usable_keys own ON (((tenant_id = tenant_id) AND (entity = entity) AND (entity_id = entity_id) AND (NOT (EXISTS ( SELECT
           FROM shared_keys x
          WHERE ((tenant_id = tenant_id) AND (key = key))))))))
     LEFT JOIN orders o ON (((entity = 'order'::text) AND (tenant_id = tenant_id) AND (id = entity_id))))
     LEFT JOIN carts c ON (((entity = 'cart'::text) AND (tenant_id = tenant_id) AND (id = entity_id))))
     LEFT JOIN leads l ON (((entity = 'lead'::text) AND (tenant_id = tenant_id) AND (id = entity_id))))
     CROSS JOIN LATERAL ( SELECT split_part(btrim(fold_words("left"(COALESCE(first_name, name, name), 300))), ' '::text, 1) AS name) n)
  WHERE (length(name) >= 3)
  GROUP BY tenant_id, key, person_id, name;
  carrinho_api may SELECT
  carrinho_daemon may SELECT

view true_cart_days with (security_invoker=true)
 SELECT tenant_id,
    local_day(first_activity_at, reporting_time_zone) AS day,
    status,
    reason,
    has_keys,
    COALESCE(causal_class, ''::text) AS causal_class,
    currency,
    COALESCE(credited_currency, ''::text) AS credited_currency,
    (sum(sign))::integer AS cart_count,
    (sum((sign * total_minor)))::bigint AS total_minor,
    (sum((sign * COALESCE(credited_minor, (0)::bigint))))::bigint AS credited_minor
   FROM (( SELECT 1 AS sign,
            tenant_id,
            cart_id,
            status,
            reason,
            has_keys,
            best_order_id,
            void_order_id,
            credited_order_id,
            credited_minor,
            score,
            causal_class,
            total_minor,
            first_activity_at,
            last_activity_at,
            reevaluate_at,
            changed_at,
            currency,
            bought_other_items,
            credited_currency
           FROM cart_statuses) c
     JOIN tenants t ON ((id = tenant_id)))
  GROUP BY tenant_id, (local_day(first_activity_at, reporting_time_zone)), status, reason, has_keys, COALESCE(causal_class, ''::text), currency, COALESCE(credited_currency, ''::text);
  carrinho_daemon may SELECT

view true_lead_days with (security_invoker=true)
 SELECT tenant_id,
    COALESCE(local_day(captured_at, reporting_time_zone), '-infinity'::date) AS day,
    customer_status,
    (sum(sign))::integer AS lead_count
   FROM (( SELECT 1 AS sign,
            tenant_id,
            lead_id,
            customer_status,
            order_id,
            first_paid_at,
            captured_at,
            changed_at
           FROM lead_statuses) l
     JOIN tenants t ON ((id = tenant_id)))
  GROUP BY tenant_id, COALESCE(local_day(captured_at, reporting_time_zone), '-infinity'::date), customer_status;
  carrinho_daemon may SELECT

view true_order_days with (security_invoker=true)
 SELECT tenant_id,
    COALESCE(local_day(created_at, reporting_time_zone), '-infinity'::date) AS day,
    site_id,
    class,
    currency,
    is_reported_order(wc_status, missing_since) AS is_reported,
    (sum(sign))::integer AS order_count,
    (sum((sign * (total_minor - refunded_minor))))::bigint AS net_minor,
    sum(((sign)::numeric * ((total - tax_total) - shipping_total))) AS net_sales
   FROM (( SELECT 1 AS sign,
            tenant_id,
            id,
            site_id,
            external_id,
            order_number,
            storage,
            wc_status,
            class,
            currency,
            total,
            tax_total,
            shipping_total,
            discount_total,
            refunded,
            total_minor,
            refunded_minor,
            net_minor,
            customer_external_id,
            first_name,
            last_name,
            email_raw,
            email,
            phone_raw,
            cellphone_raw,
            shipping_phone_raw,
            phone_e164,
            phone_status,
            phone_kind,
            phone_reason,
            phone_warnings,
            company,
            address_1,
            address_2,
            address_number,
            district,
            city,
            state,
            postcode,
            country,
            tax_document,
            person_type,
            payment_method,
            payment_method_title,
            created_via,
            customer_note,
            utm_source,
            utm_medium,
            utm_campaign,
            utm_content,
            is_anonymized,
            created_at,
            modified_at,
            paid_at,
            completed_at,
            created_text,
            modified_text,
            source_hash,
            scan_hash,
            first_seen_at,
            changed_at,
            missing_since,
            parse_error
           FROM orders) o
     JOIN tenants t ON ((id = tenant_id)))
  GROUP BY tenant_id, COALESCE(local_day(created_at, reporting_time_zone), '-infinity'::date), site_id, class, currency, (is_reported_order(wc_status, missing_since));
  carrinho_daemon may SELECT

view true_refund_days with (security_invoker=true)
 SELECT tenant_id,
    COALESCE(local_day(refunded_at, reporting_time_zone), '-infinity'::date) AS day,
    site_id,
    currency,
    (sum((sign * sign)))::integer AS refund_count,
    sum((((sign * sign))::numeric * amount)) AS amount
   FROM ((( SELECT 1 AS sign,
            tenant_id,
            order_id,
            external_id,
            amount,
            reason,
            refunded_at
           FROM order_refunds) r
     JOIN ( SELECT 1 AS sign,
            tenant_id,
            id,
            site_id,
            external_id,
            order_number,
            storage,
            wc_status,
            class,
            currency,
            total,
            tax_total,
            shipping_total,
            discount_total,
            refunded,
            total_minor,
            refunded_minor,
            net_minor,
            customer_external_id,
            first_name,
            last_name,
            email_raw,
            email,
            phone_raw,
            cellphone_raw,
            shipping_phone_raw,
            phone_e164,
            phone_status,
            phone_kind,
            phone_reason,
            phone_warnings,
            company,
            address_1,
            address_2,
            address_number,
            district,
            city,
            state,
            postcode,
            country,
            tax_document,
            person_type,
            payment_method,
            payment_method_title,
            created_via,
            customer_note,
            utm_source,
            utm_medium,
            utm_campaign,
            utm_content,
            is_anonymized,
            created_at,
            modified_at,
            paid_at,
            completed_at,
            created_text,
            modified_text,
            source_hash,
            scan_hash,
            first_seen_at,
            changed_at,
            missing_since,
            parse_error
           FROM orders) o ON (((tenant_id = tenant_id) AND (id = order_id))))
     JOIN tenants t ON ((id = tenant_id)))
  WHERE is_reported_order(wc_status, missing_since)
  GROUP BY tenant_id, COALESCE(local_day(refunded_at, reporting_time_zone), '-infinity'::date), site_id, currency;
  carrinho_daemon may SELECT

view usable_edges with (security_invoker=true)
 SELECT tenant_id,
    id,
    kind,
    key_a,
    key_b
   FROM person_edges e
  WHERE ((undone_at IS NULL) AND (NOT (EXISTS ( SELECT
           FROM shared_keys s
          WHERE ((tenant_id = tenant_id) AND (key = ANY (ARRAY[key_a, key_b])))))) AND (NOT (EXISTS ( SELECT
           FROM denied_keys d
          WHERE ((tenant_id = tenant_id) AND (key = ANY (ARRAY[key_a, key_b, ('d:'::text || split_part(key_a, '@'::text, 2)), ('d:'::text || split_part(key_b, '@'::text, 2))])))))));
  carrinho_api may SELECT
  carrinho_daemon may SELECT

view usable_keys with (security_invoker=true)
 SELECT tenant_id,
    key,
    entity,
    entity_id,
    phone_kind,
    is_presumed
   FROM match_keys
  WHERE (NOT is_denied);
  carrinho_api may SELECT
  carrinho_daemon may SELECT

CREATE TRIGGER first_reporting_zone BEFORE INSERT ON public.tenants FOR EACH ROW EXECUTE FUNCTION first_reporting_zone()

CREATE TRIGGER keep_reporting_zone AFTER INSERT OR UPDATE OF time_zone, detected_time_zone ON public.sites FOR EACH ROW EXECUTE FUNCTION keep_reporting_zone()

CREATE TRIGGER keep_reporting_zone AFTER UPDATE OF time_zone ON public.tenants FOR EACH ROW EXECUTE FUNCTION keep_reporting_zone()

CREATE TRIGGER keep_search_terms_changed AFTER UPDATE ON public.carts REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_changed AFTER UPDATE ON public.leads REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_changed AFTER UPDATE ON public.orders REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_gone AFTER DELETE ON public.carts REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_gone AFTER DELETE ON public.leads REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_gone AFTER DELETE ON public.orders REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_new AFTER INSERT ON public.carts REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_new AFTER INSERT ON public.leads REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER keep_search_terms_new AFTER INSERT ON public.orders REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION keep_search_terms()

CREATE TRIGGER roll_up_changed AFTER UPDATE ON public.cart_statuses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_changed AFTER UPDATE ON public.lead_statuses REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_changed AFTER UPDATE ON public.order_refunds REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_changed AFTER UPDATE ON public.orders REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_gone AFTER DELETE ON public.cart_statuses REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_gone AFTER DELETE ON public.lead_statuses REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_gone AFTER DELETE ON public.order_refunds REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_gone AFTER DELETE ON public.orders REFERENCING OLD TABLE AS old_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_new AFTER INSERT ON public.cart_statuses REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_new AFTER INSERT ON public.lead_statuses REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_new AFTER INSERT ON public.order_refunds REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()

CREATE TRIGGER roll_up_new AFTER INSERT ON public.orders REFERENCING NEW TABLE AS new_rows FOR EACH STATEMENT EXECUTE FUNCTION roll_up()
