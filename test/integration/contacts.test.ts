// Contacts and what people write, from the tables up: who may be written to, which of two simultaneous acts wins, what undoing leaves, and the
// command line (docs/rules.md, Contacts).
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type NewContact, registerContact, undoContact } from '#shared/contacts/contact.ts';
import { findLeadStage, moveLead } from '#shared/contacts/lead-stage.ts';
import { type OptOutChannel, optOutRecord, undoOptOutsOf } from '#shared/contacts/opt-out.ts';
import type { RecordRef } from '#shared/contacts/record.ts';
import type { UserId } from '#shared/ids.ts';
import { findRecovery } from '#shared/recovery.ts';
import { type Database, openDatabase } from '../../api/db.ts';
import { recomputeNow, statementsOf } from '../../api/recompute.ts';
import { runCli } from '../../daemon/cli.ts';
import { type Company, type ContactState, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';
import { countTableReads } from '../support/table-reads.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let api: Database;
let company: Company;
let ana: UserId;
let bia: UserId;

const now = new Date('2026-04-11T12:00:00Z');
const minutes = (count: number) => new Date(now.getTime() + count * 60_000);

beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
  api = openDatabase({ url: database.url, role: 'carrinho_api', max: 4 });
  const { rows } = await world.owner.query<{ id: UserId }>(
    `insert into users (email, name) values ('ana@example.com', 'Ana Lima'), ('bia@example.com', 'Bia Reis') returning id`,
  );
  [ana, bia] = [rows[0]!.id, rows[1]!.id];
});
afterAll(async () => {
  await api?.close();
  await world?.close();
  await database?.drop();
});
beforeEach(async () => {
  company = await world.createCompany();
});

/** An act as the web process does it. */
const act = <T>(work: (db: ReturnType<typeof statementsOf>) => Promise<T>) =>
  api.withTenant(company.tenantId, (tx) => work(statementsOf(tx, company.tenantId)));

const mark = (record: RecordRef, more: Partial<NewContact> = {}) =>
  act((db) =>
    registerContact(db, {
      record,
      channel: 'whatsapp',
      template: null,
      userId: ana,
      at: now,
      seenId: null,
      isForced: false,
      ...more,
    }),
  );

/** The shop's own address columns, which the copies' writers fill. */
async function address(table: 'leads' | 'carts' | 'orders', id: string, phone: string | null, more = '') {
  await world.owner.query(
    `update ${table} set phone_e164 = $2, phone_status = case when $2::text is null then 'empty' else 'valid' end,
            phone_kind = case when $2::text is null then null else 'mobile' end ${more} where id = $1`,
    [id, phone],
  );
}

const phone = '+5511987654321';
const maria = { emails: ['maria@example.com'], phones: [phone] };

/** A lead and a cart of one person, both with a mobile. */
async function leadAndCart(): Promise<{ lead: RecordRef; cart: RecordRef }> {
  const leadId = await company.lead({ id: 1, ...maria });
  const cartId = await company.cart({ id: 2, firstAt: '2026-04-10T12:00:00Z', ...maria });
  await address('leads', leadId, phone);
  await address('carts', cartId, phone);
  await company.queued(now.toISOString());
  return { lead: { entity: 'lead', id: leadId }, cart: { entity: 'cart', id: cartId } };
}

const blockOf = async ({ entity, id }: RecordRef, channel: string) => {
  const { rows } = await world.owner.query<{ code: string | null; is_blocking: boolean; key: string | null }>(
    'select code, is_blocking, key from contact_block($1, $2, $3, $4)',
    [company.tenantId, entity, id, channel],
  );
  // A list asks for all its rows at once, in a statement of its own.
  type Mark = { channel: string; blockCode: string | null; isBlocking: boolean; key: string | null };
  const { rows: marks } = await act((db) =>
    db.run<Mark>('list_contact_marks', { tenant: company.tenantId, entities: [entity], ids: [id] }),
  );
  const listed = marks.find((mark) => mark.channel === channel);
  if (listed) expect({ code: listed.blockCode, is_blocking: listed.isBlocking, key: listed.key }).toEqual(rows[0]);
  return rows[0];
};

