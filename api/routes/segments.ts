// Saved filters are made, pinned to the menu and removed; each act leads back to a list.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { cleanText, textLength } from '#shared/contacts/remarks.ts';
import { exportLists } from '#shared/exports/formats.ts';
import { can } from '#shared/roles.ts';
import { segmentHref } from '#web/components/segments.tsx';
import { listPath, listQuery, parseListChoice } from '#web/lists.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { deleteSegment, insertSegment, pinSegment } from '../queries/segments.ts';

const maxNameLength = 60;

export function segmentRoutes(deps: Deps) {
  const { db } = deps;

  function readerOf(c: Context<CompanyEnv>) {
    const { role } = c.get('company');
    if (!can(role, 'edit_own_segments')) throw new HttpError(403, 'forbidden', 'Seu papel não permite salvar filtros.');
    return { userId: c.get('user').id, canShare: can(role, 'edit_settings') };
  }

  async function change(
    c: Context<CompanyEnv>,
    work: (tx: Tx, id: string, reader: ReturnType<typeof readerOf>) => ReturnType<typeof deleteSegment>,
  ) {
    const company = c.get('company');
    const reader = readerOf(c);
    const id = c.req.param('id') ?? '';
    const segment = /^\d{1,18}$/.test(id) && (await db.withTenant(company.id, (tx) => work(tx, id, reader)));
    if (!segment) throw new NotFoundError();
    return c.redirect(segmentHref(company.slug, segment), 303);
  }

  return new Hono<CompanyEnv>()
    .post('/segmentos', async (c) => {
      const company = c.get('company');
      const reader = readerOf(c);
      const form = await c.req.parseBody();
      const field = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
      const list = exportLists.find((known) => known === field('lista')) ?? 'leads';
      const name = cleanText(field('nome')).replace(/\s+/g, ' ');
      if (name === '' || textLength(name) > maxNameLength)
        throw new HttpError(422, 'invalid', `Dê ao filtro um nome de até ${maxNameLength} letras.`);
      const now = deps.now();
      const asked = Object.fromEntries(new URLSearchParams(field('filtro')));
      const query = listQuery(list, parseListChoice(list, asked, { timeZone: company.timeZone, now }));
      await db.withTenant(company.id, (tx) =>
        insertSegment(
          tx,
          { tenantId: company.id, userId: reader.userId, now },
          {
            list,
            name,
            query: new URLSearchParams(query).toString().slice(0, 2000),
            isShared: reader.canShare && field('para_todos') === '1',
            isPinned: field('no_menu') === '1',
          },
        ),
      );
      return c.redirect(listPath(list, company.slug, query), 303);
    })
    .post('/segmentos/:id/menu', async (c) => {
      const { no_menu: isPinned } = await c.req.parseBody();
      return await change(c, (tx, id, reader) => pinSegment(tx, id, isPinned === '1', reader));
    })
    .post('/segmentos/:id/apagar', (c) => change(c, deleteSegment));
}
