// What each api process keeps of a company, once for all its users: what is dear to read and asked for by every page and every live event. Kept until a
// commit changed the company's rows (the feed hears of it), and half a minute at most, because time alone moves it too. What is dear to read in a large
// company may rest: a page that is asked for shows it some seconds old, and the live connection that the page opens brings what changed meanwhile. Once it
// has rested nobody waits for the next one either: whoever asks is shown what is there while it is read, of a minute ago at most.
import type { TenantId } from '#shared/ids.ts';
import type { Database, Tx } from './db.ts';
import type { ProgressFeed } from './progress-feed.ts';

type Kept = { atMs: number; costMs: number; value: Promise<unknown>; next: Kept | null };

/** The longest; a period that is over may rest as long. */
export const keptForMs = 30_000;
/** As long as this a resting one is shown while the next is read. */
const shownForMs = 2 * keptForMs;
/** How long what is dear may rest; what is dearer still, so that it takes no more than a fiftieth of a processor. */
export const restMs = 5_000;
const restPerCost = 50;
/** From so many rows on counting them is dear. */
export const manyRows = 5_000;

type What<T> = {
  tenantId: TenantId;
  /** The same name must always mean the same: nothing of one user may be in it. */
  name: string;
  /** Is it worth keeping? All is, unless told. */
  isKept?(value: T): boolean;
  /** How old it may be although rows changed since; not at all, unless told. */
  restMs?(value: T): number;
};

/**
 * What `load` gave for this company and name, to whoever asked first: in the transaction given, or in one of its own where nobody waits for it. Inside an act
 * read yourself, which sees what the act just did.
 */
export type Keep = <T>(tx: Tx, what: What<T>, load: (tx: Tx) => Promise<T>) => Promise<T>;

export function createKeep({
  feed,
  db,
}: {
  feed: Pick<ProgressFeed, 'changedAtMs'>;
  db: Pick<Database, 'withTenant'>;
}): Keep {
  const kept = new Map<string, Kept>();

  return async function keep<T>(
    tx: Tx,
    { tenantId, name, isKept = () => true, restMs = () => 0 }: What<T>,
    load: (tx: Tx) => Promise<T>,
  ): Promise<T> {
    const key = `${tenantId}:${name}`;
    for (const [other, { atMs }] of kept) if (ageMs(atMs) > shownForMs) kept.delete(other);

    const begin = (value: Promise<T>): Kept => {
      const begun: Kept = { atMs: performance.now(), costMs: 0, value, next: null };
      const end = (isWorth: boolean) => {
        const current = kept.get(key);
        if (current && current.atMs > begun.atMs) return;
        if (isWorth) kept.set(key, begun);
        else kept.delete(key);
      };
      value.then(
        (loaded) => {
          begun.costMs = ageMs(begun.atMs);
          end(isKept(loaded));
        },
        () => end(false),
      );
      return begun;
    };
    /** Somebody else's transaction may fail, or be cut: then this one asks itself. */
    const valueBehind = async (each: Kept) => (await each.value.catch(() => null)) as T | null;
    const isFresh = ({ atMs }: Kept) => atMs > feed.changedAtMs(tenantId) && ageMs(atMs) < keptForMs;

    const known = kept.get(key);
    const value = known ? await valueBehind(known) : null;
    if (known && value !== null) {
      if (isFresh(known)) return value;
      const rest = restMs(value);
      if (rest > 0) {
        const mayRest = ageMs(known.atMs) < Math.min(keptForMs, Math.max(rest, known.costMs * restPerCost));
        if (!mayRest) known.next ??= begin(db.withTenant(tenantId, load));
        return value;
      }
      const next = known.next && isFresh(known.next) ? await valueBehind(known.next) : null;
      if (next !== null) return next;
    }
    const begun = begin(load(tx));
    kept.set(key, begun);
    return (await begun.value) as T;
  };
}

const ageMs = (atMs: number) => performance.now() - atMs;
