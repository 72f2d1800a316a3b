// The API: JSON for other programs, over the operations of rest/operations.ts. Each answer is made in one transaction of the caller's company; an act
// ends with what it changes recomputed, as on the screens.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { z } from 'zod';
import { type ContactOutcome, registerContact, undoContact } from '#shared/contacts/contact.ts';
import { hasRecord, type RecordKind } from '#shared/contacts/record.ts';
import { cleanText, maxTagLength } from '#shared/contacts/remarks.ts';
import { maskEmail } from '#shared/email.ts';
import { findPerson } from '#shared/people/person.ts';
import { maskPhone } from '#shared/phone.ts';
import { can } from '#shared/roles.ts';
import { refusalText } from '#web/components/contact-marks.tsx';
import { apiMessages } from '#web/messages.ts';
import { ApiPage } from '#web/pages/api.tsx';
import { withQuery } from '#web/paths.ts';
import { type Period, parsePeriod } from '#web/period.ts';
import { audit } from '../audit.ts';
import type { AppEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { type ApiEnv, requireCaller } from '../middleware/api-caller.ts';
import { contactKey, loadContactStates } from '../queries/contacts.ts';
import { rowsLeftToday } from '../queries/exports.ts';
import { countPersons, loadFigures } from '../queries/figures.ts';
import { createLead } from '../queries/manual-leads.ts';
import { findRecordRow, listPeople, listRecords, readPeople } from '../queries/rest.ts';
import { findSite, listSiteNames } from '../queries/sites.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';
import { apiDocument, listApiOperations } from '../rest/openapi.ts';
import { errorBody, type Operation, operations } from '../rest/operations.ts';

type Asked<Query extends z.ZodObject, Body extends z.ZodObject> = {
  c: Context<ApiEnv>;
  tx: Tx;
  company: ApiEnv['Variables']['company'];
  /** Of the path; '' where it has none. */
  id: string;
  query: z.infer<Query>;
  body: z.infer<Body>;
  isMasked: boolean;
  now: Date;
};
type Answer = { status?: 200 | 201 | 409; body: object };

/** The parsed value, or 422 with the first thing that is wrong with it. */
function parse<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const { success, data, error } = schema.safeParse(value, { error: z.locales.pt().localeError });
  if (success) return data;
  const { path, message } = error.issues[0]!;
  const place = path.length > 0 ? `${path.join('.')}: ` : '';
  throw new HttpError(422, 'invalid', `${place}${message}.`);
}

async function readJson(c: Context<ApiEnv>): Promise<unknown> {
  if (!/^application\/json\b/i.test(c.req.header('Content-Type') ?? '')) {
    throw new HttpError(415, 'not_json', apiMessages.notJson);
  }
  try {
    return JSON.parse(await c.req.text());
  } catch {
    throw new HttpError(400, 'bad_json', apiMessages.badJson);
  }
}

const maskKey = (key: string) => (key.includes('@') ? maskEmail(key) : maskPhone(key));
const contactFields = ['email', 'phoneE164', 'emailKey', 'key'];

/** A row as somebody without the right to contacts sees it. */
function masked<Row extends object>(row: Row, isMasked: boolean): Row {
  if (!isMasked) return row;
  const fields = Object.entries(row).map(([name, value]) => {
    if (name === 'phoneRaw') return [name, null];
    if (contactFields.includes(name) && typeof value === 'string') return [name, maskKey(value)];
    if (name === 'phoneKeys') return [name, (value as string[]).map(maskKey)];
    if (name === 'matches') {
      const matches = value as { keys: string[] | null }[];
      return [name, matches.map((match) => ({ ...match, keys: match.keys?.map(maskKey) ?? null }))];
    }
    return [name, value];
  });
  return Object.fromEntries(fields) as Row;
}

/** Without a word about it a list has everything; the screens' lists begin with 30 days. */
function periodOf(
  query: { de?: string | undefined; ate?: string | undefined; periodo?: string | undefined },
  clock: { timeZone: string; now: Date },
): Period {
  const isGiven = Object.values(query).some((value) => value !== undefined);
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value !== undefined));
  return parsePeriod(isGiven ? given : { periodo: 'tudo' }, clock);
}

