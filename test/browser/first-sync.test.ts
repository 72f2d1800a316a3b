// The main job as a person lives it: open the link, watch the first sync, see a cart come back on the open page. Then what else an open page owes:
// companies kept apart, room on a phone, an end with the session, and names that stay text.
import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { writeCart } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { demoCompanies } from '../../start/demo-world.ts';
import { type BrowserWorld, isSameDocument, markDocument, startBrowserWorld, watchText } from '../support/browser.ts';

let world: BrowserWorld;
/** The operator's first tab, open through the whole file. */
let page: Page;
const [first, second] = demoCompanies.map(({ slug, shop }) => ({ slug, name: shop.name }));
const line = { productId: 101, variationId: 0, name: 'Sandália Sol', attributes: {}, quantity: 1, unitCents: 17_990 };

const go = (to: Page, section: string) =>
  to.getByRole('navigation', { name: 'Seções' }).getByRole('link', { name: section }).click();

beforeAll(async () => {
  world = await startBrowserWorld();
});
afterAll(async () => await world?.stop());
afterEach(() => {
  expect(world.faults.splice(0)).toEqual([]);
});

test('the printed link opens the company, and the first sync is seen as it goes', async () => {
  ({ page } = await world.signIn());
  await page.waitForURL(`**/e/${first!.slug}/painel`);
  await go(page, 'Sincronização');
  await page.getByRole('heading', { name: 'Sincronização', level: 1 }).waitFor();
  await markDocument(page);
  const readBars = await watchText(page, '.progress');
  await page.getByRole('button', { name: 'Sincronizar agora' }).click();
  await world.poll(world.sites[1]!);
  const history = page.getByRole('row').filter({ has: page.getByText('Concluída') });
  await history.first().waitFor();
  const bars = (await readBars()).map(({ text }) => text).filter((text) => text !== '');
  expect(bars.length).toBeGreaterThan(1);
  expect(bars.join('\n')).toMatch(/: [\d.]+ de ≈ [\d.]+/);
  expect(await isSameDocument(page)).toBe(true);
});

test('a cart turns from abandoned to recovered on the open page when the shop gets its order', async () => {
  await go(page, 'Carrinhos');
  await page.getByRole('link', { name: /^Todos/ }).click();
  await page.waitForURL('**/carrinhos?situacao=todos');
  const { id, email } = await findAbandonedCart();
  const row = page.locator(`#carrinho-${id}`);
  await row.getByText('Abandonado', { exact: true }).waitFor();
  await row.scrollIntoViewIfNeeded();
  await row.locator('a.row-link').focus();
  await markDocument(page);
  const place = () =>
    page.evaluate(() => ({ scrolled: scrollY, focused: document.activeElement?.getAttribute('href') }));
  const before = await place();
  expect(before.focused).toContain(id);
  expect(before.scrolled).toBeGreaterThan(0);

  const panel = await page.context().newPage();
  await panel.goto(`${world.publicUrl}/e/${first!.slug}/painel`);
  const valueSelector = '#kpi-recuperado .tile-value';
  const value = panel.locator(valueSelector);
  await value.waitFor();
  await markDocument(panel);
  const readValues = await watchText(panel, valueSelector);
  const committedAt = commitOfRecovery(id);

  const now = new Date();
  const order = { createdAt: now, paidAt: now, status: 'wc-processing', lines: [line], billing: { email } };
  const number = await placeOrder(world.shops[0]!.shop, order);
  await world.poll(world.sites[0]!);

  await row.getByText('Recuperado', { exact: true }).waitFor();
  expect(await row.textContent()).toMatch(new RegExp(`Pedido ${number} · R\\$\\s179,90`));
  expect(await isSameDocument(page)).toBe(true);
  expect(await place()).toEqual(before);

  // The other shop's first sync may still end meanwhile: what counts is the value that holds this cart, on the page that was open and on a new one.
  const fresh = await page.context().newPage();
  await fresh.goto(panel.url());
  const holding = await fresh.locator(valueSelector).textContent();
  await fresh.close();
  await expect.poll(() => value.textContent()).toBe(holding);
  const values = await readValues();
  expect(values.length).toBeGreaterThan(1);
  const delayMs = values.at(-1)!.at - (await committedAt);
  expect(delayMs).toBeLessThan(2000);
  expect(await isSameDocument(panel)).toBe(true);
  await panel.close();
});

