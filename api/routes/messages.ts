// Mensagens: the texts by audience and the coupon that they name, how each user works, and the way from any record to WhatsApp with the text written.
import { type Context, Hono } from 'hono';
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import { cleanText, textLength } from '#shared/contacts/remarks.ts';
import { type AudienceName, audienceNames, audiences, isAudience } from '#shared/message-audiences.ts';
import {
  hasWayOut,
  longMessage,
  messageVariables,
  parseTemplate,
  renderMessage,
  variablesOf,
  whatsappOpeners,
} from '#shared/message-template.ts';
import { can } from '#shared/roles.ts';
import { localDay } from '#shared/time-zone.ts';
import { CouponCard } from '#web/components/coupon-card.tsx';
import { MessageRefusal } from '#web/pages/message-refusal.tsx';
import { MessagesPage, Preview, TemplateForm } from '#web/pages/messages.tsx';
import type { TemplateCard, TemplatePreview } from '#web/pages/messages-types.ts';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { findMessageLink, messageContext } from '../message-link.ts';
import { clockOf, respondWithPage } from '../page.ts';
import { findRecordPanel } from '../queries/contacts.ts';
import {
  listMessageFacts,
  listNewestRecords,
  loadCoupon,
  loadPreferences,
  loadTemplates,
  type MessageContext,
  type MessageFacts,
  messageValues,
} from '../queries/messages.ts';

const maxBody = 4000;
const previewPeople = 3;
const judgedRecords = 50;

type Samples = Record<RecordKind, MessageFacts[]>;

async function loadSamples(tx: Tx, tenantId: Parameters<typeof listMessageFacts>[1]): Promise<Samples> {
  const of = async (entity: RecordKind) =>
    await listMessageFacts(tx, tenantId, await listNewestRecords(tx, entity, judgedRecords));
  return { lead: await of('lead'), cart: await of('cart'), order: await of('order') };
}

/** How a text reads for real people, and what is odd about it. A viewer sees no names. */
function previewOf(
  body: string,
  { samples, context, isMasked }: { samples: MessageFacts[]; context: MessageContext; isMasked: boolean },
): TemplatePreview {
  const { faults } = parseTemplate(body);
  // The link gives the cart back to whoever opens it: a preview only shows where it stands.
  const values = samples.map((facts) => messageValues(isMasked ? { ...facts, name: 'Maria' } : facts, context));
  const shown = values.map((of) => ({ ...of, link_carrinho: of.link_carrinho && '‹link do carrinho›' }));
  const messages = shown
    .slice(0, previewPeople)
    .map((of) => ({ name: of.nome_completo ?? '', text: renderMessage(body, of) }));
  const emptyVariables = variablesOf(body).flatMap((variable) => {
    const share = values.filter((of) => !of[variable]?.trim()).length / Math.max(1, values.length);
    return values.length > 0 && share > 0.2 ? [{ variable, share }] : [];
  });
  const length = Math.max(
    0,
    ...(messages.length > 0 ? messages.map(({ text }) => textLength(text)) : [textLength(body)]),
  );
  return {
    faults,
    messages,
    length,
    isLong: length > longMessage,
    hasWayOut: hasWayOut(body),
    emptyVariables,
    usesExpiredCoupon:
      context.coupon.isExpired && variablesOf(body).some((name) => ['cupom', 'desconto', 'validade'].includes(name)),
  };
}

const textOf = (form: Record<string, unknown>, name: string) => (typeof form[name] === 'string' ? form[name] : '');

function requireRight(c: Context<CompanyEnv>, right: 'edit_settings' | 'contact'): void {
  if (can(c.get('company').role, right)) return;
  const sentence = right === 'contact' ? 'contatar pessoas' : 'mudar as mensagens';
  throw new HttpError(403, 'forbidden', `Seu papel não permite ${sentence}.`);
}

