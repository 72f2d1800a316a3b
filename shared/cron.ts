// Cron expressions of five fields, as the daemon's node-cron reads them: checked, said in plain words, and their next firings, so that a page can
// show what a schedule means before anybody waits for it. Numbers only; names of months and days are the command line's.
import { offsetAt, type TimeZone, wallClockToInstant } from './time-zone.ts';

const ranges = [
  [0, 59],
  [0, 23],
  [1, 31],
  [1, 12],
  [0, 7],
] as const;

/** Every allowed value of minute, hour, day, month and weekday (0 = Sunday). */
export type Cron = { minutes: number[]; hours: number[]; days: number[]; months: number[]; weekdays: number[] };

/** Null for what is no such expression. */
export function parseCron(expression: string): Cron | null {
  const fields = expression.trim().split(/\s+/);
  if (fields.length !== ranges.length) return null;
  const values = fields.map((field, index) => parseField(field, ranges[index]![0], ranges[index]![1]));
  if (values.some((field) => field === null)) return null;
  const [minutes, hours, days, months, weekdays] = values as number[][];
  return {
    minutes: minutes!,
    hours: hours!,
    days: days!,
    months: months!,
    weekdays: [...new Set(weekdays!.map((day) => day % 7))].sort((a, b) => a - b),
  };
}

function parseField(field: string, min: number, max: number): number[] | null {
  const values = new Set<number>();
  for (const part of field.split(',')) {
    const [, whole, from, to, step] = /^(?:(\*)|(\d{1,2})(?:-(\d{1,2}))?)(?:\/(\d{1,2}))?$/.exec(part) ?? [];
    if (whole === undefined && from === undefined) return null;
    const first = whole ? min : Number(from);
    const last = whole ? max : to === undefined ? (step === undefined ? first : max) : Number(to);
    const by = step === undefined ? 1 : Number(step);
    if (first < min || last > max || first > last || by < 1) return null;
    for (let value = first; value <= last; value += by) values.add(value);
  }
  return [...values].sort((a, b) => a - b);
}

const dayMs = 86_400_000;
/** 29 February comes back within eight years. */
const mostDays = 8 * 366;

/** The next `count` firings after `now`, in the zone that the hours are meant in. */
export function nextFirings(
  expression: string,
  { now, timeZone, count }: { now: Date; timeZone: TimeZone; count: number },
): Date[] {
  const cron = parseCron(expression);
  if (!cron) return [];
  const found: Date[] = [];
  const localMs = now.getTime() + offsetAt(now.getTime(), timeZone);
  const firstDay = Math.floor(localMs / dayMs) * dayMs;
  for (let nth = 0; nth < mostDays && found.length < count; nth++) {
    const day = new Date(firstDay + nth * dayMs);
    const fits =
      cron.months.includes(day.getUTCMonth() + 1) &&
      cron.days.includes(day.getUTCDate()) &&
      cron.weekdays.includes(day.getUTCDay());
    if (!fits) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const instantMs = wallClockToInstant(day.getTime() + hour * 3_600_000 + minute * 60_000, timeZone);
        if (instantMs > now.getTime() && found.length < count) found.push(new Date(instantMs));
      }
    }
  }
  return found;
}
