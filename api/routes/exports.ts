// Exportações: the dialog with its count, the history, and the files. Up to 5,000 rows the file is written at once, more in the background.
import { Hono } from 'hono';
import { columnsOf } from '#shared/exports/columns.ts';
import { countExport, exportOptions, openExport } from '#shared/exports/export.ts';
import {
  type ExportList,
  exportFileName,
  exportFormats,
  exportLists,
  formatFacts,
  partFileName,
} from '#shared/exports/formats.ts';
import { leftOutText } from '#shared/exports/sieve.ts';
import { can } from '#shared/roles.ts';
import { localDay } from '#shared/time-zone.ts';
import { listDefinitions } from '#web/list-filters.ts';
import { ExportCount, type ExportForm, ExportHistory, ExportsPage, NewExportPage } from '#web/pages/exports.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import { runQuery, type Tx } from '../db.ts';
import { chooseRows, type ListQuery } from '../exports/choose.ts';
import { writeExportFile } from '../exports/write.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { findExport, listExports, readChunk, rowsLeftToday } from '../queries/exports.ts';
import { statementsOf } from '../recompute.ts';

/** More rows are written in the background. */
const mostRowsAtOnce = 5000;
const mostRows = 500_000;

type Fields = Record<string, string | string[]>;
const one = (fields: Fields, name: string) => [fields[name] ?? ''].flat().at(-1)!;

/** What the four lists' own queries are made of; nothing else is kept. */
const queryFields = new Set([
  'registros',
  'busca',
  'ordem',
  'periodo',
  'de',
  'ate',
  ...Object.values(listDefinitions).flatMap(({ tabParam, filters }) => [tabParam, ...Object.keys(filters)]),
]);

/** What the dialog says; `isFirst`: it was just opened and nothing is chosen yet. */
function parseForm(fields: Fields, { isFirst }: { isFirst: boolean }): ExportForm {
  const list: ExportList = exportLists.find((known) => known === one(fields, 'lista')) ?? 'leads';
  const format = exportFormats.find((known) => known === one(fields, 'formato')) ?? 'whatsapp-csv';
  const days = Number(one(fields, 'dias') || 7);
  const contacts = isFirst ? list === 'leads' || list === 'carrinhos' : one(fields, 'sem_contatados') === '1';
  const parsed = exportOptions.safeParse({
    list,
    format,
    columns: [fields.coluna ?? []].flat(),
    contactedDays: contacts ? days : null,
    withoutCustomers: one(fields, 'sem_clientes') === '1',
    withLandlines: one(fields, 'com_fixos') === '1',
    hasIsoDates: one(fields, 'datas_iso') === '1',
    isHashed: one(fields, 'sha256') === '1',
    message: one(fields, 'mensagem'),
    tag: one(fields, 'etiqueta'),
  });
  if (!parsed.success)
    throw new HttpError(
      422,
      'bad_export',
      'Os dias vão de 1 a 365, a mensagem até 2.000 caracteres e a etiqueta até 60.',
    );
  const query = Object.fromEntries(
    Object.entries(fields)
      .filter(([name]) => queryFields.has(name))
      .map(([name]) => [name, one(fields, name)])
      .filter(([, value]) => value !== ''),
  ) as ListQuery;
  return { options: parsed.data, query, days };
}

function requireExport({ role }: Company): void {
  if (!can(role, 'export')) throw new HttpError(403, 'forbidden', 'Seu papel não permite exportar.');
}

type Asked = { company: Company; form: ExportForm; now: Date };

/** Chooses the rows and, unless they are many, counts who would be left out. */
async function lookAt(tx: Tx, { company, form: { options, query }, now }: Asked, mostCounted = mostRowsAtOnce) {
  const statements = statementsOf(tx, company.id);
  await openExport(statements);
  const chosen = await chooseRows(tx, { list: options.list, query, timeZone: company.timeZone, now });
  const counts = chosen.count <= mostCounted ? await countExport(statements, options, now) : null;
  return { ...chosen, counts };
}

