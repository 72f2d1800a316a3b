// Contatos: everything that anybody of the company wrote to people, newest first, with who it was and about which record.
import type { Channel } from '#shared/contacts/contact.ts';
import { type RecordKind, recordKinds } from '#shared/contacts/record.ts';
import { audiences, isAudience } from '#shared/message-audiences.ts';
import { channelLabels } from '../components/contact-types.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { type ListFilter, ListFilters } from '../components/list-filters.tsx';
import { Pager } from '../components/pager.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { SwapLink } from '../components/swap-link.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { hourText, weekdays } from '../list-filters.ts';
import { paths } from '../paths.ts';
import { type Period, periodQuery } from '../period.ts';

export type ContactLogRow = {
  id: string;
  entity: RecordKind;
  entityId: string;
  channel: Channel;
  template: string | null;
  userName: string | null;
  contactedAt: Date;
  undoneAt: Date | null;
  /** Of the person, as the record has it; an order also has its number. */
  name: string | null;
  orderNumber: string | null;
};

export type ContactLogChoice = {
  period: Period;
  channel: Channel | null;
  userId: string | null;
  /** Of the company's clock, as the report by the clock asks: 1 is Monday. */
  weekday: string | null;
  hour: string | null;
};

type ContactLog = ContactLogChoice & {
  slug: string;
  users: readonly { id: string; name: string }[];
  count: number;
  rows: readonly ContactLogRow[];
  before: string | null;
  after: string | null;
  clock: Clock;
};

const recordLabels: Readonly<Record<RecordKind, string>> = { lead: 'Lead', cart: 'Carrinho', order: 'Pedido' };

function contactLogQuery({ period, channel, userId, weekday, hour }: ContactLogChoice): Record<string, string> {
  return {
    ...(channel ? { canal: channel } : {}),
    ...(userId ? { operador: userId } : {}),
    ...(weekday ? { dia: weekday } : {}),
    ...(hour ? { hora: hour } : {}),
    ...periodQuery(period),
  };
}

export function ContactLogPage(log: ContactLog) {
  const { slug, period, channel, userId, users, rows, count, before, after } = log;
  const path = paths.contacts(slug);
  const { periodo: _, de: __, ate: ___, ...timeless } = contactLogQuery(log);
  const filters: ListFilter[] = [
    {
      name: 'operador',
      label: 'Operador',
      all: 'Todos',
      options: users.map(({ id, name }) => ({ value: id, label: name })),
      value: userId,
    },
    {
      name: 'canal',
      label: 'Canal',
      all: 'Todos os canais',
      options: Object.entries(channelLabels).map(([value, label]) => ({ value, label })),
      value: channel,
    },
  ];
  return (
    <>
      <PageHead title="Contatos">
        <PeriodPicker path={path} period={period} query={timeless} />
      </PageHead>
      <ListFilters path={path} query={periodQuery(period)} filters={filters} />
      <p class="faint">
        {countText(count, 'contato', 'contatos')} no período, sem os desfeitos.
        {log.weekday || log.hour ? (
          <>
            {' '}
            {[log.weekday && weekdays[log.weekday], log.hour && hourText(log.hour)].filter(Boolean).join(', ')}.{' '}
            <SwapLink href={paths.contactLog(slug, contactLogQuery({ ...log, weekday: null, hour: null }))}>
              Todos os horários
            </SwapLink>
          </>
        ) : (
          ''
        )}
      </p>
      {rows.length === 0 ? (
        <EmptyState icon="message" title="Nenhum contato neste período.">
          <SwapLink href={paths.contactLog(slug, { periodo: 'tudo' })}>Ver todo o período</SwapLink> ·{' '}
          <a href={paths.queue(slug)}>Ir para a fila de hoje</a>
        </EmptyState>
      ) : (
        <div class="table-box table-box-wide">
          <table class="table">
            <thead>
              <tr>
                <th scope="col">Pessoa</th>
                <th scope="col">Canal</th>
                <th scope="col">Operador</th>
                <th scope="col">Mensagem</th>
                <th scope="col">Quando</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <ContactRow row={row} log={log} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager path={path} query={contactLogQuery(log)} before={before} after={after} />
    </>
  );
}

function ContactRow({ row, log: { slug, clock } }: { row: ContactLogRow; log: ContactLog }) {
  const entity = recordKinds.find((kind) => kind === row.entity)!;
  return (
    <tr id={`contato-${row.id}`}>
      <td class="cell-main">
        <a class="row-link" href={paths.record(slug, { entity, id: row.entityId })}>
          <bdi>{row.name?.trim() || 'Sem nome'}</bdi>
        </a>
        <span class="faint">
          {recordLabels[entity]} {row.orderNumber ?? ''}
        </span>
      </td>
      <td data-label="Canal">
        <span class="stack">
          {channelLabels[row.channel]}
          {row.undoneAt ? <span class="chip">desfeito</span> : ''}
        </span>
      </td>
      <td data-label="Operador">
        <bdi>{row.userName ?? 'linha de comando'}</bdi>
      </td>
      <td data-label="Mensagem">
        {row.template ? (
          isAudience(row.template) ? (
            audiences[row.template].label
          ) : (
            row.template
          )
        ) : (
          <span class="faint">—</span>
        )}
      </td>
      <td data-label="Quando">
        <span class="nowrap">
          <Time at={row.contactedAt} clock={clock} />
        </span>
      </td>
    </tr>
  );
}
