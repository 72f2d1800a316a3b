// Resumo do dia: the panel's digest for any day, as text to paste and as a table whose numbers open.
import { addDays } from '#shared/comparison.ts';
import { toMinor } from '#shared/money.ts';
import { dayText } from '../format.ts';
import { paths } from '../paths.ts';
import { digestText } from './dashboard-digest.tsx';
import type { Digest } from './dashboard-types.ts';
import type { Report, ReportCell, ReportScope } from './report-types.ts';

export function digestReport({ slug, today, currency }: ReportScope, digest: Digest): Report {
  const { day, figures, recovered, contactCount } = digest;
  const span = { de: day, ate: day };
  const other = (to: string) => ({
    label: dayText(to),
    href: paths.report(slug, 'resumo', { dia: to }),
    isCurrent: to === day,
  });
  const row = (label: string, value: number, href: string, minor: string | null = null): ReportCell[] => [
    { kind: 'text', text: label },
    { kind: 'count', value, href },
    minor === null ? null : { kind: 'text', text: money(minor) },
  ];
  const money = (minor: string) => (Number(minor) / 100).toLocaleString('pt-BR', { style: 'currency', currency });
  const minorOf = (decimal: string) => String(toMinor(decimal));
  const { carts, ordersByClass, leadsByCustomerStatus, awaitingPayment } = figures;
  return {
    views: [addDays(day, -1), day, addDays(day, 1)].filter((each) => each <= today).map(other),
    text: digestText(digest),
    tables: [
      {
        id: 'dia',
        title: dayText(day),
        columns: [{ heading: 'O quê' }, { heading: 'Quantos' }, { heading: 'Valor' }],
        rows: [
          row('Leads', figures.leads, paths.leads(slug, span)),
          row(
            'Leads que já eram clientes',
            leadsByCustomerStatus.was_customer,
            paths.leads(slug, { cliente: 'ja_era', ...span }),
          ),
          row(
            'Carrinhos abandonados',
            carts.abandoned,
            paths.carts(slug, { situacao: 'abandonados', ...span }),
            minorOf(figures.abandonedValue),
          ),
          row(
            'Aguardando pagamento',
            awaitingPayment.count,
            paths.carts(slug, { situacao: 'aguardando', motivo: 'pagamento', ...span }),
            minorOf(awaitingPayment.value),
          ),
          row(
            'Recuperados (pedidos do dia)',
            recovered.count,
            paths.orders(slug, { carrinho: 'creditado', ...span }),
            recovered.minor,
          ),
          row(
            'Pedidos pagos',
            ordersByClass.paid,
            paths.orders(slug, { classe: 'pago', ...span }),
            minorOf(figures.paidValue),
          ),
          row('Contatos feitos', contactCount, paths.contactLog(slug, span)),
        ],
        empty: '',
      },
    ],
    how: [
      `Os números do painel para este dia, em dias do horário da empresa; valores só em ${currency}.`,
      'Recuperados: pedidos feitos neste dia que receberam o crédito de um carrinho, de qualquer dia. As outras linhas são do que começou no dia.',
      'O texto é o mesmo do Resumo de ontem do painel.',
    ],
  };
}
