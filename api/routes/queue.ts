// Fila de hoje: the next person of the queue, and what an operator does about them. Each act is one transaction that answers with the next card.
import { type Context, Hono } from 'hono';
import { addDays } from '#shared/comparison.ts';
import { type Channel, registerContact, tellPages, undoContact } from '#shared/contacts/contact.ts';
import { optOutRecord } from '#shared/contacts/opt-out.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { reminderInstant } from '#shared/contacts/remarks.ts';
import type { PersonId } from '#shared/ids.ts';
import { type AudienceName, isAudience, pickAudience, templateFor } from '#shared/message-audiences.ts';
import { renderMessage } from '#shared/message-template.ts';
import { can } from '#shared/roles.ts';
import { localDay } from '#shared/time-zone.ts';
import type { ContactRefusal } from '#web/components/contact-marks.tsx';
import { recordValue } from '#web/components/contact-types.ts';
import {
  mostCounted,
  pauseLabels,
  QueueAnswer,
  type QueueDone,
  QueueLive,
  QueuePage,
  type QueueProps,
} from '#web/pages/queue.tsx';
import type { QueueCard } from '#web/pages/queue-types.ts';
import { paths } from '#web/paths.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { listKeptQueue } from '../kept-queue.ts';
import { contactOfClick, messageContext } from '../message-link.ts';
import { clockOf, isFragmentFor, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import { contactKey, loadContactStates } from '../queries/contacts.ts';
import { listMessageFacts, loadTemplates, messageValues } from '../queries/messages.ts';
import {
  findNextReminder,
  findQueuePerson,
  listDueReminders,
  listQueue,
  listViews,
  openPerson,
  pausePerson,
} from '../queries/queue.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

const skipMs = 30 * 60_000;

type Wish = {
  personId: PersonId | null;
  audience: AudienceName | null;
  refusal?: ContactRefusal | null;
  /** Nothing was done in this transaction: the people as they stand for everybody will do. */
  isLooking?: boolean;
};

const isId = (text: string | undefined): text is string => text !== undefined && /^\d{1,18}$/.test(text);

export function queueRoutes(deps: Deps) {
  const { db } = deps;

  /** The card of a person, or of the first one; a person who is not in the queue (any more) has one only after a refusal or an undone act. */
  async function loadQueue(
    c: Context<CompanyEnv>,
    tx: Tx,
    { personId, audience, refusal = null, isLooking = false }: Wish,
  ): Promise<QueueProps> {
    const company = c.get('company');
    const user = c.get('user');
    const clock = clockOf(c, deps);
    const { now } = clock;
    const canContact = can(company.role, 'contact');
    const scope = { tenantId: company.id, userId: user.id, now };
    const wish = { ...scope, limit: mostCounted };
    const entries = await (isLooking ? listKeptQueue(deps.keep, tx, wish) : listQueue(tx, wish));
    const place = Math.max(0, personId ? entries.findIndex((entry) => entry.personId === personId) : 0);
    const entry = entries[place];
    const facts = {
      slug: company.slug,
      clock,
      canContact,
      isMasked: !can(company.role, 'see_contact_data'),
      total: entries.length,
    };
    const record: RecordRef | undefined = entry;
    const person = entry && (await findQueuePerson(tx, entry.personId));
    if (!record || !person) return { ...facts, card: null, nextAt: await findNextReminder(tx, now) };
    const state = (await loadContactStates(tx, company.id, [record])).get(contactKey(record))!;
    const [message] = await listMessageFacts(tx, company.id, [record]);
    const picked = message ? (audience ?? pickAudience(message, now)) : null;
    const template = picked && templateFor(await loadTemplates(tx), picked);
    const values = message && messageValues(message, await messageContext(tx, { company, user, clock }));
    const shown = values && { ...values, link_carrinho: values.link_carrinho && '‹link do carrinho›' };
    if (canContact) await openPerson(tx, { ...scope, personId: person.personId });
    const card: QueueCard = {
      person,
      state,
      audience: template ? template.name : null,
      chosen: audience,
      text: template && shown ? renderMessage(template.body, shown) : '',
      reminders: entry.isReminded ? await listDueReminders(tx, person.personId, now) : [],
      views: await listViews(tx, { userId: user.id, personId: person.personId, now }),
      position: place + 1,
      refusal,
    };
    return { ...facts, card, nextAt: null };
  }

  return new Hono<CompanyEnv>()
    .get('/fila', async (c) => {
      const { pessoa, modelo } = c.req.query();
      const wish = {
        personId: isId(pessoa) ? (pessoa as PersonId) : null,
        audience: isAudience(modelo) ? modelo : null,
        isLooking: true,
      };
      const company = c.get('company');
      const queue = await db.withTenant(company.id, (tx) => loadQueue(c, tx, wish));
      if (isFragmentFor(c, 'fila')) return c.html(QueueAnswer(queue));
      const live = { page: 'fila', query: {} };
      return await respondWithPage(c, deps, { title: 'Fila de hoje', section: 'fila', live }, QueuePage(queue));
    })

    .post('/fila/:id/acao', async (c) => {
      const company = c.get('company');
      if (!can(company.role, 'contact'))
        throw new HttpError(403, 'forbidden', 'Seu papel não permite contatar pessoas.');
      const id = c.req.param('id');
      const form = await c.req.parseBody();
      const text = (name: string) => (typeof form[name] === 'string' ? form[name] : '');
      const now = deps.now();
      const user = c.get('user');
      const answer = await db.withTenant(company.id, async (tx) => {
        const member = isId(id) ? await findMember(tx, id, text('registro')) : null;
        if (!member) throw new NotFoundError();
        const personId = id as PersonId;
        const statements = statementsOf(tx, company.id);
        const touch = (record: RecordRef) =>
          recomputeNow(tx, { tenantId: company.id, now, cause: 'contact' }, { records: [record] });
        const next = async (done: QueueDone | null) => ({
          queue: await loadQueue(c, tx, { personId: null, audience: null }),
          done,
        });
        const said = (sentence: string, contactId: string | null = null): QueueDone => ({
          text: sentence,
          personId,
          record: recordValue(member),
          contactId,
        });
        const pause = async (until: Date, isPersonal: boolean) =>
          await pausePerson(tx, { ...member, tenantId: company.id, userId: user.id, until, isPersonal, now });

        switch (text('acao')) {
          case 'whatsapp':
          case 'email': {
            const channel = text('acao') as Channel;
            const click = text('n');
            const audience = isAudience(text('modelo')) ? (text('modelo') as AudienceName) : null;
            const ofClick = click
              ? await contactOfClick(tx, { company, user, record: member, click, audience, now })
              : {};
            const outcome = await registerContact(statements, {
              record: member,
              channel,
              template: null,
              userId: user.id,
              at: now,
              isForced: text('forcar') === '1',
              ...ofClick,
            });
            if (outcome.kind === 'not_found') throw new NotFoundError();
            if (outcome.kind !== 'done') {
              const refusal = outcome.kind === 'blocked' ? outcome : { ...outcome, channel };
              return { queue: await loadRefused(c, tx, { personId, record: member, refusal }), done: null };
            }
            await touch(member);
            return await next(said(`${channel === 'email' ? 'E-mail' : 'WhatsApp'} marcado como enviado.`, outcome.id));
          }
          case 'desfazer': {
            const of = isId(text('contato'))
              ? await undoContact(statements, { id: text('contato'), userId: user.id, now })
              : null;
            if (of) await touch(of);
            const queue = await loadQueue(c, tx, { personId, audience: null });
            return { queue, done: of ? said('Marca desfeita.') : null };
          }
          case 'adiar': {
            const wait = Object.hasOwn(pauseLabels, text('quanto'))
              ? (text('quanto') as keyof typeof pauseLabels)
              : '1h';
            await pause(pauseUntil(wait, { now, timeZone: company.timeZone }), false);
            await tellPages(statements);
            return await next(said(`Adiado: ${pauseLabels[wait].toLowerCase()}.`));
          }
          case 'nao_contatar': {
            await optOutRecord(statements, member, { channel: 'all', reason: '', userId: user.id, now });
            await tellPages(statements);
            return await next(said('Não será mais contatada.'));
          }
          case 'pular':
            await pause(new Date(now.getTime() + skipMs), true);
            return await next(null);
          default:
            throw new HttpError(422, 'invalid', 'O formulário não foi entendido. Recarregue a página.');
        }
      });
      const { queue, done } = answer;
      if (!c.req.header('HX-Request') && !queue.card?.refusal) return c.redirect(paths.queue(company.slug), 303);
      if (queue.card?.refusal) c.status(409);
      if (c.req.header('HX-Request')) return c.html(QueueAnswer({ ...queue, done }));
      return await respondWithPage(c, deps, { title: 'Fila de hoje', section: 'fila' }, QueuePage(queue));
    });

  /** The card of somebody who was acted about and is perhaps no longer in the queue: a colleague was faster. */
  async function loadRefused(
    c: Context<CompanyEnv>,
    tx: Tx,
    { personId, record, refusal }: { personId: PersonId; record: RecordRef; refusal: ContactRefusal },
  ): Promise<QueueProps> {
    const queue = await loadQueue(c, tx, { personId: null, audience: null });
    const person = await findQueuePerson(tx, personId);
    if (!person) return queue;
    const company = c.get('company');
    const state = (await loadContactStates(tx, company.id, [record])).get(contactKey(record))!;
    const views = await listViews(tx, { userId: c.get('user').id, personId, now: deps.now() });
    const card = { person, state, audience: null, chosen: null, text: '', reminders: [], views, position: 1, refusal };
    return { ...queue, card };
  }
}

/** A record of the person, as the form names it; null when it is none of theirs. */
async function findMember(tx: Tx, personId: string, value: string): Promise<RecordRef | null> {
  const [row] = await tx<RecordRef[]>`
    select entity, entity_id as id from person_members
    where person_id = ${personId} and ${value} = case entity when 'lead' then 'lead' when 'cart' then 'carrinho' else 'pedido' end || ':' || entity_id`;
  return row ?? null;
}

const hourMs = 3_600_000;

/** Tomorrow is nine in the morning of the company. */
function pauseUntil(wait: keyof typeof pauseLabels, { now, timeZone }: { now: Date; timeZone: string }): Date {
  if (wait === '1h') return new Date(now.getTime() + hourMs);
  return reminderInstant(addDays(localDay(now, timeZone), wait === 'amanha' ? 1 : 3), timeZone)!;
}

/** The counter, and who else is at the person that this user has open. The card itself stays as it is being read. */
export function queueView({ db, keep }: Deps): LiveView {
  return {
    page: 'fila',
    kinds: ['cart', 'order', 'lead'],
    async renderFor({ company, userId, now }) {
      const clock = { now, timeZone: company.timeZone };
      return await db.withTenant(company.id, async (tx) => {
        const people = await listKeptQueue(keep, tx, { tenantId: company.id, userId, now, limit: mostCounted });
        const [open] = await tx<{ personId: PersonId }[]>`
          select person_id from person_views where user_id = ${userId} order by opened_at desc limit 1`;
        const views = open ? await listViews(tx, { userId, personId: open.personId, now }) : [];
        const place = people.findIndex(({ personId }) => personId === open?.personId);
        return String(
          QueueLive({ views, position: place + 1, total: people.length, hasCard: open !== undefined, clock }),
        );
      });
    },
  };
}
