// What this process' runs did since it started, counted while they go on: runs, rows, errors, what was asked of the shops, how long pages take.
import type { SiteId, TenantId } from '#shared/ids.ts';
import { counter, histogram } from '#shared/metrics/exposition.ts';
import type { Pace } from '../connections/pace.ts';

type StreamCounts = {
  source: string;
  stream: string;
  counts: {
    new: number;
    changed: number;
    unchanged: number;
    missing: number;
    quarantined: number;
    skipped: Record<string, number>;
  };
};

const runs = counter('carrinho_runs_total', 'Finished runs by kind and state.');
const errors = counter('carrinho_errors_total', 'Failed runs and failed streams by error code.');
const rows = counter('carrinho_rows_total', 'Rows read from shops by source, stream and outcome.');
const statements = counter('carrinho_shop_statements_total', 'Statements sent to shops.');
const statementSeconds = counter(
  'carrinho_shop_statement_seconds_total',
  'Seconds that shops worked for our statements.',
);
const restSeconds = counter('carrinho_shop_rest_seconds_total', 'Seconds that slow shops were let rest between pages.');
const pageSeconds = histogram(
  'carrinho_page_seconds',
  'Seconds to read a page from a shop and to write it to Postgres, by phase and stream.',
  [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
);

export const runFamilies = [runs, errors, rows, statements, statementSeconds, restSeconds, pageSeconds];

/** One page was read from a shop, or written with its transaction. */
export function countPage(phase: 'read' | 'write', stream: string, ms: number): void {
  pageSeconds.observe({ phase, stream }, ms / 1000);
}

export type RunMeter = {
  /** The run's counts so far; only what was added since the last call is counted. */
  step(streams: readonly StreamCounts[], spent: ReturnType<Pace['spent']>): void;
  error(code: string): void;
  end(state: string): void;
};

export function meterRun({ tenantId, siteId, kind }: { tenantId: TenantId; siteId: SiteId; kind: string }): RunMeter {
  const shop = { tenant: tenantId, site: siteId };
  const counted = new Map<string, number>();
  const grown = (key: string, value: number) => {
    const amount = value - (counted.get(key) ?? 0);
    counted.set(key, value);
    return Math.max(0, amount);
  };
  return {
    step(streams, spent) {
      for (const { source, stream, counts } of streams) {
        const { skipped, new: created, changed, unchanged, missing, quarantined } = counts;
        const outcomes = {
          new: created,
          changed,
          unchanged,
          missing,
          quarantined,
          skipped: Object.values(skipped).reduce((sum, count) => sum + count, 0),
        };
        for (const [outcome, count] of Object.entries(outcomes)) {
          rows.add({ ...shop, source, stream, outcome }, grown(`${source}/${stream}/${outcome}`, count));
        }
      }
      statements.add(shop, grown('statements', spent.statements));
      statementSeconds.add(shop, grown('ms', spent.ms) / 1000);
      restSeconds.add(shop, grown('rested', spent.restedMs) / 1000);
    },
    error: (code) => errors.add({ ...shop, code }),
    end: (state) => runs.add({ ...shop, kind, state }),
  };
}
