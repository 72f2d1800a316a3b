// What the Carrinhos screens read. The period is that of the recovery rate (first activity), so that a figure of the panel and the list
// behind it agree; rows come by last activity, newest first, straight from an index of each tab.
import type { CartId, OrderId, TenantId } from '#shared/ids.ts';
import { findRecovery } from '#shared/recovery.ts';
import { together } from '#shared/together.ts';
import type { ListChoice } from '#web/lists.ts';
import type { CartDetail, CartItem, CartRow, CartTab } from '#web/pages/cart-types.ts';
import type { Fragment, Tx } from '../db.ts';
import { clockConditions, contactConditions, inPeriod, siteCondition, valueConditions } from '../lists/conditions.ts';
import {
  type Conditions,
  chosenConditions,
  countTabs,
  inOrder,
  isPlain,
  type ListContext,
  type ListSql,
  sumTabs,
} from '../lists/read.ts';
import { statementsOf } from '../recompute.ts';
import { searchMatches } from './search.ts';
import { findShopAccount } from './shop-account.ts';

/** The statuses of each tab; `todos` leaves out what was never an abandoned cart. */
const tabStatuses: Readonly<Record<CartTab, readonly string[]>> = {
  aguardando: ['waiting'],
  abandonados: ['abandoned'],
  recuperados: ['recovered'],
  todos: ['waiting', 'abandoned', 'recovered'],
  compra_direta: ['purchased'],
};

/** The original system's rate counts purchases too. */
const statusesOf = (conta: string | undefined) =>
  conta?.startsWith('original') ? { ...tabStatuses, todos: [...tabStatuses.todos, 'purchased'] } : tabStatuses;

const causes: Readonly<Record<string, string>> = {
  com_contato: 'contacted',
  email_do_plugin: 'plugin_email',
  espontanea: 'spontaneous',
  compra_anterior: 'prior_purchase',
};

/** Which carts `s` each rate counts, as get_figures_carts has it. */
export function countedCarts(tx: Tx) {
  const countsAll = tx`(select counts_carts_without_keys from tenants where id = app_tenant_id())`;
  const isInRate = tx`(s.status = 'abandoned' and (s.has_keys or ${countsAll}))`;
  const isRecovered = tx`(s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase')`;
  return {
    taxa: tx`(${isRecovered} or ${isInRate})`,
    recuperados: isRecovered,
    original: tx`(s.status in ('recovered', 'purchased') or ${isInRate})`,
    original_recuperados: tx`s.status in ('recovered', 'purchased')`,
  };
}

/** The two halves of get_figures_causes: whose person was contacted since the cart began, and whose was not. */
function observedCarts(tx: Tx): Readonly<Record<string, Fragment>> {
  const { taxa } = countedCarts(tx);
  const isContacted = tx`(
    exists (select from contacts k where k.entity = 'cart' and k.entity_id = s.cart_id and k.undone_at is null and k.contacted_at >= s.first_activity_at)
    or exists (
      select from person_members mine
      join person_members its on its.tenant_id = mine.tenant_id and its.person_id = mine.person_id
      join contacts k on k.tenant_id = its.tenant_id and k.entity = its.entity and k.entity_id = its.entity_id
      where mine.entity = 'cart' and mine.entity_id = s.cart_id and k.undone_at is null and k.contacted_at >= s.first_activity_at))`;
  return {
    contatados: tx`${taxa} and ${isContacted}`,
    contatados_voltaram: tx`${taxa} and ${isContacted} and s.causal_class = 'contacted'`,
    nao_contatados: tx`${taxa} and not ${isContacted}`,
    nao_contatados_voltaram: tx`${taxa} and not ${isContacted} and s.causal_class in ('spontaneous', 'plugin_email')`,
  };
}

/** From and to in hours, of the histogram of get_figures_causes. */
const delays: Readonly<Record<string, readonly [from: number | null, to: number | null]>> = {
  hora: [null, 1],
  dia: [1, 24],
  tres_dias: [24, 72],
  semana: [72, 168],
  duas_semanas: [168, 336],
  depois: [336, null],
};

function delayCondition(tx: Tx, value: string): Fragment {
  const [from, to] = delays[value]!;
  const hours = tx`extract(epoch from b.created_at - s.last_activity_at) / 3600`;
  return tx`${countedCarts(tx).recuperados} and exists (
    select from orders b where b.tenant_id = s.tenant_id and b.id = s.credited_order_id and b.created_at >= s.first_activity_at
      ${from === null ? tx`` : tx`and ${hours} >= ${from}`} ${to === null ? tx`` : tx`and ${hours} < ${to}`})`;
}

/** `3-101`: a shop and one of its products. */
function productCondition(tx: Tx, value: string): Fragment {
  const [, siteId, productId] = /^(\d{1,18})-(\d{1,18})$/.exec(value) ?? [];
  if (!siteId || !productId) return tx`false`;
  return tx`c.site_id = ${siteId}::bigint and exists (
    select from cart_items i where i.tenant_id = s.tenant_id and i.cart_id = s.cart_id and i.product_id = ${productId}::bigint and not i.is_bundle_child)`;
}

