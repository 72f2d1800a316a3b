// Every page of the site, from the router's own list, on a synced company that people have worked in and whose shop is full of names that are markup,
// formulas and foreign scripts: axe-core finds nothing, nothing moves while it loads, nobody else is asked for anything, and the first load is light.
import { readFileSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { paths } from '#web/paths.ts';
import { writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { placeOrder } from '../../start/demo/order-writer.ts';
import { demoCompanies } from '../../start/demo-world.ts';
import { createPerson, liveMorning, untilSynced } from '../../start/lived-day.ts';
import { listSitePages, type SitePage } from '../../start/site-pages.ts';
import { type BrowserWorld, startBrowserWorld } from '../support/browser.ts';
import { hostileNames } from '../support/hostile-names.ts';

let world: BrowserWorld;
let pages: SitePage[];
let tabs: Record<SitePage['who'], Page>;
const { slug } = demoCompanies[0]!;
const axe = readFileSync(new URL('../../node_modules/axe-core/axe.min.js', import.meta.url), 'utf8');
const dialogs: string[] = [];

const hostileEmail = (at: number) => `hostil${at}@example.com`;

/** A cart, an order and a form entry of each name, among the newest of the shop. */
async function writeHostileShop(): Promise<void> {
  const { shop } = world.shops[0]!;
  for (const [at, name] of hostileNames.entries()) {
    const time = new Date(Date.now() - (40 + at) * 60_000);
    const line = { productId: 101, variationId: 0, name, attributes: { pa_cor: name }, quantity: 1, unitCents: 10_000 };
    const person = {
      firstName: name,
      lastName: name.slice(0, 20),
      email: hostileEmail(at),
      phone: `(11) 97777-${1000 + at}`,
    };
    await writeCart(shop, { ...person, lines: [line], time, status: 'abandoned', city: name.slice(0, 60) });
    await writeFormEntry(shop, {
      formId: '321',
      at: time,
      answers: [
        ['Nome_3', name],
        ['Whatsapp_8', `(11) 96666-${1000 + at}`],
        [`${name.slice(0, 200)}_9`, name],
      ],
    });
    if (at % 5 === 0)
      await placeOrder(shop, {
        createdAt: time,
        paidAt: time,
        status: 'wc-processing',
        lines: [line],
        billing: { ...person, city: name.slice(0, 60) },
        paymentTitle: name,
        couponCodes: [name.slice(0, 60)],
      });
  }
}

/** Every shift of the layout that no key or click asked for and that an eye could see: its value and what moved. */
function watchShifts(): void {
  const shifts: string[] = [];
  Object.assign(globalThis, { shifts });
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries() as (PerformanceEntry & {
      value: number;
      hadRecentInput: boolean;
      sources: { node: Element | null }[];
    })[]) {
      const moved = entry.sources.map(({ node }) => node?.id || node?.className || node?.nodeName).join(', ');
      if (!entry.hadRecentInput && entry.value >= 0.001) shifts.push(`${entry.value.toFixed(4)}: ${moved}`);
    }
  }).observe({ type: 'layout-shift', buffered: true });
}

const readShifts = (page: Page) =>
  page.evaluate(() => (globalThis as unknown as { shifts: string[] }).shifts.splice(0));

beforeAll(async () => {
  world = await startBrowserWorld();
  await writeHostileShop();
  await untilSynced(world);
  const member = await world.signIn();
  const open = async (link: string | null) => {
    const { context } = link === null ? member : await world.openProfile();
    const page = await context.newPage();
    await context.addInitScript(watchShifts);
    context.on('dialog', (dialog) => {
      dialogs.push(dialog.message());
      void dialog.dismiss();
    });
    if (link) await page.goto(world.publicUrl + link);
    return page;
  };
  tabs = {
    member: await open(null),
    superadmin: await open(await createPerson(world.owner, { slug, name: 'Sara Prado', role: 'superadmin' })),
    visitor: await open('/entrar'),
  };
  const bia = await open(await createPerson(world.owner, { slug, name: 'Bia Reis', role: 'operator' }));
  await liveMorning(world.owner, { origin: world.publicUrl, slug, ana: member.context, bia: bia.context() });
  pages = await listSitePages(world.owner, slug);
  world.faults.splice(0);
}, 180_000);
afterAll(async () => await world?.stop());

