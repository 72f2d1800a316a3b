// What is wrong in a shop is said where people look: in a line on the panel, and with its remedy on the Sincronização page; in no other company's.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
beforeAll(async () => {
  lab = await createWebLab();
});
afterAll(async () => await lab.close());

test('an alert is a line on the panel and a sentence with its remedy at the shop; what a shop named is text', async () => {
  const { id, siteId } = lab.sol;
  const facts = { form: 'wp-forms:321', title: 'Avise-me <b>já</b>', oldKey: 'Whatsapp_8', newKey: 'Celular_12' };
  await lab.owner`
    insert into site_alerts (tenant_id, site_id, code, subject, facts) values
      (${id}, ${siteId}, 'form_changed', 'wp-forms:321', ${lab.owner.json(facts)}), (${id}, ${siteId}, 'wp_cron_stopped', '', '{"count":"3"}')`;
  const cookie = await lab.signIn(lab.sol);
  for (const path of ['/e/sol/painel', '/e/sol/sincronizacao']) {
    const html = await (await lab.get(path, cookie)).text();
    expect([path, html.includes('O formulário mudou: “Avise-me &lt;b&gt;já&lt;/b&gt;”')]).toEqual([path, true]);
    expect([path, html.includes('O agendador (WP-Cron) da loja parece parado: 3 carrinhos')]).toEqual([path, true]);
  }
  const sync = await (await lab.get('/e/sol/sincronizacao', cookie)).text();
  expect(sync).toContain('carrinho loja mapear --formulario=wp-forms:321 --sugerir --aplicar');
  expect(sync).toContain('Visto desde');
  expect(await (await lab.get('/e/sol/painel', cookie)).text()).toContain(
    '<a href="/e/sol/sincronizacao">Ver o que fazer</a>',
  );

  const other = await lab.signIn(lab.lua);
  for (const path of ['/e/lua/painel', '/e/lua/sincronizacao']) {
    expect(await (await lab.get(path, other)).text()).not.toMatch(/O formulário mudou|WP-Cron/);
  }
});
