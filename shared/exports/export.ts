// One export from rows to bytes, the same for the web and the command line: the caller puts the chosen ids into the work table export_ids, in the
// order of the file, and takes the pieces as they come. A thousand rows are in memory at a time.
import { z } from 'zod';
import { analyzeScratch, type Statements } from '../recompute/statements.ts';
import { offsetAt, type TimeZone } from '../time-zone.ts';
import { writeAudience } from './audience.ts';
import { columnsOf } from './columns.ts';
import type { Chunk, WriterContext } from './context.ts';
import {
  type ExportFormat,
  type ExportList,
  exportFormats,
  exportListLabels,
  exportLists,
  formatFacts,
} from './formats.ts';
import type { ExportRow } from './row.ts';
import { createSieve, leftOutText, type Sieve } from './sieve.ts';
import { localText, writeContacts, writeCsv, writeMessages, writeNumbers } from './text-writers.ts';
import { writeAudienceWorkbook, writeWorkbook } from './workbook.ts';

const maxMessageLength = 2000;
const maxTagLength = 60;
export const maxContactedDays = 365;

/** What somebody asked for, beside which rows: as it is kept with the export and read again when it is written in the background. */
export const exportOptions = z.object({
  list: z.enum(exportLists),
  format: z.enum(exportFormats),
  /** Keys of `columnsOf`; none is all. */
  columns: z.array(z.string()).default([]),
  /** Leaves out whom somebody contacted in the last so many days. */
  contactedDays: z.number().int().min(1).max(maxContactedDays).nullable().default(null),
  withoutCustomers: z.boolean().default(false),
  withLandlines: z.boolean().default(false),
  hasIsoDates: z.boolean().default(false),
  isHashed: z.boolean().default(false),
  message: z.string().max(maxMessageLength).default(''),
  tag: z.string().max(maxTagLength).default(''),
});
export type ExportOptions = z.infer<typeof exportOptions>;

export type ExportFacts = {
  companyName: string;
  userName: string | null;
  /** The filter as a person would say it, with the period. */
  filterText: string;
  timeZone: TimeZone;
  now: Date;
};

const pageSize = 1000;
const dayMs = 86_400_000;

const queries: Readonly<Record<ExportList, string>> = {
  leads: 'list_export_leads',
  carrinhos: 'list_export_carts',
  pedidos: 'list_export_orders',
  clientes: 'list_export_customers',
};

/** Makes export_ids, which the caller fills in this transaction. */
export async function openExport(db: Statements): Promise<void> {
  await db.run('export_scratch');
}

/** The chosen rows in order, a thousand read at a time; `channels` says whose wish for no messages counts. */
async function* readRows(db: Statements, list: ExportList, format: ExportFormat): AsyncGenerator<ExportRow> {
  const channels = formatFacts[format].optOuts === 'whatsapp' ? ['whatsapp'] : ['whatsapp', 'email', 'phone'];
  await analyzeScratch(db, 'export_ids');
  for (let after = 0; ; after += pageSize) {
    const values = { tenant: db.tenantId, after, upto: after + pageSize, channels };
    const { rows } = await db.run<ExportRow>(queries[list], values);
    yield* rows;
    const { rows: more } = await db.run<{ isMore: boolean }>('find_export_rest', { after: after + pageSize });
    if (!more[0]!.isMore) return;
  }
}

function sieveOf({ format, contactedDays, withoutCustomers, withLandlines }: ExportOptions, now: Date): Sieve {
  const contactedSince = contactedDays === null ? null : new Date(now.getTime() - contactedDays * dayMs);
  return createSieve({ format, contactedSince, withoutCustomers, withLandlines });
}

/** How many rows the file would have, and who is left out and why. */
export async function countExport(db: Statements, options: ExportOptions, now: Date): Promise<Sieve['counts']> {
  const sieve = sieveOf(options, now);
  for await (const row of readRows(db, options.list, options.format)) sieve.keeps(row);
  return sieve.counts;
}

type Writer = (rows: AsyncIterable<ExportRow>, context: WriterContext) => AsyncGenerator<Chunk>;

/** What makes the bytes of each format. */
export const exportWriters: Readonly<Record<ExportFormat, Writer>> = {
  'whatsapp-txt': writeNumbers,
  'whatsapp-csv': writeMessages,
  xlsx: writeWorkbook,
  csv: writeCsv,
  vcard: writeContacts,
  'publico-csv': writeAudience,
  'publico-xlsx': writeAudienceWorkbook,
};

/** The pieces of the file or files; `counts` is complete when the last one has come. */
export function writeExport(
  db: Statements,
  options: ExportOptions,
  facts: ExportFacts,
): { chunks: AsyncGenerator<Chunk>; counts: Sieve['counts'] } {
  const sieve = sieveOf(options, facts.now);
  async function* kept() {
    for await (const row of readRows(db, options.list, options.format)) if (sieve.keeps(row)) yield row;
  }
  const chunks = exportWriters[options.format](kept(), {
    title: exportListLabels[options.list],
    columns: columnsOf(options.list, options.columns),
    timeZone: facts.timeZone,
    hasIsoDates: options.hasIsoDates,
    message: options.message,
    tag: options.tag || facts.companyName.slice(0, maxTagLength),
    isHashed: options.isHashed,
    about: () => aboutLines(options, facts, sieve.counts),
  });
  return { chunks, counts: sieve.counts };
}

function aboutLines(
  { list, contactedDays, withoutCustomers, isHashed }: ExportOptions,
  { companyName, userName, filterText, timeZone, now }: ExportFacts,
  { selected, kept, leftOut }: Sieve['counts'],
): [string, string][] {
  const zoneHours = offsetAt(now.getTime(), timeZone) / 3_600_000;
  return [
    ['Empresa', companyName],
    ['Lista', exportListLabels[list]],
    ['Filtro', filterText],
    ['Exportado por', userName ?? 'linha de comando'],
    ['Exportado em', `${localText(now, timeZone)} (UTC${zoneHours < 0 ? '−' : '+'}${Math.abs(zoneHours)})`],
    ['Linhas', `${kept} de ${selected}`],
    ['Deixados de fora', leftOutText(leftOut) || 'ninguém'],
    ['Já contatados', contactedDays === null ? 'incluídos' : `fora, os dos últimos ${contactedDays} dias`],
    ['Clientes', withoutCustomers ? 'fora, quem já pagou um pedido' : 'incluídos'],
    ['Não contatar', 'Quem pediu para não ser contatado nunca é exportado.'],
    ['Datas', `Horário da empresa (${timeZone}).`],
    ['Valores', 'Como a loja os guarda, na moeda de cada linha; o líquido é o valor menos o reembolsado.'],
    ...(isHashed ? [['SHA-256', 'Todas as colunas, menos value.'] as [string, string]] : []),
  ];
}
