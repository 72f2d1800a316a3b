// Passwords are kept as scrypt hashes that carry their own cost and salt, so that the cost can rise without locking anybody out.
// One hash takes about 128 MB and a third of a second: callers run them one at a time.
import { randomBytes, type ScryptOptions, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const derive = promisify<string, Buffer, number, ScryptOptions, Buffer>(scrypt);

const cost = { N: 2 ** 17, r: 8, p: 1 };
const keyBytes = 32;
export const minPasswordLength = 10;

/** `scrypt$131072$8$1$<salt>$<key>`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(16);
  const key = await derive(password.normalize('NFKC'), salt, keyBytes, { ...cost, maxmem: memoryFor(cost) });
  return ['scrypt', cost.N, cost.r, cost.p, salt.toString('base64url'), key.toString('base64url')].join('$');
}

/** Is this the password of that hash? `null` (no such user, or no password set) takes as long and answers no. */
export async function verifyPassword(password: string, stored: string | null): Promise<boolean> {
  const parsed = stored === null ? null : parseHash(stored);
  const { N, r, p, salt, key } = parsed ?? { ...cost, salt: Buffer.alloc(16), key: Buffer.alloc(keyBytes) };
  const given = await derive(password.normalize('NFKC'), salt, key.length, { N, r, p, maxmem: memoryFor({ N, r }) });
  return timingSafeEqual(given, key) && parsed !== null;
}

/** Node refuses more than 32 MB unless told; scrypt needs 128·N·r bytes and a little more. */
function memoryFor({ N, r }: { N: number; r: number }): number {
  return 128 * N * r + 4 * 1024 * 1024;
}

function parseHash(stored: string) {
  const parts = /^scrypt\$(\d+)\$(\d+)\$(\d+)\$([\w-]+)\$([\w-]+)$/.exec(stored);
  if (!parts) return null;
  return {
    N: Number(parts[1]),
    r: Number(parts[2]),
    p: Number(parts[3]),
    salt: Buffer.from(parts[4]!, 'base64url'),
    key: Buffer.from(parts[5]!, 'base64url'),
  };
}
