// What each api process keeps of a company, once for all its users: what is dear to read and asked for by every page and every live event. Kept until a
// commit changed the company's rows (the feed hears of it), and half a minute at most, because time alone moves it too. What is dear to read in a large
// company may rest: a page that is asked for shows it some seconds old, and the live connection that the page opens brings what changed meanwhile.
import type { TenantId } from '#shared/ids.ts';
import type { ProgressFeed } from './progress-feed.ts';

type Kept = { atMs: number; costMs: number; value: Promise<unknown> };
export type ChangeClock = Pick<ProgressFeed, 'changedAtMs'>;

/** The longest; a period that is over may rest as long. */
export const keptForMs = 30_000;
/** How long what is dear may rest; what is dearer still, so that it takes no more than a fiftieth of a processor. */
export const restMs = 5_000;
const restPerCost = 50;
/** From so many rows on counting them is dear. */
export const manyRows = 5_000;

const byClock = new WeakMap<ChangeClock, Map<string, Kept>>();

type What<T> = {
  tenantId: TenantId;
  /** The same name must always mean the same: nothing of one user may be in it. */
  name: string;
  /** Is it worth keeping? All is, unless told. */
  isKept?(value: T): boolean;
  /** How old it may be although rows changed since; not at all, unless told. */
  restMs?(value: T): number;
};

/** What `load` gave for this company and name, to whoever asked first. Inside an act read yourself, which sees what the act just did. */
export async function keep<T>(
  clock: ChangeClock,
  { tenantId, name, isKept = () => true, restMs = () => 0 }: What<T>,
  load: () => Promise<T>,
): Promise<T> {
  const kept = byClock.get(clock) ?? new Map<string, Kept>();
  byClock.set(clock, kept);
  const key = `${tenantId}:${name}`;
  const known = kept.get(key);
  if (known && !isOld(known)) {
    const isFresh = known.atMs > clock.changedAtMs(tenantId);
    // Somebody else's transaction may fail, or be cut: then this one asks itself.
    const value = (await known.value.catch(() => null)) as T | null;
    const rest = value === null ? 0 : restMs(value);
    const mayRest = rest > 0 && performance.now() - known.atMs < Math.max(rest, known.costMs * restPerCost);
    if (value !== null && (isFresh || mayRest)) return value;
  }
  for (const [other, old] of kept) if (isOld(old)) kept.delete(other);
  const value = load();
  value.catch(() => {});
  const own: Kept = { atMs: performance.now(), costMs: 0, value };
  kept.set(key, own);
  const loaded = await value;
  own.costMs = performance.now() - own.atMs;
  if (!isKept(loaded) && kept.get(key)?.value === value) kept.delete(key);
  return loaded;
}

const isOld = ({ atMs }: Kept) => performance.now() - atMs > keptForMs;