type Look = { width: number; height: number; theme: 'light' | 'dark' };

const wide: Look = { width: 1440, height: 900, theme: 'light' };
const phone: Look = { width: 390, height: 844, theme: 'dark' };
const isLong = process.env.CARRINHO_LONG === '1';
/** Both widths and both themes; every pair of them with CARRINHO_LONG=1. */
const looks: readonly Look[] = isLong
  ? [wide, { ...wide, theme: 'dark' }, phone, { ...phone, theme: 'light' }]
  : [wide, phone];

async function findViolations(page: Page): Promise<string[]> {
  return await page.evaluate(async () => {
    type Found = { id: string; nodes: { html: string; failureSummary: string }[] };
    const { axe: runner } = globalThis as unknown as {
      axe: { run(options: object): Promise<{ violations: Found[] }> };
    };
    const { violations } = await runner.run({
      resultTypes: ['violations'],
      rules: { 'target-size': { enabled: true } },
    });
    return violations.map(
      ({ id, nodes }) =>
        `${id} (${nodes.length}): ${nodes[0]!.html.slice(0, 200)} ${nodes[0]!.failureSummary.slice(0, 300)}`,
    );
  });
}

/** What reaches beyond the screen, the innermost first, when the page is wider than it. */
const findTooWide = (page: Page) =>
  page.evaluate(() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const boxes = [...document.querySelectorAll('main *')].filter(
      (box) => box.getBoundingClientRect().right > innerWidth && box.checkVisibility(),
    );
    const shown = boxes.map(({ tagName, className }) => `${tagName.toLowerCase()}.${className}`).reverse();
    return [`${document.documentElement.scrollWidth} px wide on a screen of ${innerWidth}: ${shown.slice(0, 4)}`];
  });

const foreign = ['script', 'iframe', 'base', 'meta', 'link', 'style', 'object', 'embed']
  .map((name) => `main ${name}`)
  .join(', ');

/** What is wrong with one page, whoever opens it. */
async function inspect(page: Page, { name, path }: SitePage): Promise<string[]> {
  const wrong: string[] = [];
  for (const look of looks) {
    await page.emulateMedia({ colorScheme: look.theme });
    await page.setViewportSize(look);
    if (look === wide || isLong) {
      await page.goto(world.publicUrl + path);
      // The first snapshot of the live connection.
      await page.waitForTimeout(200);
      wrong.push(...(await readShifts(page)).map((shift) => `moved ${shift}`));
      await page.evaluate(axe);
      if ((await page.locator(foreign).count()) > 0) wrong.push('an element that no page of ours has');
    }
    wrong.push(...(await findViolations(page)).map((violation) => `${look.theme}: ${violation}`));
    wrong.push(...(await findTooWide(page)));
  }
  return wrong.map((fault) => `${name}: ${fault}`);
}

test('axe-core finds nothing on any page, light or dark, wide or on a phone, and nothing moves while it loads', async () => {
  const waiting = [...pages];
  const found: string[] = [];
  await Promise.all(
    [1, 2, 3].map(async () => {
      const own = {} as Partial<Record<SitePage['who'], Page>>;
      for (let next = waiting.shift(); next; next = waiting.shift()) {
        own[next.who] ??= await tabs[next.who].context().newPage();
        found.push(...(await inspect(own[next.who]!, next)));
      }
      for (const page of Object.values(own)) await page.close();
    }),
  );
  const asked = pages.filter(({ status }) => status).map(({ path, status }) => `${world.publicUrl}${path}: ${status}`);
  found.push(...world.faults.splice(0).filter((fault) => !asked.includes(fault)));
  expect(found).toEqual([]);
  expect(dialogs).toEqual([]);
}, 600_000);

