// An operator's act is in statuses and figures at its commit (docs/rules.md): the statements that the daemon runs after a batch, over the few
// records that the act touches, in the act's own transaction.
import type { TenantId } from '#shared/ids.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { findContactedCarts, recomputeContacted, recomputeTouched } from '#shared/recompute/touched.ts';
import { together } from '#shared/together.ts';
import { runCounted, type Tx } from './db.ts';

/** What an act touched: records by kind and id, and keys as in match_keys. */
export type Touched = {
  records?: readonly { entity: 'lead' | 'cart' | 'order'; id: string }[];
  keys?: readonly string[];
};

/**
 * Recomputes what `touched` concerns, at the end of the act's transaction (withTenant). While the daemon recomputes this company it is left in the queue
 * for its next round instead of waiting: gives false then. `cause` stands in the carts' log of changes.
 */
export async function recomputeNow(
  tx: Tx,
  { tenantId, now, cause = 'by_hand' }: { tenantId: TenantId; now: Date; cause?: 'by_hand' | 'contact' },
  { records = [], keys = [] }: Touched,
): Promise<boolean> {
  const db = statementsOf(tx, tenantId);
  const isContact = cause === 'contact';
  const [[lock], cartIds] = await together([
    tx<
      { isOurs: boolean }[]
    >`select pg_try_advisory_xact_lock(hashtextextended(${`recompute:${tenantId}`}, 0)) as is_ours`,
    isContact ? findContactedCarts(db, records) : Promise.resolve([]),
  ]);
  const entities = records.map(({ entity }) => entity);
  const ids = records.map(({ id }) => id);
  if (!lock!.isOurs) {
    await tx`insert into recompute_queue (tenant_id, entity, entity_id)
             select ${tenantId}, entity, id from unnest(${entities}::text[], ${ids}::bigint[]) as t (entity, id)`;
    await tx`insert into recompute_queue (tenant_id, entity, key) select ${tenantId}, 'key', key from unnest(${[...keys]}::text[]) as t (key)`;
    return false;
  }
  if (isContact && cartIds.length === 0) return true;
  await db.run('recompute_scratch');
  if (isContact) {
    await recomputeContacted(db, cartIds, { now, cause });
    return true;
  }
  await tx`insert into touched select distinct entity, id from unnest(${entities}::text[], ${ids}::bigint[]) as t (entity, id)`;
  if (keys.length > 0)
    await tx`insert into touched_keys select distinct key from unnest(${[...keys]}::text[]) as t (key)`;
  await recomputeTouched(db, { now, cause, isFull: false });
  return true;
}

/** The transaction as the statements of shared/ run in it. */
export function statementsOf(tx: Tx, tenantId: TenantId): Statements {
  return {
    tenantId,
    async run<Row extends object>(name: string, values: Record<string, unknown> = {}) {
      return await runCounted<Row>(tx, name, values);
    },
    async execute(text) {
      await tx.unsafe(text);
    },
  };
}
