// Recuperação: cohorts by week, how long it took, and carts with contact beside those without.
import { addDays } from '#shared/comparison.ts';
import { paths } from '../paths.ts';
import { type Report, type ReportCell, type ReportScope, reportPeriodQuery, spanText, within } from './report-types.ts';

/** The rows of get_figures_cohorts and get_figures_causes. */
export type RecoveryFacts = {
  weeks: readonly {
    week: string;
    carts: number;
    within1Day: number;
    within3Days: number;
    within7Days: number;
    within14Days: number;
    recovered: number;
  }[];
  causes: Record<
    | 'contactedCarts'
    | 'contactedRecovered'
    | 'naturalCarts'
    | 'naturalRecovered'
    | 'withinHour'
    | 'withinDay'
    | 'within3Days'
    | 'withinWeek'
    | 'within2Weeks'
    | 'later',
    number
  > & { medianHours: string | null; p75Hours: string | null };
};

/** The classes of the rate by their names in the address; null: all of them. */
export const recoveryClasses = {
  com_contato: { label: 'Com contato', class: 'contacted' },
  email_do_plugin: { label: 'E-mail do plugin', class: 'plugin_email' },
  espontanea: { label: 'Espontânea', class: 'spontaneous' },
} as const;
export type RecoveryClass = keyof typeof recoveryClasses;

const steps = [
  ['within1Day', 1],
  ['within3Days', 3],
  ['within7Days', 7],
  ['within14Days', 14],
] as const;

const delays = [
  ['withinHour', 'hora', 'Até 1 hora'],
  ['withinDay', 'dia', 'De 1 a 24 horas'],
  ['within3Days', 'tres_dias', 'De 1 a 3 dias'],
  ['withinWeek', 'semana', 'De 3 a 7 dias'],
  ['within2Weeks', 'duas_semanas', 'De 7 a 14 dias'],
  ['later', 'depois', 'Mais de 14 dias'],
] as const;

/** `26 horas`, `3,5 dias`. */
function timeText(hours: string): string {
  const value = Number(hours);
  const [amount, unit] = value < 72 ? [value, 'horas'] : [value / 24, 'dias'];
  return `${amount.toLocaleString('pt-BR', { maximumFractionDigits: 1 })} ${unit}`;
}

