// What the Carrinhos screens read. The period is that of the recovery rate (first activity), so that a figure of the panel and the list
// behind it agree; rows come by last activity, newest first, straight from an index of each tab.
import type { CartId, OrderId, TenantId } from '#shared/ids.ts';
import { findRecovery } from '#shared/recovery.ts';
import type { CartChoices } from '#web/list-choices.ts';
import type { CartDetail, CartItem, CartRow, CartTab } from '#web/pages/cart-types.ts';
import type { Period } from '#web/period.ts';
import type { Tx } from '../db.ts';
import { type KeysetPage, keysetPage, type Paging, pageSize } from '../keyset.ts';
import { statementsOf } from '../recompute.ts';
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
const statusesOf = (tab: CartTab, { conta }: CartChoices) =>
  tab === 'todos' && conta?.startsWith('original') ? [...tabStatuses.todos, 'purchased'] : tabStatuses[tab];

export type CartFilter = { period: Period; choices: CartChoices; now: Date };

const causes = {
  com_contato: 'contacted',
  email_do_plugin: 'plugin_email',
  espontanea: 'spontaneous',
  compra_anterior: 'prior_purchase',
} as const;

/** The rows behind a figure of the panel, in the words of get_figures_carts. */
function cartConditions(tx: Tx, { period: { from, to }, choices, now }: CartFilter) {
  const { conta, classe, motivo, janela, credito, telefone, atividade, moeda } = choices;
  const countsAll = tx`(select counts_carts_without_keys from tenants where id = app_tenant_id())`;
  const isInRate = tx`(s.status = 'abandoned' and (s.has_keys or ${countsAll}))`;
  const isRecovered = tx`(s.status = 'recovered' and s.causal_class is distinct from 'prior_purchase')`;
  const openFrom = tx`${now}::timestamptz - make_interval(mins => (select window_after_minutes from tenants where id = app_tenant_id()))`;
  const counted = {
    taxa: tx`and (${isRecovered} or ${isInRate})`,
    recuperados: tx`and ${isRecovered}`,
    original: tx`and (s.status in ('recovered', 'purchased') or ${isInRate})`,
    original_recuperados: tx`and s.status in ('recovered', 'purchased')`,
  };
  return tx`
  ${from ? tx`and s.first_activity_at >= ${from}` : tx``}
  ${to ? tx`and s.first_activity_at < ${to}` : tx``}
  ${conta ? counted[conta] : tx``}
  ${classe ? tx`and s.causal_class = ${causes[classe]}` : tx``}
  ${motivo === 'pagamento' ? tx`and s.reason = 'awaiting_payment'` : motivo === 'andamento' ? tx`and s.reason <> 'awaiting_payment'` : tx``}
  ${janela === 'aberta' ? tx`and s.last_activity_at >= ${openFrom}` : janela === 'encerrada' ? tx`and s.last_activity_at < ${openFrom}` : tx``}
  ${credito ? tx`and s.credited_currency = (select currency from tenants where id = app_tenant_id())` : tx``}
  ${telefone ? tx`and (c.phone_status = 'invalid' or (c.phone_status = 'valid' and c.phone_kind = 'landline'))` : tx``}
  ${atividade ? tx`and s.last_activity_at >= ${new Date(now.getTime() - 24 * 3_600_000)}` : tx``}
  ${moeda ? tx`and s.currency = ${moeda}` : tx``}`;
}

/** How many carts each tab holds under the other filters. Without choices the days say it. */
export async function countCarts(tx: Tx, filter: CartFilter): Promise<Record<CartTab, number>> {
  const { period, choices } = filter;
  const isPlain = Object.keys(choices).length === 0;
  const rows = isPlain
    ? await tx<{ status: string; count: number }[]>`
        select status, sum(cart_count)::int as count from cart_days
        where true ${period.firstDay ? tx`and day between ${period.firstDay} and ${period.lastDay}` : tx``} group by status`
    : await tx<{ status: string; count: number }[]>`
        select s.status, count(*)::int as count from cart_statuses s
        ${choices.telefone ? tx`join carts c on c.tenant_id = s.tenant_id and c.id = s.cart_id` : tx``}
        where true ${cartConditions(tx, filter)} group by s.status`;
  const count = (tab: CartTab) =>
    rows.reduce((sum, row) => sum + (statusesOf(tab, choices).includes(row.status) ? row.count : 0), 0);
  return {
    aguardando: count('aguardando'),
    abandonados: count('abandonados'),
    recuperados: count('recuperados'),
    todos: count('todos'),
    compra_direta: count('compra_direta'),
  };
}

