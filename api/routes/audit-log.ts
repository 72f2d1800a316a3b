// The Registro screen, for administrators and owners.
import { Hono } from 'hono';
import { can } from '#shared/roles.ts';
import { AuditPage } from '#web/pages/audit-log.tsx';
import type { CompanyEnv, Deps } from '../context.ts';
import { HttpError } from '../http-error.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import { listAudit, listAuditChoices } from '../queries/audit-log.ts';

export function auditRoutes(deps: Deps) {
  return new Hono<CompanyEnv>().get('/registro', async (c) => {
    const { id, slug, role } = c.get('company');
    if (!can(role, 'see_audit')) throw new HttpError(403, 'forbidden', 'Seu papel não permite ver o registro.');
    const { acao = '', usuario = '', ...query } = c.req.query();
    const filter = {
      action: /^[a-z_]+\.[a-z_]+$/.test(acao) ? acao : null,
      userId: /^\d{1,18}$/.test(usuario) ? usuario : null,
    };
    const content = await deps.db.withTenant(id, async (tx) =>
      AuditPage({
        slug,
        filter,
        choices: await listAuditChoices(tx),
        ...(await listAudit(tx, { filter, paging: parsePaging(query) })),
        clock: clockOf(c, deps),
      }),
    );
    return await respondWithPage(c, deps, { title: 'Registro', section: 'registro' }, content);
  });
}