/** The product of the filter as a cart last had it, to be shown by its name. */
export async function listProductOption(
  tx: Tx,
  value: string | undefined,
): Promise<{ value: string; label: string }[]> {
  const [, siteId, productId] = /^(\d{1,18})-(\d{1,18})$/.exec(value ?? '') ?? [];
  if (!value || !siteId || !productId) return [];
  const [row] = await tx<{ name: string | null }[]>`
    select i.name from (select id, tenant_id from carts where site_id = ${siteId}::bigint order by last_activity_at desc, id desc limit 20000) c
    join cart_items i on i.tenant_id = c.tenant_id and i.cart_id = c.id and i.product_id = ${productId}::bigint and i.name is not null limit 1`;
  return [{ value, label: row?.name ?? `nº ${productId}` }];
}

/** What each filter says, in the words of get_figures_carts where a figure opens to it. */
function cartConditions(tx: Tx, { now, timeZone }: ListContext): Conditions<'carrinhos'> {
  const counted: Readonly<Record<string, Fragment>> = countedCarts(tx);
  const phones: Readonly<Record<string, Fragment>> = {
    com: tx`c.phone_status = 'valid'`,
    sem_whatsapp: tx`c.phone_status = 'invalid' or (c.phone_status = 'valid' and c.phone_kind = 'landline')`,
    so_email: tx`c.phone_status = 'empty' and c.email is not null`,
    vazio: tx`c.phone_status = 'empty'`,
    sem_valido: tx`c.phone_status <> 'valid'`,
  };
  const openFrom = tx`${now}::timestamptz - make_interval(mins => (select window_after_minutes from tenants where id = app_tenant_id()))`;
  const windows: Readonly<Record<string, Fragment>> = {
    aberta: tx`s.last_activity_at >= ${openFrom}`,
    encerrada: tx`s.last_activity_at < ${openFrom}`,
    faltam_3: tx`s.last_activity_at >= ${openFrom} and s.last_activity_at < ${openFrom} + interval '3 days'`,
    faltam_7: tx`s.last_activity_at >= ${openFrom} and s.last_activity_at < ${openFrom} + interval '7 days'`,
  };
  const confidences: Readonly<Record<string, Fragment>> = {
    alta: tx`s.score >= 80`,
    media: tx`s.score >= 55 and s.score < 80`,
    baixa: tx`s.score < 55`,
  };
  return {
    ...contactConditions(tx, 'cart', tx`s.cart_id`, now),
    ...valueConditions(tx, tx`s.total_minor`),
    ...siteCondition(tx, tx`c.site_id`),
    conta: (value) => counted[value]!,
    telefone: (value) => phones[value]!,
    janela: (value) => windows[value]!,
    confianca: (value) => confidences[value]!,
    classe: (value) => tx`s.causal_class = ${causes[value]!}`,
    motivo: (value) => (value === 'pagamento' ? tx`s.reason = 'awaiting_payment'` : tx`s.reason <> 'awaiting_payment'`),
    credito: () => tx`s.credited_currency = (select currency from tenants where id = app_tenant_id())`,
    atividade: () => tx`s.last_activity_at >= ${new Date(now.getTime() - 24 * 3_600_000)}`,
    vezes: () => tx`(
      select count(*) from person_members own
      join person_members m on m.tenant_id = own.tenant_id and m.person_id = own.person_id and m.entity = 'cart'
      join cart_statuses other on other.tenant_id = m.tenant_id and other.cart_id = m.entity_id and other.status = 'abandoned'
      where own.entity = 'cart' and own.entity_id = s.cart_id) >= 2`,
    voltou: (value) => tx`${counted.recuperados!} and exists (
      select from orders b where b.tenant_id = s.tenant_id and b.id = s.best_order_id
        and greatest(extract(epoch from b.created_at - s.last_activity_at) / 86400, 0) < ${Number(value) + 1})`,
    demora: (value) => delayCondition(tx, value),
    observado: (value) => observedCarts(tx)[value]!,
    produto: (value) => productCondition(tx, value),
    ...clockConditions(tx, tx`s.first_activity_at`, timeZone),
    removidos: (value) => (value === 'sim' ? tx`c.missing_since is not null` : tx`c.missing_since is null`),
    moeda: (value) => tx`s.currency = ${value}`,
  };
}

