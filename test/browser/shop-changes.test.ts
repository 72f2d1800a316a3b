// What happens in a shop, seen on the open pages: every kind of change of an order, a cart and a form entry, through plugin-like writes on both
// order storages, with the daemon reading in between and no page reloaded.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
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