describe('a contact', () => {
  test('has a code of its own and the address that was written to, and is in status, class and log at its commit', async () => {
    const { cart } = await leadAndCart();
    await company.order({ id: 3, createdAt: '2026-04-11T10:00:00Z', paidAt: '2026-04-11T13:00:00Z', ...maria });
    await company.queued(now.toISOString());
    const before = await company.status(cart.id);
    const done = await api.withTenant(company.tenantId, async (tx) => {
      const outcome = await registerContact(statementsOf(tx, company.tenantId), {
        record: cart,
        channel: 'whatsapp',
        template: 'Carrinho',
        userId: ana,
        at: now,
        isForced: false,
      });
      await recomputeNow(tx, { tenantId: company.tenantId, now: minutes(1), cause: 'contact' }, { records: [cart] });
      return outcome;
    });
    expect(done).toMatchObject({ kind: 'done', code: expect.stringMatching(/^[a-z0-9]{10}$/), key: `p:${phone}` });
    expect(before.causal_class).not.toBe('contacted');
    expect(await company.status(cart.id)).toMatchObject({ status: 'recovered', causal_class: 'contacted' });
    const { rows } = await world.owner.query('select * from contacts where tenant_id = $1', [company.tenantId]);
    expect(rows).toMatchObject([{ template: 'Carrinho', user_id: ana, contacted_at: now, undone_at: null }]);
  });

  test('made or undone it is at its commit in what it says of carts: by the person, by its code, by a key that it was sent to', async () => {
    const acting = await world.createCompany({ hasActs: true });
    const at = '2026-04-11T09:00:00Z';
    const cartId = await acting.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', ...maria });
    const leadId = await acting.lead({ id: 2, ...maria });
    const strangerId = await acting.lead({ id: 3, emails: ['outra@example.com'] });
    const paid = { createdAt: '2026-04-11T10:00:00Z', paidAt: '2026-04-11T13:00:00Z' };
    await acting.order({ id: 4, ...paid, ...maria, utmContent: 'codigo00003' });
    // Whom only the code of a contact leads to an order.
    const keylessId = await acting.cart({ id: 5, firstAt: '2026-04-10T12:00:00Z', emails: ['ana@example.com'] });
    await acting.order({ id: 6, ...paid, emails: ['nova@example.com'], utmContent: 'codigo00005' });
    await acting.queued(now.toISOString());
    const cases: { contact: ContactState; cart: string; before: [string, string | null] }[] = [
      {
        // The order was there, and not yet paid.
        contact: { code: 'codigo00002', about: { entity: 'lead', id: leadId }, at: '2026-04-11T11:00:00Z' },
        cart: cartId,
        before: ['recovered', 'spontaneous'],
      },
      {
        contact: { code: 'codigo00003', about: { entity: 'lead', id: strangerId }, key: 'e:maria@example.com', at },
        cart: cartId,
        before: ['recovered', 'spontaneous'],
      },
      {
        contact: { code: 'codigo00005', about: { entity: 'cart', id: keylessId }, at },
        cart: keylessId,
        before: ['abandoned', null],
      },
    ];
    for (const { contact, cart, before } of cases) {
      const seen = async () => {
        const { status, causal_class } = await acting.status(cart);
        return [contact.code, status, causal_class];
      };
      expect(await seen()).toEqual([contact.code, ...before]);
      await acting.contact(contact, now.toISOString());
      expect(await seen()).toEqual([contact.code, 'recovered', 'contacted']);
      await acting.contact({ ...contact, undoneAt: now.toISOString() }, now.toISOString());
      expect(await seen()).toEqual([contact.code, ...before]);
    }
    expect(await acting.all(now.toISOString())).toBe(0);
  });

  test('made after the order was paid it says nothing of a cart, and none is looked at', async () => {
    const cartId = await company.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', ...maria });
    await company.order({ id: 2, createdAt: '2026-04-11T09:00:00Z', paidAt: '2026-04-11T10:00:00Z', ...maria });
    await company.queued(now.toISOString());
    const about: RecordRef = { entity: 'cart', id: cartId };
    const concerned = () =>
      act((db) =>
        db.run('find_contacted_carts', { tenant: company.tenantId, entities: [about.entity], ids: [about.id] }),
      );
    await company.contact({ code: 'codigo00001', about, at: now.toISOString() });
    expect((await concerned()).rows).toEqual([]);
    await company.contact({ code: 'codigo00002', about, at: '2026-04-11T09:30:00Z' });
    expect((await concerned()).rows).toEqual([{ id: cartId }]);
  });

  test('of twenty thousand of a company, what explains a cart reads those of its person, its own and those sent to its keys', async () => {
    const cartId = await company.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', ...maria });
    const leadId = await company.lead({ id: 2, ...maria });
    await company.queued(now.toISOString());
    await world.owner.query(
      `insert into contacts (tenant_id, entity, entity_id, channel, key, code, contacted_at)
       select $1, 'lead', 1000000 + i, 'whatsapp', 'p:+55119' || lpad(i::text, 8, '0'), 'outro' || lpad(i::text, 6, '0'), $2::timestamptz
       from generate_series(1, 20000) i`,
      [company.tenantId, now],
    );
    await world.owner.query('analyze contacts');
    const at = '2026-04-11T10:00:00Z';
    await company.contact({ code: 'codigo00001', about: { entity: 'cart', id: cartId }, at });
    await company.contact({ code: 'codigo00002', about: { entity: 'lead', id: leadId }, at });
    const found = await api.withTenant(company.tenantId, async (tx) => {
      const codes: (string | null | undefined)[] = [];
      const { contacts } = await countTableReads(tx, ['contacts'], async () => {
        const recovery = await findRecovery(statementsOf(tx, company.tenantId), cartId);
        codes.push(...recovery!.contacts.map(({ code }) => code));
      });
      return { codes: codes.sort(), scans: contacts!.scans, isFew: contacts!.rows < 20 };
    });
    expect(found).toEqual({ codes: ['codigo00001', 'codigo00002'], scans: 0, isFew: true });
  });

  test('of two simultaneous ones about a person exactly one is made, whichever records they are about', async () => {
    const { lead, cart } = await leadAndCart();
    for (const records of [
      [lead, lead, lead, lead],
      [lead, cart, lead, cart],
    ]) {
      await world.owner.query('update contacts set undone_at = now() where tenant_id = $1', [company.tenantId]);
      const outcomes = await Promise.all(
        records.map((record, index) => mark(record, { userId: index % 2 ? bia : ana, at: minutes(index) })),
      );
      const kinds = outcomes.map(({ kind }) => kind).sort();
      expect(kinds.filter((kind) => kind === 'done')).toHaveLength(1);
      expect(kinds.filter((kind) => kind === 'conflict' || kind === 'cool_down')).toHaveLength(3);
      const { rows } = await world.owner.query('select from contacts where tenant_id = $1 and undone_at is null', [
        company.tenantId,
      ]);
      expect(rows).toHaveLength(1);
    }
  });

  test('that another made meanwhile is a conflict that names him; seen, forced or undone it is none', async () => {
    const { lead } = await leadAndCart();
    const first = await mark(lead, { userId: ana });
    if (first.kind !== 'done') throw new Error(first.kind);
    const second = await mark(lead, { userId: bia, at: minutes(1) });
    expect(second).toMatchObject({
      kind: 'conflict',
      mark: { id: first.id, userName: 'Ana Lima', contactedAt: now, channel: 'whatsapp' },
    });
    // He has seen it and means to write again, after the cool-down.
    expect(await mark(lead, { userId: bia, seenId: first.id, at: minutes(1441) })).toMatchObject({ kind: 'done' });
    expect(await mark(lead, { userId: bia, at: minutes(1442), isForced: true })).toMatchObject({ kind: 'done' });
  });

  test('inside the cool-down asks first, across the records of the person and by whatever channel; the limit is the company’s', async () => {
    const { lead, cart } = await leadAndCart();
    await mark(lead, { channel: 'phone' });
    expect(await mark(cart, { at: minutes(120) })).toMatchObject({
      kind: 'cool_down',
      mark: { userName: 'Ana Lima', contactedAt: now, channel: 'phone' },
    });
    // At its very end it is over.
    expect(await mark(cart, { at: minutes(1440) })).toMatchObject({ kind: 'done' });
    await world.owner.query('update tenants set cool_down_minutes = 0 where id = $1', [company.tenantId]);
    expect(await mark(lead, { at: minutes(1440) })).toMatchObject({ kind: 'done' });
  });

  test('of a person that joins counts for the person it becomes', async () => {
    const leadId = await company.lead({ id: 1, emails: ['maria@example.com'], phones: [] });
    const cartId = await company.cart({ id: 2, firstAt: '2026-04-10T12:00:00Z', phones: [phone] });
    await address('carts', cartId, phone);
    await company.queued(now.toISOString());
    expect(await mark({ entity: 'lead', id: leadId }, { channel: 'email' })).toMatchObject({ kind: 'done' });
    const cart: RecordRef = { entity: 'cart', id: cartId };
    expect(await mark(cart, { at: minutes(1) })).toMatchObject({ kind: 'done' });
    await company.order({ id: 3, createdAt: '2026-04-11T10:00:00Z', status: 'pending', ...maria });
    await company.queued(now.toISOString());
    expect(
      await mark({ entity: 'lead', id: leadId }, { channel: 'email', at: minutes(2), isForced: true }),
    ).toMatchObject({ kind: 'done' });
    expect(await mark(cart, { channel: 'phone', at: minutes(3) })).toMatchObject({
      kind: 'cool_down',
      mark: { channel: 'email', contactedAt: minutes(2) },
    });
  });

  test('undone, leaves its trail and no longer counts; undoing twice changes nothing', async () => {
    const { lead } = await leadAndCart();
    const first = await mark(lead);
    if (first.kind !== 'done') throw new Error(first.kind);
    expect(await act((db) => undoContact(db, { id: first.id, userId: bia, now: minutes(1) }))).toEqual(lead);
    expect(await act((db) => undoContact(db, { id: first.id, userId: ana, now: minutes(2) }))).toEqual(lead);
    expect(await act((db) => undoContact(db, { id: '999999', userId: ana, now }))).toBeNull();
    const { rows } = await world.owner.query('select * from contacts where tenant_id = $1', [company.tenantId]);
    expect(rows).toMatchObject([{ user_id: ana, undone_by: bia, undone_at: minutes(1) }]);
    expect(await mark(lead, { userId: bia, at: minutes(3) })).toMatchObject({ kind: 'done' });
  });

  test('by WhatsApp moves a new lead to contacted, and no other; undone, the lead is new again', async () => {
    const { lead } = await leadAndCart();
    const stage = () => act((db) => findLeadStage(db, lead.id));
    await mark(lead, { channel: 'email' });
    expect(await stage()).toBeNull();
    const first = await mark(lead, { at: minutes(1), isForced: true });
    expect(await stage()).toMatchObject({ stage: 'contacted', userName: 'Ana Lima', isByContact: true });
    if (first.kind !== 'done') throw new Error(first.kind);
    await act((db) => undoContact(db, { id: first.id, userId: bia, now: minutes(2) }));
    expect(await stage()).toBeNull();
    await act((db) =>
      moveLead(db, { leadId: lead.id, stage: 'lost', reason: 'sem estoque', userId: bia, now: minutes(3) }),
    );
    await mark(lead, { at: minutes(4), isForced: true });
    expect(await stage()).toMatchObject({ stage: 'lost', reason: 'sem estoque', userName: 'Bia Reis' });
  });

  test('with another company’s record is none', async () => {
    const { lead } = await leadAndCart();
    company = await world.createCompany();
    expect(await mark(lead)).toEqual({ kind: 'not_found' });
  });
});