/** The list as it is read (api/lists/read.ts). One status has its index in cart_statuses; all of them come in order from carts. */
export function cartSql(tx: Tx, { tab, period, filters }: ListChoice, context: ListContext): ListSql {
  const { now } = context;
  const statuses = statusesOf(filters.conta);
  const isOneStatus = statuses[tab as CartTab].length === 1;
  const at = isOneStatus ? tx`s.last_activity_at` : tx`c.last_activity_at`;
  const active = { at, id: isOneStatus ? tx`s.cart_id` : tx`c.id`, type: 'timestamptz' } as const;
  const started = inPeriod(tx, tx`s.first_activity_at`, period);
  const conditions = (start: Fragment) => tx`
      ${start} ${searchMatches(tx, context.search, 'cart', tx`s.cart_id`)}
      ${chosenConditions(tx, cartConditions(tx, context), filters)}
      ${period.from ? tx`and ${at} >= ${period.from}` : tx``}`;
  const isRunning = period.from !== null && (period.to === null || period.to > now);
  const value = { at: tx`s.total_minor`, id: tx`s.cart_id`, type: 'bigint' } as const;
  return {
    from: tx`carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id`,
    rowId: tx`s.cart_id`,
    status: tx`s.status`,
    tabStatuses: statuses,
    conditions: conditions(started),
    // Until now, first and last activity lie in the period together. The planner multiplies them, expects a few rows and sorts the whole period; in a
    // case it leaves the first out of account and takes a page from the order's index.
    ...(isRunning && { pageConditions: conditions(tx`and case when true ${started} then true end`) }),
    unreachable: tx`c.phone_status <> 'valid' ${inPeriod(tx, tx`c.first_activity_at`, period)}`,
    sorts: {
      recentes: active,
      antigos: { ...active, isAscending: true },
      maior_valor: value,
      menor_valor: { ...value, isAscending: true },
      nome: { at: tx`c.name_order`, id: tx`c.id`, type: 'text', isAscending: true, nulls: 'last' },
    },
  };
}

/** How many carts each tab holds under the other parts of the choice. Without search and filters the days say it. */
export async function countCarts(tx: Tx, sql: ListSql, choice: ListChoice): Promise<Record<string, number>> {
  if (!isPlain(choice)) return await countTabs(tx, sql);
  const { firstDay, lastDay } = choice.period;
  const rows = await tx<{ status: string; count: number }[]>`
    select status, sum(cart_count)::int as count from cart_days
    where true ${firstDay ? tx`and day between ${firstDay} and ${lastDay}` : tx``} group by status`;
  return sumTabs(tabStatuses, rows);
}

const cartColumns = (tx: Tx) => tx`
  c.id, c.name, c.email, c.email_raw, c.phone_e164, c.phone_status, c.phone_kind, c.phone_reason, c.phone_warnings, c.phone_raw,
  c.item_count, c.total_minor, c.currency, c.first_activity_at, c.last_activity_at, c.return_count,
  s.status, s.reason, s.score, s.credited_minor,
  coalesce(b.order_number, b.external_id::text) as order_number, b.total_minor as order_total_minor, b.currency as order_currency,
  b.class as order_class, coalesce(nullif(b.payment_method_title, ''), b.payment_method) as payment_method, b.created_at as order_created_at,
  coalesce(v.order_number, v.external_id::text) as void_order_number, v.wc_status as void_order_status,
  (select jsonb_agg(i.name order by i.position)
     from (select name, position from cart_items where tenant_id = c.tenant_id and cart_id = c.id and not is_bundle_child
           order by position limit 2) i) as item_names`; // jsonb: postgres.js reads a null in an array as the word NULL

const cartJoins = (tx: Tx) => tx`
  join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
  left join orders b on b.tenant_id = s.tenant_id and b.id = s.best_order_id
  left join orders v on v.tenant_id = s.tenant_id and v.id = s.void_order_id`;

/** The rows of a page, in its order. */
export async function loadCartRows(tx: Tx, ids: readonly string[]): Promise<CartRow[]> {
  const rows = await tx<CartRow[]>`
    select ${cartColumns(tx)} from carts c ${cartJoins(tx)} where c.id = any(${[...ids]}::bigint[])`;
  return inOrder(ids, rows);
}

/** One cart with everything its page shows; null when this company has no such cart. */
export async function findCart(
  tx: Tx,
  { tenantId, id }: { tenantId: TenantId; id: CartId },
): Promise<CartDetail | null> {
  const [[cart], recovery, items] = await together([
    tx<Omit<CartDetail, 'account' | 'items' | 'recovery'>[]>`
    select ${cartColumns(tx)}, site.name as site_name, c.city, c.state, c.coupon_code, c.missing_since,
      (select e.reason from erased_records e where e.entity = 'cart' and e.entity_id = c.id) as erased_for,
      (select m.person_id from person_members m where m.tenant_id = c.tenant_id and m.entity = 'cart' and m.entity_id = c.id) as person_id
    from carts c ${cartJoins(tx)}
    join sites site on site.tenant_id = c.tenant_id and site.id = c.site_id
    where c.id = ${id}`,
    findRecovery(statementsOf(tx, tenantId), id),
    tx<CartItem[]>`
    select name, attributes, quantity, line_total from cart_items where cart_id = ${id} and not is_bundle_child order by position`,
  ]);
  if (!cart || !recovery) return null;
  const account = await findShopAccount(
    tx,
    recovery.matches.filter(({ isIndirect }) => !isIndirect).map(({ orderId }) => orderId as OrderId),
  );
  return { ...cart, account, items: [...items], recovery };
}
