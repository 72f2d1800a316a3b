// What time alone brings, once a minute over all companies: carts whose status changes by the clock, work that pages queued, and the removal of
// runs that found nothing (a shop makes 1,440 a day) or were a slice of a backfill; backfills that stood still go on. Then what people decided about
// personal data.
import type { TenantId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { keepErasures } from '../backup/erasures.ts';
import { askInOneMessage, type Pool } from '../db.ts';
import { carryOutErasures } from '../erasure/round.ts';
import { recomputeDue, recomputeQueued, scoreCustomers } from '../recompute/recompute.ts';
import { enqueueOpenBackfills } from './backfill.ts';

const everyMs = 60_000;
const idleRunsKept = '2 hours';
/** When the day of the scores begins, in the company's own time. */
const scoresAt = '3 hours';

/** One round over all companies. */
export async function keepUp(pool: Pool, { now, log }: { now: Date; log: Log }): Promise<void> {
  const { rows } = await pool.query<{ id: TenantId }>('select id from tenants where suspended_at is null order by id');
  for (const { id } of rows) {
    const waits = await askInOneMessage(pool, id, async (client) => {
      const [, , { rows: waiting }] = await Promise.all([
        client.query(
          `delete from runs where tenant_id = $1 and state = 'succeeded' and finished_at < $2::timestamptz - $3::interval
             and ((kind = 'poll' and new_count = 0 and changed_count = 0) or backfill_id is not null)`,
          [id, now, idleRunsKept],
        ),
        enqueueOpenBackfills(client),
        client.query<{ isDue: boolean; isQueued: boolean; isUnscored: boolean }>(
          `select exists (select from cart_statuses where tenant_id = $1 and reevaluate_at <= $2) as "isDue",
                  exists (select from recompute_queue where tenant_id = $1) as "isQueued",
                  exists (select from customer_bounds b join tenants t on t.id = b.tenant_id
                          where b.tenant_id = $1 and local_day(b.computed_at - $3::interval, t.reporting_time_zone)
                                                     < local_day($2::timestamptz - $3::interval, t.reporting_time_zone)) as "isUnscored"`,
          [id, now, scoresAt],
        ),
      ]);
      return waiting[0]!;
    });
    if (waits.isQueued) await recomputeQueued(pool, id, { now, log });
    if (waits.isDue) await recomputeDue(pool, id, { now, log });
    if (waits.isUnscored) await scoreCustomers(pool, id, { now, log });
  }
}

/** Rounds until stopped; a round that fails is logged and the next one comes. */
export function startUpkeep(
  pool: Pool,
  { box, backupFolder, log }: { box: SecretBox; backupFolder: string | null; log: Log },
): { stop(): Promise<void> } {
  let round: Promise<void> = Promise.resolve();
  let isRunning = false;
  const timer = setInterval(() => {
    if (isRunning) return;
    isRunning = true;
    const at = { now: new Date(), log };
    const fail = (error: Error) => log.warn('upkeep.failed', { error: error.message });
    round = keepUp(pool, at)
      .catch(fail)
      .then(() => carryOutErasures(pool, box, at))
      .then(() => (backupFolder === null ? undefined : keepErasures(pool, backupFolder, at.now)))
      .catch(fail)
      .finally(() => {
        isRunning = false;
      });
  }, everyMs);
  return {
    async stop() {
      clearInterval(timer);
      await round;
    },
  };
}