describe('who may be written to', () => {
  test.each([
    ['valid', 'mobile', null, 'whatsapp', null, false],
    ['valid', 'landline', null, 'whatsapp', 'landline', false],
    ['valid', 'landline', null, 'phone', null, false],
    ['invalid', null, 'missing_area_code', 'whatsapp', 'invalid_phone', true],
    ['fictitious', 'mobile', null, 'whatsapp', 'fictitious_phone', true],
    ['empty', null, null, 'whatsapp', 'no_phone', true],
    ['empty', null, null, 'phone', 'no_phone', true],
    ['empty', null, null, 'email', 'no_email', true],
    ['empty', null, null, 'other', null, false],
  ])('a phone that is %s %s (%s) by %s: %s', async (status, kind, reason, channel, code, isBlocking) => {
    const id = await company.lead({ id: 1 });
    await world.owner.query(
      'update leads set phone_status = $2, phone_kind = $3, phone_reason = $4, phone_e164 = $5 where id = $1',
      [id, status, kind, reason, status === 'valid' || status === 'fictitious' ? phone : null],
    );
    const block = await blockOf({ entity: 'lead', id }, channel);
    expect([block?.code, block?.is_blocking]).toEqual([code, isBlocking]);
  });

  const optOut = (record: RecordRef, channel: OptOutChannel) =>
    act((db) => optOutRecord(db, record, { channel, reason: 'pediu', userId: ana, now }));

  test('an opt-out holds for the channel, for every key of the person, and for keys that join it later', async () => {
    const { lead, cart } = await leadAndCart();
    await optOut(lead, 'whatsapp');
    expect(await blockOf(cart, 'whatsapp')).toMatchObject({ code: 'opted_out', is_blocking: true });
    expect(await blockOf(lead, 'phone')).toMatchObject({ code: null });
    expect(await mark(cart, { isForced: true })).toMatchObject({
      kind: 'blocked',
      block: { code: 'opted_out', since: now },
    });

    // Another phone, known only by the e-mail that it shares with the lead's.
    const orderId = await company.order({
      id: 3,
      createdAt: '2026-04-11T10:00:00Z',
      emails: ['maria@example.com'],
      phones: ['+5521999998888'],
    });
    await address('orders', orderId, '+5521999998888');
    const order: RecordRef = { entity: 'order', id: orderId };
    expect(await blockOf(order, 'whatsapp')).toMatchObject({ code: null });
    await company.queued(now.toISOString());
    expect(await blockOf(order, 'whatsapp')).toMatchObject({ code: 'opted_out' });

    await act((db) => undoOptOutsOf(db, order, { channel: 'whatsapp', userId: bia, now: minutes(5) }));
    expect(await blockOf(lead, 'whatsapp')).toMatchObject({ code: null });
    const { rows } = await world.owner.query('select * from opt_outs where tenant_id = $1', [company.tenantId]);
    expect(rows).toMatchObject([
      { key: `p:${phone}`, reason: 'pediu', user_id: ana, undone_by: bia, undone_at: minutes(5) },
    ]);
  });

  test('of all channels blocks each; said twice it is one; without a usable address there is nothing to say it of', async () => {
    const { lead } = await leadAndCart();
    expect(await optOut(lead, 'all')).toBe(2);
    expect(await optOut(lead, 'all')).toBe(0);
    for (const channel of ['whatsapp', 'email', 'phone', 'other']) {
      expect(await blockOf(lead, channel)).toMatchObject({ code: 'opted_out' });
    }
    expect(await optOut({ entity: 'lead', id: await company.lead({ id: 9 }) }, 'all')).toBe('no_keys');
  });

  test('of a shared key holds for the records that have it, not for everybody whom it touches', async () => {
    const shared = '+5511900001111';
    const ids: string[] = [];
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) {
      ids.push(await company.lead({ id: index + 1, emails: [`${name}@example.com`], phones: [shared] }));
    }
    const other = await company.lead({ id: 9, emails: ['a@example.com'], phones: [] });
    await company.queued(now.toISOString());
    await optOut({ entity: 'lead', id: ids[1]! }, 'whatsapp');
    expect(await blockOf({ entity: 'lead', id: ids[0]! }, 'whatsapp')).toMatchObject({ code: 'opted_out' });
    expect(await blockOf({ entity: 'lead', id: other }, 'whatsapp')).toMatchObject({ code: 'no_phone' });
  });
});

