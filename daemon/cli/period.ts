// A period as options: `--de --ate` (days of the company's time zone, both included) or a named `--periodo`; the original system's names too.
import { addDays } from '#shared/comparison.ts';
import { localDay, startOfLocalDay, type TimeZone } from '#shared/time-zone.ts';
import { type CommandContext, choiceOption, type OptionSpec, UsageError } from './command.ts';

const presets = ['hoje', 'ontem', '7dias', '30dias', 'mes_atual', 'tudo'] as const;

export const periodOptions: Record<string, OptionSpec> = {
  de: { value: 'AAAA-MM-DD', help: 'primeiro dia', aliases: ['start_date'] },
  ate: { value: 'AAAA-MM-DD', help: 'último dia, incluído', aliases: ['end_date'] },
  periodo: { value: 'PERIODO', help: `em vez de --de e --ate: ${presets.join(', ')}`, aliases: ['period'] },
};

/** From the first instant of the first day to the first instant after the last; null where the period is open. */
export type Period = { from: Date | null; to: Date | null };

/** The same with its days, as a comparison needs them. */
export type DayPeriod = Period & { firstDay: string | null; lastDay: string | null };

/** Reads the period of a command; no option means everything. UsageError for what is no day or ends before it starts. */
export function periodOption(context: CommandContext, timeZone: TimeZone): DayPeriod {
  const { de, ate } = context.options;
  const preset = choiceOption(context, 'periodo', presets);
  if (preset !== undefined && (de !== undefined || ate !== undefined))
    throw new UsageError('Use --periodo ou --de e --ate, não os dois.');
  const today = localDay(context.now, timeZone);
  const days: Record<(typeof presets)[number], [string | null, string | null]> = {
    hoje: [today, today],
    ontem: [addDays(today, -1), addDays(today, -1)],
    '7dias': [addDays(today, -6), today],
    '30dias': [addDays(today, -29), today],
    mes_atual: [`${today.slice(0, 7)}-01`, today],
    tudo: [null, null],
  };
  const [first, last] = preset === undefined ? [de ?? null, ate ?? null] : days[preset];
  if (first !== null && last !== null && first > last)
    throw new UsageError(`O período termina (${last}) antes de começar (${first}).`);
  return {
    firstDay: first,
    lastDay: last,
    from: first === null ? null : startOf('de', first, timeZone),
    to: last === null ? null : startOf('ate', addDays(checked('ate', last), 1), timeZone),
  };
}

function checked(option: string, day: string): string {
  // 30 February is no day, though Date takes it for 2 March
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || Number.isNaN(Date.parse(day)) || addDays(day, 0) !== day) {
    throw new UsageError(`--${option} deve ser um dia como 2026-01-31; recebido: "${day}".`);
  }
  return day;
}

function startOf(option: string, day: string, timeZone: TimeZone): Date {
  return startOfLocalDay(checked(option, day), timeZone);
}
