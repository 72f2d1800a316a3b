// What a period is compared with: the span of equal length before it, moved by whole weeks so that Mondays meet Mondays. A period that still runs
// is compared with as much of the other one as has passed of it. Panel and `resumo --comparar` compare the same figures (docs/rules.md, figures).
import type { Figures } from './figures.ts';
import { localDay, startOfLocalDay, type TimeZone } from './time-zone.ts';

export type Comparison = {
  firstDay: string;
  lastDay: string;
  from: Date;
  /** Exclusive. */
  to: Date;
};

const dayMs = 86_400_000;

/** `2025-01-31` + 1 → `2025-02-01`. */
export function addDays(day: string, days: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);
}

/** Days of a closed period, both ends included. */
export function dayCount({ firstDay, lastDay }: { firstDay: string; lastDay: string }): number {
  return Math.round((Date.parse(lastDay) - Date.parse(firstDay)) / dayMs) + 1;
}

/** The period before this one; null for one that is open at an end. */
export function previousPeriod(
  { firstDay, lastDay }: { firstDay: string | null; lastDay: string | null },
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

/** Below this many rows behind the earlier figure a change says nothing. */
const minBase = 5;

type Compared = {
  /** Counts and money change by a share, rates by percentage points. */
  kind: 'count' | 'money' | 'rate';
  of(figures: Figures): number | string | null;
  /** The rows behind the figure. */
  base(figures: Figures): number;
};

const rateBase = ({ recoveryRate }: Figures) => recoveryRate.recovered + recoveryRate.abandoned;

/** The figures that have a period before them. */
export const comparedFigures = {
  leads: { kind: 'count', of: ({ leads }) => leads, base: ({ leads }) => leads },
  leadsWasCustomer: {
    kind: 'count',
    of: ({ leadsByCustomerStatus }) => leadsByCustomerStatus.was_customer,
    base: ({ leadsByCustomerStatus }) => leadsByCustomerStatus.was_customer,
  },
  cartsAbandoned: { kind: 'count', of: ({ carts }) => carts.abandoned, base: ({ carts }) => carts.abandoned },
  recoveryRate: { kind: 'rate', of: ({ recoveryRate }) => recoveryRate.rate, base: rateBase },
  recoveredValue: {
    kind: 'money',
    of: ({ recoveredValue }) => recoveredValue,
    base: ({ recoveryRate }) => recoveryRate.recovered,
  },
  averageOrderValue: {
    kind: 'money',
    of: ({ averageOrderValue }) => averageOrderValue,
    base: ({ paidOrdersCounted }) => paidOrdersCounted,
  },
  repeatRate: { kind: 'rate', of: ({ repeatRate }) => repeatRate, base: ({ customers }) => customers },
} as const satisfies Record<string, Compared>;

export type ComparedFigure = keyof typeof comparedFigures;

export type Change = {
  kind: Compared['kind'];
  /** Now minus then: a number, money in whole units, or a rate (0.05 is five percentage points). */
  difference: number;
  /** The difference ÷ the earlier figure; null for rates. */
  share: number | null;
};

/** How a figure changed; null where one of both does not exist or the earlier one stands on fewer than five rows ("n/d"). */
export function changeOf(name: ComparedFigure, current: Figures, earlier: Figures): Change | null {
  const { kind, of, base }: Compared = comparedFigures[name];
  const [now, then] = [of(current), of(earlier)];
  if (now === null || then === null || base(earlier) < minBase) return null;
  const difference = Math.round((Number(now) - Number(then)) * 10_000) / 10_000;
  return { kind, difference, share: kind === 'rate' || Number(then) === 0 ? null : difference / Number(then) };
}
