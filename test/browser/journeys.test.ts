// An operator's Monday on a really synced shop, without a mouse: twenty people from the queue with one taken back and one whom a colleague wrote to first;
// the reason of a recovery; a list that becomes a file; and a page that goes on by itself when the web process died under it.
import { readdirSync, readFileSync } from 'node:fs';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { paths } from '#web/paths.ts';
import { demoCompanies } from '../../start/demo-world.ts';
import { createPerson, untilSynced } from '../../start/lived-day.ts';
import { type BrowserWorld, isSameDocument, markDocument, startBrowserWorld } from '../support/browser.ts';

let world: BrowserWorld;
let ana: { context: BrowserContext; page: Page };
let bia: Page;
const { slug } = demoCompanies[0]!;
const goTo = (page: Page, path: string) => page.goto(world.publicUrl + path);

beforeAll(async () => {
  world = await startBrowserWorld();
  await untilSynced(world);
  ana = await world.signIn();
  const { context } = await world.openProfile();
  bia = await context.newPage();
  await bia.goto(world.publicUrl + (await createPerson(world.owner, { slug, name: 'Bia Reis', role: 'operator' })));
  // Nobody is written to: what would open WhatsApp finds an empty page.
  for (const profile of [ana.context, context])
    await profile.route('https://wa.me/**', (route) =>
      route.fulfill({ status: 200, contentType: 'text/html', body: '<title>WhatsApp</title>' }),
    );
}, 180_000);
afterAll(async () => await world?.stop());
afterEach(() => {
  expect(world.faults.splice(0).filter((fault) => !fault.includes('https://wa.me/'))).toEqual([]);
});

const person = async (page: Page) => (await page.locator('#fila-pessoa').textContent()) ?? '';

/** Presses the key, waits for the answer to the queue's form and for the card that it brings. */
async function act(page: Page, key: string): Promise<number> {
  await page.locator('#fila').evaluate((card) => card.setAttribute('data-old', ''));
  const answer = page.waitForResponse(
    (response) => response.request().method() === 'POST' && /\/fila\/\d+\/acao$/.test(response.url()),
  );
  await page.keyboard.press(key);
  const status = (await answer).status();
  // A form that htmx has not taken over yet would be sent as a page of its own.
  await page.locator('#fila:not([data-old]) form[data-htmx-powered]').first().waitFor({ state: 'attached' });
  return status;
}

/** Tab until what has the focus is called so. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    if ((await page.evaluate(() => document.activeElement?.textContent?.trim())) === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`the keyboard does not reach "${name}"`);
}

const countContacts = async (name: string) => {
  const { rows } = await world.owner.query<{ standing: string; undone: string }>(
    `select count(*) filter (where undone_at is null) as standing, count(undone_at) as undone
       from contacts where user_id = (select id from users where name like $1) and channel = 'whatsapp'`,
    [`${name}%`],
  );
  return { standing: Number(rows[0]!.standing), undone: Number(rows[0]!.undone) };
};

test('twenty people are written to by the keyboard alone, one is taken back, and a colleague who was faster is asked about', async () => {
  const { page } = ana;
  let opened = 0;
  ana.context.on('response', (response) => {
    if (response.url().startsWith('https://wa.me/')) opened++;
  });
  await goTo(page, paths.dashboard(slug));
  await page.keyboard.press('g');
  await page.keyboard.press('f');
  await page.waitForURL('**/fila');
  await markDocument(page);
  const met: string[] = [];
  for (let count = 0; count < 10; count++) {
    met.push(await person(page));
    expect(await act(page, 'w')).toBe(200);
  }
  const tenth = met.at(-1)!;
  expect(await act(page, 'z')).toBe(200);
  expect(await person(page)).toBe(tenth);
  expect(await countContacts('Ana')).toEqual({ standing: 9, undone: 1 });
  await page.getByText('Marca desfeita.').waitFor();
  expect(await act(page, 'w')).toBe(200);

  // Both have the same person open; Bia is faster.
  const shared = await person(page);
  await goTo(bia, paths.queue(slug));
  expect(await person(bia)).toBe(shared);
  await bia.getByText(/^Ana abriu/).waitFor();
  expect(await act(bia, 'w')).toBe(200);
  expect(await act(page, 'w')).toBe(409);
  await page
    .getByText(/^Bia (já marcou|falou com esta pessoa)/)
    .first()
    .waitFor();
  await tabTo(page, 'Próxima pessoa');
  await page.keyboard.press('Enter');
  await page.waitForURL('**/fila');
  await expect.poll(() => person(page)).not.toBe(shared);

  for (let count = 0; count < 10; count++) expect(await act(page, 'w')).toBe(200);
  expect(await countContacts('Ana')).toEqual({ standing: 20, undone: 1 });
  expect(await countContacts('Bia')).toEqual({ standing: 1, undone: 0 });
  // One window takes them all: what the next click overtakes has no answer.
  await expect.poll(() => opened).toBeGreaterThan(0);
  // The question was an answer of its own.
  world.faults.splice(0, world.faults.length, ...world.faults.filter((fault) => !fault.endsWith(': 409')));
});