test('fifty hostile names of people, products and form fields are text on every page of theirs', async () => {
  const page = tabs.member;
  await page.setViewportSize({ width: 1440, height: 900 });
  const stored = await world.owner.query<{ id: string; name: string; product: string }>(
    `select c.id, c.name, i.name as product from carts c join cart_items i on i.tenant_id = c.tenant_id and i.cart_id = c.id
      where c.tenant_id = $1 and c.email like 'hostil%@example.com' order by c.id`,
    [world.sites[0]!.tenantId],
  );
  expect(stored.rowCount).toBe(hostileNames.length);
  // A browser reads every end of a line as one sign.
  const lines = (text: string) => text.replace(/\r\n?/g, '\n');
  const textOf = async () => lines((await page.locator('main').textContent()) ?? '');
  let text = '';
  for (const situacao of ['todos', 'compra_direta']) {
    await page.goto(`${world.publicUrl}${paths.carts(slug, { situacao, por_pagina: '200' })}`);
    text += await textOf();
  }
  expect(stored.rows.filter(({ name }) => !text.includes(lines(name))).map(({ name }) => name)).toEqual([]);
  for (const { id, name, product } of stored.rows) {
    await page.goto(world.publicUrl + paths.cart(slug, id));
    const shown = await textOf();
    expect([name, shown.includes(lines(name)), shown.includes(lines(product))]).toEqual([name, true, true]);
    expect([
      name,
      await page.locator('main script, main img, main iframe, main style, main base, main meta, main link').count(),
    ]).toEqual([name, 0]);
  }
  // The form's own field names: the mapping page proposes them.
  await page.goto(world.publicUrl + paths.mapping(slug, world.sites[0]!.siteId));
  expect(world.faults.splice(0)).toEqual([]);
  expect(dialogs).toEqual([]);
}, 120_000);

test('the first page comes in 100 KB with everything, and a colleague’s mark moves nothing', async () => {
  const { context, page } = await world.signIn();
  await context.addInitScript(watchShifts);
  const bytes: Record<string, number> = {};
  for (const path of [paths.dashboard(slug), paths.queue(slug), paths.carts(slug, { situacao: 'todos' })]) {
    const devtools = await context.newCDPSession(page);
    await devtools.send('Network.enable');
    await devtools.send('Network.clearBrowserCache');
    bytes[path] = 0;
    devtools.on('Network.loadingFinished', ({ encodedDataLength }) => {
      bytes[path]! += encodedDataLength;
    });
    await page.goto(world.publicUrl + path, { waitUntil: 'load' });
    await page.waitForTimeout(300);
    await devtools.detach();
  }
  expect(Object.entries(bytes).filter(([, count]) => count > 100 * 1024 || count < 10_000)).toEqual([]);

  await page.goto(world.publicUrl + paths.carts(slug));
  const row = page
    .locator('tr[id^=carrinho-]', {
      has: page.locator('[role=switch][aria-checked=false]:not([disabled])', { hasText: 'WhatsApp' }),
    })
    .nth(2);
  const id = (await row.getAttribute('id'))!.split('-')[1]!;
  await page.waitForTimeout(300);
  await readShifts(page);
  const form = { registro: `carrinho:${id}`, canal: 'whatsapp', forcar: '1' };
  await tabs.member
    .context()
    .request.post(world.publicUrl + paths.contacts(slug), { form, headers: { Origin: world.publicUrl } });
  await page.locator(`#carrinho-${id} [role=switch][aria-checked=true]`, { hasText: 'WhatsApp' }).waitFor();
  await page.waitForTimeout(300);
  expect(await readShifts(page)).toEqual([]);
  await context.close();
});
