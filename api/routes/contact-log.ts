// The Contatos screen: who wrote to whom, when, by which channel.
import { Hono } from 'hono';
import { channels } from '#shared/contacts/contact.ts';
import { ContactLogPage } from '#web/pages/contacts.tsx';
import { parsePeriod } from '#web/period.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { parsePaging } from '../keyset.ts';
import { clockOf, respondWithPage } from '../page.ts';
import { countContactLog, listContactAuthors, listContactLog } from '../queries/contact-log.ts';

export function contactLogRoutes(deps: Deps) {
  return new Hono<CompanyEnv>().get('/contatos', async (c) => {
    const company = c.get('company');
    const query = c.req.query();
    const clock = clockOf(c, deps);
    const number = (text: string | undefined, most: number) =>
      text !== undefined && /^\d{1,2}$/.test(text) && Number(text) <= most ? text : null;
    const choice = {
      weekday: number(query.dia, 7),
      hour: number(query.hora, 23),
      period: parsePeriod(query, clock),
      channel: channels.find((known) => known === query.canal) ?? null,
      userId: /^\d{1,18}$/.test(query.operador ?? '') ? query.operador! : null,
    };
    const found = await deps.db.withTenant(company.id, async (tx) => ({
      users: await listContactAuthors(tx),
      count: await countContactLog(tx, choice, company.timeZone),
      ...(await listContactLog(tx, { choice, timeZone: company.timeZone, paging: parsePaging(query) })),
    }));
    const content = ContactLogPage({ slug: company.slug, ...choice, ...found, clock });
    return await respondWithPage(c, deps, { title: 'Contatos', section: 'contatos' }, content);
  });
}
