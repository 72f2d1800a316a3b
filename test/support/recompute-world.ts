// A company whose copied rows are written straight into Postgres, as the sync's writers would: the row, its keys, its place in the queue, and the
// keys that it lost. Records are named by their external id, so that two companies can get the same history in different orders.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { type Database, openDatabase } from '../../api/db.ts';
import { recomputeNow } from '../../api/recompute.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { recomputeAll, recomputeDue, recomputeQueued } from '../../daemon/recompute/recompute.ts';

export const silent = { info() {}, warn() {}, error() {} };

export type Keys = { emails?: string[]; phones?: string[]; presumedPhones?: string[]; landlines?: string[] };

export type LeadState = Keys & { id: number; capturedAt?: string | null };
export type CartState = Keys & {
  id: number;
  episode?: number;
  firstAt: string;
  lastAt?: string;
  layAt?: string | null;
  total?: string;
  pluginStatus?: string;
  wasAbandoned?: boolean;
  missingSince?: string | null;
  coupon?: string | null;
  products?: number[];
  bundleProducts?: number[];
  session?: string;
};
export type OrderState = Keys & {
  id: number;
  status?: string;
  createdAt: string;
  paidAt?: string | null;
  total?: string;
  refunded?: string;
  currency?: string;
  createdVia?: string;
  missingSince?: string | null;
  coupons?: string[];
  products?: number[];
  utmContent?: string | null;
};
/** A contact, named by its code. */
export type ContactState = {
  code: string;
  about: { entity: 'lead' | 'cart' | 'order'; id: string };
  at: string;
  key?: string | null;
  undoneAt?: string | null;
};
export type OverrideState = {
  kind: 'status' | 'not_recovery' | 'other_order';
  status?: string;
  orderId?: string;
  at: string;
};
export type EmailState = { id: number; session: string; scheduledAt: string; state?: string };

const seen = '2026-01-01T00:00:00Z';
const minor = (amount: string) => Math.round(Number(amount) * 100);

export type World = Awaited<ReturnType<typeof openWorld>>;
export type Company = Awaited<ReturnType<World['createCompany']>>;

/** The database of `url`, migrated, as its owner writes it and as the daemon recomputes it. */
export async function openWorld(url: string) {
  const owner = createPool({ url, role: 'carrinho_owner', name: 'test-owner', max: 3 });
  const daemon = createPool({ url, role: 'carrinho_daemon', name: 'test-daemon', max: 3 });
  const web = openDatabase({ url, role: 'carrinho_api', max: 1 });
  let companies = 0;
  return {
    owner,
    daemon,
    async close() {
      await owner.end();
      await daemon.end();
      await web.close();
    },
    /** `hasActs`: contacts are recomputed at once, as those of operators are, instead of being left for the daemon. */
    async createCompany({ siteCount = 1, hasActs = false }: { siteCount?: number; hasActs?: boolean } = {}) {
      const slug = `empresa-${++companies}`;
      const { rows } = await owner.query<{ id: TenantId }>(
        'insert into tenants (slug, name) values ($1, $1) returning id',
        [slug],
      );
      const tenantId = rows[0]!.id;
      const siteIds: SiteId[] = [];
      for (let index = 1; index <= siteCount; index++) {
        const site = await owner.query<{ id: SiteId }>(
          'insert into sites (tenant_id, slug, name) values ($1, $2, $2) returning id',
          [tenantId, `loja-${index}`],
        );
        siteIds.push(site.rows[0]!.id);
      }
      return createCompanyWriter({ owner, daemon, web: hasActs ? web : null, tenantId, siteIds });
    },
  };
}

type Writer = { owner: Pool; daemon: Pool; web: Database | null; tenantId: TenantId; siteIds: SiteId[] };

