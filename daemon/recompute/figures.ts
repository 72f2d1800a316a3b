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

/** The panel's figures, and what the original system called recovered value: that one reads every order of the period. */
export type SummaryFigures = Figures & { recoveredValueOriginal: string };

/** The figures of the client's company in a period, as of `now`. */
export async function loadFigures(
  client: TenantClient,
  { from = null, to = null, now }: FigurePeriod,
): Promise<SummaryFigures> {
  const period = { tenant: client.tenantId, from, to };
  const carts = await runQuery<FigureRows['carts']>(client, figureQueries.carts, { ...period, now });
  const orders = await runQuery<FigureRows['orders']>(client, figureQueries.orders, period);
  const customers = await runQuery<FigureRows['customers']>(client, figureQueries.customers, period);
  const leads = await runQuery<FigureRows['leads']>(client, figureQueries.leads, period);
  const original = await runQuery<{ value_minor: string }>(client, 'get_figures_original_value', period);
  return {
    ...figuresOf({
      carts: carts.rows[0]!,
      orders: orders.rows[0]!,
      customers: customers.rows[0]!,
      leads: leads.rows[0]!,
    }),
    recoveredValueOriginal: minorToDecimal(BigInt(original.rows[0]!.value_minor)),
  };
}