export function recoveryReport(scope: ReportScope, classe: RecoveryClass | null, facts: RecoveryFacts): Report {
  const { slug, period, today, windowDays } = scope;
  const days = reportPeriodQuery(period);
  const { causes } = facts;
  const hrefOf = (choices: Record<string, string>) => paths.carts(slug, choices);
  const ofClass: Record<string, string> = classe ? { classe } : {};

  const weeks = facts.weeks.map((row) => {
    const span = within(period, row.week, addDays(row.week, 6));
    /** Every cart of the week has had so many days. */
    const isOpen = (dayCount: number) => today < addDays(span.ate, dayCount + 1);
    const cells: ReportCell[] = steps.map(([column, most]) => ({
      kind: 'share',
      part: row[column],
      whole: row.carts,
      href: hrefOf({ situacao: 'recuperados', voltou: String(most), ...ofClass, ...span }),
      isOpen: isOpen(most + 1),
    }));
    return [
      { kind: 'text', text: spanText(span) },
      { kind: 'count', value: row.carts, href: hrefOf({ situacao: 'todos', conta: 'taxa', ...span }) },
      ...cells,
      {
        kind: 'share',
        part: row.recovered,
        whole: row.carts,
        href: hrefOf({ situacao: 'recuperados', conta: 'recuperados', ...ofClass, ...span }),
        isOpen: isOpen(windowDays),
      },
    ] satisfies ReportCell[];
  });

  const longest = Math.max(1, ...delays.map(([column]) => causes[column]));
  const observed = (label: string, name: string, carts: number, recovered: number): ReportCell[] => [
    { kind: 'text', text: label },
    { kind: 'count', value: carts, href: hrefOf({ situacao: 'todos', observado: name, ...days }) },
    {
      kind: 'share',
      part: recovered,
      whole: carts,
      href: hrefOf({ situacao: 'recuperados', observado: `${name}_voltaram`, ...days }),
    },
  ];

  return {
    views: [
      { label: 'Todas', href: paths.report(slug, 'recuperacao', days), isCurrent: classe === null },
      ...Object.entries(recoveryClasses).map(([name, { label }]) => ({
        label,
        href: paths.report(slug, 'recuperacao', { classe: name, ...days }),
        isCurrent: name === classe,
      })),
    ],
    tables: [
      {
        id: 'semanas',
        title: classe
          ? `Voltaram (${recoveryClasses[classe].label.toLowerCase()}), por semana do carrinho`
          : 'Voltaram, por semana do carrinho',
        intro: 'De todos os carrinhos da semana, quantos tinham voltado tantos dias depois da última atividade.',
        columns: [
          { heading: 'Semana' },
          { heading: 'Carrinhos' },
          { heading: 'Até 1 dia', isShare: true },
          { heading: 'Até 3', isShare: true },
          { heading: 'Até 7', isShare: true },
          { heading: 'Até 14', isShare: true },
          { heading: `Até ${windowDays}`, isShare: true },
        ],
        rows: weeks,
        isShaded: true,
        empty: 'Nenhum carrinho abandonado neste período.',
        notes: ['Hachurado: a semana ainda não teve tantos dias, e o número pode crescer.'],
      },
      {
        id: 'tempo',
        title: 'Tempo até recuperar',
        intro:
          causes.medianHours === null
            ? undefined
            : `Metade voltou em até ${timeText(causes.medianHours)}; três quartos, em até ${timeText(causes.p75Hours!)}.`,
        columns: [{ heading: 'Depois da última atividade' }, { heading: '' }, { heading: 'Carrinhos' }],
        rows:
          causes.medianHours === null
            ? []
            : delays.map(([column, name, label]) => [
                { kind: 'text', text: label },
                { kind: 'bar', value: causes[column], longest },
                {
                  kind: 'count',
                  value: causes[column],
                  href: hrefOf({ situacao: 'recuperados', demora: name, ...days }),
                },
              ]),
        empty: 'Nenhum carrinho recuperado neste período.',
      },
      {
        id: 'contato',
        title: 'Com contato e sem contato',
        intro: 'Observacional: quem foi contatado pode ser diferente de quem não foi.',
        columns: [{ heading: 'Pessoa' }, { heading: 'Carrinhos' }, { heading: 'Voltaram', isShare: true }],
        rows:
          causes.contactedCarts + causes.naturalCarts === 0
            ? []
            : [
                observed('Contatada depois do começo', 'contatados', causes.contactedCarts, causes.contactedRecovered),
                observed('Não contatada', 'nao_contatados', causes.naturalCarts, causes.naturalRecovered),
              ],
        empty: 'Nenhum carrinho abandonado neste período.',
      },
    ],
    how: [
      'Contam os carrinhos da taxa de recuperação que começaram no período: os abandonados e os recuperados, sem os que não têm e-mail nem telefone (a menos que a empresa os conte) e sem as compras anteriores ao carrinho.',
      'A semana vai de segunda a domingo e é a do começo do carrinho. As colunas acumulam: quem voltou em até 1 dia está também em “até 3”. O tempo é o da criação do pedido menos o da última atividade.',
      `A última coluna é tudo o que voltou, também o que alguém ajustou à mão. A janela da empresa fecha ${windowDays} dias depois da última atividade.`,
      'Tempo até recuperar: do pedido que recebeu o crédito; pedidos de antes do carrinho ficam fora.',
      'Com contato: pessoas a quem alguém escreveu depois que o carrinho começou; voltaram os de classe “com contato”. Sem contato: os demais; voltaram os espontâneos e os do e-mail do plugin. Não é um experimento.',
      'Com menos de 5 carrinhos o percentual não diz nada: a célula mostra quantos de quantos.',
    ],
  };
}
