// What messages are made of: the company's texts and coupon, the user's way to WhatsApp, and the facts of the records that they are about.
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import {
  type AudienceFacts,
  type AudienceName,
  audienceNames,
  audiences,
  type MessageTemplate,
  type MessageTemplates,
} from '#shared/message-audiences.ts';
import {
  cartLink,
  firstNameOf,
  greetingAt,
  type MessageValues,
  type WhatsappOpener,
} from '#shared/message-template.ts';
import { type Clock, dateText, dayText, moneyText, timeText } from '#web/format.ts';
import type { Coupon } from '#web/pages/messages-types.ts';
import { runQuery, type Tx } from '../db.ts';

export type MessageFacts = AudienceFacts & {
  id: string;
  name: string | null;
  phoneE164: string | null;
  phoneKind: string | null;
  totalMinor: string | null;
  currency: string | null;
  size: string | null;
  number: string | null;
  checkoutPageId: string | null;
  sessionId: string | null;
  siteUrl: string | null;
  itemNames: string | null;
};

/** The facts of the records that the company has, in the order asked for. */
export async function listMessageFacts(
  tx: Tx,
  tenantId: TenantId,
  records: readonly RecordRef[],
): Promise<MessageFacts[]> {
  if (records.length === 0) return [];
  const rows = await runQuery<MessageFacts>(tx, 'list_message_facts', {
    tenant: tenantId,
    entities: records.map(({ entity }) => entity),
    ids: records.map(({ id }) => id),
  });
  const place = (of: RecordRef) => records.findIndex(({ entity, id }) => entity === of.entity && id === of.id);
  return rows.sort((a, b) => place(a) - place(b));
}

/** The texts of every audience: the company's own, else the default. */
export async function loadTemplates(tx: Tx): Promise<MessageTemplates> {
  const rows = await tx<(MessageTemplate & { audience: string })[]>`
    select audience, body, is_enabled from message_templates`;
  const own = new Map(rows.map(({ audience, ...template }) => [audience, template]));
  return Object.fromEntries(
    audienceNames.map((name) => [name, own.get(name) ?? { body: audiences[name].body, isEnabled: true }]),
  ) as Record<AudienceName, MessageTemplate>;
}

export async function loadCoupon(tx: Tx, today: string): Promise<Coupon> {
  const [row] = await tx<Omit<Coupon, 'isExpired'>[]>`
    select coupon_code as code, coupon_discount as discount, coupon_expires_on::text as expires_on from tenants where id = app_tenant_id()`;
  return { ...row!, isExpired: row!.expiresOn !== null && row!.expiresOn < today };
}

export type Preferences = { opener: WhatsappOpener; hasShortcuts: boolean };

/** How this user works, in whichever company. */
export async function loadPreferences(tx: Tx, userId: UserId): Promise<Preferences> {
  const [row] = await tx<Preferences[]>`
    select whatsapp_opener as opener, has_shortcuts from users where id = ${userId}`;
  return row!;
}

export async function loadLinkSecret(tx: Tx, tenantId: TenantId): Promise<string> {
  const [row] = await runQuery<{ secret: string }>(tx, 'get_link_secret', { tenant: tenantId });
  return row!.secret;
}

export type MessageContext = { companyName: string; userName: string; coupon: Coupon; clock: Clock };

/** What the variables stand for in a message about a record; `link` = its restore link as it goes out. */
export function messageValues(
  facts: MessageFacts,
  { companyName, userName, coupon, clock }: MessageContext,
  link: string | null = cartLink(facts),
): MessageValues {
  const isValid = coupon.code !== '' && !coupon.isExpired;
  return {
    nome: firstNameOf(facts.name),
    nome_completo: facts.name ?? '',
    empresa: companyName,
    itens: facts.itemNames ?? '',
    valor:
      facts.totalMinor && facts.currency ? moneyText(facts.totalMinor, facts.currency).replaceAll('\u00a0', ' ') : '',
    link_carrinho: link ?? '',
    tamanho: facts.size ?? '',
    numero: facts.number ?? '',
    data: facts.at ? dateText(facts.at, clock.timeZone) : '',
    operador: firstNameOf(userName),
    saudacao: greetingAt(Number(timeText(clock.now, clock.timeZone).slice(0, 2))),
    cupom: isValid ? coupon.code : '',
    desconto: isValid ? coupon.discount : '',
    validade: isValid && coupon.expiresOn ? dayText(coupon.expiresOn) : '',
  };
}

/** The newest records of a kind, for the preview and the share of empty variables. */
export async function listNewestRecords(tx: Tx, entity: RecordKind, limit: number): Promise<RecordRef[]> {
  switch (entity) {
    case 'lead':
      return await tx<RecordRef[]>`
        select 'lead' as entity, lead_id as id from lead_statuses where captured_at is not null order by captured_at desc, lead_id desc limit ${limit}`;
    case 'cart':
      return await tx<RecordRef[]>`
        select 'cart' as entity, cart_id as id from cart_statuses where status = 'abandoned' order by last_activity_at desc, cart_id desc limit ${limit}`;
    case 'order':
      return await tx<RecordRef[]>`
        select 'order' as entity, id from orders where created_at is not null order by created_at desc, id desc limit ${limit}`;
  }
}
