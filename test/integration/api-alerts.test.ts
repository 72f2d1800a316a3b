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

test('the page of a run names the carts that it moved; the history is that of one source', async () => {
  const { id, cartId, runId, siteId } = lab.sol;
  await lab.owner`
    insert into cart_transitions (tenant_id, cart_id, run_id, cause, from_status, from_reason, to_status, to_reason, happened_at) values
      (${id}, ${cartId}, ${runId}, 'sync', 'waiting', 'in_progress', 'abandoned', 'window_open', now()),
      (${id}, ${cartId}, ${runId}, 'sync', 'abandoned', 'window_open', 'abandoned', 'window_closed', now())`;
  const [other] = await lab.owner<{ id: string }[]>`
    insert into runs (tenant_id, site_id, kind, state, started_at, finished_at) values (${id}, ${siteId}, 'full', 'succeeded', now(), now()) returning id`;
  await lab.owner`
    insert into run_streams (tenant_id, run_id, source, stream, state, new_count) values
      (${id}, ${other!.id}, 'form-vibes', 'entries', 'done', 3), (${id}, ${runId}, 'cart-abandonment', 'carts', 'done', 1)
    on conflict (tenant_id, run_id, source, stream) do update set new_count = excluded.new_count`;
  await lab.owner`
    insert into cursors (tenant_id, site_id, source, stream, scan) values
      (${id}, ${siteId}, 'form-vibes', 'entries', 'entries'), (${id}, ${siteId}, 'cart-abandonment', 'carts', 'carts') on conflict do nothing`;
  const cookie = await lab.signIn(lab.sol);
  const page = async (path: string) => await (await lab.get(`/e/sol/sincronizacao${path}`, cookie)).text();
  const run = await page(`/${runId}`);
  expect(run).toMatch(
    new RegExp(`1 carrinho mudou de situação[\\s\\S]*/e/sol/carrinhos/${cartId}"[\\s\\S]*Aguardando → Abandonado`),
  );
  expect(await page(`/${other!.id}`)).not.toContain('de situação');
  const inHistory = async (query: string) => {
    const html = await page(query);
    return [runId, other!.id].map((shown) => html.includes(`href="/e/sol/sincronizacao/${shown}"`));
  };
  expect(await inHistory('')).toEqual([true, true]);
  expect(await inHistory('?fonte=form-vibes')).toEqual([false, true]);
  expect(await inHistory('?fonte=cart-abandonment')).toEqual([true, false]);
});
