// What a report is made of, whoever shows it: tables of cells that know their rows. The page, CSV and Excel are written from the same tables, so
// that no number differs between them.
import type { Action } from '#shared/roles.ts';
import { dayText } from '../format.ts';
import { type Period, periodQuery } from '../period.ts';

type ReportFacts = {
  title: string;
  /** What it answers, in one line. */
  question: string;
  needs: Action;
  /** The days that it looks at unless the address says others: the last so many whole weeks or months and what runs, 30 days, or none at all. */
  days: { weeks: number } | { months: number } | 'last_30' | 'none';
};

/** By their addresses, in the order of the index. */
const facts = {
  recuperacao: {
    title: 'Recuperação',
    question: 'Quantos carrinhos voltam, em quanto tempo, e o que muda quando alguém escreve para a pessoa.',
    needs: 'see',
    days: { weeks: 8 },
  },
  produtos: {
    title: 'Produtos abandonados',
    question: 'Quais produtos ficam nos carrinhos, quanto valem e quantos deles voltam.',
    needs: 'see',
    days: 'last_30',
  },
  horarios: {
    title: 'Horários',
    question: 'Em que dia da semana e a que horas chegam leads, carrinhos, contatos e pedidos.',
    needs: 'see',
    days: 'last_30',
  },
  recorrencia: {
    title: 'Recorrência',
    question: 'Quem comprou pela primeira vez compra de novo? Quantos, e depois de quanto tempo.',
    needs: 'see',
    days: { months: 11 },
  },
  rfm: {
    title: 'RFM',
    question: 'Quem são os melhores clientes, quem promete e quem está indo embora.',
    needs: 'see',
    days: 'none',
  },
  qualidade: {
    title: 'Qualidade dos contatos',
    question: 'Qual formulário traz telefones que não servem, e desde quando.',
    needs: 'see',
    days: 'last_30',
  },
  equipe: {
    title: 'Equipe',
    question: 'O que cada operador fez e quantos carrinhos voltaram com o contato dele.',
    needs: 'see_team',
    days: 'last_30',
  },
  resumo: {
    title: 'Resumo do dia',
    question: 'Um dia em poucas linhas, pronto para mandar ao dono da loja.',
    needs: 'see',
    days: 'none',
  },
} as const satisfies Record<string, ReportFacts>;

export type ReportName = keyof typeof facts;
export const reports: Readonly<Record<ReportName, ReportFacts>> = facts;
export const reportNames = Object.keys(reports) as ReportName[];

/** `href` leads to the list of exactly the rows that the number counts. */
export type ReportCell =
  | { kind: 'text'; text: string; detail?: string; href?: string }
  | { kind: 'count'; value: number; href?: string | undefined }
  /** `isOpen`: it may still grow. */
  | { kind: 'share'; part: number; whole: number; href: string; isOpen?: boolean }
  /** `count` rows stand behind the amount. */
  | { kind: 'money'; minor: string; currency: string; count: number; href: string }
  /** A bar as long as its share of the longest. */
  | { kind: 'bar'; value: number; longest: number }
  /** People of a grid; `shade` from 0 to 5. */
  | { kind: 'shaded'; value: number; href: string; shade: number; note: string }
  /** Something to do, which no file holds. */
  | { kind: 'act'; text: string; href: string }
  | null;

export type ReportTable = {
  /** Of the table in the address of its file. */
  id: string;
  title: string;
  /** One line below the title. */
  intro?: string | undefined;
  /** `isShare`: the file has the number and its percentage. */
  columns: readonly { heading: string; isShare?: true }[];
  rows: readonly (readonly ReportCell[])[];
  /** Cells are shaded by their share of the whole, or of the largest count. */
  isShaded?: true;
  /** Rows are things of their own: on a phone each becomes a card. */
  isList?: true;
  empty: string;
  /** What stands below it. */
  notes?: readonly string[];
};

export type Report = {
  /** What somebody should do something about. */
  warnings?: readonly string[];
  /** Text to be pasted. */
  text?: string;
  /** Other views of the same report. */
  views?: readonly { label: string; href: string; isCurrent: boolean }[];
  tables: readonly ReportTable[];
  /** "Como é calculado". */
  how: readonly string[];
};

/** What every report is made for. */
export type ReportScope = {
  slug: string;
  currency: string;
  period: Period;
  /** The day that it is for the company. */
  today: string;
  /** Whole days until the window of a cart is closed. */
  windowDays: number;
  canExport: boolean;
};

/** Below this many a percentage says nothing. */
export const minSample = 5;

/** The pairs of an address that say the period, whatever the page's own default is. */
export const reportPeriodQuery = (period: Period): Record<string, string> =>
  period.name ? { periodo: period.name } : periodQuery(period);

/** The part of a range of days that lies in the period; of an open period all of it. */
export function within(period: Period, first: string, last: string): { de: string; ate: string } {
  return {
    de: period.firstDay !== null && period.firstDay > first ? period.firstDay : first,
    ate: period.lastDay !== null && period.lastDay < last ? period.lastDay : last,
  };
}

/** `03/11 a 09/11`: the year stands in the period above. */
export const spanText = ({ de, ate }: { de: string; ate: string }) =>
  de === ate ? dayText(de).slice(0, 5) : `${dayText(de).slice(0, 5)} a ${dayText(ate).slice(0, 5)}`;
