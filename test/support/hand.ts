// What people say of who is whom, in a company of recompute-world: written as the command line writes it, by the daemon's own role.
import { denyKey, permitKey } from '#shared/people/denied-keys.ts';
import { type EdgeKind, undoEdge, writeEdge } from '#shared/people/person-edges.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { statementsOf, withTenant } from '../../daemon/db.ts';
import type { Company, World } from './recompute-world.ts';

export type Hand = ReturnType<typeof handOf>;

export function handOf(world: World, company: Company, instant: string) {
  const author = { userId: null, now: new Date(instant) };
  const act = <T>(work: (db: Statements) => Promise<T>) =>
    withTenant(world.daemon, company.tenantId, (client) => work(statementsOf(client)));
  const queue = (db: Statements, keys: readonly string[]) => db.run('queue_keys', { tenant: company.tenantId, keys });
  return {
    act,
    deny: (key: string) => act((db) => denyKey(db, { key, note: '', ...author })),
    permit: (key: string) => act((db) => permitKey(db, { key })),
    /** Gives the edge's id. */
    say: (kind: EdgeKind, a: string, b: string) =>
      act(async (db) => {
        const { id } = await writeEdge(db, { kind, keys: [a, b], note: '', ...author });
        await queue(db, [a, b]);
        return id;
      }),
    takeBack: (id: string) => act(async (db) => queue(db, (await undoEdge(db, { id, ...author })) ?? [])),
  };
}
