// The period that every list and panel looks at: whole days in the company's time zone, from the query string
// (`?periodo=30dias` or `?de=2025-01-01&ate=2025-01-31`). Both days are inside; the instants are a half-open range.
import { addDays } from '#shared/comparison.ts';
import { localDay, startOfLocalDay, type TimeZone } from '#shared/time-zone.ts';

export const periodNames = ['hoje', 'ontem', '7dias', '30dias', 'mes_atual', 'tudo'] as const;
export type PeriodName = (typeof periodNames)[number];

export const periodLabels: Readonly<Record<PeriodName, string>> = {
  hoje: 'Hoje',
  ontem: 'Ontem',
  '7dias': 'Últimos 7 dias',
  '30dias': 'Últimos 30 dias',
  mes_atual: 'Mês atual',
  tudo: 'Tudo',
};

export type Period = {
  /** null = two days chosen by hand. */
  name: PeriodName | null;
  /** First and last day (`2025-01-31`); null only for `tudo`. */
  firstDay: string | null;
  lastDay: string | null;
  /** Start inclusive, end exclusive; null = open. */
  from: Date | null;
  to: Date | null;
};

const isPeriodName = (text: string | undefined): text is PeriodName => periodNames.some((name) => name === text);

function isDay(text: string | undefined): text is string {
  if (!text || !/^(19|20|21)\d\d-\d\d-\d\d$/.test(text)) return false;
  const ms = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text);
}

/** Reads a period; what can't be read is the last 30 days. Two days in the wrong order are swapped. */
export function parsePeriod(
  query: { periodo?: string; de?: string; ate?: string },
  { timeZone, now }: { timeZone: TimeZone; now: Date },
): Period {
  const today = localDay(now, timeZone);
  const between = (name: PeriodName | null, firstDay: string, lastDay: string): Period => ({
    name,
    firstDay,
    lastDay,
    from: startOfLocalDay(firstDay, timeZone),
    to: startOfLocalDay(addDays(lastDay, 1), timeZone),
  });

  if (isDay(query.de) || isDay(query.ate)) {
    const first = isDay(query.de) ? query.de : (query.ate ?? today);
    const last = isDay(query.ate) ? query.ate : today;
    return first <= last ? between(null, first, last) : between(null, last, first);
  }
  const name = isPeriodName(query.periodo) ? query.periodo : '30dias';
  switch (name) {
    case 'hoje':
      return between(name, today, today);
    case 'ontem':
      return between(name, addDays(today, -1), addDays(today, -1));
    case '7dias':
      return between(name, addDays(today, -6), today);
    case '30dias':
      return between(name, addDays(today, -29), today);
    case 'mes_atual':
      return between(name, `${today.slice(0, 7)}-01`, today);
    case 'tudo':
      return { name, firstDay: null, lastDay: null, from: null, to: null };
  }
}

/** The parts of the address that say a period and can't be read. */
export function unreadPeriod({ periodo, de, ate }: { periodo?: string; de?: string; ate?: string }): string[] {
  const days = Object.entries({ De: de, Até: ate }).filter(([, day]) => day && !isDay(day));
  const names = periodo && !isPeriodName(periodo) && !de && !ate ? [['Período', periodo] as const] : [];
  return [...names, ...days].map(([label, value]) => `${label}: ${value}`);
}

/** The query-string pairs that give this period again; none for the default. */
export function periodQuery(period: Period): Record<string, string> {
  if (period.name === '30dias') return {};
  if (period.name) return { periodo: period.name };
  return { de: period.firstDay!, ate: period.lastDay! };
}

/** `16/10/2025 a 14/11/2025`, or `tudo`. */
export function periodText({ firstDay, lastDay }: Period): string {
  if (firstDay === null || lastDay === null) return 'tudo';
  const [first, last] = [firstDay, lastDay].map((day) => day.split('-').reverse().join('/'));
  return first === last ? first! : `${first} a ${last}`;
}
