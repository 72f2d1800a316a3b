// A shop under strain gets rest: between two pages we wait until no more than half of the time went to its statements. Healthy shops answer in
// milliseconds and are never waited for.

/** A statement that takes longer than this on average (of the last ten) is a shop under strain. */
export const slowMs = 400;
/** What a page can cost at worst is bounded by the statement limit; nobody waits longer than this for the next one. */
const longestRestMs = 30_000;

export type Pace = {
  /** A statement took so long. */
  add(ms: number): void;
  /** To be awaited between two pages: returns at once unless the shop is slow. */
  rest(): Promise<void>;
  /** The process is stopping: whoever rests goes on, and nobody rests any more. */
  hurry(): void;
  /** Moving average of a statement's time in milliseconds. */
  slowness(): number;
  /** The fastest statement so far in milliseconds, 0 before the first: about the way there and back. */
  fastest(): number;
  /** Since the connection was opened: statements, their milliseconds, and the milliseconds rested. */
  spent(): { statements: number; ms: number; restedMs: number };
};

export function createPace({ now }: { now: () => number }): Pace {
  const total = { statements: 0, ms: 0, restedMs: 0 };
  let averageMs = 0;
  let fastestMs = Number.POSITIVE_INFINITY;
  let page = { since: now(), busyMs: 0 };
  let isHurried = false;
  let wake: (() => void) | null = null;

  const sleep = (ms: number) =>
    new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });

  return {
    add(ms) {
      total.statements += 1;
      total.ms += ms;
      page.busyMs += ms;
      fastestMs = Math.min(fastestMs, ms);
      averageMs = averageMs === 0 ? ms : averageMs * 0.8 + ms * 0.2;
    },
    async rest() {
      const startedAt = now();
      // The time in which the last page was written counts as rest too.
      const dueMs = 2 * page.busyMs - (startedAt - page.since);
      if (averageMs > slowMs && dueMs > 0 && !isHurried) {
        await sleep(Math.min(dueMs, longestRestMs));
        wake = null;
        total.restedMs += now() - startedAt;
      }
      page = { since: now(), busyMs: 0 };
    },
    hurry() {
      isHurried = true;
      wake?.();
    },
    slowness: () => averageMs,
    fastest: () => (total.statements === 0 ? 0 : fastestMs),
    spent: () => ({ ...total }),
  };
}
