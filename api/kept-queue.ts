// The ranked people of the work queue as each api process keeps them, once for all users of a company: their number stands on every page, and every
// open queue asks for it at every live event. Kept until a commit changed the company's rows (the feed hears of it), and half a minute at most, because
// time alone brings people in and out. What one user skipped is taken off at reading.
import type { PersonId, TenantId, UserId } from '#shared/ids.ts';
import type { Tx } from './db.ts';
import type { ProgressFeed } from './progress-feed.ts';
import { listQueue, listSkipped } from './queries/queue.ts';

type Kept = { limit: number; atMs: number; people: Promise<PersonId[]> };

const keptForMs = 30_000;
/** More than asked for, so that those whom a user skipped are made up for. */
const spare = 20;
const byFeed = new WeakMap<ProgressFeed, Map<TenantId, Kept>>();

export type QueueReader = { tenantId: TenantId; userId: UserId; now: Date; limit: number };

/** The first people of the queue as this user has it, the most urgent first. Inside an act use listQueue(), which sees what the act just did. */
export async function listKeptQueue(
  feed: ProgressFeed,
  tx: Tx,
  { tenantId, userId, now, limit }: QueueReader,
): Promise<PersonId[]> {
  const [people, skipped] = [
    await keptPeople(feed, tx, { tenantId, now, limit }),
    await listSkipped(tx, { userId, now }),
  ];
  return skipped.size === 0 ? people.slice(0, limit) : people.filter((id) => !skipped.has(id)).slice(0, limit);
}

async function keptPeople(feed: ProgressFeed, tx: Tx, wish: Omit<QueueReader, 'userId'>): Promise<PersonId[]> {
  const kept = byFeed.get(feed) ?? new Map<TenantId, Kept>();
  byFeed.set(feed, kept);
  const { tenantId, limit } = wish;
  const known = kept.get(tenantId);
  if (known && known.limit >= limit && known.atMs > feed.changedAtMs(tenantId) && !isOld(known)) {
    // Somebody else's transaction may fail, or be cut: then this one asks itself.
    const people = await known.people.catch(() => null);
    if (people) return people;
  }
  for (const [id, old] of kept) if (isOld(old)) kept.delete(id);
  const people = listQueue(tx, { ...wish, limit: limit + spare, userId: null }).then((entries) =>
    entries.map(({ personId }) => personId),
  );
  people.catch(() => {});
  kept.set(tenantId, { limit, atMs: performance.now(), people });
  return await people;
}

const isOld = ({ atMs }: Kept) => performance.now() - atMs > keptForMs;
