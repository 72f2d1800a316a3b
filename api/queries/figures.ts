// The figures of panel and lists, from the statements that `resumo` runs too (sql/queries/get_figures_*.sql).
import postgres from 'postgres';
import { type FigureRows, type Figures, figureQueries, figuresOf } from '#shared/figures.ts';
import type { TenantId } from '#shared/ids.ts';
import { runQuery, type Tx } from '../db.ts';
import { type Keep, manyRows } from '../kept.ts';

export type FigureScope = {
  tenantId: string;
  /** [from, to); null leaves it open. */
  period: { from: Date | null; to: Date | null };
  now: Date;
};

/** All figures of the current company in a period, as of `now`. */
export async function loadFigures(tx: Tx, { tenantId, period, now }: FigureScope): Promise<Figures> {
  const values = { tenant: tenantId, from: period.from, to: period.to };
  // A month is few rows of a large table: at the default cost of a page out of order the planner would read all of it. And of two processors the other
  // pages need one.
  await tx`select set_config('random_page_cost', '1.1', true), set_config('max_parallel_workers_per_gather', '0', true)`;
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

/** The same, kept for whoever asks for this period of a company with many rows; `restMs` as in api/kept.ts. */
export async function loadKeptFigures(
  keep: Keep,
  tx: Tx,
  { restMs, ...scope }: FigureScope & { tenantId: TenantId; restMs: number },
): Promise<Figures> {
  const { from, to } = scope.period;
  const name = `numeros:${from?.toISOString()}:${to?.toISOString()}`;
  return await keep(tx, { tenantId: scope.tenantId, name, isKept: areMany, restMs: () => restMs }, (tx) =>
    loadFigures(tx, scope),
  );
}

/** How many people a lead, cart or order of the period belongs to. Reads each of these, which the figures of the panel do not. */
export async function countPersons(tx: Tx, { tenantId, period }: Omit<FigureScope, 'now'>): Promise<number> {
  const values = { tenant: tenantId, from: period.from, to: period.to };
  const [row] = await runQuery<{ personCount: number }>(tx, 'get_figures_people', values);
  return row!.personCount;
}

/** Is it a company whose counting is dear? */
export const areMany = ({ ordersByClass, carts, leads }: Figures): boolean =>
  Object.values(ordersByClass).reduce((sum, count) => sum + count, 0) + carts.abandoned + leads >= manyRows;
