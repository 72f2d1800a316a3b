// What the LGPD screens read.
import { isErasedKey } from '#shared/people/erased-key.ts';
import { formatPhone } from '#shared/phone.ts';
import { optOutLabels } from '#web/components/contact-types.ts';
import type { AccessReport } from '#web/pages/access-report.tsx';
import { runQuery, type Tx } from '../db.ts';

/** The person of an id, or whoever has its records since it was merged; null when there is none. */
export async function findPersonId(tx: Tx, tenantId: string, id: string): Promise<string | null> {
  const [person] = await runQuery<{ id: string }>(tx, 'find_person', { tenant: tenantId, person: id });
  return person?.id ?? null;
}

export async function getAccessReport(tx: Tx, tenantId: string, personId: string): Promise<AccessReport> {
  const [row] = await runQuery<{ report: AccessReport }>(tx, 'get_access_report', {
    tenant: tenantId,
    person: personId,
  });
  return row!.report;
}

/** The owners who may still decide. */
export async function countOwners(tx: Tx): Promise<number> {
  const [row] = await tx<{ count: number }[]>`
    select count(*)::integer as count from memberships m join users u on u.id = m.user_id where m.role = 'owner' and u.disabled_at is null`;
  return row!.count;
}

/** Who wants no messages, newest first, as people read it. */
export async function listOptOutTexts(tx: Tx, tenantId: string) {
  type Row = {
    id: string;
    channel: keyof typeof optOutLabels;
    key: string;
    source: string;
    user: string | null;
    createdAt: Date;
  };
  const rows = await runQuery<Row>(tx, 'list_opt_outs', { tenant: tenantId, with_undone: false });
  return rows.map(({ id, channel, key, source, user, createdAt }) => ({
    id,
    channel: optOutLabels[channel],
    text: isErasedKey(key) ? 'contato eliminado' : key.startsWith('e:') ? key.slice(2) : formatPhone(key.slice(2)),
    createdAt,
    by: user ?? (source === 'plugin' ? 'plugin da loja' : 'linha de comando'),
  }));
}
