// What the writers make of what people type: no cell is ever calculated or a link, and numbers, dates and accents arrive as they are. The files are read
// back by a reader of their own and as raw XML.
import { createHash } from 'node:crypto';
import { inflateRawSync } from 'node:zlib';
import ExcelJS from 'exceljs';
import { expect, test } from 'vitest';
import {
  exportContext as context,
  each,
  hostileCells as hostile,
  partsOf,
  exportRow as row,
} from '../../test/support/hostile-cells.ts';
import { audienceValues, writeAudience } from './audience.ts';
import { columnsOf } from './columns.ts';
import type { Chunk } from './context.ts';
import { exportFileName, partFileName } from './formats.ts';
import { safeText } from './safe-text.ts';
import { createSieve, leftOutText } from './sieve.ts';
import { writeContacts, writeCsv, writeMessages, writeNumbers } from './text-writers.ts';
import { writeWorkbook } from './workbook.ts';

const textOf = async (chunks: AsyncIterable<Chunk>) => (await partsOf(chunks))[0]!.toString('utf8');

/** A reader of CSV of its own: quotes, doubled quotes, line breaks inside. */
function parseCsv(text: string, separator: string): string[][] {
  const lines: string[][] = [[]];
  const field = new RegExp(`("(?:[^"]|"")*"|[^"${separator}\r\n]*)(${separator}|\r\n)`, 'y');
  for (let match = field.exec(text); match; match = field.exec(text)) {
    const [, value = '', end] = match;
    lines.at(-1)!.push(value.startsWith('"') ? value.slice(1, -1).replaceAll('""', '"') : value);
    if (end === '\r\n') lines.push([]);
  }
  return lines.slice(0, -1);
}

/** The entries of a zip, by its central directory. */
function unzip(zip: Buffer): Map<string, string> {
  const files = new Map<string, string>();
  let at = zip.readUInt32LE(zip.lastIndexOf(Buffer.from('PK\x05\x06')) + 16);
  while (zip.readUInt32LE(at) === 0x02014b50) {
    const [packed, nameLength, extra, comment, start] = [
      zip.readUInt32LE(at + 20),
      zip.readUInt16LE(at + 28),
      zip.readUInt16LE(at + 30),
      zip.readUInt16LE(at + 32),
      zip.readUInt32LE(at + 42),
    ];
    const body = start + 30 + zip.readUInt16LE(start + 26) + zip.readUInt16LE(start + 28);
    const bytes = zip.subarray(body, body + packed);
    const text = zip.readUInt16LE(at + 10) === 8 ? inflateRawSync(bytes) : bytes;
    files.set(zip.toString('utf8', at + 46, at + 46 + nameLength), text.toString('utf8'));
    at += 46 + nameLength + extra + comment;
  }
  return files;
}

test('no text of a CSV begins a formula, numbers and phones stay bare, and reading gives the lines again', async () => {
  const text = await textOf(writeCsv(each(hostile.map((name) => row(name))), context));
  expect(text.startsWith('\ufeffNome;Telefone;E-mail;Produtos;')).toBe(true);
  const lines = parseCsv(text.slice(1), ';');
  expect(lines).toHaveLength(hostile.length + 1);
  for (const line of lines) {
    expect(line).toHaveLength(context.columns.length);
    for (const value of line) expect(value).not.toMatch(/^[\s\u200b\ufeff]*[=+\-@＝＋－＠\t\r\n]/);
  }
  expect(lines[1]!.slice(0, 10)).toEqual([
    `'${hostile[0]}`,
    '(11) 98765-4321',
    'maria@exemplo.example',
    `'${hostile[0]}`,
    '2',
    '1234,50',
    'Abandonado',
    'Janela encerrada',
    '10/01/2025 14:32',
    '20/11/2018 00:00', // São Paulo's daylight time of that year
  ]);
  expect(safeText('Ana-Maria = 2')).toBe('Ana-Maria = 2');
  const iso = await textOf(writeCsv(each([row('Ana')]), { ...context, hasIsoDates: true }));
  expect(iso).toContain(';2025-01-10T14:32:00-03:00;2018-11-20T00:00:00-02:00;');
});

test('a workbook holds typed text as text: no formula and no link in its XML, real dates and money in its cells', async () => {
  const [file] = await partsOf(writeWorkbook(each(hostile.map((name) => row(name))), context));
  const files = unzip(file!);
  for (const [name, xml] of files) {
    expect([name, /<f[ >/]|<hyperlink|externalLink|TargetMode/.test(xml)]).toEqual([name, false]);
  }
  const workbook = new ExcelJS.Workbook();
  // The types of exceljs know an older Buffer.
  await workbook.xlsx.load(file as unknown as Parameters<typeof workbook.xlsx.load>[0]);
  const sheet = workbook.getWorksheet('Carrinhos')!;
  expect(sheet.rowCount).toBe(hostile.length + 1);
  expect(sheet.views[0]).toMatchObject({ state: 'frozen', ySplit: 1 });
  expect(sheet.autoFilter).toBeTruthy();
  const wanted = hostile.map((text) =>
    text
      .replace(/\r\n?/g, '\n')
      .replace('_x003D_', '_x005F_x003D_') // as Excel writes an underscore that is meant
      .replace('\u0000', '')
      .replace('\ud83d', '\ufffd'),
  );
  hostile.forEach((_, index) => {
    const cells = sheet.getRow(index + 2);
    expect(cells.getCell(1).value).toBe(wanted[index]);
    expect(cells.getCell(1).type).toBe(ExcelJS.ValueType.String);
    expect(cells.getCell(1).numFmt).toBe('@');
  });
  const cells = sheet.getRow(2);
  expect([cells.getCell(2).value, cells.getCell(2).numFmt]).toEqual(['(11) 98765-4321', '@']);
  expect([cells.getCell(5).value, cells.getCell(6).value, cells.getCell(6).numFmt]).toEqual([
    2,
    1234.5,
    '"R$" #,##0.00',
  ]);
  expect(cells.getCell(9).value).toEqual(new Date('2025-01-10T14:32:00Z'));
  expect(cells.getCell(9).numFmt).toBe('dd/mm/yyyy hh:mm');
  expect([cells.getCell(16).value, sheet.getRow(1).getCell(10).value]).toEqual(['00123', 'Última atividade']);
  expect(workbook.getWorksheet('Sobre')!.getRow(1).getCell(2).value).toBe('=1+1');
});

