// The figures of `resumo`. The panel of the web process runs the same statements and puts them together by the same function.
import { type FigureRows, type Figures, figureQueries, figuresOf } from '#shared/figures.ts';
import { minorToDecimal } from '#shared/money.ts';
import { runQuery, type TenantClient } from '../db.ts';

export type FigurePeriod = {
  /** [from, to): from the first instant of the first local day to the first after the last; null leaves it open. */
  from?: Date | null;
  to?: Date | null;
  now: Date;
};

/**
 * The panel's figures, how many people a lead, cart or order of the period belongs to, and what the original system called recovered value. The last
 * two read every record of the period.
 */
export type SummaryFigures = Figures & { persons: number; recoveredValueOriginal: string };

/** What `resumo` says of the client's company in a period, as of `now`. */
export async function loadSummary(client: TenantClient, period: FigurePeriod): Promise<SummaryFigures> {
  const values = { tenant: client.tenantId, from: period.from ?? null, to: period.to ?? null };
  const people = await runQuery<{ person_count: number }>(client, 'get_figures_people', values);
  const original = await runQuery<{ value_minor: string }>(client, 'get_figures_original_value', values);
  return {
    ...(await loadFigures(client, period)),
    persons: people.rows[0]!.person_count,
    recoveredValueOriginal: minorToDecimal(BigInt(original.rows[0]!.value_minor)),
  };
}

/** The panel's figures of the client's company in a period, as of `now`. */
export async function loadFigures(
  client: TenantClient,
  { from = null, to = null, now }: FigurePeriod,
): Promise<Figures> {
  const period = { tenant: client.tenantId, from, to };
  const carts = await runQuery<FigureRows['carts']>(client, figureQueries.carts, { ...period, now });
  const orders = await runQuery<FigureRows['orders']>(client, figureQueries.orders, period);
  const customers = await runQuery<FigureRows['customers']>(client, figureQueries.customers, period);
  const leads = await runQuery<FigureRows['leads']>(client, figureQueries.leads, period);
  return figuresOf({
    carts: carts.rows[0]!,
    orders: orders.rows[0]!,
    customers: customers.rows[0]!,
    leads: leads.rows[0]!,
  });
}

/** A share of carts that came back: counts, and the rate with four decimals. */
type Share = { carts: number; recovered: number; rate: number | null };

export type CauseFigures = {
  /** Recovered with contact ÷ carts whose person was contacted. */
  contactedRate: Share;
  /** Recovered by themselves or by the plugin's e-mail ÷ carts without contact. Observed, not an experiment. */
  naturalRate: Share;
  /** From the last activity to the credited order; null without any. */
  timeToRecover: { medianHours: number | null; p75Hours: number | null };
};

/** What contacts did in a period, and how long recoveries took. Reads the carts of the rate. */
export async function loadCauses(
  client: TenantClient,
  { from, to }: { from: Date | null; to: Date | null },
): Promise<CauseFigures> {
  type Row = Record<'contacted_carts' | 'contacted_recovered' | 'natural_carts' | 'natural_recovered', number> &
    Record<'median_hours' | 'p75_hours', string | null>;
  const { rows } = await runQuery<Row>(client, 'get_figures_causes', { tenant: client.tenantId, from, to });
  const row = rows[0]!;
  const share = (carts: number, recovered: number): Share => ({
    carts,
    recovered,
    rate: carts === 0 ? null : Math.round((recovered / carts) * 10_000) / 10_000,
  });
  const hours = (text: string | null) => (text === null ? null : Number(text));
  return {
    contactedRate: share(row.contacted_carts, row.contacted_recovered),
    naturalRate: share(row.natural_carts, row.natural_recovered),
    timeToRecover: { medianHours: hours(row.median_hours), p75Hours: hours(row.p75_hours) },
  };
}
