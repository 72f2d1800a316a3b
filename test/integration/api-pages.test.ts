// What the pages show: hostile texts stay text, lists page by keyset without gaps, viewers see masked contacts, nobody else's mistakes
// become a blank page.
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createCart, createWebLab, type WebLab } from '../support/web-lab.ts';

const hostile = `"><img src=x onerror=alert(1)>' hx-get="/x" {{7*7}} </title><script>alert(2)</script>\r\ndata: x`;
let lab: WebLab;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab({ personName: hostile });
  cookie = await lab.signIn(lab.sol);
});
afterAll(async () => await lab.close());

const pages = () => ['/e/sol/carrinhos?situacao=todos', `/e/sol/carrinhos/${lab.sol.cartId}`, '/e/sol/sincronizacao'];
const fragment = { 'HX-Request': 'true', 'HX-Request-Type': 'partial', 'HX-Target': 'main#conteudo' };

test('names, items, numbers and errors of a shop are text on every page and fragment', async () => {
  for (const path of pages()) {
    for (const headers of [{}, fragment]) {
      const html = await (await lab.get(path, cookie, headers as Record<string, string>)).text();
      expect([path, html.includes('&lt;img src=x')]).toEqual([path, true]);
      expect([path, /<img src=x|<script>alert/.test(html)]).toEqual([path, false]);
    }
  }
});

test('an item whose product has no name any more is counted without one', async () => {
  const owned = {
    tenantId: lab.sol.id,
    siteId: lab.sol.siteId,
    personName: 'Sem Produto',
    email: 'sem@exemplo.example',
  };
  const id = await createCart(lab.owner, { ...owned, number: 900, status: 'abandoned', orderId: null });
  await lab.owner`update cart_items set name = null where cart_id = ${id}`;
  const html = await (await lab.get('/e/sol/carrinhos', cookie)).text();
  const row = html.split('<tr').find((part) => part.includes('Sem Produto'));
  expect(row).toContain('1 item');
  expect(row).not.toMatch(/NULL|null/);
  await lab.owner`delete from cart_statuses where cart_id = ${id}`;
});

test('no page carries inline scripts, styles or htmx code', async () => {
  for (const path of [...pages(), '/entrar']) {
    const html = await (await lab.get(path, path === '/entrar' ? '' : cookie)).text();
    expect([path, html.match(/<script(?![^>]*\bsrc=)|<style|\sstyle=|\shx-on|\son[a-z]+="|"js:|javascript:/g)]).toEqual(
      [path, null],
    );
  }
});

test('the same address gives the page, or its content when htmx asks for that', async () => {
  const page = await (await lab.get('/e/sol/carrinhos', cookie)).text();
  const content = await (await lab.get('/e/sol/carrinhos', cookie, fragment)).text();
  expect(page).toMatch(/^<!doctype html>/);
  expect(page).toContain('<main id="conteudo"');
  expect(content).toMatch(/^<title>/);
  expect(content).not.toContain('<main');
  expect(content).toContain('id="lista-carrinhos"');
});

test('what a person without rights to contacts sees is masked', async () => {
  const viewer = await lab.signIn(lab.sol, 'viewer');
  const html = await (await lab.get(`/e/sol/carrinhos/${lab.sol.cartId}`, viewer)).text();
  expect(html).not.toContain('cliente-sol@exemplo.example');
  expect(html).toContain('c***@');
});

test('the score of a match is shown with lines that add up', async () => {
  const html = await (await lab.get(`/e/sol/carrinhos/${lab.sol.cartId}`, cookie)).text();
  const table = /<table class="score">.*?<\/table>/s.exec(html)![0];
  const body = table.split('<tfoot>')[0]!;
  const points = [...body.matchAll(/<td class="score-points">\+(\d+)/g)].map((match) => Number(match[1]));
  expect(points).toEqual([50, 25, 10]);
  expect(table).toMatch(/<tfoot>.*85/s);
});