test('numbers for WhatsApp are one a line; messages are filled in and safe', async () => {
  expect(await textOf(writeNumbers(each([row('Ana'), row('Bia')])))).toBe('5511987654321\n5511987654321\n');
  const text = await textOf(writeMessages(each([row('João Sá', { products: 'Açaí' }), row('=1+1')]), context));
  expect(text).toBe(
    '\ufeffnome;telefone;mensagem\r\n' +
      'João Sá;5511987654321;Olá, João! Açaí por R$ 1.234,50 {outra}\r\n' +
      "'=1+1;5511987654321;Olá, =1+1! =1+1 por R$ 1.234,50 {outra}\r\n",
  );
});

test('contacts come in files of 256, and no name ends its line', async () => {
  const rows = [row('Ana;\r\nTEL:+1\\,'), ...Array.from({ length: 256 }, (_, n) => row(`Cliente ção ${n} `.repeat(8)))];
  const parts = (await partsOf(writeContacts(each(rows), context))).map((part) => part.toString('utf8'));
  expect(parts.map((part) => part.match(/BEGIN:VCARD\r\n/g)!.length)).toEqual([256, 1]);
  const unfolded = parts[0]!.replaceAll('\r\n ', '').split('\r\n');
  expect(unfolded.slice(0, 7)).toEqual([
    'BEGIN:VCARD',
    'VERSION:3.0',
    'FN:Loja Sol · Ana\\;\\nTEL:+1\\\\\\,',
    'N:;Loja Sol · Ana\\;\\nTEL:+1\\\\\\,;;;',
    'TEL;TYPE=CELL:+5511987654321',
    'NOTE:Loja Sol',
    'END:VCARD',
  ]);
  for (const line of parts[0]!.split('\r\n')) expect(Buffer.byteLength(line)).toBeLessThanOrEqual(75);
});

test('an audience has Meta’s columns, normalised, and hashes everything but the value', async () => {
  const maria = row('  Maria d’Ávila-Souza ', { email: 'Maria@Exemplo.example' });
  expect(await textOf(writeAudience(each([maria]), context))).toBe(
    'phone,email,fn,ln,ct,st,zip,country,value\r\n' +
      '5511987654321,maria@exemplo.example,maria,dávilasouza,sãopaulo,sp,01310100,br,1234.50\r\n',
  );
  const hashed = audienceValues(maria, { isHashed: true });
  // printf maria@exemplo.example | sha256sum
  expect(hashed[1]).toMatch(/^[0-9a-f]{64}$/);
  expect([hashed.filter((value) => value.length === 64).length, hashed[8]]).toEqual([8, '1234.50']);
});

test('each row that is left out is counted once, by the first reason', () => {
  const since = new Date('2025-01-08T00:00:00Z');
  const sieve = createSieve({
    format: 'whatsapp-txt',
    contactedSince: since,
    withoutCustomers: true,
    withLandlines: false,
  });
  const kept = [
    row('fica'),
    row('repetido'),
    row('não quer', { isOptedOut: true, phoneStatus: 'invalid' }),
    row('há pouco', { contactedAt: since }),
    row('há muito', { contactedAt: new Date(since.getTime() - 1), phoneE164: '+5511987650000' }),
    row('cliente', { isCustomer: true }),
    row('inválido', { phoneStatus: 'invalid' }),
    row('fixo', { phoneKind: 'landline' }),
    row('fora', { phoneKind: 'international' }),
  ].filter((one) => sieve.keeps(one));
  expect(kept.map(({ name }) => name)).toEqual(['fica', 'há muito']);
  expect(sieve.counts).toMatchObject({ selected: 9, kept: 2 });
  expect(leftOutText(sieve.counts.leftOut)).toBe(
    '1 não contatar, 1 já contatados, 1 já são clientes, 1 sem telefone válido, 1 com telefone fixo, 1 com telefone de outro país, 1 repetidos',
  );
});

test('a workbook is not written ahead of its reader', async () => {
  const total = 16_000;
  let given = 0;
  async function* many() {
    for (; given < total; given++) yield row(createHash('sha512').update(String(given)).digest('base64'));
  }
  const columns = columnsOf('carrinhos', ['name']);
  let bytes = 0;
  for await (const chunk of writeWorkbook(many(), { ...context, columns })) {
    if (bytes === 0) {
      // Nothing is read for a while: the rows stop coming.
      for (let last = -1; last !== given; ) {
        last = given;
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      expect(given).toBeLessThan(total * 0.8);
    }
    bytes += chunk.bytes.length;
  }
  expect([given, bytes > 1_000_000]).toEqual([total, true]);
});

test('file names say company, list and day', () => {
  const name = exportFileName({ slug: 'tarragona', what: 'carrinhos_abandonados', day: '2025-01-10', format: 'xlsx' });
  expect(name).toBe('tarragona_carrinhos_abandonados_2025-01-10.xlsx');
  expect([partFileName('a.vcf', 1, 1), partFileName('a.vcf', 2, 3)]).toEqual(['a.vcf', 'a_2-de-3.vcf']);
});
