// Two operators in two browsers over the same lead: marks by a click, the question that a conflict asks, and a note half written while the page moves.
import { serve } from '@hono/node-server';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { launchChromium, openProfile } from '../../start/chromium.ts';
import { isSameDocument, markDocument } from '../support/browser.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let browser: Browser;
let server: ReturnType<typeof serve>;
let origin: string;
const faults: string[] = [];

beforeAll(async () => {
  [lab, browser] = await Promise.all([createWebLab(), launchChromium(inject('chromium'))]);
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    values (${lab.sol.id}, 'p:+5511987654321', 'lead', ${lab.sol.leadId}, 'mobile')`;
  origin = await new Promise<string>((resolve) => {
    server = serve({ fetch: lab.app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) =>
      resolve(`http://127.0.0.1:${port}`),
    );
  });
});
afterAll(async () => {
  await browser?.close();
  server?.close();
  await lab?.close();
});

async function operator(name: string): Promise<Page> {
  const cookie = await lab.signIn(lab.sol, 'operator');
  await lab.owner`update users set name = ${name} where id = (select max(id) from users)`;
  const { context } = await openProfile(browser, { width: 1440, height: 900, origin, faults });
  await context.addCookies([{ name: 'sessao', value: cookie.split('=')[1]!, url: origin }]);
  return await context.newPage();
}

test('a click marks, a colleague’s mark asks and the question stays, and nothing typed is lost', async () => {
  const [ana, bia] = [await operator('Ana Lima'), await operator('Bia Reis')];
  await bia.goto(`${origin}/e/sol/leads/${lab.sol.leadId}`);
  await ana.goto(`${origin}/e/sol/leads`);
  await markDocument(bia);
  await bia.getByPlaceholder('Nova nota').fill('Prefere falar à tarde');

  const whatsapp = ana.getByRole('row').getByRole('switch', { name: 'WhatsApp' });
  await whatsapp.click();
  await ana.getByText(/^Marcado como enviado às/).waitFor();
  expect(await whatsapp.getAttribute('aria-checked')).toBe('true');
  // Bia's page moved by itself under her note.
  await bia.locator('.card-head .mark-author', { hasText: 'Ana' }).waitFor();
  expect(await bia.getByPlaceholder('Nova nota').inputValue()).toBe('Prefere falar à tarde');

  // E-mail: inside the cool-down, so the page asks; the next live event does not sweep the question away.
  await bia.locator('.card-head').getByRole('switch', { name: 'E-mail' }).click();
  await bia.getByText(/Ana falou com esta pessoa/).waitFor();
  await ana.getByRole('row').getByRole('button', { name: 'Desfazer' }).click();
  await ana.locator('[role=switch][aria-checked=false]', { hasText: 'WhatsApp' }).first().waitFor();
  await bia.waitForTimeout(1000);
  expect(await bia.getByText(/Ana falou com esta pessoa/).isVisible()).toBe(true);
  await bia.getByRole('button', { name: 'Enviar mesmo assim' }).click();
  await bia.locator('.card-head .mark-author', { hasText: 'Bia' }).waitFor();
  await ana.locator('.mark-author', { hasText: 'Bia' }).waitFor({ timeout: 60_000 });

  await bia.getByPlaceholder('Nova nota').fill('Prefere falar à tarde');
  await bia.getByRole('button', { name: 'Anotar' }).click();
  await bia.locator('.panel-list', { hasText: 'Prefere falar à tarde' }).waitFor();
  expect(await isSameDocument(bia)).toBe(true);
  // The question is an answer of its own.
  expect(faults).toEqual([expect.stringMatching(/contatos: 409$/)]);
});

test('a page whose scripts come one by one, late, moves by itself all the same', async () => {
  const page = await operator('Caio Prado');
  const scripts: string[] = [];
  await page.route('**/static/*.js', async (route) => {
    const name = new URL(route.request().url()).pathname;
    scripts.push(name);
    if (!name.includes('/htmx-')) await new Promise((resolve) => setTimeout(resolve, 1_000));
    await route.continue();
  });
  const live = page.waitForRequest((request) => request.url().includes('/eventos?'));
  await page.goto(`${origin}/e/sol/leads`);
  await live;
  expect(scripts.length).toBeGreaterThan(4);
});
