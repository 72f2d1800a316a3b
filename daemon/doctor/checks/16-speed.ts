// 16: how fast the shop answers, and what that means for the first sync: one row, a thousand rows, and a page of each stream as a run would read it,
// times how many rows there are.

import { listStreams } from '../../sync/plan.ts';
import type { Check, Finding } from '../check.ts';
import { countRows, sampleNewest, shopOf } from '../sample.ts';

/** Beyond these a sync still works, but slowly. */
const slowRowMs = 500;
const slowThousandMs = 5000;
/** What our side needs for a row beside reading it (measured with the demo of 20,000 orders). */
const writeMs = 0.4;
const sampleRows = 100;

export const speed: Check = {
  nn: 16,
  name: 'Velocidade',
  needs: ['shop', 'facts'],
  async run(context): Promise<Finding> {
    const shop = shopOf(context);
    const { gateway } = context.found.shop!;
    const rowMs = Math.min(...(await times(3, () => gateway.query('select 1'))));
    const streams = listStreams(context.sources, shop);

    let rowCount = 0;
    let firstSyncMs = 0;
    let largest = { count: -1, sql: '' };
    for (const { stream } of streams) {
      const count = await countRows(context, shop, stream);
      if (count > largest.count) largest = { count, sql: stream.digest(shop) };
      const limit = Math.min(sampleRows, stream.pageSize);
      let sampled = 0;
      const [ms] = await times(1, async () => {
        sampled = (await sampleNewest(context, shop, { stream, limit })).records.length;
      });
      rowCount += count;
      // A full page takes few more trips than this one, so a small sample would overrate the trips.
      const pages = count / stream.pageSize;
      const tripsMs = Math.min(ms!, (1 + stream.fetch.length) * rowMs);
      firstSyncMs += pages * tripsMs + (count * Math.max(0, ms! - tripsMs)) / Math.max(1, sampled) + count * writeMs;
    }
    const [thousandMs] = largest.sql
      ? await times(1, () => gateway.query(largest.sql, { after_id: '0', limit: 1000 }))
      : [0];
    const facts = {
      rowMs: String(Math.round(rowMs)),
      thousandMs: String(Math.round(thousandMs!)),
      rows: String(rowCount),
      firstSyncSeconds: String(Math.max(1, Math.round(firstSyncMs / 1000))),
    };
    const isSlow = rowMs > slowRowMs || thousandMs! > slowThousandMs;
    return { state: isSlow ? 'warning' : 'ok', code: isSlow ? 'shop_answers_slowly' : 'speed_fine', facts };
  },
};

async function times(count: number, work: () => Promise<unknown>): Promise<number[]> {
  const measured: number[] = [];
  for (let turn = 0; turn < count; turn += 1) {
    const startedAt = performance.now();
    await work();
    measured.push(performance.now() - startedAt);
  }
  return measured;
}
