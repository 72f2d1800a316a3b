// What a company's erasures left behind: HMACs of keys and records, made with a secret of the company that only the daemon opens. A process keeps
// them in memory and reads them again when there are more; a company without any costs a look at an empty table a page.
import { createHmac, randomBytes } from 'node:crypto';
import type { TenantId } from '#shared/ids.ts';
import { isErasedKey } from '#shared/people/erased-key.ts';
import type { SecretBox } from '#shared/secrets.ts';
import type { TenantClient } from '../db.ts';

export type Tombstones = {
  /** Of a key or record: `erases`: whoever has it is erased · `kept`: stays as it is on an erased record · null: unknown. */
  find(identifier: string): 'erases' | 'kept' | null;
  /** The HMAC as 64 hex digits. */
  hmac(identifier: string): string;
};

export type Erasures = {
  /**
   * Waits for an erasure of the company that is going on, and keeps others waiting until the transaction ends. Gives what was erased so far; null when
   * nothing was.
   */
  hold(client: TenantClient): Promise<Tombstones | null>;
  /** The same for the act that erases: makes the company's secret where there is none yet. The caller holds the lock. */
  begin(client: TenantClient): Promise<Tombstones>;
};

type Known = { secret: Buffer; isKept: Map<string, boolean> };

export const erasureSecretContext = (tenantId: TenantId) => `tenant:${tenantId}/erasure_secret`;

const ofBoxes = new WeakMap<SecretBox, Erasures>();

/** One memory for each box, which stands for one installation. */
export function erasuresOf(box: SecretBox): Erasures {
  const made = ofBoxes.get(box) ?? createErasures(box);
  ofBoxes.set(box, made);
  return made;
}

function createErasures(box: SecretBox): Erasures {
  const known = new Map<TenantId, Known>();

  async function findSecret(client: TenantClient): Promise<Buffer | null> {
    const { rows } = await client.query<{ sealed: string }>(
      'select secret_sealed as sealed from erasure_secrets where tenant_id = $1',
      [client.tenantId],
    );
    return rows[0] ? Buffer.from(box.open(rows[0].sealed, erasureSecretContext(client.tenantId)), 'base64') : null;
  }

  async function load(client: TenantClient, count: number): Promise<Known> {
    const { tenantId } = client;
    const before = known.get(tenantId);
    if (before && before.isKept.size === count) return before;
    const secret = before?.secret ?? (await findSecret(client));
    if (!secret) throw new Error(`tenant ${tenantId}: tombstones without a secret`);
    const { rows } = await client.query<{ hmac: string; isKept: boolean }>(
      'select hmac, is_kept as "isKept" from tombstones where tenant_id = $1',
      [tenantId],
    );
    const all = { secret, isKept: new Map(rows.map((row) => [row.hmac, row.isKept])) };
    known.set(tenantId, all);
    return all;
  }

  return {
    async hold(client) {
      const { rows } = await client.query<{ count: string }>('select hold_erasures($1) as count', [client.tenantId]);
      const count = Number(rows[0]!.count);
      return count === 0 ? null : tombstonesOf(await load(client, count));
    },
    async begin(client) {
      if (!(await findSecret(client))) {
        const secret = randomBytes(32).toString('base64');
        await client.query('insert into erasure_secrets (tenant_id, secret_sealed) values ($1, $2)', [
          client.tenantId,
          box.seal(secret, erasureSecretContext(client.tenantId)),
        ]);
      }
      // What is made in this transaction may yet be rolled back: nothing of it is remembered.
      known.delete(client.tenantId);
      const loaded = await load(client, -1);
      known.delete(client.tenantId);
      return tombstonesOf(loaded);
    },
  };
}

function tombstonesOf({ secret, isKept }: Known): Tombstones {
  const hmac = (identifier: string) => createHmac('sha256', secret).update(identifier).digest('hex');
  return {
    hmac,
    find(identifier) {
      const kept = isKept.get(hmac(identifier));
      return kept === undefined ? null : kept ? 'kept' : 'erases';
    },
  };
}

/** What stands for a key on an erased record: `e:~<hmac>`. Equal keys stay equal, so that statuses and figures stay what they are. */
export function pseudonymOf(key: string, tombstones: Tombstones): string {
  return isErasedKey(key) ? key : `${key.slice(0, 2)}~${tombstones.hmac(key)}`;
}

/** Keeps the HMACs of these identifiers; those that are known stay as they are. */
export async function writeTombstones(
  client: TenantClient,
  identifiers: { identifier: string; isKept: boolean }[],
  tombstones: Tombstones,
): Promise<void> {
  if (identifiers.length === 0) return;
  await client.query(
    `insert into tombstones (tenant_id, hmac, is_kept)
     select $1, t.hmac, bool_and(t.is_kept) from unnest($2::text[], $3::boolean[]) as t (hmac, is_kept)
     group by t.hmac on conflict (tenant_id, hmac) do nothing`,
    [
      client.tenantId,
      identifiers.map(({ identifier }) => tombstones.hmac(identifier)),
      identifiers.map(({ isKept }) => isKept),
    ],
  );
}
