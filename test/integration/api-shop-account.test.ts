// The account behind an order stands on its page and on the cart's, masked like every e-mail; whoever bought as a guest has none.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let cookie: string;
beforeAll(async () => {
  lab = await createWebLab();
  cookie = await lab.signIn(lab.sol);
});
afterAll(async () => await lab.close());

test('an order and its cart show the account that bought; without one there is no such line', async () => {
  const { id, siteId, orderId, cartId } = lab.sol;
  const pages = [`/e/sol/pedidos/${orderId}`, `/e/sol/carrinhos/${cartId}`];
  for (const page of pages) expect(await (await lab.get(page, cookie)).text()).not.toContain('Conta na loja');

  await lab.owner`update orders set customer_external_id = 77 where id = ${orderId}`;
  for (const tenant of [lab.sol, lab.lua]) {
    await lab.owner`
      insert into site_customers (tenant_id, site_id, external_id, source, email, first_name, last_name, registered_at, has_customer_role,
                                  is_paying_customer, source_hash, first_seen_at, changed_at)
      values (${tenant.id}, ${tenant.siteId}, 77, 'wordpress-customers', ${`Conta-${tenant.id}@exemplo.example`}, 'Rita', ${`<b>${tenant.id}`},
              '2024-03-09T12:00:00Z', true, true, 1, now(), now())`;
  }
  for (const page of pages) {
    const html = await (await lab.get(page, cookie)).text();
    expect(html).toContain('Conta na loja');
    expect(html).toContain(`Rita &lt;b&gt;${id}`);
    expect(html).toContain('cadastrada em 09/03/2024');
    expect(html).not.toContain(`conta-${lab.lua.id}@`);
  }
  await lab.owner`update site_customers set missing_since = now() where tenant_id = ${id} and site_id = ${siteId}`;
  expect(await (await lab.get(pages[0]!, cookie)).text()).toContain('removida na loja');
});
