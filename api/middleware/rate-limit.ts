// How much one session or token, and one address, may ask: a bucket that fills by so many requests a second. In memory of each process: it guards the machine;
// guessing of passwords is counted in Postgres (auth/throttle.ts).
import { createHash } from 'node:crypto';
import { getCookie } from 'hono/cookie';
import { createMiddleware } from 'hono/factory';
import { bearerOf } from '../auth/api-tokens.ts';
import { clientAddress } from '../auth/client-address.ts';
import { sessionCookieName } from '../auth/sessions.ts';
import type { AppEnv } from '../context.ts';
import { HttpError } from '../http-error.ts';

type Rate = { burst: number; perSecond: number };
export type RateLimits = { session: Rate; address: Rate };

/** An operator by keyboard makes two or three requests a second. Offices and phone networks share an address. */
export const defaultRateLimits: RateLimits = {
  session: { burst: 300, perSecond: 10 },
  address: { burst: 3000, perSecond: 100 },
};

/** Beyond this many buckets the ones that are full again are thrown away. */
const maxBuckets = 20_000;

type Bucket = { left: number; at: number };

/** Takes one from the bucket of `key`; gives the seconds to wait when it is empty, else 0. */
function createBuckets({ burst, perSecond }: Rate) {
  const buckets = new Map<string, Bucket>();
  const leftOf = (bucket: Bucket, at: number) => Math.min(burst, bucket.left + ((at - bucket.at) / 1000) * perSecond);
  return (key: string): number => {
    const at = performance.now();
    if (buckets.size > maxBuckets) {
      for (const [other, bucket] of buckets) if (leftOf(bucket, at) >= burst) buckets.delete(other);
    }
    const known = buckets.get(key);
    const left = known ? leftOf(known, at) : burst;
    buckets.set(key, { left: left < 1 ? left : left - 1, at });
    return left < 1 ? Math.ceil((1 - left) / perSecond) : 0;
  };
}

/** 429 with Retry-After. Static files and health checks are not counted. */
export function rateLimit({ publicUrl }: { publicUrl: string }, limits: RateLimits) {
  const ofSession = createBuckets(limits.session);
  const ofAddress = createBuckets(limits.address);
  return createMiddleware<AppEnv>(async (c, next) => {
    if (!c.req.path.startsWith('/static/') && !c.req.path.startsWith('/health')) {
      const bearer = c.req.path.startsWith('/api/') ? bearerOf(c.req.header('Authorization')) : null;
      const token = bearer ?? getCookie(c, sessionCookieName(publicUrl));
      const address = clientAddress(c.env?.incoming?.socket.remoteAddress, c.req.header('X-Forwarded-For'));
      const waitSeconds = Math.max(
        ofAddress(address),
        token ? ofSession(createHash('sha256').update(token).digest('base64')) : 0,
      );
      if (waitSeconds > 0) {
        c.header('Retry-After', String(waitSeconds));
        throw new HttpError(
          429,
          'too_many_requests',
          `Pedidos demais em pouco tempo. Espere ${waitSeconds === 1 ? '1 segundo' : `${waitSeconds} segundos`} e tente de novo.`,
        );
      }
    }
    await next();
  });
}
