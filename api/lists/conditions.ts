// The filters that several lists have, as conditions on a record.

import type { RecordKind } from '#shared/contacts/record.ts';
import { toMinor } from '#shared/money.ts';
import type { Fragment, Tx } from '../db.ts';

const isId = (text: string) => /^\d{1,18}$/.test(text);
const day = 86_400_000;

/** What somebody wrote to the person about this very record, as its marks show it. */
export function contactConditions(tx: Tx, entity: RecordKind, id: Fragment, now: Date) {
  const contacts = tx`select from contacts k where k.entity = ${entity} and k.entity_id = ${id} and k.undone_at is null`;
  return {
    contato(value: string): Fragment {
      switch (value) {
        case 'nenhum':
          return tx`not exists (${contacts})`;
        case 'algum':
          return tx`exists (${contacts})`;
        case 'whatsapp':
          return tx`exists (${contacts} and k.channel = 'whatsapp')`;
        case 'sem_whatsapp':
          return tx`not exists (${contacts} and k.channel = 'whatsapp')`;
        case 'email':
          return tx`exists (${contacts} and k.channel = 'email')`;
        case 'sem_email':
          return tx`not exists (${contacts} and k.channel = 'email')`;
        default: {
          const since = new Date(now.getTime() - Number(value.replace('ha_', '')) * day);
          return tx`exists (${contacts}) and not exists (${contacts} and k.contacted_at >= ${since})`;
        }
      }
    },
    operador: (value: string): Fragment =>
      isId(value) ? tx`exists (${contacts} and k.user_id = ${value}::bigint)` : tx`false`,
    com_etiqueta: (value: string): Fragment =>
      isId(value)
        ? tx`${id} in (select g.entity_id from record_tags g where g.tag_id = ${value}::bigint and g.entity = ${entity} and g.undone_at is null)`
        : tx`false`,
  };
}

/** `300` or `300,50`, in minor units of a currency with cents. */
export const minorOf = (value: string): string => String(toMinor(value.replace(',', '.')));

/** The amount between both ends, each inclusive. */
export const valueConditions = (tx: Tx, minor: Fragment) => ({
  valor_min: (value: string): Fragment => tx`${minor} >= ${minorOf(value)}::text::bigint`,
  valor_max: (value: string): Fragment => tx`${minor} <= ${minorOf(value)}::text::bigint`,
});

export const siteCondition = (tx: Tx, siteId: Fragment) => ({
  loja: (slug: string): Fragment => tx`${siteId} = (select id from sites where slug = ${slug})`,
});

/** Weekday (Monday is 1) and hour of an instant by the company's clock. As a value the zone is part of the statement; asked of a table it is a call a row. */
export function clockConditions(tx: Tx, at: Fragment, timeZone: string) {
  const time = tx`local_time(${at}, ${timeZone})`;
  return {
    dia: (value: string): Fragment => tx`date_part('isodow', ${time}) = ${value}::text::integer`,
    hora: (value: string): Fragment => tx`date_part('hour', ${time}) = ${value}::text::integer`,
  };
}

/** `from` inclusive, `to` exclusive; open ends filter nothing. */
export const inPeriod = (tx: Tx, at: Fragment, { from, to }: { from: Date | null; to: Date | null }): Fragment => tx`
  ${from ? tx`and ${at} >= ${from}` : tx``}
  ${to ? tx`and ${at} < ${to}` : tx``}`;
