// What happens in a shop, seen on the open pages: every kind of change of an order, a cart and a form entry, through plugin-like writes on both
// order storages, with the daemon reading in between and no page reloaded.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, onTestFailed, test } from 'vitest';
import { withTenant } from '../../daemon/db.ts';
import { deleteCart, writeCart, writeFormAnswers, writeFormEntry } from '../../start/demo/cart-writer.ts';
import {
  changeOrderStatus,
  deleteOrder,
  editOrder,
  payOrder,
  placeOrder,
  refundOrder,
  trashOrder,
} from '../../start/demo/order-writer.ts';
import { demoCompanies, startFirstSync } from '../../start/demo-world.ts';
import { type BrowserWorld, isSameDocument, markDocument, startBrowserWorld } from '../support/browser.ts';

let world: BrowserWorld;
let operator: Page;

const line = { productId: 101, variationId: 0, name: 'Sandália Sol', attributes: {}, quantity: 1, unitCents: 10_000 };
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

beforeAll(async () => {
  world = await startBrowserWorld();
  await startFirstSync(world);
  ({ page: operator } = await world.signIn());
});
afterAll(async () => await world?.stop());
afterEach(() => {
  expect(world.faults.splice(0)).toEqual([]);
});

async function openPage(path: string): Promise<Page> {
  const page = await operator.context().newPage();
  await page.goto(`${world.publicUrl}${path}`);
  await markDocument(page);
  return page;
}

/** The row of a list in which a person's name stands, as one line of text. */
const rowText = async (page: Page, name: string): Promise<string> => {
  const rows = await page.getByRole('row').filter({ hasText: name }).allInnerTexts();
  return rows.join(' ').replace(/\s+/g, ' ');
};
const showsSoon = (page: Page, name: string) => expect.poll(() => rowText(page, name));

test.each([
  { storage: 'HPOS, by SSH', index: 0, formId: '321', phoneKey: 'Whatsapp_8' },
  { storage: 'posts, direct', index: 1, formId: '87', phoneKey: 'Whatsapp_-_DDD_+_Numero_4' },
])('each kind of change of a shop ($storage) shows on the open pages', async ({ index, formId, phoneKey }) => {
  onTestFailed(() => console.error(world.readLogs()));
  const { shop } = world.shops[index]!;
  const site = world.sites[index]!;
  const at = (section: string) => `/e/${demoCompanies[index]!.slug}/${section}`;
  const reconcile = () =>
    withTenant(world.pool, site.tenantId, (client) =>
      client.query(`select enqueue_job($1, 'reconcile')`, [site.siteId]),
    );
  const orders = await openPage(at('pedidos?periodo=7dias'));
  const carts = await openPage(at('carrinhos?situacao=todos'));
  const leads = await openPage(at('leads'));

  const place = (firstName: string, status = 'processing') =>
    placeOrder(shop, {
      createdAt: minutesAgo(1),
      status,
      billing: { email: `${firstName.toLowerCase()}@mudou.example`, firstName, lastName: 'Teste' },
      lines: [line],
    });
  const edited = await place('Editada');
  const paid = await place('Pagadepois', 'on-hold');
  const refunded = await place('Reembolsada');
  const cancelled = await place('Cancelada');
  const trashed = await place('Lixeira');
  const deleted = await place('Apagada');
  const volta = { email: 'volta@mudou.example', firstName: 'Volta', lastName: 'Teste', lines: [line] };
  const cart = await writeCart(shop, { ...volta, time: minutesAgo(300) });
  const gone = await writeCart(shop, {
    ...volta,
    email: 'some@mudou.example',
    firstName: 'Some',
    time: minutesAgo(5),
  });
  const entry = await writeFormEntry(shop, { at: minutesAgo(1), answers: [], formPlugin: 'wp-forms', formId });
  await world.poll(site);

  await showsSoon(orders, 'Editada Teste').toMatch(/Pago .* R\$ 100,00/);
  await showsSoon(orders, 'Pagadepois Teste').toMatch(/Aguardando/);
  await showsSoon(orders, 'Apagada Teste').toMatch(/Pago/);
  await showsSoon(carts, 'Volta Teste').toMatch(/Abandonado/);
  await showsSoon(carts, 'Some Teste').toMatch(/Em andamento/);

  const now = new Date();
  await editOrder(shop, { id: edited, at: now, totalCents: 7777 });
  await payOrder(shop, { id: paid, at: now });
  await refundOrder(shop, { id: refunded, cents: 2500, at: now });
  await changeOrderStatus(shop, { id: cancelled, status: 'cancelled', at: now });
  await trashOrder(shop, { id: trashed, at: now });
  await deleteOrder(shop, deleted);
  await writeCart(shop, { ...volta, sessionId: cart.sessionId, time: minutesAgo(100) });
  await deleteCart(shop, gone.sessionId);
  await writeFormAnswers(shop, entry, [
    ['Nome_3', 'Resposta Tardia'],
    [phoneKey, '(11) 98765-4321'],
  ]);
  await world.poll(site);

  await showsSoon(orders, 'Editada Teste').toMatch(/Pago .* R\$ 77,77/);
  await showsSoon(orders, 'Pagadepois Teste').toMatch(/Pago/);
  await showsSoon(orders, 'Reembolsada Teste').toMatch(/Pago .* R\$ 100,00 −R\$ 25,00 reembolsado/);
  await showsSoon(orders, 'Cancelada Teste').toMatch(/Anulado Cancelado/);
  await showsSoon(orders, 'Lixeira Teste').toMatch(/Anulado Na lixeira/);
  await showsSoon(carts, 'Volta Teste').toMatch(/voltou 1× .*Abandonado/);
  await showsSoon(leads, 'Resposta Tardia').toMatch(/\(11\) 98765-4321/);

  // A row that is no more bumps no date: the hourly comparison finds it.
  await reconcile();
  await showsSoon(orders, 'Apagada Teste').toMatch(/Anulado Removido na loja/);
  for (const page of [orders, carts, leads]) {
    expect(await isSameDocument(page)).toBe(true);
    await page.close();
  }
});