const cartColumns = (tx: Tx) => tx`
  c.id, c.name, c.email, c.email_raw, c.phone_e164, c.phone_status, c.phone_kind, c.phone_reason, c.phone_warnings, c.phone_raw,
  c.item_count, c.total_minor, c.currency, c.first_activity_at, c.last_activity_at, c.return_count, c.last_activity_at::text as cursor_at,
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

/** One page of a tab. */
export async function listCarts(
  tx: Tx,
  { tab, filter, paging }: { tab: CartTab; filter: CartFilter; paging: Paging },
): Promise<KeysetPage<CartRow & { cursorAt: string }>> {
  const { period } = filter;
  const statuses = statusesOf(tab, filter.choices);
  const [only] = statuses;
  // One status has its index in cart_statuses; all of them come in order from carts.
  const [at, id] = statuses.length === 1 ? [tx`s.last_activity_at`, tx`s.cart_id`] : [tx`c.last_activity_at`, tx`c.id`];
  const { direction, cursor } = paging;
  const isBackward = direction === 'before';
  const rows = await tx<(CartRow & { cursorAt: string })[]>`
    select ${cartColumns(tx)}
    from carts c ${cartJoins(tx)}
    where ${statuses.length === 1 ? tx`s.status = ${only!}` : tx`s.status in ${tx([...statuses])}`}
      ${cartConditions(tx, filter)}
      ${period.from ? tx`and ${at} >= ${period.from}` : tx``}
      ${cursor ? tx`and (${at}, ${id}) ${isBackward ? tx`>` : tx`<`} (${cursor.at}::timestamptz, ${cursor.id}::bigint)` : tx``}
    order by ${isBackward ? tx`${at} asc, ${id} asc` : tx`${at} desc, ${id} desc`}
    limit ${pageSize + 1}`;
  return keysetPage(rows, paging);
}

/** Puts a tab's carts into export_ids, in the list's order. */
export async function chooseCarts(tx: Tx, { tab, filter }: { tab: CartTab; filter: CartFilter }): Promise<void> {
  await tx`
    insert into export_ids (id)
    select c.id from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
    where s.status in ${tx([...statusesOf(tab, filter.choices)])} ${cartConditions(tx, filter)}
    order by c.last_activity_at desc, c.id desc`;
}

/** One cart with everything its page shows; null when this company has no such cart. */
export async function findCart(
  tx: Tx,
  { tenantId, id }: { tenantId: TenantId; id: CartId },
): Promise<CartDetail | null> {
  const [cart] = await tx<Omit<CartDetail, 'account' | 'items' | 'recovery'>[]>`
    select ${cartColumns(tx)}, site.name as site_name, c.city, c.state, c.coupon_code,
      (select m.person_id from person_members m where m.tenant_id = c.tenant_id and m.entity = 'cart' and m.entity_id = c.id) as person_id
    from carts c ${cartJoins(tx)}
    join sites site on site.tenant_id = c.tenant_id and site.id = c.site_id
    where c.id = ${id}`;
  const recovery = cart && (await findRecovery(statementsOf(tx, tenantId), id));
  if (!recovery) return null;
  const items = await tx<CartItem[]>`
    select name, attributes, quantity, line_total from cart_items where cart_id = ${id} and not is_bundle_child order by position`;
  const account = await findShopAccount(
    tx,
    recovery.matches.filter(({ isIndirect }) => !isIndirect).map(({ orderId }) => orderId as OrderId),
  );
  return { ...cart, account, items: [...items], recovery };
}
