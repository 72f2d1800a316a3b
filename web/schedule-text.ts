// A schedule in words, and when it fires next: `* * * * *` is the default, `*/5 * * * *` and the like are what people choose; anything
// else is shown as it stands, without a guess.

/** Every how many minutes, or null when the expression says something else. */
function everyMinutes(cron: string): number | null {
  const parts = /^(?:\*|\*\/(\d{1,2})) \* \* \* \*$/.exec(cron.trim());
  if (!parts) return null;
  const minutes = Number(parts[1] ?? 1);
  return minutes >= 1 && 60 % minutes === 0 ? minutes : null;
}

/** `a cada minuto`, `a cada 5 minutos`, or the expression itself. */
export function scheduleText(cron: string): string {
  const minutes = everyMinutes(cron);
  if (minutes === null) return cron;
  return minutes === 1 ? 'a cada minuto' : `a cada ${minutes} minutos`;
}

/** When it fires next; null when the expression is none that we read. */
export function nextFire(cron: string, now: Date): Date | null {
  const minutes = everyMinutes(cron);
  if (minutes === null) return null;
  const stepMs = minutes * 60_000;
  return new Date((Math.floor(now.getTime() / stepMs) + 1) * stepMs);
}