test('"por quê?" tells a recovery by points that add up to its score', async () => {
  const { page } = ana;
  await goTo(page, paths.carts(slug, { situacao: 'recuperados' }));
  await page.getByRole('link', { name: 'Por quê?' }).first().press('Enter');
  const drawer = page.locator('#gaveta');
  await drawer.getByText(/^Recuperado pelo pedido/).waitFor();
  const table = drawer.locator('.score').first();
  const points = (await table.locator('td.score-points').allTextContents()).map((text) =>
    Number(text.replace('−', '-')),
  );
  const total = Number(await table.locator('tfoot .score-points').textContent());
  expect(points.length).toBeGreaterThan(0);
  expect(points.reduce((sum, value) => sum + value, 0)).toBe(total);
  expect(await drawer.getByText(/^Recuperado pelo pedido/).textContent()).toContain(`(${total})`);
  await page.keyboard.press('Escape');
  await expect.poll(() => drawer.textContent()).toBe('');
});

test('a filtered list becomes a file of its rows, without those whom the page left out', async () => {
  const { page } = ana;
  await goTo(page, paths.carts(slug, { situacao: 'recuperados', periodo: 'tudo' }));
  await page.getByRole('link', { name: 'Exportar', exact: true }).first().click();
  await page.getByRole('radio', { name: 'CSV', exact: true }).check();
  await page.getByRole('checkbox', { name: /^Já contatados/ }).uncheck();
  await page.getByRole('button', { name: 'Exportar' }).click();
  const link = page.getByRole('link', { name: 'Baixar' }).first();
  await link.waitFor();
  const [download] = await Promise.all([page.waitForEvent('download'), link.click()]);
  const text = readFileSync(await download.path(), 'utf8');
  const [head, ...lines] = text
    .replace(/^\ufeff/, '')
    .trimEnd()
    .split('\r\n');
  const { rows } = await world.owner.query<{ email: string }>(
    `select coalesce(c.email, '') as email from carts c join cart_statuses s on s.tenant_id = c.tenant_id and s.cart_id = c.id
      where c.tenant_id = $1 and s.status = 'recovered'`,
    [world.sites[0]!.tenantId],
  );
  const record = await world.owner.query<{ selected: number; written: number }>(
    'select selected_count as selected, row_count as written from exports order by id desc limit 1',
  );
  const { selected, written } = record.rows[0]!;
  expect([selected, lines.length]).toEqual([rows.length, written]);
  await page.getByText(`${written} linhas exportadas`).waitFor();
  const at = head!.split(';').indexOf('E-mail');
  const known = new Set(rows.map(({ email }) => email));
  expect(lines.map((line) => line.split(';')[at]!).filter((email) => !known.has(email))).toEqual([]);
});

/** The web process that this test's own world started: our child whose arguments name it. */
function findApi(): number {
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const parent = Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]!.split(' ')[1]);
      if (parent === process.pid && readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('api/main.ts'))
        return Number(pid);
    } catch {
      // Gone meanwhile.
    }
  }
  throw new Error('the web process was not found');
}

test('when the web process dies, the open page comes back by itself and shows what happened meanwhile', async () => {
  const { page } = ana;
  await goTo(page, paths.carts(slug));
  const row = page
    .locator('tr[id^=carrinho-]', {
      has: page.locator('[role=switch][aria-checked=false]:not([disabled])', { hasText: 'WhatsApp' }),
    })
    .first();
  const id = (await row.getAttribute('id'))!;
  await markDocument(page);
  process.kill(findApi(), 'SIGKILL');
  await expect
    .poll(
      () =>
        bia.request.get(`${world.publicUrl}${paths.login}`).then(
          (answer) => answer.status(),
          () => 0,
        ),
      { timeout: 30_000 },
    )
    .toBe(200);
  const form = { registro: id.replace('-', ':'), canal: 'whatsapp', forcar: '1' };
  const answer = await bia.request.post(world.publicUrl + paths.contacts(slug), {
    form,
    headers: { Origin: world.publicUrl },
  });
  expect(answer.status()).toBeLessThan(400);
  await page.locator(`#${id} [role=switch][aria-checked=true]`, { hasText: 'WhatsApp' }).waitFor({ timeout: 60_000 });
  expect(await isSameDocument(page)).toBe(true);
  // While it was away the live connection could not stand.
  world.faults.splice(
    0,
    world.faults.length,
    ...world.faults.filter((fault) => !/\/eventos|htmx:sse:error/.test(fault)),
  );
}, 120_000);
