// What each api process keeps of a company, once for all its users: what is dear to read and asked for by every page and every live event. Kept until a
// commit changed the company's rows (the feed hears of it), and half a minute at most, because time alone moves it too.
import type { TenantId } from '#shared/ids.ts';
import type { ProgressFeed } from './progress-feed.ts';

type Kept = { atMs: number; value: Promise<unknown> };
export type ChangeClock = Pick<ProgressFeed, 'changedAtMs'>;

const keptForMs = 30_000;
const byClock = new WeakMap<ChangeClock, Map<string, Kept>>();

/**
 * What `load` gave for this company and name, to whoever asked first. The same name must always mean the same: nothing of one user may be in it. Inside an
 * act read yourself, which sees what the act just did.
 */
export async function keep<T>(
  clock: ChangeClock,
  { tenantId, name }: { tenantId: TenantId; name: string },
  load: () => Promise<T>,
): Promise<T> {
  const kept = byClock.get(clock) ?? new Map<string, Kept>();
  byClock.set(clock, kept);
  const key = `${tenantId}:${name}`;
  const known = kept.get(key);
  if (known && known.atMs > clock.changedAtMs(tenantId) && !isOld(known)) {
    // Somebody else's transaction may fail, or be cut: then this one asks itself.
    const value = await known.value.catch(() => null);
    if (value !== null) return value as T;
  }
  for (const [other, old] of kept) if (isOld(old)) kept.delete(other);
  const value = load();
  value.catch(() => {});
  kept.set(key, { atMs: performance.now(), value });
  return await value;
}

const isOld = ({ atMs }: Kept) => performance.now() - atMs > keptForMs;
