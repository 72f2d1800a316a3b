// At most two connections a shop, whatever processes ask (docs/rules.md, Reconciliation): one of its run, and one of whatever else reads it (a comparison, an
// estimate, the doctor). Who comes second waits for the first.
import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '#shared/errors.ts';
import type { SiteId } from '#shared/ids.ts';
import type { Pool } from '../db.ts';

export class ShopInUseError extends AppError {
  readonly code = 'shop_in_use';
  readonly retry = 'next-run';
}

const askEveryMs = 250;

/** Runs `work`, which may open one connection to the shop beside its run. Throws ShopInUseError when another still does after `waitMs`. */
export async function besideRun<T>(
  pool: Pool,
  siteId: SiteId,
  work: () => Promise<T>,
  { waitMs = 30_000 }: { waitMs?: number } = {},
): Promise<T> {
  const client = await pool.connect();
  const lock = `beside-run:${siteId}`;
  let broken: Error | undefined;
  try {
    const until = performance.now() + waitMs;
    for (;;) {
      // Held by this connection: when the process dies, Postgres frees it at once.
      const { rows } = await client.query<{ isOurs: boolean }>(
        'select pg_try_advisory_lock(hashtextextended($1, 0)) as "isOurs"',
        [lock],
      );
      if (rows[0]!.isOurs) break;
      if (performance.now() > until)
        throw new ShopInUseError('Outro comando está lendo esta loja. Espere que termine e repita.');
      await sleep(askEveryMs);
    }
    return await work();
  } finally {
    await client.query('select pg_advisory_unlock(hashtextextended($1, 0))', [lock]).catch((cause: Error) => {
      broken = cause;
    });
    client.release(broken);
  }
}
