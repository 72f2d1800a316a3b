// `exportar`: the files that people work with outside, by the same code as the web's page Exportações (shared/exports). Who is left out is counted by
// reason; every export leaves a record with the file's SHA-256.
import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { finished } from 'node:stream/promises';
import type { CartStatus } from '#shared/cart-words.ts';
import { customerStatuses, customerStatusNames } from '#shared/customer-statuses.ts';
import { columnsOf } from '#shared/exports/columns.ts';
import {
  type ExportOptions,
  exportOptions,
  maxContactedDays,
  openExport,
  writeExport,
} from '#shared/exports/export.ts';
import { exportFileName, exportFormats, exportListLabels, partFileName } from '#shared/exports/formats.ts';
import { leftOutText } from '#shared/exports/sieve.ts';
import type { SiteId } from '#shared/ids.ts';
import { localDay } from '#shared/time-zone.ts';
import { runQuery, statementsOf, type TenantClient, withTenant } from '../db.ts';
import { authorOption, authorOptions } from './author.ts';
import {
  type Command,
  type CommandContext,
  CommandError,
  choiceOption,
  integerOption,
  type TenantRow,
  tenantOption,
  UsageError,
} from './command.ts';
import { type DayPeriod, periodOption, periodOptions } from './period.ts';
import { siteOption } from './site-options.ts';

const cartStatuses = {
  aguardando: 'waiting',
  abandonado: 'abandoned',
  recuperado: 'recovered',
  compra_direta: 'purchased',
} as const satisfies Record<string, CartStatus>;
const cartStatusNames = Object.keys(cartStatuses) as (keyof typeof cartStatuses)[];

/** The three lists for adverts, as lists of ours with what they leave out. */
const audiences = {
  carrinhos_abandonados: { list: 'carrinhos', withoutCustomers: true },
  leads_sem_compra: { list: 'leads', withoutCustomers: true },
  compradores: { list: 'clientes', withoutCustomers: false },
} as const;
const audienceNames = Object.keys(audiences) as (keyof typeof audiences)[];

const lists = ['leads', 'carrinhos', 'pedidos', 'clientes', 'publico'] as const;

