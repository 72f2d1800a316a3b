// What people do about a record: marks, opt-outs, notes, tags, reminders and lead stages (docs/rules.md, Contacts). Each act is one transaction that
// ends with what it changes recomputed; the answer is the record's marks or its panel, whichever the form stands in. `registro` names the record.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { channels, registerContact, tellPages, undoContact } from '#shared/contacts/contact.ts';
import { leadStages, moveLead } from '#shared/contacts/lead-stage.ts';
import { optOutChannels, optOutRecord, undoOptOutsOf } from '#shared/contacts/opt-out.ts';
import { hasRecord, type RecordRef, recordKinds } from '#shared/contacts/record.ts';
import {
  addNote,
  addReminder,
  addTag,
  cleanText,
  maxNoteLength,
  maxReasonLength,
  maxTagLength,
  reminderInstant,
  textLength,
  undoRemark,
} from '#shared/contacts/remarks.ts';
import type { UserId } from '#shared/ids.ts';
import { isAudience } from '#shared/message-audiences.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { can } from '#shared/roles.ts';
import { together } from '#shared/together.ts';
import { ContactAnswer, ContactMarks, type ContactRefusal } from '#web/components/contact-marks.tsx';
import { type ContactState, type RecordPanelFacts, recordWords } from '#web/components/contact-types.ts';
import { RecordPanel, recordPanelId } from '#web/components/record-panel.tsx';
import { paths } from '#web/paths.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { contactOfClick } from '../message-link.ts';
import { clockOf, isFragmentFor, respondWithPage } from '../page.ts';
import { contactKey, findRecordPanel, loadContactStates } from '../queries/contacts.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

type Form = Readonly<Record<string, string>>;
type Act = {
  db: Statements;
  form: Form;
  userId: UserId;
  now: Date;
  timeZone: string;
  /** The code and text of the WhatsApp link that was clicked with this form; nothing when none was. */
  ofClick(record: RecordRef): Promise<{ code?: string; template?: string | null }>;
};

/** What an act came to. `record`: the one that the page is about. */
type Result = {
  record: RecordRef;
  /** Recomputed with the act. */
  touched?: RecordRef;
  refusal?: ContactRefusal;
  /** A mark that was just made, by its id, or 'undone'. */
  marked?: string;
};

/** What the page shows after an act; `panel`: of a form that stands in one. */
type Shown = { state: ContactState; panel: RecordPanelFacts | null };

const parseAudience = (text: string | undefined) => (isAudience(text) ? text : null);
const isId = (text: string | undefined): text is string => text !== undefined && /^\d{1,18}$/.test(text);

/** `carrinho:5`, as the forms say it. */
function parseRecord(text: string | undefined): RecordRef | null {
  const [word, id] = text?.split(':') ?? [];
  const entity = recordKinds.find((kind) => recordWords[kind] === word);
  return entity && isId(id) ? { entity, id } : null;
}

const choiceOf = <T extends string>(choices: readonly T[], text: string | undefined): T => {
  const found = choices.find((choice) => choice === text);
  if (!found) throw new HttpError(422, 'invalid', 'O formulário não foi entendido. Recarregue a página.');
  return found;
};

const invalid = (record: RecordRef, sentence: string): Result => ({ record, refusal: { kind: 'invalid', sentence } });

/** The record that the form is about. 404 when the company has none such. */
async function formRecord({ db, form }: Act): Promise<RecordRef> {
  const record = parseRecord(form.registro);
  if (!record || !(await hasRecord(db, record))) throw new NotFoundError();
  return record;
}

/** After a fact was taken back: the page's own record, else the one that the fact was about. */
async function shownRecord(act: Act, of: RecordRef | null): Promise<RecordRef> {
  if (!of) throw new NotFoundError();
  return act.form.registro === undefined ? of : await formRecord(act);
}

