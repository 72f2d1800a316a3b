// Recorrência: who bought for the first time in a month, and how many of them bought again so many months later.
import { addDays } from '#shared/comparison.ts';
import { paths } from '../paths.ts';
import { type Report, type ReportCell, type ReportScope, reportPeriodQuery, within } from './report-types.ts';

export type RepeatFacts = {
  /** The rows of get_figures_purchase_cohorts. */
  cohorts: readonly { month: string; monthsLater: number; people: number }[];
  firstCount: number;
  firstAgainCount: number;
  secondCount: number;
  secondAgainCount: number;
  /** Null without any second order. */
  medianIntervalDays: string | null;
};

const mostMonths = 12;
const monthNames = 'jan. fev. mar. abr. mai. jun. jul. ago. set. out. nov. dez.'.split(' ');

/** `2026-01` and n months more. */
function addMonths(month: string, count: number): string {
  const [year, number] = month.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}
const monthText = (month: string) => `${monthNames[Number(month.slice(5)) - 1]} ${month.slice(0, 4)}`;

export function repeatReport({ slug, period, today }: ReportScope, facts: RepeatFacts): Report {
  const months = [...new Set(facts.cohorts.map(({ month }) => month))];
  const people = new Map(facts.cohorts.map((row) => [`${row.month} ${row.monthsLater}`, row.people]));
  const thisMonth = today.slice(0, 7);
  const columns = Array.from({ length: mostMonths }, (_, at) => at + 1).filter((count) =>
    months.some((month) => addMonths(month, count) <= thisMonth),
  );
  const rows = months.map((month): ReportCell[] => {
    const span = within(period, `${month}-01`, addDays(`${addMonths(month, 1)}-01`, -1));
    const whole = people.get(`${month} 0`) ?? 0;
    const hrefOf = (choices: Record<string, string>) => paths.customers(slug, { ...choices, ...span });
    return [
      { kind: 'text', text: monthText(month) },
      { kind: 'count', value: whole, href: hrefOf({ estreia: '1' }) },
      ...columns.map((count): ReportCell => {
        const then = addMonths(month, count);
        if (then > thisMonth) return null;
        return {
          kind: 'share',
          part: people.get(`${month} ${count}`) ?? 0,
          whole,
          href: hrefOf({ estreia: '1', meses_depois: String(count) }),
          isOpen: then === thisMonth,
        };
      }),
    ];
  });
  const days = reportPeriodQuery(period);
  const step = (label: string, nth: string, whole: number, part: number): ReportCell[] => [
    { kind: 'text', text: label },
    { kind: 'count', value: whole, href: paths.customers(slug, { estreia: nth, ...days }) },
    { kind: 'share', part, whole, href: paths.customers(slug, { estreia: `${nth}_voltou`, ...days }) },
  ];
  const { firstCount, firstAgainCount, secondCount, secondAgainCount, medianIntervalDays } = facts;
  return {
    tables: [
      {
        id: 'meses',
        title: 'Compraram de novo, por mês da 1ª compra',
        intro: 'De quem comprou pela primeira vez no mês, quantos compraram de novo tantos meses depois.',
        columns: [
          { heading: '1ª compra' },
          { heading: 'Pessoas' },
          ...columns.map((count) => ({
            heading: `+${count} ${count === 1 ? 'mês' : 'meses'}`,
            isShare: true as const,
          })),
        ],
        rows,
        isShaded: true,
        empty: 'Ninguém comprou pela primeira vez neste período.',
        notes: ['Hachurado: o mês ainda corre.'],
      },
      {
        id: 'passos',
        title: 'Da 1ª para a 2ª compra, e da 2ª para a 3ª',
        intro:
          medianIntervalDays === null
            ? undefined
            : `Entre duas compras da mesma pessoa passam ${Number(medianIntervalDays).toLocaleString('pt-BR')} dias (mediana).`,
        columns: [{ heading: 'Passo' }, { heading: 'Pessoas' }, { heading: 'Compraram de novo', isShare: true }],
        rows:
          firstCount + secondCount === 0
            ? []
            : [
                step('Da 1ª para a 2ª', '1', firstCount, firstAgainCount),
                step('Da 2ª para a 3ª', '2', secondCount, secondAgainCount),
              ],
        empty: 'Nenhuma 1ª ou 2ª compra neste período.',
      },
    ],
    how: [
      'Contam pedidos pagos na moeda da empresa de pessoas que têm e-mail ou telefone, pelo dia em que foram feitos. A 1ª compra é a primeira de todas as da pessoa, não só deste período.',
      '“+1 mês” é o mês seguinte ao da 1ª compra, seja qual for o dia. Quem comprou em dois meses conta nos dois.',
      'Passos: de quem fez a 1ª (ou a 2ª) compra no período, quantos fizeram outra até hoje. Quem comprou há pouco ainda pode voltar.',
      'Mediana: dos dias entre duas compras seguidas cuja segunda é do período; menos de uma hora entre elas é uma compra só.',
      'Com menos de 5 pessoas o percentual não diz nada: a célula mostra quantas de quantas.',
    ],
  };
}
