// Qualidade dos contatos: what each form's phones are worth, and when that changed.
import { addDays } from '#shared/comparison.ts';
import { percentText } from '../format.ts';
import { paths } from '../paths.ts';
import { formName, type LeadForm } from './lead-types.ts';
import { formKey } from './leads.tsx';
import { type Report, type ReportCell, type ReportScope, reportPeriodQuery, spanText, within } from './report-types.ts';

/** A form is told of when more than this share of at least so many leads have an invalid phone. */
export const minQualityLeads = 30;
export const worstShare = 0.15;

const kinds = {
  movel: 'Celular',
  fixo: 'Fixo',
  invalido: 'Inválido',
  semDdd: 'dos quais sem DDD',
  ficticio: 'Fictício',
  vazio: 'Vazio',
  repetido: 'Repetido',
} as const;
type Counts = Record<keyof typeof kinds | 'leads', number>;

export type QualityFacts = {
  /** `examples`: invalid numbers as they were typed, of a form that many come from. */
  forms: readonly (LeadForm & Counts & { examples: readonly (string | null)[] | null })[];
  weeks: readonly (Counts & { week: string })[];
};

/** The shape of what was typed, without a digit or a letter of it: `(11) 9876-543` → `(99) 9999-999`. */
const shapeOf = (text: string) => text.replace(/\p{Nd}/gu, '9').replace(/\p{L}/gu, 'a');

/** Three shapes of a form's invalid numbers. */
function shapesOf(examples: readonly (string | null)[]): string {
  const shapes = [...new Set(examples.map((text) => shapeOf(text?.trim() ?? '')))].filter(Boolean);
  return shapes.slice(0, 3).join(' · ');
}

export function qualityReport({ slug, period }: ReportScope, { forms, weeks }: QualityFacts): Report {
  const days = reportPeriodQuery(period);
  const cells = (counts: Counts, choices: Record<string, string>): ReportCell[] => {
    const hrefOf = (choice: Record<string, string>) => paths.leads(slug, { ...choice, ...choices });
    return [
      { kind: 'count', value: counts.leads, href: hrefOf({}) },
      ...Object.keys(kinds).map((name): ReportCell => {
        const kind = name as keyof typeof kinds;
        const filter: Record<string, string> =
          kind === 'repetido' ? { repetido: 'sim' } : { telefone: kind === 'semDdd' ? 'sem_ddd' : kind };
        return { kind: 'share', part: counts[kind], whole: counts.leads, href: hrefOf(filter) };
      }),
    ];
  };
  const columns = [
    { heading: 'Leads' },
    ...Object.values(kinds).map((heading) => ({ heading, isShare: true as const })),
  ];
  return {
    warnings: forms.flatMap((form) =>
      form.examples === null
        ? []
        : [
            `${formName(form)}: ${percentText(form.invalido / form.leads)} dos telefones são inválidos. Do jeito que vêm (9 no lugar dos números): ${shapesOf(form.examples)}. Ponha no campo a máscara (99) 99999-9999 e torne-o obrigatório.`,
          ],
    ),
    tables: [
      {
        id: 'formularios',
        title: 'Por formulário',
        columns: [{ heading: 'Formulário' }, ...columns],
        rows: forms.map((form) => [
          { kind: 'text', text: formName(form) },
          ...cells(form, { formulario: formKey(form), ...days }),
        ]),
        isList: true,
        empty: 'Nenhum lead neste período.',
      },
      {
        id: 'semanas',
        title: 'Por semana',
        columns: [{ heading: 'Semana' }, ...columns],
        rows: weeks.map(({ week, ...counts }) => {
          const span = within(period, week, addDays(week, 6));
          return [{ kind: 'text', text: spanText(span) }, ...cells(counts, span)];
        }),
        isList: true,
        empty: 'Nenhum lead neste período.',
      },
    ],
    how: [
      'Contam os leads capturados no período. Celular e fixo são números válidos do Brasil; números de fora não têm coluna.',
      'Inválido: nem com o DDD da loja é um telefone. Sem DDD é parte dos inválidos. Fictício: os oito últimos dígitos são iguais. Vazio: nada foi preenchido.',
      'Repetido: o mesmo número válido já veio em um lead anterior da empresa. Não é erro: pode ser a mesma pessoa de novo.',
      `O aviso aparece quando mais de ${percentText(worstShare)} de pelo menos ${minQualityLeads} leads de um formulário têm telefone inválido. Quando o campo muda de nome, a tela Sincronização avisa.`,
      'Com menos de 5 leads o percentual não diz nada: a célula mostra quantos de quantos.',
    ],
  };
}