export function exportRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>()
    .get('/exportacoes', async (c) => {
      const company = c.get('company');
      requireExport(company);
      const isOwn = !can(company.role, 'export_without_limit');
      const userId = isOwn ? c.get('user').id : null;
      const clock = clockOf(c, deps);
      const records = await db.withTenant(company.id, (tx) => listExports(tx, { userId, now: clock.now }));
      const live = { page: 'exportacoes', query: {} };
      const created = c.req.query('nova') ?? null;
      const content = ExportsPage({ slug: company.slug, records, created, clock });
      return await respondWithPage(c, deps, { title: 'Exportações', section: 'exportacoes', live }, content);
    })

    .get('/exportacoes/nova', async (c) => {
      const company = c.get('company');
      requireExport(company);
      const form = parseForm(c.req.query(), { isFirst: true });
      const found = await db.withTenant(company.id, (tx) => lookAt(tx, { company, form, now: deps.now() }));
      const content = NewExportPage({
        slug: company.slug,
        form,
        columns: columnsOf(form.options.list),
        ...found,
        fault: null,
      });
      return await respondWithPage(c, deps, { title: 'Exportar', section: 'exportacoes' }, content);
    })

    .post('/exportacoes/contagem', async (c) => {
      const company = c.get('company');
      requireExport(company);
      const form = parseForm((await c.req.parseBody({ all: true })) as Fields, { isFirst: false });
      const found = await db.withTenant(company.id, (tx) => lookAt(tx, { company, form, now: deps.now() }));
      if (!c.req.header('HX-Request'))
        return c.redirect(paths.newExport(company.slug, { lista: form.options.list, ...form.query }), 303);
      return c.html(ExportCount(found));
    })

    .post('/exportacoes', async (c) => {
      const company = c.get('company');
      const user = c.get('user');
      requireExport(company);
      const form = parseForm((await c.req.parseBody({ all: true })) as Fields, { isFirst: false });
      const now = deps.now();
      const { options, query } = form;
      const isLimited = !can(company.role, 'export_without_limit');
      const done = await db.withTenant(company.id, async (tx) => {
        const found = await lookAt(tx, { company, form, now }, isLimited ? mostRows : mostRowsAtOnce);
        const fault =
          faultOf(found) ??
          (isLimited
            ? limitFault(
                found.counts!.kept,
                await rowsLeftToday(tx, { userId: user.id, timeZone: company.timeZone, now }),
              )
            : null);
        if (fault) return { found, fault };
        const isSmall = found.count <= mostRowsAtOnce;
        const day = localDay(now, company.timeZone);
        const what = [options.format.startsWith('publico') ? 'publico' : '', options.list, found.tab]
          .filter(Boolean)
          .join('_');
        const [row] = await runQuery<{ id: string }>(tx, 'insert_export', {
          tenant: company.id,
          list: options.list,
          format: options.format,
          query,
          options,
          filter_text: found.filterText,
          file_name: exportFileName({ slug: company.slug, what, day, format: options.format }),
          state: isSmall ? 'running' : 'queued',
          selected: found.count,
          kept: found.counts?.kept ?? 0,
          user: user.id,
          now,
        });
        return { found, fault: null, id: row!.id, isSmall };
      });
      if (done.fault !== null) {
        const content = NewExportPage({
          slug: company.slug,
          form,
          columns: columnsOf(options.list),
          ...done.found,
          fault: done.fault,
        });
        c.status(422);
        return await respondWithPage(c, deps, { title: 'Exportar', section: 'exportacoes' }, content);
      }
      if (done.isSmall) await writeExportFile(deps, { tenantId: company.id, id: done.id });
      return c.redirect(paths.exports(company.slug, { nova: done.id }), 303);
    })

    .get('/exportacoes/:id/arquivo', async (c) => {
      const company = c.get('company');
      const user = c.get('user');
      requireExport(company);
      const id = c.req.param('id');
      const part = Number(c.req.query('parte') ?? 1);
      const found = /^\d{1,18}$/.test(id) && (await db.withTenant(company.id, (tx) => findExport(tx, id, deps.now())));
      if (!found || !(part >= 1 && part <= Math.max(1, found.partCount))) throw new NotFoundError();
      if (found.userId !== user.id && !can(company.role, 'export_without_limit'))
        throw new HttpError(403, 'forbidden', 'Só quem exportou, ou um administrador, baixa este arquivo.');
      if (!found.hasFile)
        throw new HttpError(410, 'export_gone', 'O arquivo valeu por 24 horas e já não existe. Exporte de novo.');
      await db.withTenant(company.id, (tx) =>
        audit(
          tx,
          { tenantId: company.id, userId: user.id },
          { action: 'export.downloaded', entity: 'export', entityId: id, facts: { part } },
        ),
      );
      let after = 0;
      const body = new ReadableStream<Uint8Array>({
        async pull(controller) {
          const chunk = await db.withTenant(company.id, (tx) => readChunk(tx, { id, part, after }));
          if (!chunk) return controller.close();
          after = chunk.position;
          controller.enqueue(chunk.bytes);
        },
      });
      return c.body(body, 200, {
        'Content-Type': formatFacts[found.format].contentType,
        'Content-Disposition': `attachment; filename="${partFileName(found.fileName, part, found.partCount)}"`,
        'Cache-Control': 'no-store',
      });
    });
}

type Found = Awaited<ReturnType<typeof lookAt>>;

function faultOf({ count, counts }: Found): string | null {
  if (count === 0) return 'Não há nada a exportar com este filtro.';
  if (count > mostRows) return 'São mais de 500.000 linhas. Escolha um período menor.';
  if (counts?.kept === 0) return `Ninguém seria exportado: ${leftOutText(counts.leftOut)}.`;
  return null;
}

function limitFault(rows: number, { limit, used }: { limit: number; used: number }): string | null {
  if (used + rows <= limit) return null;
  return `Você pode exportar ${limit} linhas por dia e hoje já exportou ${used}; esta exportação tem ${rows}. Peça a um administrador.`;
}

/** The history of the company; operators see their own. */
export function exportsView({ db }: Deps): LiveView {
  return {
    page: 'exportacoes',
    kinds: ['export'],
    async renderFor({ company, userId, now }) {
      if (!can(company.role, 'export')) return '';
      const author = can(company.role, 'export_without_limit') ? null : userId;
      const records = await db.withTenant(company.id, (tx) => listExports(tx, { userId: author, now }));
      return String(
        ExportHistory({ slug: company.slug, records, clock: { now, timeZone: company.timeZone }, isLive: true }),
      );
    },
  };
}
