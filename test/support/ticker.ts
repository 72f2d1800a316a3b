// A process that fires schedules as a daemon's cron tasks do, but a minute every so many milliseconds: with several of them, daemons that race for
// the same tick. Arguments: the minute of the first tick, how many ticks, ms between them. Says `ready`, begins at the first line that it gets, prints
// what it won.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SiteId, TenantId } from '#shared/ids.ts';
import { createPool } from '../../daemon/db.ts';
import { fireSchedule } from '../../daemon/sync/schedule.ts';

const [firstTick, tickCount, everyMs] = process.argv.slice(2).map(Number) as [number, number, number];
const pool = createPool({ url: process.env.DATABASE_URL!, role: 'carrinho_daemon', name: 'test-ticker', max: 4 });
const { rows } = await pool.query<{ tenantId: TenantId; siteId: SiteId }>(
  `select tenant_id as "tenantId", site_id as "siteId" from schedules where kind = 'poll' order by site_id`,
);
process.stdout.write('ready\n');
await once(process.stdin, 'data');
process.stdin.destroy();
const startAt = Date.now();
const won: string[] = [];
for (let tick = 0; tick < tickCount; tick++) {
  await sleep(Math.max(0, startAt + tick * everyMs - Date.now()));
  const at = new Date(firstTick + tick * 60_000);
  await Promise.all(
    rows.map(async (shop) => {
      if (await fireSchedule(pool, { ...shop, kind: 'poll' }, at)) won.push(`${shop.siteId} ${at.toISOString()}`);
    }),
  );
}
await pool.end();
process.stdout.write(`${JSON.stringify(won)}\n`);