describe('the plugin’s "unsubscribed"', () => {
  const flag = async (cartId: string, isUnsubscribed: boolean) => {
    await world.owner.query('update carts set is_unsubscribed = $2 where id = $1', [cartId, isUnsubscribed]);
    await world.owner.query(`insert into recompute_queue (tenant_id, entity, entity_id) values ($1, 'cart', $2)`, [
      company.tenantId,
      cartId,
    ]);
  };
  const inForce = async () =>
    (
      await world.owner.query<{ key: string }>(
        `select key, channel, source from opt_outs where tenant_id = $1 and undone_at is null order by key, source`,
        [company.tenantId],
      )
    ).rows;

  test('is an opt-out by e-mail only, comes with the cart and goes with the last flagged one, in a pass over few rows as over all', async () => {
    for (const pass of ['queued', 'all'] as const) {
      company = await world.createCompany();
      const first = await company.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', ...maria });
      const second = await company.cart({ id: 2, firstAt: '2026-04-10T13:00:00Z', ...maria });
      await address('carts', first, phone);
      await flag(first, true);
      await flag(second, true);
      await company[pass](now.toISOString());
      const plugin = { key: 'e:maria@example.com', channel: 'email', source: 'plugin' };
      expect(await inForce()).toEqual([plugin]);
      const cart: RecordRef = { entity: 'cart', id: first };
      expect(await blockOf(cart, 'email')).toMatchObject({ code: 'opted_out' });
      expect(await blockOf(cart, 'whatsapp')).toMatchObject({ code: null });
      // A person says the same, and takes it back: the plugin's stays.
      await act((db) => optOutRecord(db, cart, { channel: 'email', reason: '', userId: ana, now }));
      await act((db) => undoOptOutsOf(db, cart, { channel: 'email', userId: ana, now }));
      expect(await inForce()).toEqual([plugin]);
      await flag(first, false);
      await company[pass](now.toISOString());
      expect(await inForce()).toEqual([plugin]);
      await flag(second, false);
      await company[pass](now.toISOString());
      expect(await inForce()).toEqual([]);
      expect(await blockOf(cart, 'email')).toMatchObject({ code: null });
    }
  });

  test('moves with the cart’s e-mail', async () => {
    const id = await company.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', emails: ['velho@example.com'] });
    await flag(id, true);
    await company.queued(now.toISOString());
    await company.cart({ id: 1, firstAt: '2026-04-10T12:00:00Z', emails: ['novo@example.com'] });
    await company.queued(now.toISOString());
    expect(await inForce()).toMatchObject([{ key: 'e:novo@example.com' }]);
    await company.all(now.toISOString());
    expect(await inForce()).toMatchObject([{ key: 'e:novo@example.com' }]);
  });
});

