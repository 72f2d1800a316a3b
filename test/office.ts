// `npm run test:office`: LibreOffice opens a file of every export format whose cells are hostile. It must find each of them as text: no formula, no link.
// CSV is read the dangerous way, with formulas evaluated. Two files with a real formula and a real link go along, so that finding none says something.
// LibreOffice is installed by apt when root runs this; else it must be there.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { exportWriters } from '#shared/exports/export.ts';
import { exportFormats, formatFacts, partFileName } from '#shared/exports/formats.ts';
import { each, exportContext, exportRow, hostileCells, partsOf } from './support/hostile-cells.ts';

const { values: options } = parseArgs({
  options: { pasta: { type: 'string' }, json: { type: 'boolean' }, help: { type: 'boolean' } },
});
const help = `Abre cada formato de exportação com o LibreOffice e confere que nada vira fórmula nem link.

  npm run test:office
  npm run test:office -- --pasta=/tmp/planilhas   deixa os arquivos abertos nessa pasta
  npm run test:office -- --json
`;

type Found = { file: string; texts: number; formulas: number; links: number; missing: string[] };

/** The program's name, after installing it where that is allowed. */
function findOffice(): string {
  const find = () => ['soffice', '/usr/lib/libreoffice/program/soffice'].find((name) => works(name, ['--version']));
  const works = (command: string, args: string[]) => spawnSync(command, args, { stdio: 'ignore' }).status === 0;
  const found = find();
  if (found) return found;
  const isRoot = process.getuid?.() === 0;
  if (isRoot) {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore', env });
    const packages = ['--no-install-recommends', 'libreoffice-calc-nogui'];
    spawnSync('apt-get', ['install', '-y', '-qq', ...packages], { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  const installed = find();
  if (!installed) throw new Error('Falta o LibreOffice: instale com "apt-get install libreoffice-calc-nogui".');
  return installed;
}

/** Semicolons or commas, UTF-8, numbers detected, formulas evaluated (LibreOffice, "CSV filter parameters": token 13). */
const csvFilter = (separator: ',' | ';' | '|') =>
  `--infilter=Text - txt - csv (StarCalc):${separator.charCodeAt(0)},34,76,1,,0,false,true,false,false,false,0,true`;

/** Opens files and gives each as flat XML. */
function open(office: string, folder: string, files: readonly string[], filter: string[]): Map<string, string> {
  const out = join(folder, 'aberto');
  mkdirSync(out, { recursive: true });
  const profile = `-env:UserInstallation=file://${join(folder, 'perfil')}`;
  const args = [profile, '--headless', '--norestore', ...filter, '--convert-to', 'fods', '--outdir', out, ...files];
  const { status, stderr } = spawnSync(office, args, { encoding: 'utf8', timeout: 1_200_000 });
  if (status !== 0) throw new Error(`O LibreOffice terminou com ${status}: ${stderr}`);
  return new Map(
    files.map((file) => {
      const flat = join(out, basename(file).replace(/\.[a-z]+$/, '.fods'));
      if (!existsSync(flat)) throw new Error(`O LibreOffice não abriu ${basename(file)}.`);
      return [basename(file), readFileSync(flat, 'utf8')];
    }),
  );
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
/** Blanks of any kind are one, and a leading apostrophe is ours: what is compared is what was typed. */
const plain = (text: string) =>
  text
    .replace(/[\s\u200b\ufeff\0]+/g, ' ')
    .replace(/^[ ']+| +$/g, '')
    .replace('\ud83d', '\ufffd');

function textsOf(xml: string): string[] {
  const cells = xml.match(/<table:table-cell\b(?:[^>]*[^/])?>.*?<\/table:table-cell>/gs) ?? [];
  return cells.map((cell) =>
    plain(
      cell
        .replace(/<\/text:p>\s*<text:p\b[^>]*>|<text:(?:s|tab|line-break)\b[^>]*>/g, ' ')
        .replace(/<[^>]+>/g, '')
        .replace(/&#x([0-9a-f]+);|&#(\d+);|&(\w+);/gi, (_, hex, dec, name) =>
          name ? (entities[name] ?? '') : String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(dec)),
        ),
    ),
  );
}

function judge(file: string, xml: string, wanted: readonly string[]): Found {
  const texts = textsOf(xml);
  const all = texts.join('\n');
  return {
    file,
    texts: texts.length,
    formulas: xml.match(/table:formula=/g)?.length ?? 0,
    links: xml.match(/<text:a\b/g)?.length ?? 0,
    missing: wanted.filter((text) => !all.includes(plain(text))),
  };
}

async function main(): Promise<boolean> {
  const office = findOffice();
  const folder = options.pasta ?? mkdtempSync(join(tmpdir(), 'cel-office-'));
  mkdirSync(folder, { recursive: true });
  // A vCard is no table, and nobody's program opens it as one: each line is a cell.
  const files = { ';': [] as string[], ',': [] as string[], '|': [] as string[], xlsx: [] as string[] };
  const write = (name: string, bytes: Buffer | string, how: keyof typeof files) => {
    writeFileSync(join(folder, name), bytes);
    files[how].push(join(folder, name));
  };
  const rows = hostileCells.map((name, index) =>
    exportRow(name, {
      tag: name,
      city: name,
      state: name,
      postcode: name,
      phoneE164: `+551198765${1000 + index}`,
    } as object),
  );
  for (const format of exportFormats) {
    const { extension } = formatFacts[format];
    const context = { ...exportContext, message: '{nome}', tag: '=1+1', columns: exportContext.columns };
    const parts = await partsOf(exportWriters[format](each(rows), context));
    parts.forEach((bytes, index) => {
      const how = extension === 'xlsx' ? 'xlsx' : format === 'publico-csv' ? ',' : format === 'vcard' ? '|' : ';';
      write(partFileName(`${format}.${extension}`, index + 1, parts.length), bytes, how);
    });
  }
  write('controle-csv.csv', 'a;b\r\n=1+1;=HYPERLINK("http://x.example";"clique")\r\n', ';');
  const { default: excel } = await import('exceljs');
  const control = new excel.Workbook();
  control.addWorksheet('a').addRow([{ formula: '1+1' }, { text: 'clique', hyperlink: 'http://x.example/' }]);
  write('controle-xlsx.xlsx', Buffer.from(await control.xlsx.writeBuffer()), 'xlsx');

  const opened = new Map([
    ...open(office, folder, files.xlsx, []),
    ...open(office, folder, files[';'], [csvFilter(';')]),
    ...open(office, folder, files[','], [csvFilter(',')]),
    ...open(office, folder, files['|'], [csvFilter('|')]),
  ]);
  const wanted = (file: string) => (/^(xlsx|csv|whatsapp-csv)\./.test(file) ? hostileCells : []);
  const found = [...opened].map(([file, xml]) => judge(file, xml, wanted(file)));
  if (!options.pasta) rmSync(folder, { recursive: true });

  const isGood = ({ file, texts, formulas, links, missing }: Found) =>
    file.startsWith('controle-') ? formulas + links >= 2 : texts > 0 && formulas + links + missing.length === 0;
  if (options.json) process.stdout.write(`${JSON.stringify(found)}\n`);
  else
    for (const one of found) {
      const { file, texts, formulas, links, missing } = one;
      process.stdout.write(
        `${isGood(one) ? 'certo ' : 'ERRADO'} ${file}: ${texts} células, ${formulas} fórmulas, ${links} links${missing.length > 0 ? `, sem ${JSON.stringify(missing)}` : ''}\n`,
      );
    }
  return found.every(isGood);
}

if (options.help) process.stdout.write(help);
else
  main().then(
    (isGood) => {
      process.exitCode = isGood ? 0 : 1;
    },
    (error: unknown) => {
      process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
      process.exitCode = 1;
    },
  );
