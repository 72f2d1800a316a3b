// Which backups stay: the newest of each of the last days, weeks and months that have one (`7d4s6m`: dias, semanas, meses). UTC.
import type { Keep } from '#shared/backup-keep.ts';

const dayMs = 86_400_000;

/** Those that stay; the newest always does. */
export function chooseKept<T extends { madeAt: Date }>(backups: readonly T[], { days, weeks, months }: Keep): Set<T> {
  const newestFirst = [...backups].sort((a, b) => b.madeAt.getTime() - a.madeAt.getTime());
  const day = (at: Date) => Math.floor(at.getTime() / dayMs);
  const spans: [number, (at: Date) => number][] = [
    [days, day],
    // 5 January 1970 was a Monday.
    [weeks, (at) => Math.floor((day(at) - 4) / 7)],
    [months, (at) => at.getUTCFullYear() * 12 + at.getUTCMonth()],
  ];
  const kept = new Set(newestFirst.slice(0, 1));
  for (const [count, spanOf] of spans) {
    const seen = new Set<number>();
    for (const backup of newestFirst) {
      const span = spanOf(backup.madeAt);
      if (seen.size >= count) break;
      if (!seen.has(span)) kept.add(backup);
      seen.add(span);
    }
  }
  return kept;
}
