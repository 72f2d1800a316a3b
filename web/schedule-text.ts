// A schedule in plain words: what people choose has a sentence of its own; anything else is shown as it stands, without a guess.
import { type Cron, parseCron } from '#shared/cron.ts';

const weekdayNames = ['domingo', 'segunda', 'terça', 'quarta', 'quinta', 'sexta', 'sábado'];
const isEvery = (values: readonly number[], count: number) => values.length === count;
const two = (value: number) => String(value).padStart(2, '0');
const listed = new Intl.ListFormat('pt-BR', { type: 'conjunction' });

/** `a cada minuto`, `todos os dias às 03:17`, or the expression itself. */
export function scheduleText(expression: string): string {
  const cron = parseCron(expression);
  if (!cron || !isEvery(cron.days, 31) || !isEvery(cron.months, 12)) return expression;
  const times = timesText(cron);
  if (!times) return expression;
  if (isEvery(cron.weekdays, 7)) return times.isDaily ? `todos os dias ${times.text}` : times.text;
  const days =
    cron.weekdays.join() === '1,2,3,4,5'
      ? 'de segunda a sexta'
      : `em ${listed.format(cron.weekdays.map((day) => weekdayNames[day]!))}`;
  return times.isDaily ? `${days} ${times.text}` : `${times.text}, ${days}`;
}

function timesText({ minutes, hours }: Cron): { text: string; isDaily: boolean } | null {
  const every = stepOf(minutes, 60);
  const hourStep = stepOf(hours, 24);
  const span =
    hours.length > 1 && hours.length < 24 && hours.every((hour, index) => index === 0 || hour === hours[index - 1]! + 1)
      ? `, das ${hours[0]} h às ${hours.at(-1)} h`
      : '';
  if (every !== null && (hours.length === 24 || span)) {
    return { text: (every === 1 ? 'a cada minuto' : `a cada ${every} minutos`) + span, isDaily: false };
  }
  if (minutes.length !== 1) return null;
  const [minute] = minutes;
  const at = minute === 0 ? 'em ponto' : `aos ${minute} min`;
  if (hours.length === 24) return { text: `a cada hora, ${at}`, isDaily: false };
  if (hourStep !== null && hourStep > 1) return { text: `a cada ${hourStep} horas, ${at}`, isDaily: false };
  if (hours.length > 4) return span ? { text: `a cada hora, ${at}${span}`, isDaily: false } : null;
  return { text: `às ${listed.format(hours.map((hour) => `${two(hour)}:${two(minute!)}`))}`, isDaily: true };
}

/** The step of values that are all multiples of it; null for anything else. */
function stepOf(values: readonly number[], whole: number): number | null {
  const step = whole / values.length;
  return Number.isInteger(step) && values.length > 1 && values.every((value, index) => value === index * step)
    ? step
    : null;
}
