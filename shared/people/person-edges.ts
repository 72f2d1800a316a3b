// What somebody says of two keys: the same person, or not the same. It wins over what the keys say (docs/rules.md, people). One of the two at a
// time: a later word takes the place of an earlier one, which stays readable with its author.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';

export type EdgeKind = 'same' | 'not_same';
export type PersonEdge = {
  id: string;
  kind: EdgeKind;
  a: string;
  b: string;
  note: string;
  author: string | null;
  createdAt: Date;
};
type Author = { userId: UserId | null; now: Date };

/**
 * Says that `keys` are (not) the same person. The caller recomputes both keys. Gives the edge's id, and whether it is new: it is not when the same
 * was said before.
 */
export async function writeEdge(
  db: Statements,
  { kind, keys, note, userId, now }: Author & { kind: EdgeKind; keys: readonly [string, string]; note: string },
): Promise<{ id: string; isNew: boolean }> {
  const tenant = db.tenantId;
  const [key_a, key_b] = [...keys].sort();
  const { rows: known } = await db.run<{ id: string; kind: EdgeKind }>('find_person_edge', { tenant, key_a, key_b });
  if (known[0]?.kind === kind) return { id: known[0].id, isNew: false };
  if (known[0]) await undoEdge(db, { id: known[0].id, userId, now });
  const { rows } = await db.run<{ id: string }>('insert_person_edge', {
    tenant,
    kind,
    key_a,
    key_b,
    note,
    user: userId,
    now,
  });
  return { id: rows[0]!.id, isNew: true };
}

/** Takes back what was said. The caller recomputes the keys that it gives; null when nothing with that id is in force. */
export async function undoEdge(
  db: Statements,
  { id, userId, now }: Author & { id: string },
): Promise<[string, string] | null> {
  const { rows } = await db.run<{ a: string; b: string }>('undo_person_edge', {
    tenant: db.tenantId,
    id,
    user: userId,
    now,
  });
  return rows[0] ? [rows[0].a, rows[0].b] : null;
}

/** What is in force, oldest first; only of these keys when they are given. */
export async function listEdges(db: Statements, { keys = null }: { keys?: readonly string[] | null } = {}) {
  return (await db.run<PersonEdge>('list_person_edges', { tenant: db.tenantId, keys })).rows;
}
