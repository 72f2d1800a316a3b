// Saved filters: each user sees the own ones and those for everybody.
import type { TenantId, UserId } from '#shared/ids.ts';
import type { Segment } from '#web/components/segments.tsx';
import type { ListName } from '#web/lists.ts';
import type { Tx } from '../db.ts';

type Reader = { userId: UserId /** May change those for everybody. */; canShare: boolean };

const mostSegments = 100;

const isEditable = (tx: Tx, { userId, canShare }: Reader) =>
  tx`(user_id = ${userId} ${canShare ? tx`or is_shared` : tx`and not is_shared`})`;

export async function listSegments(tx: Tx, reader: Reader): Promise<Segment[]> {
  return await tx<Segment[]>`
    select id, list, name, query, is_shared, is_pinned, ${isEditable(tx, reader)} as is_editable
    from segments where user_id = ${reader.userId} or is_shared order by lower(name), id limit ${mostSegments}`;
}

/** Those in the user's menu. */
export async function listPinnedSegments(tx: Tx, userId: UserId): Promise<Pick<Segment, 'list' | 'name' | 'query'>[]> {
  return await tx<Pick<Segment, 'list' | 'name' | 'query'>[]>`
    select list, name, query from segments where is_pinned and (user_id = ${userId} or is_shared) order by lower(name), id limit 12`;
}

type NewSegment = { list: ListName; name: string; query: string; isShared: boolean; isPinned: boolean };

export async function insertSegment(
  tx: Tx,
  { tenantId, userId, now }: { tenantId: TenantId; userId: UserId; now: Date },
  { list, name, query, isShared, isPinned }: NewSegment,
): Promise<void> {
  await tx`
    insert into segments (tenant_id, list, name, query, user_id, is_shared, is_pinned, created_at)
    values (${tenantId}, ${list}, ${name}, ${query}, ${userId}, ${isShared}, ${isPinned}, ${now})`;
}

type Changed = { list: ListName; query: string };

/** The segment's list and query, or null when there is none that this user may change. */
export async function pinSegment(tx: Tx, id: string, isPinned: boolean, reader: Reader): Promise<Changed | null> {
  const [row] = await tx<Changed[]>`
    update segments set is_pinned = ${isPinned} where id = ${id}::bigint and ${isEditable(tx, reader)} returning list, query`;
  return row ?? null;
}

/** As pinSegment(). */
export async function deleteSegment(tx: Tx, id: string, reader: Reader): Promise<Changed | null> {
  const [row] = await tx<Changed[]>`
    delete from segments where id = ${id}::bigint and ${isEditable(tx, reader)} returning list, query`;
  return row ?? null;
}
