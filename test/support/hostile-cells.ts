// Rows of an export whose texts would be formulas, links or broken lines, for the tests that parse the files and for the one that opens them with LibreOffice.
import { columnsOf } from '#shared/exports/columns.ts';
import type { Chunk, WriterContext } from '#shared/exports/context.ts';
import type { ExportRow } from '#shared/exports/row.ts';

/** What people (and attackers) type as names, products and numbers. */
export const hostileCells = [
  '=HYPERLINK("http://x.example";"clique")',
  "=cmd|'/C calc'!A0",
  '+5511987654321',
  '-2+3',
  '@SUM(A1)',
  '  =1+1',
  '\u00a0=1+1',
  '\u200b=1+1',
  '\ufeff=1+1',
  '\t=1+1',
  '\r=1+1',
  '\n=1+1',
  '＝1+1',
  '＋1',
  '－1',
  '＠x',
  '"; =1+1;"',
  'a\r\n=1+1',
  '_x003D_1+1',
  'http://x.example/',
  '<f>1+1</f>',
  'nulo\u0000 e meia \ud83d',
];

/** A cart as an export has it. */
export const exportRow = (name: string, more: Partial<ExportRow> = {}): ExportRow => ({
  place: 1,
  id: '1',
  name,
  email: 'maria@exemplo.example',
  phoneE164: '+5511987654321',
  phoneStatus: 'valid',
  phoneKind: 'mobile',
  city: 'São Paulo',
  state: 'SP',
  postcode: '01310-100',
  country: 'BR',
  products: name,
  valueMinor: '123450',
  currency: 'BRL',
  personId: null,
  isOptedOut: false,
  contactedAt: null,
  isCustomer: false,
  itemCount: 2,
  status: 'abandoned',
  reason: 'window_closed',
  firstActivityAt: new Date('2025-01-10T17:32:00Z'),
  lastActivityAt: new Date('2018-11-20T02:00:00Z'),
  orderNumber: name,
  creditedMinor: null,
  siteName: name,
  number: '00123',
  ...more,
});

export const exportContext: WriterContext = {
  title: 'Carrinhos',
  columns: columnsOf('carrinhos'),
  timeZone: 'America/Sao_Paulo',
  hasIsoDates: false,
  message: 'Olá, {primeiro_nome}! {produtos} por {valor} {outra}',
  tag: 'Loja Sol',
  isHashed: false,
  about: () => [['Filtro', '=1+1']],
};

export async function* each(rows: readonly ExportRow[]) {
  yield* rows;
}

/** The files of an export. */
export async function partsOf(chunks: AsyncIterable<Chunk>): Promise<Buffer[]> {
  const parts: Buffer[][] = [];
  for await (const { part, bytes } of chunks) {
    parts[part - 1] ??= [];
    parts[part - 1]!.push(bytes);
  }
  return parts.map((pieces) => Buffer.concat(pieces));
}