function createCompanyWriter({ owner, daemon, web, tenantId, siteIds }: Writer) {
  const site = (id: number) => siteIds[id % siteIds.length]!;

  async function writeKeys(entity: string, entityId: string, keys: Keys) {
    const rows = [
      ...(keys.emails ?? []).map((email) => ({ key: `e:${email}`, kind: null, presumed: false })),
      ...(keys.phones ?? []).map((phone) => ({ key: `p:${phone}`, kind: 'mobile', presumed: false })),
      ...(keys.landlines ?? []).map((phone) => ({ key: `p:${phone}`, kind: 'landline', presumed: false })),
      ...(keys.presumedPhones ?? []).map((phone) => ({ key: `p:${phone}`, kind: 'mobile', presumed: true })),
    ];
    await owner.query(
      `with lost as (
         delete from match_keys where tenant_id = $1 and entity = $2 and entity_id = $3 and key <> all ($4::text[]) returning key)
       insert into recompute_queue (tenant_id, entity, key) select $1, 'key', key from lost`,
      [tenantId, entity, entityId, rows.map((row) => row.key)],
    );
    for (const row of rows) {
      await owner.query(
        `insert into match_keys (tenant_id, key, entity, entity_id, phone_kind, is_presumed, is_denied)
         values ($1, $2, $3, $4, $5, $6, exists (select from denied_keys where tenant_id = $1 and key in ($2, 'd:' || split_part($2, '@', 2))))
         on conflict (tenant_id, key, entity, entity_id) do update set phone_kind = excluded.phone_kind, is_presumed = excluded.is_presumed`,
        [tenantId, row.key, entity, entityId, row.kind, row.presumed],
      );
    }
    await queueRecord(entity, entityId);
    return entityId;
  }

  async function queueRecord(entity: string, entityId: string) {
    await owner.query('insert into recompute_queue (tenant_id, entity, entity_id) values ($1, $2, $3)', [
      tenantId,
      entity,
      entityId,
    ]);
  }

  return {
    tenantId,
    siteIds,
    owner,
    async lead(state: LeadState): Promise<string> {
      const { rows } = await owner.query<{ id: string }>(
        `insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, email,
                            source_hash, first_seen_at, changed_at)
         values ($1, $2, 'form-vibes', $3, '-', $4, 'wpforms', '1', $5, 1, $6, $6)
         on conflict (tenant_id, site_id, source, external_id, captured_gmt) do update set captured_at = excluded.captured_at, email = excluded.email
         returning id`,
        [
          tenantId,
          site(state.id),
          state.id,
          state.capturedAt === undefined ? '2026-03-01T00:00:00Z' : state.capturedAt,
          state.emails?.[0] ?? null,
          seen,
        ],
      );
      return await writeKeys('lead', rows[0]!.id, state);
    },
    async cart(state: CartState): Promise<string> {
      const total = state.total ?? '100.00';
      const { rows } = await owner.query<{ id: string }>(
        `insert into carts (tenant_id, site_id, source, external_id, episode, session_id, email, total, total_minor, currency, item_count, plugin_status,
                            coupon_code, first_activity_at, last_activity_at, lay_abandoned_at, was_plugin_abandoned, missing_since,
                            source_hash, first_seen_at, changed_at)
         values ($1, $2, 'cart-abandonment', $3, $4, $5, $6, $7, $8, 'BRL', $9, $10, $11, $12, $13, $14, $15, $16, 1, $17, $17)
         on conflict (tenant_id, site_id, source, external_id, episode) do update
         set session_id = excluded.session_id, email = excluded.email, total = excluded.total, total_minor = excluded.total_minor, plugin_status = excluded.plugin_status,
             coupon_code = excluded.coupon_code, first_activity_at = excluded.first_activity_at, last_activity_at = excluded.last_activity_at,
             lay_abandoned_at = excluded.lay_abandoned_at, was_plugin_abandoned = excluded.was_plugin_abandoned,
             missing_since = excluded.missing_since
         returning id`,
        [
          tenantId,
          site(state.id),
          state.id,
          state.episode ?? 1,
          state.session ?? `s${state.id}`,
          state.emails?.[0] ?? null,
          total,
          minor(total),
          state.products?.length ?? 0,
          state.pluginStatus ?? 'abandoned',
          state.coupon ?? null,
          state.firstAt,
          state.lastAt ?? state.firstAt,
          state.layAt ?? null,
          state.wasAbandoned ?? ['abandoned', 'lost'].includes(state.pluginStatus ?? 'abandoned'),
          state.missingSince ?? null,
          seen,
        ],
      );
      const id = rows[0]!.id;
      await owner.query('delete from cart_items where tenant_id = $1 and cart_id = $2', [tenantId, id]);
      await owner.query(
        `insert into cart_items (tenant_id, cart_id, position, product_id, quantity, is_bundle_child)
         select $1, $2, position, product_id, 1, position > $4
         from unnest($3::bigint[]) with ordinality as item (product_id, position)`,
        [tenantId, id, [...(state.products ?? []), ...(state.bundleProducts ?? [])], state.products?.length ?? 0],
      );
      return await writeKeys('cart', id, state);
    },
    async order(state: OrderState): Promise<string> {
      const total = state.total ?? '100.00';
      const refunded = state.refunded ?? '0';
      const status = state.status ?? 'completed';
      const { rows } = await owner.query<{ id: string }>(
        `insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, refunded, total_minor, refunded_minor,
                             created_via, created_at, paid_at, missing_since, source_hash, first_seen_at, changed_at, utm_content)
         values ($1, $2, $3, 'hpos', $4,
                 order_class($4, (select manual_class from order_status_classes where tenant_id = $1 and site_id = $2 and wc_status = $4),
                             coalesce((select has_paid_order from order_status_classes where tenant_id = $1 and site_id = $2 and wc_status = $4), false),
                             $12::timestamptz is not null, $6::numeric, $7::numeric),
                 $5, $6, $7, $8, $9, $10, $11, $14, $12, 1, $13, $13, $15)
         on conflict (tenant_id, site_id, external_id) do update
         set wc_status = excluded.wc_status, class = excluded.class, currency = excluded.currency, total = excluded.total,
             refunded = excluded.refunded, total_minor = excluded.total_minor, refunded_minor = excluded.refunded_minor,
             created_via = excluded.created_via, created_at = excluded.created_at, paid_at = excluded.paid_at, missing_since = excluded.missing_since,
             utm_content = excluded.utm_content
         returning id`,
        [
          tenantId,
          site(state.id),
          state.id,
          status,
          state.currency ?? 'BRL',
          total,
          refunded,
          minor(total),
          minor(refunded),
          state.createdVia ?? 'checkout',
          state.createdAt,
          state.missingSince ?? null,
          seen,
          state.paidAt ?? null,
          state.utmContent ?? null,
        ],
      );
      const id = rows[0]!.id;
      for (const table of ['order_items', 'order_coupons']) {
        await owner.query(`delete from ${table} where tenant_id = $1 and order_id = $2`, [tenantId, id]);
      }
      await owner.query(
        `insert into order_items (tenant_id, order_id, external_id, kind, name, product_id)
         select $1, $2, position, 'line_item', 'produto', product_id from unnest($3::bigint[]) with ordinality as item (product_id, position)`,
        [tenantId, id, state.products ?? []],
      );
      await owner.query(
        `insert into order_coupons (tenant_id, order_id, external_id, code)
         select $1, $2, position, code from unnest($3::text[]) with ordinality as coupon (code, position)`,
        [tenantId, id, state.coupons ?? []],
      );
      return await writeKeys('order', id, state);
    },
    async contact({ code, about, at, key = null, undoneAt = null }: ContactState, now = seen) {
      await owner.query(
        `insert into contacts (tenant_id, entity, entity_id, channel, key, code, contacted_at, undone_at)
         values ($1, $2, $3, 'whatsapp', $4, $5, $6, $7)
         on conflict (tenant_id, code) do update set contacted_at = excluded.contacted_at, undone_at = excluded.undone_at`,
        [tenantId, about.entity, about.id, key, code, at, undoneAt],
      );
      if (!web) return await queueRecord(about.entity, about.id);
      const how = { tenantId, now: new Date(now), cause: 'contact' } as const;
      const isDone = await web.withTenant(tenantId, (tx) => recomputeNow(tx, how, { records: [about] }));
      if (!isDone) throw new Error('another pass was under way');
    },
    /** Our id of the record that the shop numbers so; of a cart the newest episode. */
    async idOf(entity: 'lead' | 'cart' | 'order', number: number): Promise<string> {
      const { rows } = await owner.query<{ id: string }>(
        `select max(id) as id from ${entity}s where tenant_id = $1 and external_id = $2`,
        [tenantId, number],
      );
      return rows[0]!.id;
    },
    /** Replaces what a person said of the cart; null takes it back. */
    async override(cartId: string, state: OverrideState | null, at: string) {
      await owner.query(
        'update cart_overrides set undone_at = $3 where tenant_id = $1 and cart_id = $2 and undone_at is null',
        [tenantId, cartId, at],
      );
      if (state)
        await owner.query(
          'insert into cart_overrides (tenant_id, cart_id, kind, status, order_id, created_at) values ($1, $2, $3, $4, $5, $6)',
          [tenantId, cartId, state.kind, state.status ?? null, state.orderId ?? null, state.at],
        );
      await queueRecord('cart', cartId);
    },
    async cartEmail(state: EmailState, cartId: string) {
      await owner.query(
        `insert into cart_emails (tenant_id, site_id, source, external_id, session_id, scheduled_at, state, source_hash, first_seen_at, changed_at)
         select $1, site_id, 'cart-abandonment', $2, $3, $4, $5, 1, $6, $6 from carts where tenant_id = $1 and id = $7
         on conflict (tenant_id, site_id, source, external_id) do update set scheduled_at = excluded.scheduled_at, state = excluded.state`,
        [tenantId, state.id, state.session, state.scheduledAt, state.state ?? 'sent', seen, cartId],
      );
      await queueRecord('cart', cartId);
    },
    queued: (now: string) => recomputeQueued(daemon, tenantId, { now: new Date(now), log: silent }),
    all: (now: string) => recomputeAll(daemon, tenantId, { now: new Date(now), log: silent }),
    due: (now: string) => recomputeDue(daemon, tenantId, { now: new Date(now), log: silent }),
    async status(cartId: string) {
      const { rows } = await owner.query<{
        status: string;
        reason: string;
        best_order_id: string | null;
        void_order_id: string | null;
        credited_order_id: string | null;
        credited_minor: string | null;
        score: number | null;
        causal_class: string | null;
        has_keys: boolean;
        reevaluate_at: Date | null;
      }>('select * from cart_statuses where tenant_id = $1 and cart_id = $2', [tenantId, cartId]);
      return rows[0]!;
    },
  };
}
