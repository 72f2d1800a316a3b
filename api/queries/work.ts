// What the shell of every page says about the user's day.
import type { TenantId, UserId } from '#shared/ids.ts';
import { together } from '#shared/together.ts';
import { mostInNavigation, type WorkFacts } from '#web/components/work-marks.tsx';
import type { Tx } from '../db.ts';
import type { Keep } from '../kept.ts';
import { listKeptQueue } from '../kept-queue.ts';
import { loadPreferences } from './messages.ts';

export async function loadWork(
  keep: Keep,
  tx: Tx,
  { tenantId, userId, now }: { tenantId: TenantId; userId: UserId; now: Date },
): Promise<WorkFacts> {
  const [waiting, preferences] = await together([
    listKeptQueue(keep, tx, { tenantId, userId, now, limit: mostInNavigation, mayRest: true }),
    loadPreferences(tx, userId),
  ]);
  return { queueCount: waiting.length, ...preferences };
}
