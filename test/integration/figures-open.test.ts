// Every number of the panel and of the Pedidos page is a link; the list behind it, walked to its last page, holds exactly the rows that the number
// counts and they add up to it.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { localDay } from '#shared/time-zone.ts';
import { moneyText, percentText } from '#web/format.ts';
import { Random } from '../../start/demo/random.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const now = new Date();
const hour = 3_600_000;
const ago = (hours: number) => new Date(now.getTime() - Math.round(hours * 3600) * 1000).toISOString();

let lab: WebLab;
let world: World;
let company: Company;
let cookie: string;
const slug = 'empresa-1';

beforeAll(async () => {
  lab = await createWebLab();
  world = await openWorld(lab.databaseUrl);
  company = await world.createCompany({ siteCount: 2 });
  cookie = await lab.signIn({ ...lab.sol, id: company.tenantId, slug });
  const random = new Random(5);
  const people = Array.from({ length: 60 }, (_, index) => `pessoa${index}@example.com`);
  const someone = () => [random.pick(people)];
  for (let id = 1; id <= 170; id++) {
    const first = 2 + random.below(70 * 24);
    await company.cart({
      id,
      emails: random.chance(0.1) ? [] : someone(),
      firstAt: ago(first),
      lastAt: ago(Math.max(1.5, first - random.below(40))),
      total: `${10 + random.below(300)}.90`,
      pluginStatus: random.pick(['abandoned', 'abandoned', 'lost', 'normal']),
    });
  }
  for (let id = 1; id <= 110; id++) {
    const status = random.pick(['completed', 'processing', 'completed', 'on-hold', 'pending', 'cancelled', 'failed']);
    await company.order({
      id,
      emails: random.chance(0.05) ? [] : someone(),
      createdAt: ago(1 + random.below(status === 'on-hold' ? 6 * 24 : 65 * 24)),
      status,
      total: `${20 + random.below(400)}.37`,
      refunded: random.chance(0.2) ? '5.25' : '0',
      currency: random.chance(0.12) ? 'USD' : 'BRL',
    });
  }
  for (let id = 1; id <= 70; id++)
    await company.lead({ id, emails: someone(), capturedAt: ago(random.below(70 * 24)) });
  // Two carts that wait for one order, a cart in dollars, phones that are no WhatsApp, refunds on days of their own, a cart that somebody wrote to.
  await company.cart({ id: 201, emails: ['dupla@example.com'], firstAt: ago(30), total: '50.00' });
  await company.cart({ id: 202, emails: ['dupla@example.com'], firstAt: ago(29), total: '60.00' });
  await company.order({
    id: 201,
    emails: ['dupla@example.com'],
    createdAt: ago(20),
    status: 'on-hold',
    total: '77.00',
  });
  await company.order({ id: 202, emails: ['dolar@example.com'], createdAt: ago(10), currency: 'USD', total: '40.00' });
  await company.cart({ id: 203, emails: ['dolar@example.com'], firstAt: ago(15), total: '40.00' });
  await company.cart({
    id: 204,
    emails: ['agora@example.com'],
    firstAt: ago(0.2),
    pluginStatus: 'normal',
    wasAbandoned: false,
  });
  const sent = await company.cart({ id: 205, emails: ['avisada@example.com'], firstAt: ago(60) });
  await world.owner.query(
    `insert into contacts (tenant_id, entity, entity_id, channel, contacted_at) values ($1, 'cart', $2, 'whatsapp', $3)`,
    [company.tenantId, sent, ago(50)],
  );
  await company.order({ id: 205, emails: ['avisada@example.com'], createdAt: ago(40), total: '150.00' });
  await world.owner.query(
    `update carts set currency = 'USD' where tenant_id = $1 and external_id % 25 = 0;`.replace('$1', company.tenantId),
  );
  await world.owner.query(
    `update carts set phone_status = case when external_id % 2 = 0 then 'invalid' else 'valid' end, phone_kind = case when external_id % 2 = 1 then 'landline' end
     where tenant_id = $1 and external_id % 7 < 2`,
    [company.tenantId],
  );
  await world.owner.query(
    `insert into order_refunds (tenant_id, order_id, external_id, amount, refunded_at)
     select tenant_id, id, 1, 5.25, created_at + interval '9 days' from orders where tenant_id = $1 and refunded > 0`,
    [company.tenantId],
  );
  await world.owner.query(
    'update orders set tax_total = round(total / 10, 2), shipping_total = 7.5 where tenant_id = $1',
    [company.tenantId],
  );
  await company.queued(now.toISOString());
  await company.all(now.toISOString());
});
afterAll(async () => {
  await world?.close();
  await lab?.close();
});

type Row = Record<string, string>;
const walked = new Map<string, Promise<Row[]>>();

