// One slice of a backfill: where each of its streams stands, saved in the transaction of every page, and when the slice is over: its time is up,
// or a person paused or cancelled the backfill meanwhile.
import type { TenantClient } from '../db.ts';
import type { StreamProgress } from './run-record.ts';

export type BackfillSlice = {
  backfillId: string;
  isDone(source: string, stream: string): boolean;
  /** Up to which id the stream was read. */
  lastIdOf(source: string, stream: string): string;
  savePage(client: TenantClient, page: { progress: StreamProgress; lastId: bigint }): Promise<void>;
  saveDone(client: TenantClient, progress: StreamProgress): Promise<void>;
  isOver(): boolean;
};

type Place = { source: string; stream: string; lastId: string; isDone: boolean };

/** Loads where a backfill stands; the slice is over `forMs` from now. */
export async function loadSlice(client: TenantClient, backfillId: string, forMs: number): Promise<BackfillSlice> {
  const { rows: places } = await client.query<Place>(
    `select source, stream, last_id as "lastId", is_done as "isDone" from backfill_streams where tenant_id = $1 and backfill_id = $2`,
    [client.tenantId, backfillId],
  );
  const endsAt = performance.now() + forMs;
  const counted = new Map<string, { read: number; changed: number }>();
  let isStopped = false;
  // However slow the shop is, each slice brings it a page further.
  let hasMoved = false;
  const find = (source: string, stream: string) =>
    places.find((place) => place.source === source && place.stream === stream);

  return {
    backfillId,
    isDone: (source, stream) => find(source, stream)?.isDone ?? true,
    lastIdOf: (source, stream) => find(source, stream)?.lastId ?? '0',
    async savePage(tx, { progress, lastId }) {
      const { source, stream, counts } = progress;
      const key = `${source}/${stream}`;
      const now = { read: counts.read, changed: counts.new + counts.changed + counts.missing };
      const before = counted.get(key) ?? { read: 0, changed: 0 };
      await tx.query(
        `update backfill_streams set last_id = $5, read_count = read_count + $6, changed_count = changed_count + $7
         where tenant_id = $1 and backfill_id = $2 and source = $3 and stream = $4`,
        [tx.tenantId, backfillId, source, stream, lastId, now.read - before.read, now.changed - before.changed],
      );
      const { rows } = await tx.query<{ state: string }>(
        'select state from backfills where tenant_id = $1 and id = $2',
        [tx.tenantId, backfillId],
      );
      counted.set(key, now);
      hasMoved = true;
      isStopped = rows[0]?.state !== 'running';
    },
    async saveDone(tx, { source, stream }) {
      hasMoved = true;
      await tx.query(
        `update backfill_streams set is_done = true where tenant_id = $1 and backfill_id = $2 and source = $3 and stream = $4`,
        [tx.tenantId, backfillId, source, stream],
      );
    },
    isOver: () => isStopped || (hasMoved && performance.now() > endsAt),
  };
}
