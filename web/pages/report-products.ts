// Produtos abandonados: what lies in the carts of the rate, and how much of it came back.
import { paths } from '../paths.ts';
import { type Report, type ReportScope, reportPeriodQuery } from './report-types.ts';

export type ProductFacts = {
  siteId: string;
  siteName: string;
  productId: string;
  name: string | null;
  carts: number;
  recovered: number;
  /** Carts still abandoned, in the company's currency, and what their lines of it are worth. */
  leftCarts: number;
  leftMinor: string;
};

export const mostProducts = 100;

/** `total` is how many products there are; the rows are the first of them. */
export function productReport(
  { slug, period, currency }: ReportScope,
  { rows, total, siteCount }: { rows: readonly ProductFacts[]; total: number; siteCount: number },
): Report {
  const days = reportPeriodQuery(period);
  return {
    tables: [
      {
        id: 'produtos',
        title: 'Produtos nos carrinhos da taxa',
        columns: [
          { heading: 'Produto' },
          { heading: 'Carrinhos' },
          { heading: 'Recuperados', isShare: true },
          { heading: 'Valor ainda abandonado' },
        ],
        rows: rows.map(({ siteId, siteName, productId, name, carts, recovered, leftCarts, leftMinor }) => {
          const produto = `${siteId}-${productId}`;
          return [
            {
              kind: 'text',
              text: name ?? `Produto ${productId}`,
              detail: siteCount > 1 ? `nº ${productId} · ${siteName}` : `nº ${productId}`,
            },
            {
              kind: 'count',
              value: carts,
              href: paths.carts(slug, { situacao: 'todos', conta: 'taxa', produto, ...days }),
            },
            {
              kind: 'share',
              part: recovered,
              whole: carts,
              href: paths.carts(slug, { situacao: 'recuperados', conta: 'recuperados', produto, ...days }),
            },
            {
              kind: 'money',
              minor: leftMinor,
              currency,
              count: leftCarts,
              href: paths.carts(slug, { situacao: 'abandonados', conta: 'taxa', moeda: currency, produto, ...days }),
            },
          ];
        }),
        isList: true,
        empty: 'Nenhum produto em carrinhos abandonados deste período.',
        notes:
          total > rows.length
            ? [`Os ${rows.length} produtos em mais carrinhos, de ${total} que estiveram em algum.`]
            : [],
      },
    ],
    how: [
      'Contam os carrinhos da taxa de recuperação que começaram no período, cada um uma vez por produto, seja qual for a variação ou a quantidade. Itens de dentro de um kit não contam.',
      `Valor ainda abandonado: a soma das linhas do produto nos carrinhos que não voltaram, só em ${currency}. O número ao lado abre esses carrinhos, que podem ter outros produtos.`,
      'Recuperado é o carrinho que voltou, mesmo que o pedido tenha outros produtos. O nome é o do carrinho mais recente.',
      'Com menos de 5 carrinhos o percentual não diz nada: a célula mostra quantos de quantos.',
    ],
  };
}
