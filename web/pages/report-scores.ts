// RFM: the 5 × 5 grid of recency and frequency with M as its shade, and the same people by plain names.
import { listDefinitions } from '../list-filters.ts';
import { paths } from '../paths.ts';
import type { Report, ReportCell, ReportScope } from './report-types.ts';

type ScoreGroup = keyof (typeof listDefinitions)['clientes']['filters']['rfm']['values'];
export type ScoreFacts = readonly {
  recency: number;
  frequency: number;
  count: number;
  /** Mean M, 1 to 5. */
  monetary: number;
  scoreGroup: ScoreGroup;
}[];

const meanings: Readonly<Record<ScoreGroup, string>> = {
  campeoes: 'Compraram há pouco e compram muito: cuide deles primeiro.',
  fieis: 'Compram com frequência: lembre-os das novidades.',
  promissores: 'Compraram há pouco, poucas vezes: é hora da segunda compra.',
  em_risco: 'Compravam bastante e sumiram: escreva antes que esqueçam.',
  hibernando: 'Pouco, e faz tempo.',
};
const order: readonly ScoreGroup[] = ['campeoes', 'fieis', 'promissores', 'em_risco', 'hibernando'];
const five = [1, 2, 3, 4, 5];
const scoreText = (value: number) => `M ${value.toLocaleString('pt-BR', { maximumFractionDigits: 1 })}`;

export function scoreReport({ slug, canExport }: ReportScope, facts: ScoreFacts): Report {
  const labels = listDefinitions.clientes.filters.rfm.values;
  const all = { periodo: 'tudo' };
  const cell = (recency: number, frequency: number): ReportCell => {
    const found = facts.find((row) => row.recency === recency && row.frequency === frequency);
    if (!found) return { kind: 'count', value: 0 };
    return {
      kind: 'shaded',
      value: found.count,
      href: paths.customers(slug, { r: String(recency), f: String(frequency), ...all }),
      shade: Math.round(found.monetary),
      note: scoreText(found.monetary),
    };
  };
  return {
    tables: [
      {
        id: 'grade',
        title: 'Recência × frequência',
        intro: 'Quantas pessoas têm cada par de notas. Quanto mais escura, mais elas gastam (M).',
        columns: [{ heading: 'Recência' }, ...five.map((frequency) => ({ heading: `F ${frequency}` }))],
        rows:
          facts.length === 0
            ? []
            : five
                .toReversed()
                .map((recency) => [
                  { kind: 'text' as const, text: `R ${recency}` },
                  ...five.map((frequency) => cell(recency, frequency)),
                ]),
        empty: 'Ninguém comprou nos últimos 24 meses.',
        notes: ['R 5: comprou há menos tempo. F 5: compra mais vezes.'],
      },
      {
        id: 'grupos',
        title: 'Pelos nomes',
        columns: [
          { heading: 'Grupo' },
          { heading: 'Pessoas' },
          { heading: 'M médio' },
          ...(canExport ? [{ heading: '' }] : []),
        ],
        rows:
          facts.length === 0
            ? []
            : order.map((group): ReportCell[] => {
                const rows = facts.filter(({ scoreGroup }) => scoreGroup === group);
                const count = rows.reduce((sum, row) => sum + row.count, 0);
                const mean = rows.reduce((sum, row) => sum + row.count * row.monetary, 0) / count;
                const choice = { situacao: 'todos', rfm: group, ...all };
                return [
                  { kind: 'text', text: labels[group], detail: meanings[group] },
                  { kind: 'count', value: count, href: paths.customers(slug, choice) },
                  count === 0 ? null : { kind: 'text', text: scoreText(mean) },
                  ...(canExport && count > 0
                    ? [
                        {
                          kind: 'act' as const,
                          text: 'Exportar',
                          href: paths.newExport(slug, { lista: 'clientes', ...choice }),
                        },
                      ]
                    : []),
                ];
              }),
        isList: true,
        empty: 'Ninguém comprou nos últimos 24 meses.',
      },
    ],
    how: [
      'Notas de 1 a 5, dos pedidos pagos dos últimos 24 meses na moeda da empresa: R pelos dias desde o último (menos é melhor), F pelo número deles, M pelo valor líquido.',
      'Cada nota é um quinto dos clientes da própria empresa; valores iguais ficam no mesmo quinto. Com menos de 50 clientes valem limites fixos: R 30, 90, 180 e 365 dias; F 2, 3, 4 e 5 pedidos; M R$ 100, 300, 600 e 1.000.',
      'Campeões: R e F de 4 em diante. Fiéis: R e F de 3 em diante, sem os campeões. Promissores: R de 3 em diante e F até 2. Em risco: R até 2 e F de 3 em diante. Hibernando: R e F até 2.',
      'Quem não comprou em 24 meses não tem notas e não está aqui. Os limites são tirados de novo toda noite; é uma fotografia de agora, sem período.',
    ],
  };
}