describe('the command line', () => {
  // biome-ignore lint/suspicious/noExplicitAny: rows of many shapes, looked into field by field
  type Row = Record<string, any>;
  async function carrinho(...args: string[]): Promise<{ code: number; rows: Row[] }> {
    let text = '';
    const stdout = new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    });
    const { rows } = await world.owner.query<{ slug: string }>('select slug from tenants where id = $1', [
      company.tenantId,
    ]);
    const code = await runCli([...args, `--empresa=${rows[0]!.slug}`, '--json'], {
      env: { DATABASE_URL: database.url, DATA_DIR: '/nonexistent', PUBLIC_URL: 'https://painel.example.com' },
      stdout,
    });
    return {
      code,
      rows: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  }

  test('registers, refuses, forces, lists and undoes a contact, by the shop’s numbers and in a person’s name', async () => {
    await leadAndCart();
    await world.owner.query(`insert into memberships (tenant_id, user_id, role) values ($1, $2, 'operator')`, [
      company.tenantId,
      ana,
    ]);
    const register = ['contato', 'registrar', '--carrinho=2', '--canal=whatsapp', '--modelo=Carrinho'];
    const first = await carrinho(...register, '--usuario=ana@example.com');
    expect(first).toMatchObject({ code: 0, rows: [{ code: expect.stringMatching(/^[a-z0-9]{10}$/), warning: null }] });
    const again = await carrinho(...register, '--usuario=ana@example.com');
    expect(again).toMatchObject({
      code: 1,
      rows: [{ message: expect.stringMatching(/^Ana Lima falou com esta pessoa em/) }],
    });
    expect((await carrinho('contato', 'registrar', '--lead=1', '--canal=whatsapp', '--forcar')).code).toBe(0);
    const listed = await carrinho('contato', 'listar', '--carrinho=2');
    expect(listed.rows).toMatchObject([
      {
        entity: 'cart',
        sourceId: '2',
        channel: 'whatsapp',
        template: 'Carrinho',
        user: 'ana@example.com',
        key: `p:${phone}`,
      },
    ]);
    expect((await carrinho('contato', 'listar')).rows).toHaveLength(2);
    expect((await carrinho('contato', 'desfazer', `--id=${first.rows[0]!.id}`)).code).toBe(0);
    expect((await carrinho('contato', 'listar', '--carrinho=2')).rows[0]!.undoneAt).not.toBeNull();
    for (const wrong of [
      ['contato', 'registrar', '--carrinho=77', '--canal=whatsapp'],
      ['contato', 'registrar', '--carrinho=2', '--canal=whatsapp', '--usuario=bia@example.com'],
      ['contato', 'registrar', '--carrinho=2', '--canal=pombo'],
      ['contato', 'registrar', '--canal=whatsapp'],
      ['contato', 'desfazer', '--id=999999'],
    ])
      expect([wrong, (await carrinho(...wrong)).code > 0]).toEqual([wrong, true]);
  });

  test('opt-outs, notes, tags, reminders and stages', async () => {
    await leadAndCart();
    expect(
      await carrinho('nao-contatar', 'incluir', '--contato=(11) 98765-4321', '--canal=whatsapp', '--motivo=pediu'),
    ).toMatchObject({ code: 0, rows: [{ added: 1 }] });
    expect((await carrinho('contato', 'registrar', '--lead=1', '--canal=whatsapp', '--forcar')).code).toBe(1);
    expect((await carrinho('nao-contatar', 'listar')).rows).toMatchObject([{ key: `p:${phone}`, reason: 'pediu' }]);
    expect((await carrinho('nao-contatar', 'retirar', '--carrinho=2', '--canal=whatsapp')).code).toBe(0);
    expect((await carrinho('nao-contatar', 'listar')).rows).toEqual([]);
    expect((await carrinho('nao-contatar', 'listar', '--retirados')).rows).toHaveLength(1);

    const long = `<script>👩‍🦱 ${'é'.repeat(9_900)}`;
    const [note] = (await carrinho('nota', 'incluir', '--lead=1', `--texto=${long}`)).rows;
    expect((await carrinho('nota', 'listar', '--carrinho=2')).rows).toMatchObject([
      { id: note!.id, body: long, entity: 'lead' },
    ]);
    expect((await carrinho('nota', 'incluir', '--lead=1', `--texto=${'x'.repeat(10_001)}`)).code).toBe(2);
    await carrinho('nota', 'apagar', `--id=${note!.id}`);
    expect((await carrinho('nota', 'listar', '--lead=1')).rows).toEqual([]);

    expect((await carrinho('etiqueta', 'incluir', '--lead=1', '--etiqueta=Atacado')).rows).toMatchObject([
      { added: true },
    ]);
    expect((await carrinho('etiqueta', 'incluir', '--lead=1', '--etiqueta=ATACADO')).rows).toMatchObject([
      { added: false },
    ]);
    const [tag] = (await carrinho('etiqueta', 'listar', '--lead=1')).rows;
    expect(tag).toMatchObject({ name: 'Atacado' });
    await carrinho('etiqueta', 'retirar', `--id=${tag!.id}`);
    expect((await carrinho('etiqueta', 'listar', '--lead=1')).rows).toEqual([]);

    expect((await carrinho('lembrete', 'incluir', '--lead=1', '--dia=2030-02-30')).code).toBe(2);
    const [reminder] = (await carrinho('lembrete', 'incluir', '--lead=1', '--dia=2030-01-31', '--texto=tamanho')).rows;
    expect(reminder!.remindAt).toBe('2030-01-31T12:00:00.000Z');
    expect((await carrinho('lembrete', 'listar', '--vencidos')).rows).toEqual([]);
    expect((await carrinho('lembrete', 'listar')).rows).toMatchObject([{ id: reminder!.id, note: 'tamanho' }]);
    expect((await carrinho('lembrete', 'concluir', `--id=${reminder!.id}`)).code).toBe(0);
    expect((await carrinho('lembrete', 'listar')).rows).toEqual([]);

    expect((await carrinho('lead', 'situacao', '--lead=1')).rows).toMatchObject([{ stage: 'novo' }]);
    expect((await carrinho('lead', 'situacao', '--lead=1', '--situacao=perdido')).code).toBe(2);
    await carrinho('lead', 'situacao', '--lead=1', '--situacao=perdido', '--motivo=preço');
    expect((await carrinho('lead', 'situacao', '--lead=1')).rows).toMatchObject([
      { stage: 'perdido', reason: 'preço' },
    ]);
  });
});
