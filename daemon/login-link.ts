// One-time links: the row that makes one good, and its address. Printed by the command line and by `npm run demo`.
import type { UserId } from '#shared/ids.ts';
import { createLoginToken } from '#shared/login-links.ts';
import type { Pool } from './db.ts';

export const linkHours = 24;

/** Creates a link that enters once, within 24 hours; `userId` is null for the one that creates the first owner. */
export async function createLoginLink(
  pool: Pool,
  { kind, userId, publicUrl }: { kind: 'login' | 'first_owner'; userId: UserId | null; publicUrl: string },
): Promise<string> {
  const { token, tokenHash } = createLoginToken();
  await pool.query(
    `insert into login_links (token_hash, kind, user_id, expires_at) values ($1, $2, $3, now() + make_interval(hours => $4))`,
    [tokenHash, kind, userId, linkHours],
  );
  return `${publicUrl}/entrar/link/${token}`;
}