const audienceOf = (text: string): AudienceName => {
  if (!isAudience(text)) throw new NotFoundError();
  return text;
};

export function messageRoutes(deps: Deps) {
  const { db } = deps;
  const routes = new Hono<CompanyEnv>();

  async function loadCards(c: Context<CompanyEnv>, tx: Tx) {
    const company = c.get('company');
    const templates = await loadTemplates(tx);
    const context = await messageContext(tx, { company, user: c.get('user'), clock: clockOf(c, deps) });
    const samples = await loadSamples(tx, company.id);
    const isMasked = !can(company.role, 'see_contact_data');
    const card = (name: AudienceName, body = templates[name].body): TemplateCard => ({
      name,
      body,
      isEnabled: templates[name].isEnabled,
      preview: previewOf(body, { samples: samples[audiences[name].entity], context, isMasked }),
    });
    return { card, coupon: context.coupon, canEdit: can(company.role, 'edit_settings') };
  }

  for (const [entity, page] of [
    ['lead', 'leads'],
    ['cart', 'carrinhos'],
    ['order', 'pedidos'],
  ] as const) {
    routes.get(`/${page}/:id/whatsapp`, async (c) => {
      requireRight(c, 'contact');
      const id = c.req.param('id');
      if (!/^\d{1,18}$/.test(id)) throw new NotFoundError();
      const record: RecordRef = { entity, id };
      const { modelo, n = '', sem9, forcar } = c.req.query();
      const company = c.get('company');
      const clock = clockOf(c, deps);
      const found = await db.withTenant(company.id, async (tx) => {
        const wish = {
          record,
          audience: isAudience(modelo) ? modelo : null,
          click: n.slice(0, 100) || crypto.randomUUID(),
          isWithoutNine: sem9 === '1',
          isForced: forcar === '1',
        };
        const link = await findMessageLink(tx, { company, user: c.get('user'), clock }, wish);
        const panel = link && link.kind !== 'url' ? await findRecordPanel(tx, company.id, record) : null;
        return link && { link, panel };
      });
      if (!found) throw new NotFoundError();
      const { link, panel } = found;
      if (link.kind === 'url') return c.redirect(link.url, 303);
      c.status(409);
      const refusal = link.kind === 'cool_down' ? { ...link, channel: link.mark.channel } : link;
      const content = MessageRefusal({ slug: company.slug, state: panel!.state, clock, refusal });
      return await respondWithPage(c, deps, { title: 'WhatsApp', section: page }, content);
    });
  }

  return (
    routes
      .get('/mensagens', async (c) => {
        const company = c.get('company');
        const { cards, ...facts } = await db.withTenant(company.id, async (tx) => {
          const { card, ...rest } = await loadCards(c, tx);
          const preferences = await loadPreferences(tx, c.get('user').id);
          return { ...rest, preferences, cards: audienceNames.map((name) => card(name)) };
        });
        const content = MessagesPage({ slug: company.slug, cards, ...facts });
        return await respondWithPage(c, deps, { title: 'Mensagens', section: 'mensagens' }, content);
      })

      /** The preview of a text that is not saved. */
      .post('/mensagens/:audience/previa', async (c) => {
        requireRight(c, 'edit_settings');
        const name = audienceOf(c.req.param('audience'));
        const body = cleanText(textOf(await c.req.parseBody(), 'texto')).slice(0, maxBody);
        const card = await db.withTenant(c.get('company').id, async (tx) => (await loadCards(c, tx)).card(name, body));
        return c.html(Preview({ card }));
      })

      .post('/mensagens/:audience', async (c) => {
        requireRight(c, 'edit_settings');
        const company = c.get('company');
        const name = audienceOf(c.req.param('audience'));
        const form = await c.req.parseBody();
        const isDefault = textOf(form, 'padrao') === '1';
        const typed = cleanText(textOf(form, 'texto')).replaceAll('\r\n', '\n');
        const body = isDefault ? audiences[name].body : typed;
        const isEnabled = textOf(form, 'ligado') === '1';
        const fault = faultOf(body);
        const user = c.get('user');
        const shown = await db.withTenant(company.id, async (tx) => {
          if (!fault) {
            await tx`
            insert into message_templates (tenant_id, audience, body, is_enabled, user_id, updated_at)
            values (${company.id}, ${name}, ${body}, ${isEnabled}, ${user.id}, ${deps.now()})
            on conflict (tenant_id, audience) do update
            set body = excluded.body, is_enabled = excluded.is_enabled, user_id = excluded.user_id, updated_at = excluded.updated_at`;
            const entry = {
              action: 'message.changed',
              entity: 'message_template',
              entityId: name,
              facts: { isEnabled },
            } as const;
            await audit(tx, { tenantId: company.id, userId: user.id }, entry);
          }
          const { card, canEdit } = await loadCards(c, tx);
          const saved = card(name, body);
          return { card: fault ? { ...saved, isEnabled } : saved, canEdit };
        });
        if (!fault && !c.req.header('HX-Request')) return c.redirect(paths.messages(company.slug), 303);
        return c.html(TemplateForm({ slug: company.slug, ...shown, fault, isSaved: !fault }), fault ? 422 : 200);
      })

      .post('/cupom', async (c) => {
        requireRight(c, 'edit_settings');
        const company = c.get('company');
        const form = await c.req.parseBody();
        const [code, discount] = ['codigo', 'desconto'].map((name) => cleanText(textOf(form, name)).slice(0, 60));
        const day = textOf(form, 'validade');
        const isDay = /^\d{4}-\d\d-\d\d$/.test(day) && !Number.isNaN(Date.parse(day));
        if (day !== '' && !isDay) throw new HttpError(422, 'invalid', 'Diga a validade como dia, mês e ano.');
        const coupon = await db.withTenant(company.id, async (tx) => {
          await tx`
          update tenants set coupon_code = ${code!}, coupon_discount = ${discount!}, coupon_expires_on = ${day === '' ? null : day}
          where id = ${company.id}`;
          const author = { tenantId: company.id, userId: c.get('user').id };
          await audit(tx, author, { action: 'coupon.changed', entity: 'tenant', entityId: company.id });
          return await loadCoupon(tx, localDay(deps.now(), company.timeZone));
        });
        if (!c.req.header('HX-Request')) return c.redirect(paths.messages(company.slug), 303);
        return c.html(CouponCard({ slug: company.slug, coupon, canEdit: true, isSaved: true }));
      })

      .post('/preferencias', async (c) => {
        const form = await c.req.parseBody();
        const opener = whatsappOpeners.find((known) => known === form.whatsapp);
        if (!opener) throw new HttpError(422, 'invalid', 'O formulário não foi entendido. Recarregue a página.');
        const hasShortcuts = form.atalhos === '1';
        await db.sql`
        update users set whatsapp_opener = ${opener}, has_shortcuts = ${hasShortcuts} where id = ${c.get('user').id}`;
        const back = c.req.header('Referer') ?? '';
        const path = URL.canParse(back) ? new URL(back).pathname : '';
        const { slug } = c.get('company');
        return c.redirect(path.startsWith(`/e/${slug}/`) ? path : paths.messages(slug), 303);
      })
  );
}

/** Why a text can't be saved; null when it can. */
function faultOf(body: string): string | null {
  if (body === '') return 'Escreva a mensagem.';
  if (textLength(body) > maxBody) return `A mensagem passa de ${maxBody.toLocaleString('pt-BR')} caracteres.`;
  const [fault] = parseTemplate(body).faults;
  if (!fault) return null;
  if (fault.kind === 'unclosed') return 'Falta fechar uma chave: } . Para escrever uma chave, use {{ .';
  return `{${fault.name}} não é uma variável. Use: ${messageVariables.map((name) => `{${name}}`).join(', ')}.`;
}
