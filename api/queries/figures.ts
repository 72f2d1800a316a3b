// The figures of panel and lists, from the statements that `resumo` runs too (sql/queries/get_figures_*.sql).
import postgres from 'postgres';
import { type FigureRows, type Figures, figureQueries, figuresOf } from '#shared/figures.ts';
import { runQuery, type Tx } from '../db.ts';

export type FigureScope = {
  tenantId: string;
  /** [from, to); null leaves it open. */
  period: { from: Date | null; to: Date | null };
  now: Date;
};

/** All figures of the current company in a period, as of `now`. */
export async function loadFigures(tx: Tx, { tenantId, period, now }: FigureScope): Promise<Figures> {
  const values = { tenant: tenantId, from: period.from, to: period.to };
  const read = async <Name extends keyof FigureRows>(name: Name, more: object = {}): Promise<FigureRows[Name]> => {
    const [row] = await runQuery<Record<string, unknown>>(tx, figureQueries[name], { ...values, ...more });
    // Our connections name columns in camel case; both processes put these rows together by their names in SQL.
    const named = Object.entries(row!).map(([column, value]) => [postgres.fromCamel(column), value]);
    return Object.fromEntries(named) as FigureRows[Name];
  };
  return figuresOf({
    carts: await read('carts', { now }),
    orders: await read('orders'),
    customers: await read('customers'),
    leads: await read('leads'),
  });
}