test('what is no id, no page and no cursor is answered calmly', async () => {
  expect((await lab.get('/e/sol/carrinhos/999999', cookie)).status).toBe(404);
  expect((await lab.get('/e/sol/carrinhos/1;drop', cookie)).status).toBe(404);
  expect((await lab.get('/e/sol/carrinhos?apos=lixo&de=2026-99-99&situacao=x', cookie)).status).toBe(200);
  const missing = await lab.get('/e/sol/nada', cookie, fragment);
  expect(missing.status).toBe(404);
  expect(await missing.text()).toMatch(/^<div class="empty" role="alert">.*código [0-9A-F]{4}/s);
});

test('when the database fails the page says so with a code that stands in the log', async () => {
  await lab.owner`alter table cart_statuses rename to away`;
  try {
    const response = await lab.get('/e/sol/carrinhos', cookie);
    expect(response.status).toBe(500);
    const html = await response.text();
    const code = /código ([0-9A-F]{4})/.exec(html)![1]!;
    expect(html).toContain('Tentar de novo');
    expect(html).not.toContain('cart_statuses');
    expect(lab.logLines.some((line) => line.includes('http.error') && line.includes(code))).toBe(true);
  } finally {
    await lab.owner`alter table away rename to cart_statuses`;
  }
});

test('a first visit weighs less than 100 KB', async () => {
  const html = await (await lab.get('/e/sol/carrinhos', cookie)).text();
  let bytes = Buffer.byteLength(html);
  for (const [, path] of html.matchAll(/(?:src|href)="(\/static\/[^"]+)"/g)) {
    const response = await lab.get(path!, '', { 'Accept-Encoding': 'gzip, br' });
    expect(response.headers.get('Cache-Control')).toContain('immutable');
    bytes += (await response.arrayBuffer()).byteLength;
  }
  expect(bytes).toBeLessThan(100_000);
});

describe('paging', () => {
  beforeAll(async () => {
    for (let number = 100; number < 220; number++) {
      await createCart(lab.owner, {
        tenantId: lab.lua.id,
        siteId: lab.lua.siteId,
        personName: `Pessoa ${number}`,
        email: `p${number}@exemplo.example`,
        number,
        status: 'abandoned',
        orderId: null,
      });
    }
    // Whole seconds, as shops have them: many carts share one.
    await lab.owner`
      update carts set last_activity_at = date_trunc('hour', now()) - make_interval(mins => (external_id / 7)::int) where tenant_id = ${lab.lua.id}`;
    await lab.owner`
      update cart_statuses s set last_activity_at = c.last_activity_at, first_activity_at = c.last_activity_at from carts c
      where c.tenant_id = s.tenant_id and c.id = s.cart_id and c.tenant_id = ${lab.lua.id}`;
  });

  test.each(['abandonados', 'todos'])('forwards and back over %s shows every cart once, newest first', async (tab) => {
    const lua = await lab.signIn(lab.lua);
    const rowsOf = (html: string) => [...html.matchAll(/<tr id="carrinho-(\d+)"/g)].map((match) => match[1]!);
    const linkOf = (html: string, rel: string) => {
      const link = new RegExp(`<a href="([^"]+)"[^>]*rel="${rel}"`).exec(html)?.[1];
      return link?.replaceAll('&amp;', '&');
    };
    const forward: string[][] = [];
    let path: string | undefined = `/e/lua/carrinhos?situacao=${tab}`;
    let html = '';
    while (path) {
      html = await (await lab.get(path, lua)).text();
      forward.push(rowsOf(html));
      path = linkOf(html, 'next');
    }
    const expected = await lab.owner<{ id: string }[]>`
      select s.cart_id as id from cart_statuses s where s.tenant_id = ${lab.lua.id} ${tab === 'todos' ? lab.owner`` : lab.owner`and status = 'abandoned'`}
      order by s.last_activity_at desc, s.cart_id desc`;
    expect(forward.flat()).toEqual(expected.map(({ id }) => id));
    expect(forward.map((page) => page.length)).toEqual([50, 50, expected.length - 100]);

    const back: string[][] = [];
    for (path = linkOf(html, 'prev'); path; path = linkOf(html, 'prev')) {
      html = await (await lab.get(path, lua)).text();
      back.unshift(rowsOf(html));
    }
    expect(back).toEqual(forward.slice(0, 2));
  });
});