/** The data attributes of every row of a list, page after page. */
function walk(href: string): Promise<Row[]> {
  const known = walked.get(href);
  if (known) return known;
  const rows = (async () => {
    const found: Row[] = [];
    for (let next: string | undefined = href; next; ) {
      const response: Response = await lab.get(next, cookie);
      expect([next, response.status]).toEqual([next, 200]);
      const html = await response.text();
      for (const [tag] of html.matchAll(/<tr id="[^>]*>/g)) {
        found.push(
          Object.fromEntries(
            [...tag.matchAll(/(?:data-)?([a-z]+)="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
          ),
        );
      }
      next = /<a href="([^"]+)"[^>]*rel="next"/.exec(html)?.[1]?.replaceAll('&amp;', '&');
    }
    expect([href, new Set(found.map(({ id }) => id)).size]).toEqual([href, found.length]);
    return found;
  })();
  walked.set(href, rows);
  return rows;
}

const total = (rows: Row[], name: string) => rows.reduce((sum, row) => sum + BigInt(row[name]!), 0n);

/** What the rows add up to, as the page would write it. */
function added(sum: string, rows: Row[]): string {
  const money = (minor: bigint | number) => moneyText(String(minor), 'BRL');
  switch (sum) {
    case 'count':
      return String(rows.length);
    case 'rate': {
      const back = rows.filter(({ status }) => status === 'recovered' || status === 'purchased').length;
      return percentText(Math.round((back / rows.length) * 10_000) / 10_000);
    }
    case 'mean':
      return money(Math.round(Number(total(rows, 'net')) / rows.length));
    case 'report-mean': {
      const reported = rows.reduce((value, row) => value + Number(row.report), 0);
      return money(Math.round((100 * reported) / rows.filter((row) => row.reported === '1').length));
    }
    default:
      return money(total(rows, sum));
  }
}

/** `38 carrinhos` → `38`, `nenhum carrinho` → `0`; money and rates as they stand. */
function saidOf(sum: string, text: string): string {
  if (sum !== 'count') return text;
  return text.startsWith('nenhum') ? '0' : /\d[\d.]*/.exec(text)![0].replaceAll('.', '');
}

/** Follows every figure of a page; gives how many there were, by the way in which they add up. */
async function followAll(path: string): Promise<Record<string, number>> {
  const html = await (await lab.get(path, cookie)).text();
  const seen: Record<string, number> = {};
  for (const [, href, sum, text] of html.matchAll(
    /<a class="figure" href="([^"]+)" data-sum="([^"]+)">([^<]*)<\/a>/g,
  )) {
    const rows = await walk(href!.replaceAll('&amp;', '&'));
    const said = saidOf(sum!, text!.replaceAll('&nbsp;', '\u00a0'));
    expect({ path, href, sum, is: added(sum!, rows) }).toEqual({ path, href, sum, is: said });
    seen[sum!] = (seen[sum!] ?? 0) + 1;
  }
  expect(html.match(/class="figure"/g)).toHaveLength(Object.values(seen).reduce((sum, count) => sum + count, 0));
  return seen;
}

test.each([
  '',
  '?periodo=tudo',
  `?de=${localDay(new Date(now.getTime() - 60 * 24 * hour), 'America/Sao_Paulo')}&ate=${localDay(new Date(now.getTime() - 20 * 24 * hour), 'America/Sao_Paulo')}`,
])(
  'every figure of the panel opens to its rows: %s',
  async (query) => {
    walked.clear();
    const seen = await followAll(`/e/${slug}/painel${query}`);
    expect(seen.count).toBeGreaterThan(20);
    for (const sum of ['rate', 'minor', 'credited', 'mean', 'report-mean'])
      expect([sum, seen[sum] ?? 0]).not.toEqual([sum, 0]);
  },
  300_000,
);

test('the figures and the tabs of the lists open to their rows as well', async () => {
  walked.clear();
  expect(await followAll(`/e/${slug}/pedidos?periodo=tudo`)).toEqual({ net: 1, count: 2, mean: 1 });
  // the share of repeat customers is that of the two lists beside it
  const panel = await (await lab.get(`/e/${slug}/painel?periodo=tudo`, cookie)).text();
  const [, share, repeat, all] =
    /id="kpi-recorrencia".*?"tile-value">([^<]+)<.*?data-sum="count">(\d+)<.*?data-sum="count">(\d+) clientes</s.exec(
      panel,
    )!;
  expect(share).toBe(percentText(Math.round((Number(repeat) / Number(all)) * 10_000) / 10_000));
  walked.clear();
  for (const path of [
    'carrinhos?periodo=tudo',
    'carrinhos?conta=original&situacao=todos',
    'pedidos?periodo=tudo',
    'pedidos?moeda=USD&periodo=tudo',
    'leads?periodo=tudo',
  ]) {
    const html = await (await lab.get(`/e/${slug}/${path}`, cookie)).text();
    const tabs = [...html.matchAll(/<a href="([^"]+)" class="tab".*?class="tab-count">([^<]+)</gs)];
    expect(tabs.length).toBeGreaterThan(3);
    for (const [, href, count] of tabs) {
      const rows = await walk(href!.replaceAll('&amp;', '&'));
      expect([path, href, rows.length]).toEqual([path, href, Number(count!.replaceAll('.', ''))]);
    }
  }
});

test('a list says what it was narrowed to, and each word takes itself off', async () => {
  const html = await (
    await lab.get(`/e/${slug}/carrinhos?situacao=todos&conta=taxa&janela=encerrada&moeda=BRL&classe=nada`, cookie)
  ).text();
  const chips = /<p class="choices">.*?<\/p>/s.exec(html)![0];
  expect(
    chips
      .replace(/<[^>]+>/g, ' ')
      .replace(/\s+/g, ' ')
      .trim(),
  ).toBe(
    'Na taxa de recuperação × (tirar este filtro) Janela encerrada × (tirar este filtro) Em BRL × (tirar este filtro) Limpar',
  );
  expect(chips).toContain(`href="/e/${slug}/carrinhos?situacao=todos&amp;conta=taxa&amp;moeda=BRL"`);
});

test('each "?" says the period, the window and how fresh the copy is', async () => {
  const html = await (await lab.get(`/e/${slug}/painel?periodo=ontem`, cookie)).text();
  const help = /aria-label="O que é Taxa de recuperação\?".*?<\/details>/s.exec(html)?.[0] ?? '';
  expect(help).toMatch(/Período: \d\d\/\d\d\/\d{4}, pelo começo do carrinho, em dias de America\/Sao_Paulo\./);
  expect(help).toContain('de 48 h antes do começo do carrinho até 30 dias depois da última atividade');
  expect(help).toContain('Ainda sem uma sincronização completa.');
});
