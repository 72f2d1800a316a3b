// What people did with leads, carts and customers in the old system, found again by the shop's own ids (../shared/spec/ORIGINAL.md). Runs after the
// first sync; a row without a counterpart is left and counted, and a later run looks for it again.
import { newContactCode } from '#shared/contacts/code.ts';
import type { Channel } from '#shared/contacts/contact.ts';
import { findLeadStage } from '#shared/contacts/lead-stage.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import { addNote, addTag, cleanText, maxNoteLength, maxTagLength } from '#shared/contacts/remarks.ts';
import { emailKeyOf } from '#shared/email.ts';
import type { UserId } from '#shared/ids.ts';
import { saveManualLead } from '#shared/manual-lead.ts';
import { normalizePhone } from '#shared/phone.ts';
import { statementsOf, type TenantClient } from '../db.ts';
import type { Erasures } from '../erasure/tombstones.ts';
import { bringGone, findShop } from './bring-gone.ts';
import { dateOf, isTrue, type OldRow, type OldSystem, type OldTable, textOf } from './old-rows.ts';
import { attempt, type Outcome, type Tally } from './tally.ts';

const notYet = { left: 'a loja não tem (ou ainda não sincronizou)' };
const noDate = { left: 'sem data' };

export async function bringRecords(
  client: TenantClient,
  company: OldRow,
  {
    system,
    author,
    erasures,
    tally,
    now,
  }: { system: OldSystem; author: UserId; erasures: Erasures; tally: Tally; now: Date },
): Promise<void> {
  const { tenantId } = client;
  const db = statementsOf(client);
  const own = (table: OldTable) => system[table].filter(({ empresa_id }) => empresa_id === company.id);
  const leads = await idsBy(
    client,
    `select external_id::text as key, id from leads where tenant_id = $1 and source = 'form-vibes' order by captured_gmt`,
  );
  const carts = await idsBy(
    client,
    `select external_id::text as key, id from carts where tenant_id = $1 and source = 'cart-abandonment' and is_current`,
  );
  const sessions = await idsBy(
    client,
    `select session_id as key, id from carts where tenant_id = $1 and source = 'cart-abandonment' and is_current`,
  );
  const done = new Set(
    (
      await client.query<{ key: string }>(
        `select source || ' ' || old_id as key from original_rows where tenant_id = $1`,
        [tenantId],
      )
    ).rows.map(({ key }) => key),
  );
  const shop = await findShop(client);
  const tombstones = await erasures.hold(client);
  /** The old rows' own numbers → our records, for the history of messages. */
  const ours = { lead: new Map<unknown, RecordRef>(), cart: new Map<unknown, RecordRef>() };

  async function once(item: string, source: string, old: OldRow, work: () => Promise<Outcome>): Promise<void> {
    const id = textOf(old, 'id');
    if (done.has(`${source} ${id}`)) {
      tally.count(item, 'already');
      return;
    }
    const outcome = await attempt(client, `${source.split('/')[0]} ${id}`, work);
    tally.count(item, outcome);
    if (outcome === 'brought')
      await client.query('insert into original_rows (tenant_id, source, old_id) values ($1, $2, $3)', [
        tenantId,
        source,
        id,
      ]);
  }

  async function contact(
    { entity, id }: RecordRef,
    channel: Channel,
    at: Date | null,
    template: string | null,
  ): Promise<Outcome> {
    if (!at) return noDate;
    const about = { tenant: tenantId, entity, id, channel };
    const { rows } = await db.run<{ key: string | null }>('find_contact_block', about);
    await db.run('insert_contact', {
      ...about,
      key: rows[0]?.key ?? null,
      code: newContactCode(),
      template,
      user: author,
      at,
    });
    await touch({ entity, id });
    return 'brought';
  }

  const touch = ({ entity, id }: RecordRef) =>
    client.query('insert into recompute_queue (tenant_id, entity, entity_id) values ($1, $2, $3)', [
      tenantId,
      entity,
      id,
    ]);

  async function note(record: RecordRef, text: string): Promise<Outcome> {
    const body = [...cleanText(text)].slice(0, maxNoteLength).join('');
    await addNote(db, record, { body, userId: author, now });
    return 'brought';
  }

  /** The newest record that has the e-mail or phone. */
  async function recordOf(email: string, phone: string): Promise<RecordRef | null> {
    const key = emailKeyOf(email);
    const { rows } = await client.query<RecordRef>(
      `select entity, entity_id as id from match_keys where tenant_id = $1 and key = any($2::text[])
       order by left(key, 1) = 'e' desc, entity = 'order' desc, entity = 'cart' desc, entity_id desc limit 1`,
      [tenantId, [...(key ? [`e:${key}`] : []), ...(phoneKey(phone) ? [phoneKey(phone)] : [])]],
    );
    return rows[0] ?? null;
  }

  /** The record made of a row that the shop has no more; null when it may still come from there. */
  async function gone(entity: 'lead' | 'cart', old: OldRow, externalId: string): Promise<RecordRef | null> {
    let record: RecordRef | null = null;
    let isGone = false;
    const outcome = await attempt(client, `${entity}s ${textOf(old, 'id')}`, async () => {
      const made = await bringGone(client, old, { entity, externalId, shop, tombstones, now });
      if (!made) return notYet;
      isGone = true;
      if (made.id === null) return made.outcome;
      record = { entity, id: made.id };
      await touch(record);
      return made.outcome;
    });
    // Another old row may speak of it too.
    if (record) (entity === 'lead' ? leads : carts).set(externalId, (record as RecordRef).id);
    if (isGone) tally.count(entity === 'lead' ? 'leads removidos na loja' : 'carrinhos removidos na loja', outcome);
    return record;
  }

  for (const old of own('leads')) {
    const formId = textOf(old, 'form_id');
    const [, phone, seconds] = /^chrome-(.+)-(\d{9,11})$/.exec(formId) ?? [];
    if (phone !== undefined) {
      await once('leads da extensão', 'leads/manual', old, () =>
        bringManualLead(old, phone, new Date(Number(seconds) * 1000)),
      );
      continue;
    }
    const id = leads.get(formId);
    const record: RecordRef | null = id === undefined ? await gone('lead', old, formId) : { entity: 'lead', id };
    if (record) ours.lead.set(old.id, record);
    if (isTrue(old, 'whatsapp_sent'))
      await once('marcas de WhatsApp', 'leads/whatsapp', old, async () =>
        record ? await contact(record, 'whatsapp', dateOf(old, 'whatsapp_sent_date'), null) : notYet,
      );
    const status = textOf(old, 'status').toLowerCase();
    if (['contacted', 'potential', 'lost'].includes(status))
      await once('etapas de leads', 'leads/stage', old, async () => {
        if (!record) return notYet;
        if (await findLeadStage(db, record.id)) return { left: 'já tem etapa aqui' };
        const reason = status === 'lost' ? 'sistema anterior' : '';
        const values = { tenant: tenantId, id: record.id, stage: status, reason, contact: null, user: author };
        await db.run('insert_lead_stage', { ...values, now: dateOf(old, 'whatsapp_sent_date') ?? now });
        return 'brought';
      });
    const text = [textOf(old, 'notes'), status === 'customer' ? 'Marcado como cliente no sistema anterior.' : '']
      .filter(Boolean)
      .join('\n');
    if (text !== '') await once('notas', 'leads/notes', old, async () => (record ? await note(record, text) : notYet));
  }

  async function bringManualLead(old: OldRow, phone: string, at: Date): Promise<Outcome> {
    if (!shop) return { left: 'a empresa não tem loja' };
    const typed = {
      name: [...textOf(old, 'name', 'nome')].slice(0, 200).join(''),
      phone: textOf(old, 'whatsapp', 'phone', 'telefone') || phone,
      email: '',
      size: [...textOf(old, 'size', 'tamanho')].slice(0, 60).join(''),
      origin: 'whatsapp' as const,
    };
    const saved = await saveManualLead(db, typed, { site: shop, isForced: true, now: at });
    if (saved.kind !== 'done') return { left: 'telefone que não se lê' };
    await touch({ entity: 'lead', id: saved.id });
    return 'brought';
  }

  for (const old of own('carts')) {
    const [rowId, page] = textOf(old, 'checkout_id').split('_');
    const session = textOf(old, 'session_id');
    const bySession = session === '' ? undefined : sessions.get(session);
    const byId = page === undefined ? undefined : carts.get(rowId!);
    // The number may have been given again: the session must not say another cart.
    const id = byId !== undefined && (bySession === undefined || bySession === byId) ? byId : bySession;
    const record: RecordRef | null =
      id === undefined ? (page === undefined ? null : await gone('cart', old, rowId!)) : { entity: 'cart', id };
    if (record) ours.cart.set(old.id, record);
    for (const channel of ['email', 'whatsapp'] as const) {
      if (!isTrue(old, `recovery_${channel}_sent`)) continue;
      await once(channel === 'email' ? 'marcas de e-mail' : 'marcas de WhatsApp', `carts/${channel}`, old, async () =>
        record
          ? await contact(
              record,
              channel,
              dateOf(old, `recovery_${channel}_date`, `recovery_${channel}_sent_date`),
              null,
            )
          : notYet,
      );
    }
    const status = textOf(old, 'status').toLowerCase();
    if (status === 'active' || status === 'converted')
      await once('situações de carrinhos', 'carts/status', old, async () => {
        if (!record) return notYet;
        const { rowCount } = await client.query(
          `insert into cart_overrides (tenant_id, cart_id, kind, status, note, user_id, created_at) values ($1, $2, 'status', $3, 'sistema anterior', $4, $5)
           on conflict (tenant_id, cart_id, kind) where undone_at is null do nothing`,
          [tenantId, record.id, status === 'active' ? 'waiting' : 'recovered', author, now],
        );
        if (!rowCount) return { left: 'já tem ajuste aqui' };
        await touch(record);
        return 'brought';
      });
  }

  for (const old of own('customers')) {
    const text = textOf(old, 'notes');
    const tags = (Array.isArray(old.tags) ? old.tags : [])
      .map((tag) => cleanText(String(tag)))
      .filter((tag) => tag !== '');
    if (text === '' && tags.length === 0) continue;
    await once('notas e etiquetas de clientes', 'customers/remarks', old, async () => {
      const record = await recordOf(textOf(old, 'email'), textOf(old, 'phone', 'telefone', 'whatsapp'));
      if (!record) return { left: 'ninguém com este contato' };
      for (const tag of tags)
        await addTag(db, record, { name: [...tag].slice(0, maxTagLength).join(''), userId: author, now });
      return text === '' ? 'brought' : await note(record, text);
    });
  }

  const lasting = ['opt_out', 'spam_report', 'blocked', 'manual'];
  for (const old of own('contato_blacklist')) {
    await once('não contatar', 'contato_blacklist', old, async () => {
      const reason = textOf(old, 'motivo').toLowerCase();
      if (!lasting.includes(reason)) return { left: `motivo ${reason || 'vazio'}: não é recusa da pessoa` };
      const key = phoneKey(textOf(old, 'telefone'));
      if (!key) return { left: 'telefone que não se lê' };
      await client.query(
        `insert into opt_outs (tenant_id, key, channel, source, reason, user_id, created_at) values ($1, $2, 'whatsapp', 'original', $3, $4, $5)
         on conflict (tenant_id, key, channel, source) where undone_at is null do nothing`,
        [
          tenantId,
          key,
          [...cleanText(textOf(old, 'detalhes') || reason)].slice(0, 1000).join(''),
          author,
          dateOf(old, 'date', 'data', 'created_at', 'criado_em') ?? now,
        ],
      );
      return 'brought';
    });
  }

  for (const old of own('mensagens_whatsapp')) {
    await once('mensagens', 'mensagens_whatsapp', old, async () => {
      const type = textOf(old, 'tipo').toLowerCase();
      if (type === 'resposta_cliente') return { left: 'resposta da pessoa, não um contato' };
      if (textOf(old, 'status').toLowerCase() === 'falha') return { left: 'não foi enviada' };
      const customer = system.customers.find(({ id }) => id === old.customer_id);
      const record =
        ours.lead.get(old.lead_id) ??
        ours.cart.get(old.cart_id) ??
        (await recordOf(customer ? textOf(customer, 'email') : '', textOf(old, 'destinatario_telefone')));
      if (!record) return { left: 'ninguém com este contato' };
      const at = dateOf(old, 'enviado_em', 'criado_em', 'created_at', 'entregue_em');
      return await contact(record, 'whatsapp', at, [...type].slice(0, 60).join('') || null);
    });
  }

  for (const old of own('bling_pedidos_enviados')) {
    await once('avisos de pedido', 'bling_pedidos_enviados', old, async () => {
      const record = await recordOf('', textOf(old, 'telefone'));
      if (!record) return { left: 'ninguém com este contato' };
      return await contact(
        record,
        'whatsapp',
        dateOf(old, 'enviado_em', 'created_at', 'criado_em', 'data_envio'),
        null,
      );
    });
  }
}

async function idsBy(client: TenantClient, sql: string): Promise<Map<string, string>> {
  const { rows } = await client.query<{ key: string; id: string }>(sql, [client.tenantId]);
  return new Map(rows.map(({ key, id }) => [key, id]));
}

/** `p:+55…` of digits that carry the country. */
function phoneKey(text: string): string | null {
  const phone = normalizePhone(text.startsWith('+') || !text.startsWith('55') ? text : `+${text}`);
  return phone.status === 'valid' && phone.e164 ? `p:${phone.e164}` : null;
}
