// How long a company keeps personal data (docs/lgpd.md): of people who never ordered, of rows that could not be read, and the log of accesses. Nothing
// is removed until somebody has looked at the preview and turned it on.
import type { Statements } from '../recompute/statements.ts';

export type RetentionSettings = {
  /** Months after the last activity of somebody without an order. */
  months: number;
  rawDays: number;
  logMonths: number;
  /** Null: off. */
  since: Date | null;
  ranAt: Date | null;
};

export type RetentionPreview = { people: number; leads: number; carts: number; quarantined: number; logged: number };

export const retentionLimits = {
  months: { min: 1, max: 120 },
  rawDays: { min: 1, max: 3_650 },
  /** Marco Civil, art. 15: access records at least six months. */
  logMonths: { min: 6, max: 120 },
} as const;

/** The instants before which things are too old. */
export function retentionBounds(
  { months, rawDays, logMonths }: Pick<RetentionSettings, 'months' | 'rawDays' | 'logMonths'>,
  now: Date,
) {
  const monthsAgo = (count: number) => {
    const date = new Date(now);
    date.setUTCMonth(date.getUTCMonth() - count);
    return date;
  };
  return {
    before: monthsAgo(months),
    rawBefore: new Date(now.getTime() - rawDays * 86_400_000),
    logBefore: monthsAgo(logMonths),
  };
}

/** What would go tonight by these settings. */
export async function previewRetention(
  db: Statements,
  settings: Pick<RetentionSettings, 'months' | 'rawDays' | 'logMonths'>,
  now: Date,
): Promise<RetentionPreview> {
  const { before, rawBefore, logBefore } = retentionBounds(settings, now);
  const values = { tenant: db.tenantId, before, raw_before: rawBefore, log_before: logBefore };
  return (await db.run<RetentionPreview>('count_retention', values)).rows[0]!;
}

export async function getRetention(db: Statements): Promise<RetentionSettings> {
  return (await db.run<RetentionSettings>('get_retention', { tenant: db.tenantId })).rows[0]!;
}

/** Saves the settings; `isOn` turns the nightly removal on or off. */
export async function saveRetention(
  db: Statements,
  { months, rawDays, logMonths }: Pick<RetentionSettings, 'months' | 'rawDays' | 'logMonths'>,
  { isOn, now }: { isOn: boolean; now: Date },
): Promise<void> {
  await db.run('update_retention', {
    tenant: db.tenantId,
    months,
    raw_days: rawDays,
    log_months: logMonths,
    is_on: isOn,
    now,
  });
}
