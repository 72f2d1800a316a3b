// One-time login links and session cookies are random tokens of which only the SHA-256 is kept: who reads the tables enters nowhere.
import { createHash, randomBytes } from 'node:crypto';

export type LoginToken = { token: string; tokenHash: Buffer };

/** A new token of 256 bits, base64url. */
export function createLoginToken(): LoginToken {
  const token = randomBytes(32).toString('base64url');
  return { token, tokenHash: hashToken(token) };
}

/** What the tables keep of a token. */
export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
