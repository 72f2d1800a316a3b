// The formats of an export and the lists that they are made of (docs/rules.md, Exports). The words are those of the query string and the command line.

export const exportLists = ['leads', 'carrinhos', 'pedidos', 'clientes'] as const;
export type ExportList = (typeof exportLists)[number];

export const exportListLabels: Readonly<Record<ExportList, string>> = {
  leads: 'Leads',
  carrinhos: 'Carrinhos',
  pedidos: 'Pedidos',
  clientes: 'Clientes',
};

export const exportFormats = [
  'whatsapp-txt',
  'whatsapp-csv',
  'xlsx',
  'csv',
  'vcard',
  'publico-csv',
  'publico-xlsx',
] as const;
export type ExportFormat = (typeof exportFormats)[number];

type FormatFacts = {
  label: string;
  extension: 'txt' | 'csv' | 'xlsx' | 'vcf';
  contentType: string;
  /** What a row must have to be of use, and be the only one to have. */
  needs: 'mobile' | 'phone or email' | null;
  /** Whose wish for no messages leaves a row out: WhatsApp's, or any channel's. */
  optOuts: 'whatsapp' | 'any';
  hasColumns: boolean;
};

const csvType = 'text/csv; charset=utf-8';
const xlsxType = 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet';

export const formatFacts: Readonly<Record<ExportFormat, FormatFacts>> = {
  'whatsapp-txt': {
    label: 'WhatsApp TXT',
    extension: 'txt',
    contentType: 'text/plain; charset=utf-8',
    needs: 'mobile',
    optOuts: 'whatsapp',
    hasColumns: false,
  },
  'whatsapp-csv': {
    label: 'WhatsApp CSV',
    extension: 'csv',
    contentType: csvType,
    needs: 'mobile',
    optOuts: 'whatsapp',
    hasColumns: false,
  },
  xlsx: { label: 'Excel', extension: 'xlsx', contentType: xlsxType, needs: null, optOuts: 'any', hasColumns: true },
  csv: { label: 'CSV', extension: 'csv', contentType: csvType, needs: null, optOuts: 'any', hasColumns: true },
  vcard: {
    label: 'vCard',
    extension: 'vcf',
    contentType: 'text/vcard; charset=utf-8',
    needs: 'mobile',
    optOuts: 'whatsapp',
    hasColumns: false,
  },
  'publico-csv': {
    label: 'Público de anúncios (CSV)',
    extension: 'csv',
    contentType: csvType,
    needs: 'phone or email',
    optOuts: 'any',
    hasColumns: false,
  },
  'publico-xlsx': {
    label: 'Público de anúncios (Excel)',
    extension: 'xlsx',
    contentType: xlsxType,
    needs: 'phone or email',
    optOuts: 'any',
    hasColumns: false,
  },
};

type FileNameParts = { slug: string; what: string; day: string; format: ExportFormat };

/** `tarragona_carrinhos_abandonados_2025-01-10.xlsx`; `what` is words of ours, without accents. */
export function exportFileName({ slug, what, day, format }: FileNameParts): string {
  return `${slug}_${what}_${day}.${formatFacts[format].extension}`;
}

/** The name of one file of several: `…_1-de-3.vcf`. */
export function partFileName(name: string, part: number, count: number): string {
  return count === 1 ? name : name.replace(/(\.[a-z]+)$/, `_${part}-de-${count}$1`);
}
