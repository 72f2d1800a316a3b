// The mapping of a shop's forms changes: its stored answers are read anew, and names, phones, keys, people and statuses follow, while the shop itself
// does not answer. And a lead that arrives in that very moment is not left with the old mapping.
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { erasuresOf } from '../../daemon/erasure/tombstones.ts';
import { recomputeQueued } from '../../daemon/recompute/recompute.ts';
import { compareContent } from '../../daemon/sync/compare.ts';
import { remapLeads } from '../../daemon/sync/map-leads.ts';
import { writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { orderInput } from '../fixtures/wordpress/order-rows.ts';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

const ago = (minutes: number) => new Date(Math.floor(Date.now() / 1000) * 1000 - minutes * 60_000);
const buyerPhone = '(11) 98111-0001';
const answers: [string, string][] = [
  ['Nome_3', 'Aninha'],
  ['Whatsapp_8', '(11) 98222-0002'],
  ['Nome_completo_13', 'Ana Souza'],
  ['Telefone_14', buyerPhone],
];

let world: SyncShop;
let daemon: DaemonProcess | undefined;
let order: number;
const leads: Record<'vip' | 'contact', number> = { vip: 0, contact: 0 };

beforeAll(async () => {
  world = await createSyncShop();
  const at = ago(60);
  const billing = { ...orderInput.billing, email: 'outra@cliente.example', phone: buyerPhone };
  order = await placeOrder(world.shop, {
    ...orderInput,
    brazil: {},
    billing,
    createdAt: at,
    updatedAt: at,
    paidAt: at,
  });
  leads.vip = await writeFormEntry(world.shop, { at: ago(100), formId: '321', answers });
  leads.contact = await writeFormEntry(world.shop, { at: ago(90), formId: '654', answers });
  await world.sync();
});
afterAll(async () => {
  await daemon?.end('SIGKILL');
  await world.drop();
});

const setMapping = (form: string, keys: { name: string; phone: string }) =>
  withTenant(world.pool, world.tenantId, (client) =>
    client.query(
      `insert into field_mappings (tenant_id, site_id, form_plugin, form_id, name_key, phone_key, email_key)
       values ($1, $2, $3, $4, $5, $6, 'E-mail_2')
       on conflict (tenant_id, site_id, form_plugin, form_id) do update set name_key = excluded.name_key, phone_key = excluded.phone_key`,
      [world.tenantId, world.siteId, form === '' ? '' : 'wp-forms', form, keys.name, keys.phone],
    ),
  );
const lead = async (id: number) => {
  const [row] = await world.rows(
    `select l.name, l.phone_e164, l.email, s.customer_status as status,
            (select array_agg(k.key order by k.key) from match_keys k where k.entity = 'lead' and k.entity_id = l.id) as keys,
            (select m.person_id from person_members m where m.entity = 'lead' and m.entity_id = l.id)
              = (select m.person_id from person_members m join orders o on o.id = m.entity_id where m.entity = 'order' and o.external_id = $2) as is_buyer
     from leads l left join lead_statuses s on s.tenant_id = l.tenant_id and s.lead_id = l.id where l.external_id = $1`,
    [id, order],
  );
  return row;
};

const asAninha = { name: 'Aninha', phone_e164: '+5511982220002', status: 'not_customer', is_buyer: false };
const asAna = { name: 'Ana Souza', phone_e164: '+5511981110001', status: 'became_customer', is_buyer: true };

test('by the command of a person, with the shop down: leads, keys, people and statuses follow', async () => {
  expect([await lead(leads.vip), await lead(leads.contact)]).toMatchObject([asAninha, asAninha]);
  await world.owner.query('update connections set port = 1');
  await setMapping('', { name: 'Nome_completo_13', phone: 'Telefone_14' });
  daemon = await startDaemon(world);
  await withTenant(world.pool, world.tenantId, async (client) => {
    await client.query(`insert into commands (tenant_id, site_id, kind) values ($1, $2, 'remap')`, [
      world.tenantId,
      world.siteId,
    ]);
    await client.query(`select enqueue_job($1, 'poll', -10)`, [world.siteId]);
  });
  const end = Date.now() + 170_000;
  while ((await lead(leads.contact))?.status !== 'became_customer' && Date.now() < end) await sleep(50);
  expect([await lead(leads.vip), await lead(leads.contact)]).toMatchObject([asAna, asAna]);
  expect((await lead(leads.vip))!.keys).toEqual(['p:+5511981110001']);
  await daemon.end('SIGTERM');
  daemon = undefined;
});

test("a form's own mapping counts for its leads alone, and is taken back when it is gone", async () => {
  const remap = async () => {
    const count = await withTenant(world.pool, world.tenantId, (client) =>
      remapLeads(client, world.siteId, erasuresOf(world.engine.box)),
    );
    await recomputeQueued(world.pool, world.tenantId, { now: new Date(), log: world.engine.log });
    return count;
  };
  await setMapping('654', { name: 'Nome_3', phone: 'Whatsapp_8' });
  expect(await remap()).toBe(1);
  expect([await lead(leads.vip), await lead(leads.contact)]).toMatchObject([asAna, asAninha]);
  expect(await remap()).toBe(0);
  await world.owner.query(`delete from field_mappings where form_id = '654'`);
  expect(await remap()).toBe(1);
  expect(await lead(leads.contact)).toMatchObject(asAna);
  expect(
    await world.rows("select state from runs where started_at > now() - interval '1 hour' and state like 'succ%'"),
  ).toHaveLength(1);
});

test('a lead that is being written while the mapping changes gets the new one', async () => {
  await world.owner.query('update connections set port = $1', [world.port]);
  const mappings = [
    { name: 'Nome_3', phone: 'Whatsapp_8' },
    { name: 'Nome_completo_13', phone: 'Telefone_14' },
  ];
  for (const [round, mapping] of mappings.entries()) {
    for (let index = 0; index < 5; index++) await writeFormEntry(world.shop, { at: ago(1), answers });
    let changing: Promise<unknown> | undefined;
    const change = async () => {
      await sleep(round * 15);
      await withTenant(world.pool, world.tenantId, async (client) => {
        await client.query(
          `update field_mappings set name_key = $3, phone_key = $4 where tenant_id = $1 and site_id = $2 and form_id = ''`,
          [world.tenantId, world.siteId, mapping.name, mapping.phone],
        );
        await remapLeads(client, world.siteId, erasuresOf(world.engine.box));
      });
    };
    await world.sync('poll', {
      onProgress: ({ state }) => {
        if (state !== 'connecting') changing ??= change();
      },
    });
    await changing;
    const names = await world.rows<{ name: string }>('select distinct name from leads where missing_since is null');
    expect(names).toEqual([{ name: mapping.name === 'Nome_3' ? 'Aninha' : 'Ana Souza' }]);
  }
  await world.sync();
  const streams = await compareContent(world.engine, world);
  expect(streams.filter(({ differenceCount }) => differenceCount > 0)).toEqual([]);
});
