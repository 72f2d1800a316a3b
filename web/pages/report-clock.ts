// Horários: weekday × hour for what arrives, by the company's clock. Hours are rows and days are columns, so that it fits a phone.
import { paths } from '../paths.ts';
import { type Report, type ReportCell, type ReportScope, reportPeriodQuery } from './report-types.ts';

export type ClockFacts = readonly { weekday: number; hour: number; count: number }[];

export const clockSubjects = {
  abandonos: {
    label: 'Carrinhos',
    title: 'Carrinhos da taxa, por começo',
    how: 'Carrinhos da taxa de recuperação (abandonados e recuperados), pela hora em que começaram.',
  },
  leads: { label: 'Leads', title: 'Leads, por captura', how: 'Leads, pela hora em que o formulário foi enviado.' },
  contatos: {
    label: 'Contatos',
    title: 'Contatos feitos',
    how: 'Mensagens marcadas como enviadas, pela hora da marca, sem as desfeitas.',
  },
  pedidos: {
    label: 'Pedidos pagos',
    title: 'Pedidos pagos, por criação',
    how: 'Pedidos pagos, pela hora em que foram feitos.',
  },
} as const;
export type ClockSubject = keyof typeof clockSubjects;

const days = ['Seg.', 'Ter.', 'Qua.', 'Qui.', 'Sex.', 'Sáb.', 'Dom.'];

export function clockReport(
  { slug, period }: ReportScope,
  subject: ClockSubject,
  facts: ClockFacts,
  timeZone: string,
): Report {
  const query = reportPeriodQuery(period);
  const hrefOf = (choices: Record<string, string>) => {
    const asked = { ...choices, ...query };
    if (subject === 'leads') return paths.leads(slug, asked);
    if (subject === 'contatos') return paths.contactLog(slug, asked);
    if (subject === 'pedidos') return paths.orders(slug, { classe: 'pago', ...asked });
    return paths.carts(slug, { situacao: 'todos', conta: 'taxa', ...asked });
  };
  const counts = new Map(facts.map(({ weekday, hour, count }) => [`${weekday}-${hour}`, count]));
  const cell = (weekday: number, hour: number): ReportCell => {
    const value = counts.get(`${weekday}-${hour}`) ?? 0;
    return {
      kind: 'count',
      value,
      href: value > 0 ? hrefOf({ dia: String(weekday), hora: String(hour) }) : undefined,
    };
  };
  const sum = (rows: ClockFacts) => rows.reduce((total, { count }) => total + count, 0);
  const { title, how } = clockSubjects[subject];
  const most = [...facts].sort((a, b) => b.count - a.count).slice(0, 3);
  return {
    views: Object.entries(clockSubjects).map(([name, { label }]) => ({
      label,
      href: paths.report(slug, 'horarios', { assunto: name === 'abandonos' ? '' : name, ...query }),
      isCurrent: name === subject,
    })),
    tables: [
      {
        id: subject,
        title,
        intro:
          sum(facts) < 20
            ? `São ${sum(facts)} no período: amostra pequena para dizer quando.`
            : `Mais cheios: ${most.map(({ weekday, hour, count }) => `${days[weekday - 1]!.toLowerCase()} ${hour} h (${count})`).join(', ')}.`,
        columns: [{ heading: 'Hora' }, ...days.map((heading) => ({ heading }))],
        rows:
          sum(facts) === 0
            ? []
            : Array.from({ length: 24 }, (_, hour) => [
                { kind: 'text' as const, text: `${hour} h` },
                ...days.map((_, index) => cell(index + 1, hour)),
              ]),
        isShaded: true,
        empty: 'Nada neste período.',
      },
    ],
    how: [
      `${how} Horário de ${timeZone}.`,
      '“14 h” vai das 14:00 às 14:59. Quanto mais escura a célula, mais perto da mais cheia da tabela.',
      'Um período de semanas inteiras compara os dias por igual: 28 ou 35 dias, por exemplo.',
    ],
  };
}
