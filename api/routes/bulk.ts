// What is done to a selection of a list: the ticked rows, or all rows of the filter, which is evaluated here again. More than 100 rows, and what takes
// long to mend, are asked about first with our own count; the list then says what was done and who was left out.
import { Hono } from 'hono';
import { leadStages } from '#shared/contacts/lead-stage.ts';
import { cleanText, maxReasonLength, maxTagLength, textLength } from '#shared/contacts/remarks.ts';
import { exportLists } from '#shared/exports/formats.ts';
import { can } from '#shared/roles.ts';
import { listDefinitions } from '#web/list-filters.ts';
import { type ListName, listPath } from '#web/lists.ts';
import { BulkConfirmPage, bulkActs, bulkWord } from '#web/pages/bulk.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { actOnRows, type BulkOrder } from '../lists/bulk.ts';
import { listAllIds } from '../lists/read.ts';
import { openList } from '../lists/sources.ts';
import { respondWithPage } from '../page.ts';

/** More are asked about first. */
const mostUnasked = 100;
/** Each row is an act of its own, and all are one transaction. */
const mostAtOnce = 2000;

type Fields = Record<string, string | string[] | File | (string | File)[]>;
const one = (fields: Fields, name: string): string => {
  const value = [fields[name] ?? ''].flat().at(-1);
  return typeof value === 'string' ? value : '';
};
const many = (fields: Fields, name: string): string[] =>
  [fields[name] ?? []].flat().filter((value): value is string => typeof value === 'string');

const invalid = (sentence: string) => new HttpError(422, 'invalid', sentence);

function parseOrder(fields: Fields, list: ListName): BulkOrder {
  const act = bulkActs.find((known) => known === one(fields, 'ato'));
  const text = (name: string, most: number) => {
    const value = cleanText(one(fields, name)).replace(/\s+/g, ' ');
    if (textLength(value) > most) throw invalid(`O texto passa de ${most.toLocaleString('pt-BR')} caracteres.`);
    return value;
  };
  switch (act) {
    case 'whatsapp':
    case 'email':
      return { act };
    case 'situacao': {
      const stage = leadStages.find((known) => known === one(fields, 'situacao'));
      if (list !== 'leads' || !stage) throw invalid('Escolha a nova situação.');
      const reason = stage === 'lost' ? text('perda', maxReasonLength) : '';
      if (stage === 'lost' && reason === '') throw invalid('Diga por que os leads foram perdidos.');
      return { act, stage, reason };
    }
    case 'etiqueta': {
      const name = text('etiqueta', maxTagLength);
      if (name === '') throw invalid('Diga qual é a etiqueta.');
      return { act, name };
    }
    case 'nao_contatar':
      return { act, reason: text('motivo', maxReasonLength) };
    case undefined:
      throw invalid('Escolha o que fazer com a seleção.');
  }
}

/** The ticked rows. 404 unless the company has them all. */
async function requireIds(tx: Tx, list: ListName, ids: readonly string[]): Promise<string[]> {
  const own = [...new Set(ids)];
  if (!own.every((id) => /^\d{1,18}$/.test(id))) throw new NotFoundError();
  const tables = { leads: tx`leads`, carrinhos: tx`carts`, pedidos: tx`orders`, clientes: tx`people` };
  const [row] = await tx<{ count: number }[]>`
    select count(*)::int as count from ${tables[list]} where id = any(${own}::bigint[])`;
  if (row!.count !== own.length) throw new NotFoundError();
  return own;
}

export function bulkRoutes(deps: Deps) {
  const { db } = deps;
  return new Hono<CompanyEnv>().post('/selecao', async (c) => {
    const company = c.get('company');
    const { slug, role } = company;
    const fields = (await c.req.parseBody({ all: true })) as Fields;
    const isExport = one(fields, 'ato') === 'exportar';
    if (!can(role, isExport ? 'export' : 'contact'))
      throw new HttpError(403, 'forbidden', 'Seu papel não permite isto.');
    const list = exportLists.find((known) => known === one(fields, 'lista')) ?? 'leads';
    const query = Object.fromEntries(new URLSearchParams(one(fields, 'filtro')));
    const isAll = one(fields, 'todos') === '1';
    const now = deps.now();
    const backHref = listPath(list, slug, query);

    const result = await db.withTenant(company.id, async (tx) => {
      const isMasked = !can(role, 'see_contact_data');
      const found =
        isAll && !isExport ? await openList(tx, { list, query, timeZone: company.timeZone, now, isMasked }) : null;
      const ids = found
        ? await listAllIds(tx, found.sql, found.choice.tab, mostAtOnce + 1)
        : await requireIds(tx, list, many(fields, 'registros'));
      if (ids.length === 0 && !isAll) throw invalid('Nenhuma linha foi selecionada.');
      if (isExport) return { kind: 'export' as const, ids };
      if (ids.length > mostAtOnce)
        throw invalid(`São mais de ${mostAtOnce.toLocaleString('pt-BR')} de uma vez. Estreite o filtro, ou exporte.`);
      const order = parseOrder(fields, list);
      const confirmed = one(fields, 'confirmacao').replace(/\D/g, '');
      const isRisky = order.act === 'nao_contatar' || (order.act === 'situacao' && order.stage === 'lost');
      if ((ids.length > mostUnasked || isRisky) && confirmed !== String(ids.length)) {
        const fault =
          'confirmacao' in fields ? `O número não confere: agora são ${ids.length.toLocaleString('pt-BR')}.` : null;
        return { kind: 'ask' as const, act: order.act, count: ids.length, fault };
      }
      const viewer = { tenantId: company.id, userId: c.get('user').id };
      const facts = await actOnRows(tx, { list, ids, order }, { ...viewer, now });
      const { act, done } = facts;
      await audit(tx, viewer, { action: 'list.changed', facts: { list, act, selected: ids.length, done } });
      return { kind: 'done' as const, facts };
    });

    if (result.kind === 'export') {
      const chosen = isAll ? query : { registros: result.ids.join(',') };
      return c.redirect(paths.newExport(slug, { lista: list, ...chosen }), 303);
    }
    if (result.kind === 'done')
      return c.redirect(listPath(list, slug, { ...query, feito: bulkWord(result.facts) }), 303);
    const again = ['lista', 'filtro', 'todos', 'ato', 'situacao', 'perda', 'etiqueta', 'motivo']
      .map((name) => [name, one(fields, name)] as const)
      .filter(([, value]) => value !== '');
    const ticked = isAll ? [] : many(fields, 'registros').map((id) => ['registros', id] as const);
    const { title } = listDefinitions[list];
    if (result.fault) c.status(422);
    const content = BulkConfirmPage({ slug, list, ...result, fields: [...again, ...ticked], backHref });
    return await respondWithPage(c, deps, { title, section: list }, content);
  });
}
