// The web process on a real database with two companies that know nothing of each other: what the api tests ask. Rows are written as the
// owner, so that a test says exactly what is there; names are invented.
import { setTimeout } from 'node:timers/promises';
import type { Hono } from 'hono';
import type { TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { createLoginToken } from '#shared/login-links.ts';
import { createApp } from '../../api/app.ts';
import type { AppEnv } from '../../api/context.ts';
import { openDatabase, type Sql } from '../../api/db.ts';
import { createKeep } from '../../api/kept.ts';
import type { RateLimits } from '../../api/middleware/rate-limit.ts';
import { createProgressFeed } from '../../api/progress-feed.ts';
import { loadStaticFiles } from '../../api/static-files.ts';
import { createPool } from '../../daemon/db.ts';
import { recomputeAll } from '../../daemon/recompute/recompute.ts';
import { createTestDatabase } from './servers.ts';

export type Company = {
  id: string;
  slug: string;
  siteId: string;
  cartId: string;
  orderId: string;
  leadId: string;
  /** Of the lead and the first cart; paid the order. */
  personId: string;
  requestId: string;
  runId: string;
  backfillId: string;
  /** Facts about the order, all taken back, so that they count for nothing. */
  contactId: string;
  noteId: string;
  tagId: string;
  reminderId: string;
  /** Written, with its file. */
  exportId: string;
  /** For everybody. */
  segmentId: string;
  /** A viewer of the company, and an invitation that waits. */
  memberId: string;
  invitationId: string;
};
export type WebLab = {
  app: Hono<AppEnv>;
  /** The owner's connection: sees all companies. */
  owner: Sql;
  sol: Company;
  lua: Company;
  logLines: string[];
  /** Its owner's; the role is chosen by who connects. */
  databaseUrl: string;
  /** A person with this role in the company, signed in: the Cookie header. */
  signIn(company: Company, role?: 'owner' | 'admin' | 'operator' | 'viewer'): Promise<string>;
  /** A GET with a cookie. */
  get(path: string, cookie?: string, headers?: Record<string, string>): Promise<Response>;
  /** A form sent by our own page. */
  post(
    path: string,
    form: Record<string, string>,
    cookie?: string,
    headers?: Record<string, string>,
  ): Promise<Response>;
  /** Says that a commit changed the company's rows, as each writer of ours does, and waits until the process has heard of it. */
  tellChanged(company: Company): Promise<void>;
  close(): Promise<void>;
};

/** `personName` becomes the name of everybody and everything that a shop could have named. */
export async function createWebLab({
  personName = 'Maria Souza',
  rateLimits = {},
}: {
  personName?: string;
  /** Without it the tests may ask as fast as they can. */
  rateLimits?: Partial<RateLimits>;
} = {}): Promise<WebLab> {
  const unlimited = { burst: 1e9, perSecond: 1e9 };
  const database = await createTestDatabase();
  const ownerDb = openDatabase({ url: database.url, role: null, name: 'web-lab', max: 1 });
  const owner = ownerDb.sql;
  await owner`set role carrinho_owner`;
  const db = openDatabase({ url: database.url, role: 'carrinho_api', max: 4 });
  const readDb = openDatabase({ url: database.url, role: 'carrinho_api', name: 'replica', max: 2, isReadOnly: true });
  const logLines: string[] = [];
  const log = createLog((line) => logLines.push(line));
  const now = () => new Date();
  const feed = createProgressFeed({ db, log, now });
  const { assets, routes } = loadStaticFiles();
  const publicUrl = 'http://carrinho.example';
  const app = createApp({
    deps: { db, readDb, log, feed, keep: createKeep({ feed, db }), assets, publicUrl, now },
    staticRoutes: routes,
    rateLimits: { session: unlimited, address: unlimited, ...rateLimits },
  });
  await feed.start({ url: database.url, role: 'carrinho_api' });

  let people = 0;
  return {
    app,
    owner,
    logLines,
    databaseUrl: database.url,
    sol: await createCompany(owner, { slug: 'sol', personName }),
    lua: await createCompany(owner, { slug: 'lua', personName }),
    async signIn(company, role = 'owner') {
      const { token, tokenHash } = createLoginToken();
      people++;
      const [user] = await owner<{ id: string }[]>`
        insert into users (email, name) values (${`pessoa${people}@exemplo.example`}, ${`Pessoa ${people}`}) returning id`;
      await owner`
        insert into memberships (tenant_id, user_id, role, is_default) values (${company.id}, ${user!.id}, ${role}, true)`;
      await owner`
        insert into sessions (token_hash, user_id, expires_at) values (${tokenHash}, ${user!.id}, now() + interval '7 days')`;
      return `sessao=${token}`;
    },
    get: async (path, cookie = '', headers = {}) =>
      await app.request(path, { headers: { Cookie: cookie, ...headers } }),
    post: async (path, form, cookie = '', headers = {}) =>
      await app.request(path, {
        method: 'POST',
        body: new URLSearchParams(form),
        headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin', ...headers },
      }),
    async tellChanged({ id }) {
      const saidAt = performance.now();
      await owner`select pg_notify('carrinho_changed', ${JSON.stringify({ tenant: id, kinds: ['cart'] })})`;
      while (feed.changedAtMs(id) < saidAt) await setTimeout(5);
    },
    async close() {
      await feed.close();
      await Promise.all([db.close(), readDb.close()]);
      await ownerDb.close();
      await database.drop();
    },
  };
}

async function createCompany(sql: Sql, { slug, personName }: { slug: string; personName: string }): Promise<Company> {
  const [tenant] = await sql<
    { id: string }[]
  >`insert into tenants (slug, name, theme_color) values (${slug}, ${personName}, '#c2410c') returning id`;
  const id = tenant!.id;
  const email = `cliente-${slug}@exemplo.example`;
  const [site] = await sql<{ id: string }[]>`
    insert into sites (tenant_id, slug, name) values (${id}, 'loja', ${personName}) returning id`;
  const siteId = site!.id;
  await sql`insert into schedules (tenant_id, site_id, kind, cron_expression) values (${id}, ${siteId}, 'poll', '* * * * *')`;
  const [order] = await sql<{ id: string }[]>`
    insert into orders (tenant_id, site_id, external_id, order_number, storage, wc_status, class, currency, total, total_minor, first_name,
                        email, payment_method_title, created_at, paid_at, source_hash, first_seen_at, changed_at)
    values (${id}, ${siteId}, 4823, ${personName}, 'hpos', 'processing', 'paid', 'BRL', 189.9, 18990, ${personName},
            ${email}, ${personName}, now() - interval '1 hour', now() - interval '50 minutes', 1, now(), now()) returning id`;
  const [lead] = await sql<{ id: string }[]>`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_raw, phone_e164,
                       phone_status, phone_kind, email, email_raw, size, source_hash, first_seen_at, changed_at)
    values (${id}, ${siteId}, 'form-vibes', 1, '2026-01-01 10:00:00', now() - interval '2 hours', 'elementor', 'f1', ${personName},
            ${personName}, '+5511987654321', 'valid', 'mobile', ${email}, ${personName}, ${personName}, 1, now(), now()) returning id`;
  await sql`
    insert into lead_statuses (tenant_id, lead_id, customer_status, order_id, first_paid_at, captured_at, changed_at)
    values (${id}, ${lead!.id}, 'became_customer', ${order!.id}, now(), now() - interval '2 hours', now())`;
  const cartId = await createCart(sql, {
    tenantId: id,
    siteId,
    personName,
    email,
    number: 1,
    status: 'recovered',
    orderId: order!.id,
  });
  await createCart(sql, { tenantId: id, siteId, personName, email, number: 2, status: 'abandoned', orderId: null });
  const personId = await createPerson(sql, { tenantId: id, leadId: lead!.id, cartId, orderId: order!.id, email });
  const [request] = await sql<{ id: string }[]>`
    insert into subject_requests (tenant_id, kind, person_id, requested_at) values (${id}, 'access', ${personId}, now()) returning id`;
  const [run] = await sql<{ id: string }[]>`
    insert into runs (tenant_id, site_id, kind, state, started_at, finished_at, error_code, error_detail, read_count)
    values (${id}, ${siteId}, 'poll', 'failed', now(), now(), 'port_timeout', ${personName}, 12) returning id`;
  await sql`
    insert into run_streams (tenant_id, run_id, source, stream, state, read_count)
    values (${id}, ${run!.id}, 'woocommerce-hpos', 'orders', 'failed', 12)`;
  const [backfill] = await sql<{ id: string }[]>`
    insert into backfills (tenant_id, site_id, state) values (${id}, ${siteId}, 'running') returning id`;
  return {
    id,
    slug,
    siteId,
    cartId,
    orderId: order!.id,
    leadId: lead!.id,
    personId,
    requestId: request!.id,
    runId: run!.id,
    backfillId: backfill!.id,
    ...(await createMember(sql, { tenantId: id, slug })),
    ...(await createUndoneFacts(sql, { tenantId: id, orderId: order!.id, personName })),
  };
}

async function createMember(sql: Sql, { tenantId, slug }: { tenantId: string; slug: string }) {
  const [user] = await sql<{ id: string }[]>`
    insert into users (email, name) values (${`vera-${slug}@exemplo.example`}, 'Vera Prado') returning id`;
  await sql`insert into memberships (tenant_id, user_id, role) values (${tenantId}, ${user!.id}, 'viewer')`;
  const [invitation] = await sql<{ id: string }[]>`
    insert into invitations (tenant_id, token_hash, email, role, expires_at)
    values (${tenantId}, decode(md5(${slug}), 'hex'), ${`convidada-${slug}@exemplo.example`}, 'viewer', now() + interval '1 day') returning id`;
  const [segment] = await sql<{ id: string }[]>`
    insert into segments (tenant_id, list, name, query, user_id, is_shared, created_at)
    values (${tenantId}, 'carrinhos', 'Grandes', 'valor_min=300', ${user!.id}, true, now()) returning id`;
  return { memberId: user!.id, invitationId: invitation!.id, segmentId: segment!.id };
}

async function createUndoneFacts(
  sql: Sql,
  { tenantId, orderId, personName }: { tenantId: string; orderId: string; personName: string },
) {
  const [contact] = await sql<{ id: string }[]>`
    insert into contacts (tenant_id, entity, entity_id, channel, code, template, contacted_at, undone_at)
    values (${tenantId}, 'order', ${orderId}, 'email', 'codigo0001', ${personName}, now() - interval '9 days', now()) returning id`;
  const [note] = await sql<{ id: string }[]>`
    insert into notes (tenant_id, entity, entity_id, body, created_at, undone_at)
    values (${tenantId}, 'order', ${orderId}, ${personName}, now(), now()) returning id`;
  const [tag] = await sql<{ id: string }[]>`
    insert into tags (tenant_id, name, created_at) values (${tenantId}, ${personName.slice(0, 60)}, now()) returning id`;
  const [recordTag] = await sql<{ id: string }[]>`
    insert into record_tags (tenant_id, tag_id, entity, entity_id, created_at, undone_at)
    values (${tenantId}, ${tag!.id}, 'order', ${orderId}, now(), now()) returning id`;
  const [reminder] = await sql<{ id: string }[]>`
    insert into reminders (tenant_id, entity, entity_id, remind_at, created_at, undone_at)
    values (${tenantId}, 'order', ${orderId}, now(), now(), now()) returning id`;
  const [exported] = await sql<{ id: string }[]>`
    insert into exports (tenant_id, list, format, options, filter_text, file_name, state, selected_count, row_count, part_count, requested_at, finished_at)
    values (${tenantId}, 'leads', 'csv', '{}', ${personName}, 'leads.csv', 'done', 1, 1, 1, now(), now()) returning id`;
  await sql`insert into export_chunks (tenant_id, export_id, part, position, bytes) values (${tenantId}, ${exported!.id}, 1, 1, 'Nome')`;
  return {
    exportId: exported!.id,
    contactId: contact!.id,
    noteId: note!.id,
    tagId: recordTag!.id,
    reminderId: reminder!.id,
  };
}

async function createPerson(
  sql: Sql,
  { tenantId, leadId, cartId, orderId, email }: Record<'tenantId' | 'leadId' | 'cartId' | 'orderId' | 'email', string>,
): Promise<string> {
  const [person] = await sql<{ id: string }[]>`
    insert into people (tenant_id, paid_order_count, first_paid_at, last_paid_at, net_minor)
    select tenant_id, 1, created_at, created_at, net_minor from orders where tenant_id = ${tenantId} and id = ${orderId} returning id`;
  const personId = person!.id;
  for (const [entity, id] of [
    ['lead', leadId],
    ['cart', cartId],
  ]) {
    await sql`insert into person_members (tenant_id, entity, entity_id, person_id) values (${tenantId}, ${entity!}, ${id!}, ${personId})`;
    await sql`insert into match_keys (tenant_id, key, entity, entity_id) values (${tenantId}, ${`e:${email}`}, ${entity!}, ${id!})`;
  }
  await sql`
    insert into person_orders (tenant_id, order_id, person_id, nth, created_at, net_minor)
    select tenant_id, id, ${personId}, 1, created_at, net_minor from orders where tenant_id = ${tenantId} and id = ${orderId}`;
  await sql`
    insert into customer_statuses (tenant_id, person_id, status, recency, frequency, monetary, recent_order_count, recent_net_minor, inactive_at,
                                   last_seen_at, changed_at)
    values (${tenantId}, ${personId}, 'first_purchase', 5, 1, 2, 1, 18990, now() + interval '180 days', now() - interval '1 hour', now())`;
  return personId;
}

type NewCart = {
  tenantId: string;
  siteId: string;
  personName: string;
  email: string;
  number: number;
  status: 'abandoned' | 'recovered';
  orderId: string | null;
};

/** A cart of two hours ago with an item, its status and, if there is one, the match with an order (85 points, credited). */
export async function createCart(
  sql: Sql,
  { tenantId, siteId, personName, email, number, status, orderId }: NewCart,
): Promise<string> {
  const [cart] = await sql<{ id: string }[]>`
    insert into carts (tenant_id, site_id, source, external_id, session_id, name, email, email_raw, phone_raw, phone_status, phone_reason, total,
                       total_minor, currency, item_count, plugin_status, coupon_code, city, first_activity_at, last_activity_at, source_hash,
                       first_seen_at, changed_at)
    values (${tenantId}, ${siteId}, 'cart-abandonment', ${number}, ${`s${number}`}, ${personName}, ${email}, ${personName}, ${personName},
            'invalid', 'missing_area_code', 189.9, 18990, 'BRL', 1, 'abandoned', ${personName}, ${personName},
            now() - interval '2 hours', now() - interval '2 hours', 1, now(), now())
    returning id`;
  const cartId = cart!.id;
  await sql`
    insert into cart_items (tenant_id, cart_id, position, product_id, name, attributes, quantity, line_total)
    values (${tenantId}, ${cartId}, 1, 7, ${personName}, ${personName}, 1, 189.9)`;
  const isRecovered = status === 'recovered';
  await sql`
    insert into cart_statuses (tenant_id, cart_id, status, reason, has_keys, best_order_id, credited_order_id, credited_minor, credited_currency, score,
                               causal_class, total_minor, first_activity_at, last_activity_at, changed_at)
    select tenant_id, id, ${status}, ${isRecovered ? 'spontaneous' : 'window_open'}, true, ${orderId}, ${orderId},
           ${isRecovered ? 18990 : null}, ${isRecovered ? 'BRL' : null}, ${isRecovered ? 85 : null}, ${isRecovered ? 'spontaneous' : null}, total_minor, first_activity_at,
           last_activity_at, now()
    from carts where tenant_id = ${tenantId} and id = ${cartId}`;
  if (orderId) {
    await sql`
      insert into cart_matches (tenant_id, cart_id, order_id, order_class, has_email, is_after, item_share, key_count, delta_seconds, score, rank)
      values (${tenantId}, ${cartId}, ${orderId}, 'paid', true, true, 1, 1, 3600, 85, 1)`;
    await sql`
      insert into cart_transitions (tenant_id, cart_id, from_status, from_reason, to_status, to_reason, order_id, happened_at)
      values (${tenantId}, ${cartId}, 'abandoned', 'window_open', 'recovered', 'spontaneous', ${orderId}, now())`;
  }
  return cartId;
}

/** What the daemon concludes from the rows: an act about a contact takes people and customers as they stand. */
export async function recomputeCompany({ databaseUrl }: WebLab, { id }: { id: string }): Promise<void> {
  const daemon = createPool({ url: databaseUrl, role: 'carrinho_daemon', name: 'test-daemon', max: 1 });
  await recomputeAll(daemon, id as TenantId, { now: new Date(), log: createLog(() => {}) });
  await daemon.end();
}
