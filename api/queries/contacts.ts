// What people wrote about records: the marks of a list's rows in one query, and the whole panel of one record.
import type { BlockCode } from '#shared/contacts/contact.ts';
import type { StageInForce } from '#shared/contacts/lead-stage.ts';
import type { RecordKind, RecordRef } from '#shared/contacts/record.ts';
import type { PersonId, TenantId } from '#shared/ids.ts';
import { variantWithoutNine } from '#shared/phone.ts';
import { together } from '#shared/together.ts';
import type {
  ContactState,
  MarkedChannel,
  PanelContact,
  PanelNote,
  PanelOptOut,
  PanelReminder,
  PanelTag,
  RecordPanelFacts,
} from '#web/components/contact-types.ts';
import { runQuery, type Tx } from '../db.ts';

type MarkRow = {
  entity: RecordKind;
  entityId: string;
  channel: MarkedChannel;
  id: string | null;
  userName: string | null;
  contactedAt: Date | null;
  blockCode: BlockCode | null;
  isBlocking: boolean;
  blockedSince: Date | null;
  phoneReason: string | null;
  key: string | null;
};

/** Marks and blocks of records, by `contactKey`; a record that the company does not have is absent. */
export async function loadContactStates(
  tx: Tx,
  tenantId: TenantId,
  records: readonly RecordRef[],
): Promise<Map<string, ContactState>> {
  const states = new Map<string, ContactState>();
  if (records.length === 0) return states;
  const rows = await runQuery<MarkRow>(tx, 'list_contact_marks', {
    tenant: tenantId,
    entities: records.map(({ entity }) => entity),
    ids: records.map(({ id }) => id),
  });
  for (const row of rows) {
    const record = { entity: row.entity, id: row.entityId };
    const none = { mark: null, block: null };
    const state = states.get(contactKey(record)) ?? { ...record, email: none, whatsapp: none, hasOldNumber: false };
    const { id, channel, userName, contactedAt, blockCode, isBlocking, blockedSince: since, phoneReason } = row;
    state[channel] = {
      mark: id !== null && contactedAt !== null ? { id, channel, userName, contactedAt } : null,
      block: blockCode === null ? null : { code: blockCode, isBlocking, since, phoneReason },
    };
    if (channel === 'whatsapp' && row.key?.startsWith('p:')) {
      state.hasOldNumber = variantWithoutNine(row.key.slice(2)) !== null;
    }
    states.set(contactKey(record), state);
  }
  return states;
}

/** The name of a record in the map of loadContactStates. */
export const contactKey = ({ entity, id }: RecordRef) => `${entity}:${id}`;

/** The record by which a person is written to: what is open first, one with a WhatsApp that may be written to before one without; null without any. */
export async function findPersonContact(tx: Tx, tenantId: TenantId, personId: PersonId): Promise<ContactState | null> {
  const records = await tx<RecordRef[]>`
    select m.entity, m.entity_id as id from person_members m where m.person_id = ${personId}
    order by m.entity = 'order' and exists (select from orders o where o.id = m.entity_id and o.class = 'awaiting_payment') desc,
             m.entity = 'cart' and exists (select from cart_statuses s where s.cart_id = m.entity_id and s.status in ('abandoned', 'waiting')) desc,
             array_position(array['order', 'lead', 'cart'], m.entity), m.entity_id desc limit 20`;
  const known = await loadContactStates(tx, tenantId, records);
  const states = records.map((record) => known.get(contactKey(record))!);
  return states.find(({ whatsapp }) => !whatsapp.block?.isBlocking) ?? states[0] ?? null;
}

/** The panel of that record. */
export async function findPersonPanel(
  tx: Tx,
  tenantId: TenantId,
  personId: PersonId,
): Promise<RecordPanelFacts | null> {
  const state = await findPersonContact(tx, tenantId, personId);
  return state && (await findRecordPanel(tx, tenantId, state));
}

/** Everything that the panel of a record shows; null when the company has no such record. */
export async function findRecordPanel(tx: Tx, tenantId: TenantId, record: RecordRef): Promise<RecordPanelFacts | null> {
  const list = async <Row extends object>(query: string) =>
    await runQuery<Row>(tx, query, { tenant: tenantId, entity: record.entity, id: record.id });
  type At<Row> = Omit<Row, 'record'> & { entity: RecordKind; entityId: string };
  const placed = <Row extends { record: RecordRef }>(rows: At<Row>[]) =>
    rows.map(({ entity, entityId, ...row }) => ({ ...row, record: { entity, id: entityId } }));
  const [states, stages, optOuts, tags, knownTags, reminders, notes, contacts] = await together([
    loadContactStates(tx, tenantId, [record]),
    record.entity === 'lead'
      ? runQuery<StageInForce>(tx, 'list_lead_stages', { tenant: tenantId, id: record.id })
      : Promise.resolve([]),
    list<PanelOptOut>('list_record_opt_outs'),
    list<At<PanelTag>>('list_record_tags'),
    runQuery<{ name: string }>(tx, 'list_tags', { tenant: tenantId }),
    list<At<PanelReminder>>('list_person_reminders'),
    list<At<PanelNote>>('list_notes'),
    list<At<PanelContact>>('list_person_contacts'),
  ]);
  const state = states.get(contactKey(record));
  if (!state) return null;
  return {
    state,
    stages,
    optOuts,
    tags: placed<PanelTag>(tags) as PanelTag[],
    knownTags: knownTags.map(({ name }) => name),
    reminders: placed<PanelReminder>(reminders) as PanelReminder[],
    notes: placed<PanelNote>(notes) as PanelNote[],
    contacts: placed<PanelContact>(contacts) as PanelContact[],
  };
}
