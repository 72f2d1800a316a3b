// Equipe: what each user did, and the carts that came back after a contact of theirs.
import { paths } from '../paths.ts';
import { type Report, type ReportScope, reportPeriodQuery } from './report-types.ts';

export type TeamFacts = readonly {
  userId: string;
  name: string;
  contacts: number;
  whatsapp: number;
  email: number;
  /** Of the rate, with a contact of the user's. */
  carts: number;
  recovered: number;
  /** Of them with credit in the company's currency, and how much. */
  credited: number;
  creditedMinor: string;
}[];

export function teamReport({ slug, period, currency }: ReportScope, facts: TeamFacts): Report {
  const days = reportPeriodQuery(period);
  return {
    tables: [
      {
        id: 'equipe',
        title: 'Por operador',
        columns: [
          { heading: 'Operador' },
          { heading: 'Contatos' },
          { heading: 'WhatsApp' },
          { heading: 'E-mail' },
          { heading: 'Carrinhos contatados' },
          { heading: 'Recuperados com contato', isShare: true },
          { heading: 'Valor recuperado' },
        ],
        rows: facts.map(({ userId, name, contacts, whatsapp, email, carts, recovered, credited, creditedMinor }) => {
          const logOf = (choices: Record<string, string>) =>
            paths.contactLog(slug, { ...choices, operador: userId, ...days });
          const cartsOf = (choices: Record<string, string>) =>
            paths.carts(slug, { ...choices, operador: userId, ...days });
          const back = { situacao: 'recuperados', conta: 'recuperados', classe: 'com_contato' };
          return [
            { kind: 'text', text: name },
            { kind: 'count', value: contacts, href: logOf({}) },
            { kind: 'count', value: whatsapp, href: logOf({ canal: 'whatsapp' }) },
            { kind: 'count', value: email, href: logOf({ canal: 'email' }) },
            { kind: 'count', value: carts, href: cartsOf({ situacao: 'todos', conta: 'taxa' }) },
            { kind: 'share', part: recovered, whole: carts, href: cartsOf(back) },
            {
              kind: 'money',
              minor: creditedMinor,
              currency,
              count: credited,
              href: cartsOf({ ...back, credito: 'sim' }),
            },
          ];
        }),
        isList: true,
        empty: 'Ninguém fez contatos neste período.',
      },
    ],
    how: [
      'Contatos: mensagens marcadas como enviadas no período, sem as desfeitas, sobre qualquer registro.',
      'Carrinhos contatados: os da taxa de recuperação que começaram no período e têm um contato do operador. Um carrinho que dois contataram conta para os dois, por isso a coluna não se soma.',
      'Recuperados com contato: desses, os que voltaram com a classe “com contato” (alguém escreveu entre o começo do carrinho e o pagamento, até 7 dias antes dele).',
      `Valor recuperado: o crédito desses carrinhos, só em ${currency}.`,
      'Só administradores e proprietários veem este relatório. Compare com cuidado: quem fica com os carrinhos mais quentes recupera mais.',
    ],
  };
}
