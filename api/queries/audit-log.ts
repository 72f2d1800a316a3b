// A page of the company's audit log, newest first, with who did it.

import type { UserId } from '#shared/ids.ts';
import { localDay, startOfLocalDay } from '#shared/time-zone.ts';
import type { AuditRow } from '#web/pages/audit-log.tsx';
import type { Tx } from '../db.ts';
import { type KeysetPage, keysetPage, type Paging, pageSize } from '../keyset.ts';

type AuditFilter = { action: string | null; userId: string | null };

export async function listAudit(
  tx: Tx,
  { filter, paging }: { filter: AuditFilter; paging: Paging },
): Promise<KeysetPage<AuditRow & { cursorAt: string }>> {
  const { cursor, direction } = paging;
  const isBefore = direction === 'before';
  const rows = await tx<(AuditRow & { cursorAt: string })[]>`
    select a.id, a.happened_at, a.happened_at::text as cursor_at, a.action, a.entity, a.entity_id, a.facts, u.name as user_name, u.is_superadmin
    from audit_log a left join users u on u.id = a.user_id
    where ${filter.action ? tx`a.action = ${filter.action}` : tx`true`}
      ${filter.userId ? tx`and a.user_id = ${filter.userId}` : tx``}
      ${
        cursor
          ? isBefore
            ? tx`and (a.happened_at, a.id) > (${cursor.at}::timestamptz, ${cursor.id}::bigint)`
            : tx`and (a.happened_at, a.id) < (${cursor.at}::timestamptz, ${cursor.id}::bigint)`
          : tx``
      }
    order by a.happened_at ${isBefore ? tx`asc` : tx`desc`}, a.id ${isBefore ? tx`asc` : tx`desc`}
    limit ${pageSize + 1}`;
  return keysetPage(rows, paging);
}

/** What the filters offer: the people and acts that the log knows. */
export async function listAuditChoices(tx: Tx) {
  return {
    users: await tx<{ id: string; name: string }[]>`
      select u.id, u.name from users u where exists (select from audit_log a where a.user_id = u.id) order by lower(u.name), u.id limit 500`,
    actions: (await tx<{ action: string }[]>`select distinct action from audit_log order by action limit 200`).map(
      ({ action }) => action,
    ),
  };
}

/** How many contacts the user saw as they are today; a second reveal at the same time waits for the first's transaction. */
export async function countReveals(
  tx: Tx,
  { userId, timeZone, now }: { userId: UserId; timeZone: string; now: Date },
): Promise<number> {
  await tx`select pg_advisory_xact_lock(hashtextextended('reveal:' || app_tenant_id() || ':' || ${userId}, 0))`;
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from audit_log
    where action = 'contact.revealed' and user_id = ${userId} and happened_at >= ${startOfLocalDay(localDay(now, timeZone), timeZone)}`;
  return row!.count;
}
