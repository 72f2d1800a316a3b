// How many backups stay, as people write it: `7d4s6m` is the last 7 days, 4 weeks (semanas) and 6 months.
export type Keep = { days: number; weeks: number; months: number };

/** Null for what is no such text. */
export function parseKeep(text: string): Keep | null {
  const match = /^(?:(\d{1,3})d)?(?:(\d{1,3})s)?(?:(\d{1,3})m)?$/.exec(text);
  if (!match) return null;
  const [days, weeks, months] = match.slice(1).map((part) => Number(part ?? 0)) as [number, number, number];
  return days + weeks + months > 0 ? { days, weeks, months } : null;
}