export function restRoutes(deps: Deps) {
  const { db, assets } = deps;

  /** Answers the operation: rights, then query and body, then the work in one transaction. */
  const routes = new Hono<ApiEnv>();
  function answer<Query extends z.ZodObject, Body extends z.ZodObject>(
    operation: Operation<Query, Body>,
    work: (asked: Asked<Query, Body>) => Promise<Answer>,
  ): void {
    routes.on(operation.method, operation.path.replace(/\/$/, ''), requireCaller(deps), async (c) => {
      const company = c.get('company');
      const token = c.get('token');
      if (token && !token.scopes.includes(operation.scope)) throw new HttpError(403, 'scope', apiMessages.scope);
      if (!can(company.role, operation.action)) throw new HttpError(403, 'forbidden', apiMessages.role);
      if (operation.method === 'post' && company.isSuspended) {
        throw new HttpError(403, 'suspended', apiMessages.suspended);
      }
      const id = c.req.param('id') ?? '';
      if (operation.path.includes(':id') && !/^[1-9]\d{0,17}$/.test(id)) throw new NotFoundError();
      const query = parse(operation.query, c.req.query());
      const body = (operation.body ? parse(operation.body, await readJson(c)) : {}) as z.infer<Body>;
      const isMasked = !can(company.role, 'see_contact_data');
      const done = await db.withTenant(company.id, (tx) =>
        work({ c, tx, company, id, query, body, isMasked, now: deps.now() }),
      );
      return c.json(done.body, done.status ?? 200);
    });
  }

  const auditOf = ({ c, tx, company }: Pick<Asked<z.ZodObject, z.ZodObject>, 'c' | 'tx' | 'company'>) => {
    const token = c.get('token');
    return async (entry: Parameters<typeof audit>[2]) =>
      await audit(
        tx,
        { tenantId: company.id, userId: c.get('user').id },
        token ? { ...entry, facts: { ...entry.facts, token: token.id } } : entry,
      );
  };

  /** Writes down that a list was read. Rows with contacts count against the day's limit of exports of who has one. */
  async function auditList(
    {
      c,
      tx,
      company,
      isMasked,
      now,
    }: Pick<Asked<z.ZodObject, z.ZodObject>, 'c' | 'tx' | 'company' | 'isMasked' | 'now'>,
    { list, rows }: { list: string; rows: number },
  ): Promise<void> {
    if (rows === 0) return;
    if (!isMasked && !can(company.role, 'export_without_limit')) {
      const { id: userId } = c.get('user');
      const { limit, used } = await rowsLeftToday(tx, { userId, timeZone: company.timeZone, now });
      if (used + rows > limit) throw new HttpError(429, 'export_limit', apiMessages.exportLimit(limit, used));
    }
    await auditOf({ c, tx, company })({ action: 'api.listed', facts: { list, rows } });
  }

  const refuse = (c: Context<ApiEnv>, code: string, message: string, facts: object): Answer => ({
    status: 409,
    body: { ...errorBody({ code, message, reference: c.get('code') }), ...facts },
  });

  /** The address of another page of the same list. */
  const pageHref = (c: Context<ApiEnv>, change: Record<string, string>) =>
    new URL(withQuery(new URL(c.req.url).pathname, { ...c.req.query(), ...change }), deps.publicUrl).href;

  answer(operations.listCustomers, async (asked) => {
    const { c, tx, company, query, isMasked } = asked;
    const { page, page_size: size, ordering, search = '', status = null } = query;
    const scope = { tenantId: company.id, status, search, isMasked, ordering, page, size };
    const { count, rows } = await listPeople(tx, scope);
    await auditList(asked, { list: 'customers', rows: rows.length });
    const hrefOf = (number: number) => pageHref(c, { page: String(number) });
    return {
      body: {
        count,
        next: page * size < count ? hrefOf(page + 1) : null,
        previous: page > 1 ? hrefOf(page - 1) : null,
        results: rows.map((row) => masked(row, isMasked)),
      },
    };
  });

  answer(operations.getCustomer, async ({ c, tx, company, id, isMasked }) => {
    const person = await findPerson(statementsOf(tx, company.id), { id });
    const [row] = person ? await readPeople(tx, company.id, [person.id]) : [];
    if (!person || !row) throw new NotFoundError();
    await auditOf({ c, tx, company })({ action: 'person.viewed', entity: 'person', entityId: person.id });
    const keys = person.keys.map(({ key, isShared, isDenied, recordCount }) => ({
      key: key.slice(2),
      isShared,
      isDenied,
      recordCount,
    }));
    const records = person.records.map(({ keys: _, ...record }) => record);
    return { body: { ...masked(row, isMasked), keys: keys.map((key) => masked(key, isMasked)), records } };
  });

  /** A record with its marks; 404 when the company has none such. */
  async function showRecord(
    { tx, company, isMasked }: Pick<Asked<z.ZodObject, z.ZodObject>, 'tx' | 'company' | 'isMasked'>,
    entity: RecordKind,
    id: string,
  ) {
    const row = await findRecordRow(tx, entity, { tenantId: company.id, id });
    const state = row && (await loadContactStates(tx, company.id, [{ entity, id }])).get(contactKey({ entity, id }));
    if (!row || !state) throw new NotFoundError();
    const { email, whatsapp } = state;
    return { ...masked(row, isMasked), contact: { email, whatsapp } };
  }

  for (const [entity, name, list, one] of [
    ['lead', 'leads', operations.listLeads, operations.getLead],
    ['cart', 'carts', operations.listCarts, operations.getCart],
    ['order', 'orders', operations.listOrders, operations.getOrder],
  ] as const) {
    answer(list, async (asked) => {
      const { c, tx, company, query, isMasked, now } = asked;
      const { de, ate, periodo, loja, apos = '0', limite } = query;
      const period = periodOf({ de, ate, periodo }, { timeZone: company.timeZone, now });
      const site = findSite(await listSiteNames(tx), loja);
      if (loja !== undefined && !site) throw new NotFoundError();
      const scope = { tenantId: company.id, siteId: site?.id ?? null, period, after: apos, limit: limite + 1 };
      const found = await listRecords(tx, entity, scope);
      const rows = found.slice(0, limite);
      await auditList(asked, { list: name, rows: rows.length });
      const next = found.length > limite ? pageHref(c, { apos: rows.at(-1)!.id }) : null;
      return { body: { next, results: rows.map((row) => masked(row, isMasked)) } };
    });
    answer(one, async (asked) => ({ body: await showRecord(asked, entity, asked.id) }));
  }

  answer(operations.createLead, async (asked) => {
    const { c, tx, company, body, now } = asked;
    const { site, force, ...typed } = body;
    const saved = await createLead(tx, { company, typed, site, isForced: force, now });
    switch (saved.kind) {
      case 'invalid':
        throw new HttpError(422, 'invalid', saved.sentence);
      case 'exists': {
        const { id, name, capturedAt } = saved;
        return refuse(c, 'exists', apiMessages.leadExists, { lead: { id, name, capturedAt } });
      }
      case 'done':
        await auditOf(asked)({
          action: 'lead.created',
          entity: 'lead',
          entityId: saved.id,
          facts: { origin: typed.origin },
        });
        return { status: 201, body: await showRecord(asked, 'lead', saved.id) };
    }
  });

  answer(operations.createContact, async ({ c, tx, company, body, now }) => {
    const { record, channel, template, seenId, force } = body;
    const statements = statementsOf(tx, company.id);
    const user = c.get('user');
    const outcome: ContactOutcome = await registerContact(statements, {
      record,
      channel,
      template: cleanText(template ?? '').slice(0, maxTagLength) || null,
      userId: user.id,
      at: now,
      seenId,
      isForced: force,
    });
    const clock = { now, timeZone: company.timeZone };
    switch (outcome.kind) {
      case 'not_found':
        throw new NotFoundError();
      case 'blocked':
        return refuse(c, 'blocked', `${refusalText(outcome, clock)}.`, { block: outcome.block });
      case 'conflict':
      case 'cool_down':
        return refuse(c, outcome.kind, `${refusalText({ ...outcome, channel }, clock)}.`, { mark: outcome.mark });
      case 'done': {
        await recomputeNow(tx, { tenantId: company.id, now, cause: 'contact' }, { records: [record] });
        const contact = { id: outcome.id, channel, userName: user.name, contactedAt: now };
        return { status: 201, body: { contact, record, warning: outcome.block } };
      }
    }
  });

  answer(operations.undoContact, async ({ c, tx, company, id, now }) => {
    const statements = statementsOf(tx, company.id);
    const record = await undoContact(statements, { id, userId: c.get('user').id, now });
    if (!record || !(await hasRecord(statements, record))) throw new NotFoundError();
    await recomputeNow(tx, { tenantId: company.id, now, cause: 'contact' }, { records: [record] });
    return { body: { record } };
  });

  answer(operations.getFigures, async ({ tx, company, query, now }) => {
    const { empresa: _, ...asked } = query;
    const period = periodOf(asked, { timeZone: company.timeZone, now });
    const { firstDay, lastDay } = period;
    return {
      body: {
        period: { firstDay, lastDay },
        ...(await loadFigures(tx, { tenantId: company.id, period, now })),
        persons: await countPersons(tx, { tenantId: company.id, period }),
      },
    };
  });

  return new Hono<AppEnv>()
    .get('/api', (c) => c.html(ApiPage({ assets, publicUrl: deps.publicUrl, operations: listApiOperations() })))
    .get('/api/openapi.json', (c) => c.json(apiDocument(deps.publicUrl)))
    .route('/', routes as unknown as Hono<AppEnv>);
}