export const exportCommand: Command = {
  name: 'exportar',
  summary:
    'Grava leads, carrinhos, pedidos, clientes ou um público de anúncios num arquivo (WhatsApp, Excel, CSV, vCard)',
  positionals: lists.join('|'),
  options: {
    empresa: { value: 'SLUG', help: 'a empresa' },
    formato: { value: 'FORMATO', help: `${exportFormats.join(', ')} (padrão: xlsx; publico-csv em publico)` },
    loja: { value: 'SLUG', help: 'só desta loja (clientes são da empresa toda)' },
    situacao: {
      value: 'SITUACAO',
      help: `carrinhos: ${cartStatusNames.join(', ')}; clientes: ${customerStatusNames.join(', ')}`,
    },
    publico: { value: 'PUBLICO', help: audienceNames.join(', ') },
    ...periodOptions,
    arquivo: { value: 'ARQUIVO', help: 'onde gravar (padrão: um nome com a data, nesta pasta)' },
    colunas: { value: 'A,B', help: 'só estas colunas, em Excel e CSV; uma errada mostra as que há' },
    'sem-contatados': { value: 'DIAS', help: 'sem quem foi contatado nos últimos tantos dias' },
    'sem-clientes': { help: 'sem quem já pagou um pedido' },
    'com-fixos': { help: 'também telefones fixos, nos formatos de WhatsApp e vCard' },
    'datas-iso': { help: 'datas em ISO 8601, no CSV' },
    sha256: { help: 'valores em SHA-256, em públicos' },
    mensagem: { value: 'TEXTO', help: 'WhatsApp CSV; {nome}, {primeiro_nome}, {produtos} e {valor} são preenchidos' },
    etiqueta: { value: 'TEXTO', help: 'vCard: o que vem antes de cada nome (padrão: o nome da empresa)' },
    ...authorOptions,
  },
  examples: [
    'carrinho exportar carrinhos --empresa=sol --situacao=abandonado --periodo=7dias --formato=whatsapp-txt --sem-contatados=7',
    'carrinho exportar leads --empresa=sol --formato=xlsx --arquivo=leads.xlsx',
    'carrinho exportar clientes --empresa=sol --situacao=vip --formato=vcard --etiqueta="Sol VIP"',
    'carrinho exportar publico --empresa=sol --publico=carrinhos_abandonados --sha256 --json',
  ],
  async run(context) {
    const { output, pool, now } = context;
    const asked = readOptions(context);
    const tenant = await tenantOption(context);
    const site = context.options.loja === undefined ? null : await siteOption(context, tenant);
    const period = periodOption(context, tenant.timeZone);
    const userId = await authorOption(context, tenant);
    const { options } = asked;
    const day = localDay(now, tenant.timeZone);
    const fileName = exportFileName({ slug: tenant.slug, what: asked.what, day, format: options.format });
    const path = context.options.arquivo ?? fileName;
    const filterText = filterWords(context, options, period);

    const done = await withTenant(pool, tenant.id, async (client) => {
      const db = statementsOf(client);
      await openExport(db);
      await insertIds(client, asked, { tenant, siteId: site?.id ?? null, period });
      const facts = {
        companyName: tenant.name,
        userName: context.options.usuario ?? null,
        filterText,
        timeZone: tenant.timeZone,
        now,
      };
      const { chunks, counts } = writeExport(db, options, facts);
      const file = await writeFiles(path, chunks);
      const { rows } = await runQuery<{ id: string }>(client, 'insert_export', {
        tenant: tenant.id,
        list: options.list,
        format: options.format,
        query: {},
        options,
        filter_text: filterText,
        file_name: fileName,
        state: 'running',
        selected: counts.selected,
        kept: counts.kept,
        user: userId,
        now,
      });
      const id = rows[0]!.id;
      await runQuery(client, 'finish_export', {
        tenant: tenant.id,
        id,
        selected: counts.selected,
        kept: counts.kept,
        left_out: counts.leftOut,
        // No file is kept here to be fetched.
        parts: 0,
        bytes: file.bytes,
        hash: file.sha256,
        now,
      });
      await runQuery(client, 'insert_export_audit', { tenant: tenant.id, user: userId, id });
      return { id, ...counts, ...file };
    });
    output.result(
      {
        tenant: tenant.slug,
        list: options.list,
        format: options.format,
        export: done.id,
        files: done.files,
        rows: done.kept,
        selected: done.selected,
        leftOut: done.leftOut,
        bytes: done.bytes,
        sha256: done.sha256,
      },
      () => {
        const reasons = leftOutText(done.leftOut);
        output.line(`${done.kept} de ${done.selected} exportados${reasons ? `: ${reasons}` : ''}.`);
        for (const file of done.files) output.line(file);
        output.line(`SHA-256 ${done.sha256}`);
      },
    );
  },
};

type Asked = { options: ExportOptions; what: string; status: string | null; onlyBuyers: boolean };

function readOptions(context: CommandContext): Asked {
  const [word, ...others] = context.positionals;
  const asked = lists.find((list) => list === word);
  if (!asked || others.length > 0) throw new UsageError(`Diga o que exportar: ${lists.join(', ')}.`);
  const audienceName = choiceOption(context, 'publico', audienceNames);
  if ((asked === 'publico') !== (audienceName !== undefined))
    throw new UsageError(
      asked === 'publico'
        ? `Falta a opção --publico: ${audienceNames.join(', ')}.`
        : '--publico é só para "exportar publico".',
    );
  const audience = audienceName ? audiences[audienceName] : null;
  const list = audience?.list ?? (asked as Exclude<typeof asked, 'publico'>);
  const format = choiceOption(context, 'formato', exportFormats) ?? (audience ? 'publico-csv' : 'xlsx');
  if (audience && !format.startsWith('publico-'))
    throw new UsageError('Um público é --formato=publico-csv ou publico-xlsx.');
  if (list === 'clientes' && context.options.loja !== undefined)
    throw new UsageError('Clientes são da empresa toda: não se escolhe --loja.');
  const columns = (context.options.colunas ?? '').split(',').filter(Boolean);
  const known = columnsOf(list).map(({ key }) => key);
  const stranger = columns.find((column) => !known.includes(column));
  if (stranger) throw new UsageError(`Não há coluna "${stranger}" em ${list}: ${known.join(', ')}.`);
  const parsed = exportOptions.safeParse({
    list,
    format,
    columns,
    contactedDays: integerOption(context, 'sem-contatados', { min: 1, max: maxContactedDays }) ?? null,
    withoutCustomers: audience?.withoutCustomers || context.has('sem-clientes'),
    withLandlines: context.has('com-fixos'),
    hasIsoDates: context.has('datas-iso'),
    isHashed: context.has('sha256'),
    message: context.options.mensagem ?? '',
    tag: context.options.etiqueta ?? '',
  });
  if (!parsed.success) throw new UsageError('--mensagem tem até 2.000 caracteres, --etiqueta até 60.');
  const status = audience ? (list === 'carrinhos' ? 'abandoned' : null) : statusOption(context, list);
  const suffix = context.options.situacao ? `_${context.options.situacao}` : '';
  return {
    options: parsed.data,
    what: audienceName ? `publico_${audienceName}` : `${list}${suffix}`,
    status,
    onlyBuyers: audienceName === 'compradores',
  };
}

