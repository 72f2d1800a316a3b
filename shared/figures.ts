// The figures of a company for a period, put together from four statements (sql/queries/get_figures_*.sql) that both processes run with their own
// driver. Definitions: docs/rules.md, figures. Money is a decimal string in the company's currency; a rate is null where nothing is counted.
import { minorToDecimal } from './money.ts';

/** Carts on both sides of a rate, and recovered ÷ (recovered + abandoned) with four decimals. */
export type Rate = { recovered: number; abandoned: number; rate: number | null };

export type Figures = {
  currency: string;
  /** Carts by status, by first activity. */
  carts: { abandoned: number; waiting: number; recovered: number; purchased: number; removed: number };
  recoveryRate: Rate;
  /** A window is still open, so the rate may grow. */
  isPartial: boolean;
  /** Over carts with a closed window only. */
  recoveryRateClosed: Rate;
  recoveryRateOriginal: Rate;
  recoveredValue: string;
  /** Recovered carts and their credited value by cause; prior_purchase is outside rate and recovered value. */
  recoveredByCause: Record<Cause, { count: number; value: string }>;
  abandonedValue: string;
  awaitingPayment: { count: number; value: string; oldestAt: string | null };
  ordersByClass: { paid: number; awaiting_payment: number; void: number };
  /** Paid orders in the company's currency, and their net. */
  paidOrdersCounted: number;
  paidValue: string;
  averageOrderValue: string | null;
  averageOrderValueWooCommerce: string | null;
  /** Paid orders in other currencies, outside all sums. */
  paidOrdersInOtherCurrencies: Record<string, number>;
  customers: number;
  repeatCustomers: number;
  repeatRate: number | null;
  repeatOrders: number;
  /** People whose first paid order lies in the period. */
  newCustomers: number;
  medianIntervalDays: number | null;
  leads: number;
  leadsByCustomerStatus: { was_customer: number; became_customer: number; not_customer: number };
};

type Cause = 'contacted' | 'plugin_email' | 'spontaneous' | 'prior_purchase';

/** What the four statements give: counts as numbers, sums as strings of minor units (both drivers do so). */
export type FigureRows = {
  carts: { currency: string; oldest_awaiting_at: Date | null } & CountsAndSums;
  orders: {
    paid_count: number;
    awaiting_payment_count: number;
    void_count: number;
    counted_count: number;
    net_minor: string;
    average_minor: string | null;
    woocommerce_average_minor: string | null;
    other_currencies: Record<string, number>;
  };
  customers: {
    customer_count: number;
    repeat_count: number;
    repeat_order_count: number;
    first_count: number;
    /** Of the first orders, the second ones and how both went on the report on repeats tells. */
    first_again_count: number;
    second_count: number;
    second_again_count: number;
    median_interval_days: string | null;
  };
  leads: {
    lead_count: number;
    was_customer_count: number;
    became_customer_count: number;
    not_customer_count: number;
  };
};

type CountsAndSums = Record<
  | 'abandoned_count'
  | 'waiting_count'
  | 'recovered_count'
  | 'purchased_count'
  | 'removed_count'
  | 'rate_recovered'
  | 'rate_abandoned'
  | 'closed_recovered'
  | 'closed_abandoned'
  | 'open_count'
  | 'original_recovered'
  | `${Cause | 'awaiting_payment'}_count`,
  number
> &
  Record<'abandoned_minor' | `${Cause | 'awaiting_payment'}_minor`, string>;

/** The names of the statements, by the key of FigureRows; all take tenant, from and to, the carts' also now. */
export const figureQueries = {
  carts: 'get_figures_carts',
  orders: 'get_figures_orders',
  customers: 'get_figures_customers',
  leads: 'get_figures_leads',
} as const;

const share = (part: number, whole: number) => (whole === 0 ? null : Math.round((part / whole) * 10_000) / 10_000);
const rateOf = (recovered: number, abandoned: number): Rate => ({
  recovered,
  abandoned,
  rate: share(recovered, recovered + abandoned),
});
const money = (minor: string) => minorToDecimal(BigInt(minor));
const moneyOrNull = (minor: string | null) => (minor === null ? null : money(minor));

/** Puts the rows of the four statements together. */
export function figuresOf({ carts, orders, customers, leads }: FigureRows): Figures {
  const recoveredMinor =
    BigInt(carts.contacted_minor) + BigInt(carts.plugin_email_minor) + BigInt(carts.spontaneous_minor);
  return {
    currency: carts.currency,
    carts: {
      abandoned: carts.abandoned_count,
      waiting: carts.waiting_count,
      recovered: carts.recovered_count,
      purchased: carts.purchased_count,
      removed: carts.removed_count,
    },
    recoveryRate: rateOf(carts.rate_recovered, carts.rate_abandoned),
    isPartial: carts.open_count > 0,
    recoveryRateClosed: rateOf(carts.closed_recovered, carts.closed_abandoned),
    recoveryRateOriginal: rateOf(carts.original_recovered, carts.rate_abandoned),
    recoveredValue: minorToDecimal(recoveredMinor),
    recoveredByCause: {
      contacted: { count: carts.contacted_count, value: money(carts.contacted_minor) },
      plugin_email: { count: carts.plugin_email_count, value: money(carts.plugin_email_minor) },
      spontaneous: { count: carts.spontaneous_count, value: money(carts.spontaneous_minor) },
      prior_purchase: { count: carts.prior_purchase_count, value: money(carts.prior_purchase_minor) },
    },
    abandonedValue: money(carts.abandoned_minor),
    awaitingPayment: {
      count: carts.awaiting_payment_count,
      value: money(carts.awaiting_payment_minor),
      oldestAt: carts.oldest_awaiting_at?.toISOString() ?? null,
    },
    ordersByClass: {
      paid: orders.paid_count,
      awaiting_payment: orders.awaiting_payment_count,
      void: orders.void_count,
    },
    paidOrdersCounted: orders.counted_count,
    paidValue: money(orders.net_minor),
    averageOrderValue: moneyOrNull(orders.average_minor),
    averageOrderValueWooCommerce: moneyOrNull(orders.woocommerce_average_minor),
    paidOrdersInOtherCurrencies: orders.other_currencies,
    customers: customers.customer_count,
    repeatCustomers: customers.repeat_count,
    repeatRate: share(customers.repeat_count, customers.customer_count),
    repeatOrders: customers.repeat_order_count,
    newCustomers: customers.first_count,
    medianIntervalDays: customers.median_interval_days === null ? null : Number(customers.median_interval_days),
    leads: leads.lead_count,
    leadsByCustomerStatus: {
      was_customer: leads.was_customer_count,
      became_customer: leads.became_customer_count,
      not_customer: leads.not_customer_count,
    },
  };
}
