// How dates, money and numbers read in Brazilian Portuguese. Instants are shown in the company's time zone.

import { addDays } from '#shared/comparison.ts';
import { formatMoney } from '#shared/money.ts';
import { localDay, offsetAt, type TimeZone } from '#shared/time-zone.ts';

/** The clock of a page: what "há 12 min" is counted from, and whose midnight "ontem" means. */
export type Clock = { now: Date; timeZone: TimeZone };

function localParts(instant: Date, timeZone: TimeZone) {
  const text = new Date(instant.getTime() + offsetAt(instant.getTime(), timeZone)).toISOString();
  return { day: text.slice(0, 10), time: text.slice(11, 16) };
}

/** `2025-01-10` → `10/01/2025`. */
export function dayText(day: string): string {
  return `${day.slice(8, 10)}/${day.slice(5, 7)}/${day.slice(0, 4)}`;
}

/** `10/01/2025`. */
export function dateText(instant: Date, timeZone: TimeZone): string {
  return dayText(localDay(instant, timeZone));
}

/** `10/01/2025 14:32`. */
export function dateTimeText(instant: Date, timeZone: TimeZone): string {
  const { day, time } = localParts(instant, timeZone);
  return `${dayText(day)} ${time}`;
}

/** `14:32`. */
export function timeText(instant: Date, timeZone: TimeZone): string {
  return localParts(instant, timeZone).time;
}

/** `agora`, `há 12 min`, `há 5 h` (same day), `ontem às 14:32`, then date and time. */
export function relativeText(instant: Date, { now, timeZone }: Clock): string {
  const seconds = Math.floor((now.getTime() - instant.getTime()) / 1000);
  if (seconds >= 0 && seconds < 60) return 'agora';
  if (seconds >= 0 && seconds < 3600) return `há ${Math.floor(seconds / 60)} min`;
  const { day, time } = localParts(instant, timeZone);
  const today = localDay(now, timeZone);
  if (seconds >= 0 && day === today) return `há ${Math.floor(seconds / 3600)} h`;
  if (day === addDays(today, -1)) return `ontem às ${time}`;
  if (day === addDays(today, 1)) return `amanhã às ${time}`;
  return `${dayText(day)} ${time}`;
}

/** A time span, rounded: `43 s`, `12 min`, `3 h`, `5 dias`. */
export function durationText(seconds: number): string {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 172_800) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} dias`;
}

/** Minor units (as Postgres gives a bigint) → `R$ 1.234,50`. */
export function moneyText(minor: string | bigint, currency: string): string {
  return formatMoney(BigInt(minor), currency);
}

const integers = new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 0 });
const percents = new Intl.NumberFormat('pt-BR', {
  style: 'percent',
  minimumFractionDigits: 1,
  maximumFractionDigits: 1,
});

/** 1234 → `1.234`. */
export function numberText(value: number | string | bigint): string {
  return integers.format(typeof value === 'string' ? BigInt(value) : value);
}

/** 0.1234 → `12,3%`. */
export function percentText(ratio: number): string {
  return percents.format(ratio);
}

/** `nenhum carrinho`, `1 carrinho`, `1.234 carrinhos`; `none` for feminine words. */
export function countText(count: number | string, one: string, many: string, none = 'nenhum'): string {
  const value = Number(count);
  if (value === 0) return `${none} ${one}`;
  return `${numberText(value)} ${value === 1 ? one : many}`;
}

/** A numeric of Postgres → `2`, `1,5`. */
export function quantityText(decimal: string): string {
  return decimal
    .replace(/(\.\d*?)0+$/, '$1')
    .replace(/\.$/, '')
    .replace('.', ',');
}