test('two tabs of one browser show two companies, each its own', async () => {
  const other = await page.context().newPage();
  await other.goto(page.url());
  await other.locator('.topbar summary.company').click();
  await other.getByRole('link', { name: second!.name }).click();
  // The same screen of the other company.
  await other.waitForURL(`**/e/${second!.slug}/carrinhos`);
  await other.locator('tr[id^=carrinho-]').first().waitFor();
  await page.reload();
  const company = (of: Page) => of.locator('.company-name').first().textContent();
  const rows = (of: Page) => of.locator('tr[id^=carrinho-]').evaluateAll((all) => all.map(({ id }) => id));
  expect([await company(page), await company(other)]).toEqual([first!.name, second!.name]);
  const [ours, theirs] = [await rows(page), await rows(other)];
  expect(ours.length).toBeGreaterThan(0);
  expect(ours.filter((id) => theirs.includes(id))).toEqual([]);
  await other.close();
});

test('a name made of markup and emoji is shown as text, and nothing is asked of anybody', async () => {
  const name = '<script>fetch("https://ladrao.example/")</script> 🛒';
  const surname = '<img src=x onerror="alert(1)">';
  let dialogs = 0;
  page.on('dialog', () => dialogs++);
  const time = new Date(Date.now() - 20 * 60_000);
  const cart = { email: 'nome.estranho@example.com', firstName: name, lastName: surname, lines: [line], time };
  await writeCart(world.shops[0]!.shop, { ...cart, status: 'abandoned' });
  await markDocument(page);
  await world.poll(world.sites[0]!);
  const link = page.getByRole('link', { name: `${name} ${surname}` });
  await link.waitFor();
  expect(await isSameDocument(page)).toBe(true);
  await link.click();
  await page.getByRole('heading', { level: 1, name: `${name} ${surname}` }).waitFor();
  expect(await page.locator('main script, main img').count()).toBe(0);
  expect(dialogs).toBe(0);
});

test('on a phone nothing is wider than the screen, and the sections are at the bottom', async () => {
  const { context, page: phone } = await world.signIn({ width: 390, height: 844 });
  for (const section of ['Painel', 'Leads', 'Carrinhos', 'Pedidos', 'Sincronização']) {
    if (['Pedidos', 'Sincronização'].includes(section)) await phone.getByText('Mais', { exact: true }).click();
    await go(phone, section);
    await phone.getByRole('heading', { level: 1, name: section }).waitFor();
    expect([section, await phone.evaluate(() => document.documentElement.scrollWidth)]).toEqual([section, 390]);
    const bar = (await phone.getByRole('navigation', { name: 'Seções' }).boundingBox())!;
    expect(bar.y).toBeGreaterThan(844 - 90);
    expect(bar.y + bar.height).toBeLessThanOrEqual(844);
  }
  await context.close();
});

test('when the session ends, the open page goes to the login by itself, and any click leads there', async () => {
  const { context, page: open } = await world.signIn();
  await go(open, 'Carrinhos');
  await open.waitForURL('**/carrinhos');
  const clicked = await context.newPage();
  const connected = clicked.waitForResponse(/\/eventos/);
  await clicked.goto(open.url());
  await connected;
  await world.owner.query('delete from sessions');
  await clicked.getByRole('link', { name: /^Recuperados/ }).click();
  await clicked.waitForURL('**/entrar?volta=*');
  // A fragment without a session is answered with 401 and the way to the login.
  expect(world.faults.splice(0).filter((fault) => !fault.endsWith('situacao=recuperados: 401'))).toEqual([]);
  await world.owner.query(`select pg_notify('carrinho_session', json_build_object('user', id::text)::text) from users`);
  await open.waitForURL('**/entrar?volta=*');
  await open.getByRole('button', { name: 'Entrar' }).waitFor();
  await context.close();
});

/** An abandoned cart of a person who has only this one, among those of the last days but not the newest: its row lies below the first screen. */
async function findAbandonedCart(): Promise<{ id: string; email: string }> {
  const { rows } = await world.owner.query<{ id: string; email: string }>(
    `select c.id, c.email from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
      where c.tenant_id = $1 and s.status = 'abandoned' and s.reason = 'window_open' and c.email is not null
        and not exists (select from carts o where o.tenant_id = c.tenant_id and o.id <> c.id and (o.email = c.email or o.phone_e164 = c.phone_e164))
      order by c.last_activity_at desc, c.id desc offset 8 limit 1`,
    [world.sites[0]!.tenantId],
  );
  return rows[0]!;
}

/** The moment (epoch ms) at which the commit was told that made the cart recovered. */
function commitOfRecovery(cartId: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onNotice = async () => {
      const at = Date.now();
      const { rowCount } = await world.owner.query(
        `select from cart_statuses where tenant_id = $1 and cart_id = $2 and status = 'recovered'`,
        [world.sites[0]!.tenantId, cartId],
      );
      if (rowCount !== 1) return;
      world.owner.off('notification', listener);
      resolve(at);
    };
    const listener = () => void onNotice().catch(reject);
    world.owner.on('notification', listener);
    world.owner.query('listen carrinho_changed').catch(reject);
  });
}
