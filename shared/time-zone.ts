// A shop's wall clock against instants, at the offset of that date and not of today: Brazil had daylight time until February 2019.
// Intl knows the zones but is slow (about 2 µs a look-up), so offsets are remembered by day; most days have only one.

/** An IANA name (`America/Sao_Paulo`), `UTC`, or a fixed offset (`+05:30`). */
export type TimeZone = string;

const dayMs = 86_400_000;

type Zone = {
  /** Milliseconds to add to UTC to get the wall clock. */
  compute(instantMs: number): number;
  /** Offset by UTC day; NaN where it changes inside the day. */
  byDay: Map<number, number>;
};

/** 27 years of days. Hostile dates may fill it; then it starts anew. */
const maxDays = 10_000;

const zones = new Map<TimeZone, Zone>();

function fixedOffset(timeZone: TimeZone): number | null {
  const parts = /^([+-])(\d\d):(\d\d)$/.exec(timeZone);
  if (!parts || Number(parts[2]) > 15 || Number(parts[3]) > 59) return null;
  const minutes = Number(parts[2]) * 60 + Number(parts[3]);
  return (parts[1] === '-' ? -minutes : minutes) * 60_000;
}

function intlOffset(timeZone: TimeZone): (instantMs: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (instantMs) => {
    const field: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instantMs)) field[type] = Number(value);
    const wallMs = Date.UTC(field.year!, field.month! - 1, field.day, field.hour, field.minute, field.second);
    return wallMs - Math.floor(instantMs / 1000) * 1000;
  };
}

function getZone(timeZone: TimeZone): Zone {
  let zone = zones.get(timeZone);
  if (!zone) {
    const fixed = fixedOffset(timeZone);
    zone = { compute: fixed === null ? intlOffset(timeZone) : () => fixed, byDay: new Map() };
    zones.set(timeZone, zone);
  }
  return zone;
}

/** Can this name be used as a time zone? */
export function isTimeZone(timeZone: string): boolean {
  try {
    getZone(timeZone);
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds that the zone is ahead of UTC at that instant (São Paulo today: -10800000). Throws RangeError on an unknown zone. */
export function offsetAt(instantMs: number, timeZone: TimeZone): number {
  const zone = getZone(timeZone);
  const day = Math.floor(instantMs / dayMs);
  let offset = zone.byDay.get(day);
  if (offset === undefined) {
    if (zone.byDay.size >= maxDays) zone.byDay.clear();
    const atStart = zone.compute(day * dayMs);
    offset = atStart === zone.compute((day + 1) * dayMs - 1) ? atStart : Number.NaN;
    zone.byDay.set(day, offset);
  }
  return Number.isNaN(offset) ? zone.compute(instantMs) : offset;
}

/**
 * The instant of a wall clock, both in milliseconds; `wallMs` is the clock's reading as if it were UTC (`Date.UTC(2018, 10, 4, 0, 30)`).
 * A reading that clocks skipped moves on by the gap; of a reading that came twice, the earlier instant.
 */
export function wallClockToInstant(wallMs: number, timeZone: TimeZone): number {
  const before = offsetAt(wallMs - dayMs, timeZone);
  const after = offsetAt(wallMs + dayMs, timeZone);
  if (before === after) return wallMs - before;
  const candidates = [wallMs - before, wallMs - after].filter((ms) => ms + offsetAt(ms, timeZone) === wallMs);
  return candidates.length > 0 ? Math.min(...candidates) : wallMs - before;
}

/** The day (`2018-11-04`) that it is in the zone at that instant. */
export function localDay(instant: Date, timeZone: TimeZone): string {
  const instantMs = instant.getTime();
  return new Date(instantMs + offsetAt(instantMs, timeZone)).toISOString().slice(0, 10);
}

/** The first instant of a day in the zone: 01:00 where daylight time skips midnight. Throws RangeError on what is no day. */
export function startOfLocalDay(day: string, timeZone: TimeZone): Date {
  const wallMs = /^\d{4}-\d\d-\d\d$/.test(day) ? Date.parse(`${day}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(wallMs)) throw new RangeError(`expected a day as YYYY-MM-DD, got ${JSON.stringify(day)}`);
  return new Date(wallClockToInstant(wallMs, timeZone));
}