function statusOption(context: CommandContext, list: ExportOptions['list']): string | null {
  if (context.options.situacao === undefined) return null;
  if (list === 'carrinhos') return cartStatuses[choiceOption(context, 'situacao', cartStatusNames)!];
  if (list === 'clientes') return customerStatuses[choiceOption(context, 'situacao', customerStatusNames)!];
  throw new UsageError('--situacao é só para carrinhos e clientes.');
}

async function insertIds(
  client: TenantClient,
  { options, status, onlyBuyers }: Asked,
  { tenant, siteId, period: { from, to } }: { tenant: TenantRow; siteId: SiteId | null; period: DayPeriod },
): Promise<void> {
  const scope = { tenant: tenant.id, from, to };
  switch (options.list) {
    case 'leads':
      await runQuery(client, 'insert_export_leads', { ...scope, site: siteId });
      break;
    case 'carrinhos':
      await runQuery(client, 'insert_export_carts', { ...scope, site: siteId, status });
      break;
    case 'pedidos':
      await runQuery(client, 'insert_export_orders', { ...scope, site: siteId });
      break;
    case 'clientes':
      await runQuery(client, 'insert_export_customers', { ...scope, status, only_buyers: onlyBuyers });
      break;
  }
}

/** `Carrinhos · abandonado · de 01/01/2026 a 31/01/2026 · loja matriz`. */
function filterWords({ options }: CommandContext, { list }: ExportOptions, { firstDay, lastDay }: DayPeriod): string {
  const day = (text: string | null) => (text === null ? '…' : text.split('-').reverse().join('/'));
  const period = firstDay === null && lastDay === null ? 'todo o período' : `${day(firstDay)} a ${day(lastDay)}`;
  const said = [options.publico, options.situacao, period, options.loja && `loja ${options.loja}`];
  return [exportListLabels[list], ...said.filter((text) => text)].join(' · ');
}

/**
 * Writes the pieces beside their place and moves them there when all are complete, readable by their owner only: they are people's phones.
 * `sha256` is over all files, one after the other.
 */
async function writeFiles(path: string, chunks: AsyncIterable<{ part: number; bytes: Buffer }>) {
  const hash = createHash('sha256');
  const partial = (part: number) => join(dirname(path), `.${process.pid}-${part}.parcial`);
  let bytes = 0;
  let parts = 0;
  let stream: ReturnType<typeof createWriteStream> | null = null;
  const close = async () => {
    if (!stream) return;
    stream.end();
    await finished(stream);
    stream = null;
  };
  try {
    for await (const chunk of chunks) {
      if (chunk.part > parts) {
        await close();
        parts = chunk.part;
        stream = createWriteStream(partial(parts), { mode: 0o600 });
      }
      hash.update(chunk.bytes);
      bytes += chunk.bytes.length;
      const file = stream!;
      await new Promise<void>((resolve, reject) =>
        file.write(chunk.bytes, (error) => (error ? reject(error) : resolve())),
      );
    }
    await close();
    const files = Array.from({ length: parts }, (_, index) => partFileName(path, index + 1, parts));
    for (const [index, file] of files.entries()) await rename(partial(index + 1), file);
    return { files, bytes, sha256: hash.digest('hex') };
  } catch (cause) {
    for (let part = 1; part <= parts; part++) await rm(partial(part), { force: true });
    const { code, path: place } = cause as NodeJS.ErrnoException;
    if (code && place) throw new CommandError(`Não foi possível gravar ${path} (${code}).`, { cause });
    throw cause;
  }
}
