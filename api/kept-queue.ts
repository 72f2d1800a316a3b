// The ranked people of the work queue, once for all users of a company: their number stands on every page, and every open queue asks for it at every live
// event. What one user skipped is taken off at reading.
import type { TenantId, UserId } from '#shared/ids.ts';
import { together } from '#shared/together.ts';
import type { Tx } from './db.ts';
import { type Keep, restMs } from './kept.ts';
import { listQueue, listSkipped, type QueueEntry } from './queries/queue.ts';

/** More than asked for, so that those whom a user skipped are made up for. */
const spare = 20;

export type QueueReader = {
  tenantId: TenantId;
  userId: UserId;
  now: Date;
  limit: number;
  /** A full queue may be some seconds old: its number is not told anyway. */
  mayRest?: boolean;
};

/** The first people of the queue as this user has it, the most urgent first. Inside an act use listQueue(), which sees what the act just did. */
export async function listKeptQueue(
  keep: Keep,
  tx: Tx,
  { tenantId, userId, now, limit, mayRest = false }: QueueReader,
): Promise<QueueEntry[]> {
  const isFull = (found: QueueEntry[]) => mayRest && found.length === limit + spare;
  const what = {
    tenantId,
    name: `fila:${limit}`,
    restMs: (found: QueueEntry[]) => (isFull(found) ? restMs : 0),
  };
  const kept = keep(tx, what, (tx) => listQueue(tx, { tenantId, now, limit: limit + spare, userId: null }));
  const [entries, skipped] = await together([kept, listSkipped(tx, { userId, now })]);
  return entries.filter(({ personId }) => !skipped.has(personId)).slice(0, limit);
}