test('somebody is erased: gone from the pages, and the shop, which still has everything, brings nothing back', async () => {
  const { shop } = world.shops[0]!;
  const site = world.sites[0]!;
  const slug = demoCompanies[0]!.slug;
  const billing = { email: 'zilda@apagar.example', firstName: 'Zilda', lastName: 'Apagar', phone: '(11) 98111-7766' };
  const buy = (minutes: number) =>
    placeOrder(shop, { createdAt: minutesAgo(minutes), status: 'processing', billing, lines: [line] });
  await buy(3);
  await world.poll(site);
  const orders = await openPage(`/e/${slug}/pedidos?periodo=7dias`);
  await showsSoon(orders, 'Zilda Apagar').toMatch(/Pago/);
  let personId = '';
  await expect
    .poll(async () => {
      const { rows } = await world.owner.query<{ id: string }>(
        `select m.person_id as id from orders o
           join person_members m on m.tenant_id = o.tenant_id and m.entity = 'order' and m.entity_id = o.id where o.email = $1`,
        [billing.email],
      );
      personId = rows[0]?.id ?? '';
      return personId;
    })
    .not.toBe('');
  const person = await openPage(`/e/${slug}/clientes/${personId}`);
  await person.getByText('Registrar um pedido do titular').click();
  await person.getByRole('button', { name: 'Registrar pedido' }).click();
  await person.getByText('Você confirma de novo a partir de').waitFor();
  await world.owner.query(`update subject_requests set requested_at = now() - interval '25 hours'`);
  await person.reload();
  await person.getByText('Aprovar…').click();
  await person.getByRole('button', { name: 'Eliminar em definitivo' }).click();
  await person.getByText('Aprovado: os dados somem em até um minuto.').waitFor();
  await expect
    .poll(
      async () =>
        (await person.goto(`${world.publicUrl}/e/${slug}/lgpd`)) &&
        person.getByText(/Sem dados pessoais agora/).count(),
      { timeout: 150_000 },
    )
    .toBe(1);

  await expect.poll(() => rowText(orders, 'Zilda')).toBe('');
  await buy(1);
  for (const kind of ['poll', 'reconcile', 'full']) {
    await withTenant(world.pool, site.tenantId, (client) =>
      client.query('select enqueue_job($1, $2)', [site.siteId, kind]),
    );
  }
  const isRead = async () =>
    (
      await world.owner.query(
        `select from runs where kind = 'full' and state like 'succeeded%' and id > (select max(id) from runs where kind = 'reconcile')`,
      )
    ).rowCount;
  await expect.poll(isRead, { timeout: 150_000 }).toBeGreaterThan(0);
  await person.goto(`${world.publicUrl}/e/${slug}/clientes/${personId}`);
  await person.getByRole('heading', { name: 'Dados eliminados' }).waitFor();
  expect(await person.getByText('2 pedidos', { exact: true }).count()).toBe(1);
  expect(await person.content()).not.toMatch(/Zilda|apagar\.example|98111/);
}, 400_000);