export function contactRoutes(deps: Deps) {
  /** Runs an act in one transaction, which also reads what the page shows afterwards, and answers with that. */
  async function act(c: Context<CompanyEnv>, work: (act: Act) => Promise<Result>): Promise<Response> {
    const company = c.get('company');
    if (!can(company.role, 'contact')) throw new HttpError(403, 'forbidden', 'Seu papel não permite contatar pessoas.');
    const body = await c.req.parseBody();
    const form = Object.fromEntries(
      Object.entries(body).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
    );
    const now = deps.now();
    const isFragment = c.req.header('HX-Request') !== undefined;
    const { result, shown } = await deps.db.withTenant(company.id, async (tx) => {
      const db = statementsOf(tx, company.id);
      const user = c.get('user');
      const ofClick = async (record: RecordRef) =>
        form.n
          ? await contactOfClick(tx, {
              company,
              user,
              record,
              click: form.n,
              audience: parseAudience(form.modelo),
              now,
            })
          : {};
      const done = await work({ db, form, userId: user.id, now, timeZone: company.timeZone, ofClick });
      if (done.touched)
        await recomputeNow(tx, { tenantId: company.id, now, cause: 'contact' }, { records: [done.touched] });
      const [shown] = await together([
        done.refusal || isFragment ? readShown(c, tx, done.record) : Promise.resolve(null),
        done.touched || done.refusal ? Promise.resolve() : tellPages(db),
      ]);
      return { result: done, shown };
    });
    const { record, refusal } = result;
    if (!refusal && !isFragment) return c.redirect(paths.record(company.slug, record), 303);
    return await answer(c, result, shown, form.menu === '1');
  }

  /** The panel where the form stands in one, else the marks alone; null when the company has no such record. */
  async function readShown(c: Context<CompanyEnv>, tx: Tx, record: RecordRef): Promise<Shown | null> {
    const { id } = c.get('company');
    if (isFragmentFor(c, recordPanelId(record))) {
      const panel = await findRecordPanel(tx, id, record);
      return panel && { state: panel.state, panel };
    }
    const state = (await loadContactStates(tx, id, [record])).get(contactKey(record));
    return state ? { state, panel: null } : null;
  }

  async function answer(
    c: Context<CompanyEnv>,
    { record, refusal, marked }: Result,
    shown: Shown | null,
    hasMenu = false,
  ): Promise<Response> {
    const company = c.get('company');
    const { slug } = company;
    if (!shown) throw new NotFoundError();
    const { state, panel } = shown;
    const clock = clockOf(c, deps);
    const canContact = can(company.role, 'contact');
    const around = { slug, clock, canContact, refusal, hasMenu };
    if (refusal) c.status(refusal.kind === 'invalid' ? 422 : 409);
    if (panel) {
      const isMasked = !can(company.role, 'see_contact_data');
      return c.html(RecordPanel({ ...around, facts: panel, isMasked }));
    }
    if (refusal && !c.req.header('HX-Request')) {
      const sections = { lead: 'leads', cart: 'carrinhos', order: 'pedidos' } as const;
      const content = ContactMarks({ ...around, state });
      return await respondWithPage(c, deps, { title: 'Contato', section: sections[record.entity] }, content);
    }
    return c.html(ContactAnswer({ ...around, state, marked }));
  }

  const routes = new Hono<CompanyEnv>();

  /** The marks or the panel as they are: what "Deixar assim" asks for. */
  for (const [entity, page] of [
    ['lead', 'leads'],
    ['cart', 'carrinhos'],
    ['order', 'pedidos'],
  ] as const) {
    routes.get(`/${page}/:id/contatos`, async (c) => {
      const id = c.req.param('id');
      if (!isId(id)) throw new NotFoundError();
      const record: RecordRef = { entity, id };
      const shown = await deps.db.withTenant(c.get('company').id, (tx) => readShown(c, tx, record));
      return await answer(c, { record }, shown);
    });
  }

  return routes
    .post('/contatos', (c) =>
      act(c, async (a) => {
        const record = parseRecord(a.form.registro);
        if (!record) throw new NotFoundError();
        const channel = choiceOf(channels, a.form.canal);
        const { visto } = a.form;
        const outcome = await registerContact(a.db, {
          record,
          channel,
          template: cleanText(a.form.modelo ?? '').slice(0, maxTagLength) || null,
          userId: a.userId,
          at: a.now,
          ...(visto === undefined ? {} : { seenId: visto || null }),
          isForced: a.form.forcar === '1',
          ...(await a.ofClick(record)),
        });
        switch (outcome.kind) {
          case 'not_found':
            throw new NotFoundError();
          case 'blocked':
            return { record, refusal: outcome };
          case 'conflict':
          case 'cool_down':
            return { record, refusal: { ...outcome, channel } };
          case 'done':
            return { record, touched: record, marked: outcome.id };
        }
      }),
    )
    .post('/contatos/:id/desfazer', (c) =>
      act(c, async (a) => {
        const id = c.req.param('id');
        const of = isId(id) ? await undoContact(a.db, { id, userId: a.userId, now: a.now }) : null;
        const record = await shownRecord(a, of);
        return { record, touched: of!, marked: 'undone' };
      }),
    )
    .post('/nao-contatar', (c) =>
      act(c, async (a) => {
        const record = await formRecord(a);
        const channel = choiceOf(optOutChannels, a.form.canal);
        const reason = cleanText(a.form.motivo ?? '');
        if (textLength(reason) > maxReasonLength) return invalid(record, tooLong('O motivo', maxReasonLength));
        const done = await optOutRecord(a.db, record, { channel, reason, userId: a.userId, now: a.now });
        if (done === 'no_keys')
          return invalid(record, 'Este registro não tem e-mail nem telefone válidos: não há para onde escrever.');
        return { record };
      }),
    )
    .post('/nao-contatar/retirar', (c) =>
      act(c, async (a) => {
        const record = await formRecord(a);
        const channel = choiceOf(optOutChannels, a.form.canal);
        await undoOptOutsOf(a.db, record, { channel, userId: a.userId, now: a.now });
        return { record };
      }),
    )
    .post('/leads/:id/situacao', (c) =>
      act(c, async (a) => {
        const id = c.req.param('id');
        const record: RecordRef = { entity: 'lead', id };
        if (!isId(id) || !(await hasRecord(a.db, record))) throw new NotFoundError();
        const stage = choiceOf(leadStages, a.form.situacao);
        const reason = stage === 'lost' ? cleanText(a.form.motivo ?? '') : '';
        if (stage === 'lost' && reason === '') return invalid(record, 'Diga por que o lead foi perdido.');
        if (textLength(reason) > maxReasonLength) return invalid(record, tooLong('O motivo', maxReasonLength));
        await moveLead(a.db, { leadId: id, stage, reason, userId: a.userId, now: a.now });
        return { record };
      }),
    )
    .post('/notas', (c) =>
      act(c, async (a) => {
        const record = await formRecord(a);
        const body = cleanText(a.form.texto ?? '');
        if (body === '') return invalid(record, 'A nota está vazia.');
        if (textLength(body) > maxNoteLength) return invalid(record, tooLong('A nota', maxNoteLength));
        await addNote(a.db, record, { body, userId: a.userId, now: a.now });
        return { record };
      }),
    )
    .post('/notas/:id/apagar', (c) => act(c, (a) => undo(a, 'note', c.req.param('id'))))
    .post('/etiquetas', (c) =>
      act(c, async (a) => {
        const record = await formRecord(a);
        const name = cleanText(a.form.etiqueta ?? '').replace(/\s+/g, ' ');
        if (name === '') return invalid(record, 'A etiqueta está vazia.');
        if (textLength(name) > maxTagLength) return invalid(record, tooLong('A etiqueta', maxTagLength));
        await addTag(a.db, record, { name, userId: a.userId, now: a.now });
        return { record };
      }),
    )
    .post('/etiquetas/:id/retirar', (c) => act(c, (a) => undo(a, 'tag', c.req.param('id'))))
    .post('/lembretes', (c) =>
      act(c, async (a) => {
        const record = await formRecord(a);
        const remindAt = reminderInstant(a.form.dia ?? '', a.timeZone);
        if (!remindAt) return invalid(record, 'Diga o dia do lembrete.');
        const note = cleanText(a.form.texto ?? '');
        if (textLength(note) > maxReasonLength) return invalid(record, tooLong('O lembrete', maxReasonLength));
        await addReminder(a.db, record, { remindAt, note, userId: a.userId, now: a.now });
        return { record };
      }),
    )
    .post('/lembretes/:id/concluir', (c) => act(c, (a) => undo(a, 'reminder', c.req.param('id'))));
}

const tooLong = (what: string, most: number) => `${what} passa de ${most.toLocaleString('pt-BR')} caracteres.`;

async function undo(a: Act, kind: Parameters<typeof undoRemark>[1], id: string): Promise<Result> {
  const of = isId(id) ? await undoRemark(a.db, kind, { id, userId: a.userId, now: a.now }) : null;
  return { record: await shownRecord(a, of) };
}
