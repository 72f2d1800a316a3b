// The steps of a chart over time: days; weeks or four weeks when there are more days than a line can show.
import { addDays, dayCount } from '#shared/comparison.ts';

export type ChartStep = { firstDay: string; lastDay: string };

const maxDays = 92;
const maxWeeks = 110;

/** Days to a step: 1, 7 or 28. */
export function stepDays(days: number): number {
  if (days <= maxDays) return 1;
  return days <= maxWeeks * 7 ? 7 : 28;
}

/** The steps from the first to the last day. */
export function chartSteps(range: { firstDay: string; lastDay: string }): ChartStep[] {
  const days = dayCount(range);
  const size = stepDays(days);
  return Array.from({ length: Math.ceil(days / size) }, (_, index) => {
    const firstDay = addDays(range.firstDay, index * size);
    // The last step may be shorter.
    const length = Math.min(size, days - index * size);
    return { firstDay, lastDay: addDays(firstDay, length - 1) };
  });
}
