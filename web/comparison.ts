// What a panel is compared with: the span of equal length before it, moved by whole weeks so that Mondays meet Mondays. A period that still runs
// is compared with as much of the other one as has passed of it.
import { localDay, startOfLocalDay, type TimeZone } from '#shared/time-zone.ts';
import { addDays, type Period } from './period.ts';

export type Comparison = {
  firstDay: string;
  lastDay: string;
  from: Date;
  /** Exclusive. */
  to: Date;
};

const dayMs = 86_400_000;

/** Days of a closed period, both ends included. */
export function dayCount({ firstDay, lastDay }: { firstDay: string; lastDay: string }): number {
  return Math.round((Date.parse(lastDay) - Date.parse(firstDay)) / dayMs) + 1;
}

/** The period before this one; null for `tudo`, which has none. */
export function previousPeriod(
  { firstDay, lastDay }: Period,
  { timeZone, now }: { timeZone: TimeZone; now: Date },
): Comparison | null {
  if (firstDay === null || lastDay === null) return null;
  const shift = Math.ceil(dayCount({ firstDay, lastDay }) / 7) * 7;
  const [first, last] = [addDays(firstDay, -shift), addDays(lastDay, -shift)];
  const end = startOfLocalDay(addDays(last, 1), timeZone);
  const today = localDay(now, timeZone);
  const sinceMidnight = now.getTime() - startOfLocalDay(today, timeZone).getTime();
  const elapsed = new Date(startOfLocalDay(addDays(today, -shift), timeZone).getTime() + sinceMidnight);
  const from = startOfLocalDay(first, timeZone);
  const to = elapsed < end && elapsed > from ? elapsed : end;
  return { firstDay: first, lastDay: localDay(new Date(to.getTime() - 1), timeZone), from, to };
}
