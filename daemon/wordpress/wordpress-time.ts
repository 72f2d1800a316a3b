// The one place where WordPress times become instants (docs/wordpress.md §7). Columns come as text (`dateStrings`), because the driver would
// read them in this machine's zone; zero dates, which WordPress writes freely, are no time at all.

import { isTimeZone, type TimeZone, wallClockToInstant } from '#shared/time-zone.ts';

/** The clock's reading as if it were UTC, in milliseconds; null for zero dates and what is no date. */
function readWallClock(text: string | null | undefined): number | null {
  if (!text) return null;
  const parts = /^\s*(\d{4})-(\d\d)-(\d\d)[ T](\d\d):(\d\d):(\d\d)(?:\.(\d{1,6}))?\s*$/.exec(text);
  if (!parts) return null;
  const year = Number(parts[1]);
  const month = Number(parts[2]);
  const day = Number(parts[3]);
  const hour = Number(parts[4]);
  const minute = Number(parts[5]);
  const second = Number(parts[6]);
  // Date.UTC reads years below 100 as 19xx; such a year is a mistake anyway.
  if (year < 100 || hour > 23 || minute > 59 || second > 59) return null;
  const wallMs = Date.UTC(year, month - 1, day, hour, minute, second);
  const read = new Date(wallMs);
  if (read.getUTCMonth() !== month - 1 || read.getUTCDate() !== day) return null;
  return parts[7] ? wallMs + Number(parts[7].padEnd(3, '0').slice(0, 3)) : wallMs;
}

/** A `*_gmt` column (`2025-01-15 12:00:00`, UTC) → instant; null for zero dates, empty and invalid text. */
export function parseGmt(text: string | null | undefined): Date | null {
  const wallMs = readWallClock(text);
  return wallMs === null ? null : new Date(wallMs);
}

/** Whole seconds of year 9999's end; beyond it Postgres and we would disagree. */
const maxEpochSeconds = 253_402_300_799;

/** A column in the shop's own time (post_date, Form Vibes `captured`, CartFlows `time`) → instant; null as in parseGmt. */
export function parseLocal(text: string | null | undefined, timeZone: TimeZone): Date | null {
  const wallMs = readWallClock(text);
  if (wallMs === null) return null;
  // West of Greenwich the last hours of year 9999 are in a year of five digits.
  const instantMs = wallClockToInstant(wallMs, timeZone);
  return instantMs > maxEpochSeconds * 1000 ? null : new Date(instantMs);
}

function readEpoch(text: string | number | null | undefined): number | null {
  const trimmed = String(text ?? '').trim();
  if (!/^\d{1,12}$/.test(trimmed)) return null;
  const seconds = Number(trimmed);
  return seconds === 0 || seconds > maxEpochSeconds ? null : seconds * 1000;
}

/** Seconds since 1970 in UTC (`_date_paid`, `last_update`) → instant; 0, empty and other text are null. */
export function parseEpoch(text: string | number | null | undefined): Date | null {
  const ms = readEpoch(text);
  return ms === null ? null : new Date(ms);
}

/** Seconds since 1970 plus the site's offset, as `current_time('timestamp')` gives them (Tyche, VillaTheme) → instant. */
export function parseShiftedEpoch(text: string | number | null | undefined, timeZone: TimeZone): Date | null {
  const ms = readEpoch(text);
  return ms === null ? null : new Date(wallClockToInstant(ms, timeZone));
}

/**
 * The site's zone from its options. `timezone_string` comes first: a stored `gmt_offset` is stale beside it.
 * A manual offset (`-3`, `5.5`) has no daylight time; with neither the site runs on UTC, as a new WordPress does.
 */
export function siteTimeZone(options: {
  timezone_string?: string | null;
  gmt_offset?: string | number | null;
}): TimeZone {
  const name = options.timezone_string?.trim() ?? '';
  if (name !== '' && isTimeZone(name)) return name;
  const hours = Number(String(options.gmt_offset ?? '').trim());
  const minutes = Math.round(hours * 60);
  if (!Number.isFinite(minutes) || minutes === 0 || Math.abs(minutes) > 15 * 60) return 'UTC';
  const two = (value: number) => String(value).padStart(2, '0');
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(Math.abs(minutes) / 60))}:${two(Math.abs(minutes) % 60)}`;
}
