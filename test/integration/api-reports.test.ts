// Relatórios against a company that is counted by hand: every number of every report, and behind every link a list with exactly so many rows.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

const hostile = '<script>alert(1)</script> 😀';
const formula = '=HYPERLINK("http://example.com")';
const slug = 'empresa-1';
/** A Monday in January, at noon in São Paulo, and everything else by hours from it; all windows are closed by now. */
const monday = Date.parse('2026-01-05T15:00:00Z');
const at = (hours: number) => new Date(monday + hours * 3_600_000).toISOString();
const period = 'de=2026-01-05&ate=2026-01-18';

let lab: WebLab;
let world: World;
let company: Company;
let cookie: string;

beforeAll(async () => {
  lab = await createWebLab();
  world = await openWorld(lab.databaseUrl);
  company = await world.createCompany();
  cookie = await lab.signIn({ ...lab.sol, id: company.tenantId, slug });
  const cart = (id: number, hours: number, products = [101]) =>
    company.cart({ id, emails: [`p${id}@example.com`], firstAt: at(hours), products, pluginStatus: 'lost' });
  const order = (id: number, hours: number) =>
    company.order({ id, emails: [`p${id}@example.com`], createdAt: at(hours), total: '80.00' });
  // First week: eight carts at noon on Monday; four come back, after half an hour, 5 hours, 3 days and 10 days; one of them after a contact.
  // The first of them was abandoned, seen again after three hours, and bought half an hour later.
  for (let id = 2; id <= 8; id++) await cart(id, 0, id <= 6 ? [101] : [101, 102]);
  const seen = { id: 1, emails: ['p1@example.com'], firstAt: at(0), layAt: at(1), lastAt: at(3), products: [101] };
  await company.cart({ ...seen, pluginStatus: 'lost' });
  await order(1, 3.5);
  await order(2, 5);
  await order(3, 75);
  await order(4, 240);
  // Second week: three carts on Wednesday at 9 in the evening, one comes back the next day; and one that was bought before it began.
  for (let id = 11; id <= 13; id++) await cart(id, 7 * 24 + 57);
  await order(11, 7 * 24 + 80);
  await cart(14, 7 * 24 + 57, [103]);
  await company.order({ id: 14, emails: ['p14@example.com'], createdAt: at(7 * 24 + 40) });
  for (const [code, id, hours] of [
    ['codigo0003', 3, 70],
    ['codigo0005', 5, 30],
  ] as const) {
    await company.contact({ code, about: { entity: 'cart', id: await company.idOf('cart', id) }, at: at(hours) });
  }
  await company.lead({ id: 1, emails: ['l1@example.com'], capturedAt: at(1) });
  await company.lead({ id: 2, emails: ['l2@example.com'], capturedAt: at(25) });
  // Five people who bought for the first time in March: one again in April and in June, one in April.
  for (const [id, email, day] of [
    [301, 'r1', '2025-03-10'],
    [302, 'r1', '2025-04-15'],
    [303, 'r1', '2025-06-20'],
    [304, 'r2', '2025-03-20'],
    [305, 'r2', '2025-04-01'],
    [306, 'r3', '2025-03-05'],
    [307, 'r4', '2025-03-06'],
    [308, 'r5', '2025-03-07'],
  ] as const)
    await company.order({ id, emails: [`${email}@example.com`], createdAt: `${day}T15:00:00Z`, total: '80.00' });
  // Somebody with five orders of the last days.
  for (let id = 401; id <= 405; id++)
    await company.order({
      id,
      emails: ['q1@example.com'],
      createdAt: new Date(Date.now() - (id - 400) * 86_400_000).toISOString(),
      total: '80.00',
    });
  // Thirty-two leads of February: six invalid phones, and two that gave the same one.
  for (let id = 501; id <= 532; id++) {
    const phones = id <= 526 ? [`+55119876500${id === 502 ? '01' : String(id).slice(1)}`] : [];
    await company.lead({ id, phones, capturedAt: '2026-02-03T15:00:00Z' });
  }
  const { owner } = world;
  await owner.query(
    `update leads set phone_status = case when external_id <= 526 then 'valid' else 'invalid' end, phone_kind = case when external_id <= 526 then 'mobile' end,
                      phone_raw = '(11) 9876-54', phone_reason = case when external_id > 530 then 'missing_area_code' end,
                      phone_e164 = (select substr(key, 3) from match_keys k where k.tenant_id = $1 and k.entity = 'lead' and k.entity_id = leads.id)
     where tenant_id = $1 and external_id > 500`,
    [company.tenantId],
  );
  await owner.query(
    `update contacts set user_id = (select user_id from memberships where tenant_id = $1) where tenant_id = $1`,
    [company.tenantId],
  );
  await owner.query(
    `update cart_items set line_total = 50 - product_id + 100, name = case product_id when 101 then $2 when 102 then $3 else 'Bolsa' end where tenant_id = $1`,
    [company.tenantId, hostile, formula],
  );
  await company.queued(new Date().toISOString());
  await company.all(new Date().toISOString());
}, 120_000);
afterAll(async () => {
  await world?.close();
  await lab?.close();
});

const unescaped = (text: string) =>
  text.replaceAll('&amp;', '&').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&quot;', '"');
const page = async (path: string) => {
  const response = await lab.get(`/e/${slug}/relatorios/${path}`, cookie);
  expect([path, response.status]).toEqual([path, 200]);
  return await response.text();
};

/** The rows of a table of a report, as they are read. */
function rowsOf(html: string, id: string): string[][] {
  const table = new RegExp(`report-${id}">.*?</table>`, 's').exec(html)![0];
  return [...table.matchAll(/<tr>(.*?)<\/tr>/gs)].slice(1).map(([, row]) =>
    [...row!.matchAll(/<t[hd][^>]*>(.*?)<\/t[hd]>/gs)].map(([, cell]) =>
      unescaped(cell!.replace(/<span class="hidden">.*?<\/span>/g, '').replace(/<[^>]+>/g, ' '))
        .replace(/\s+/g, ' ')
        .trim(),
    ),
  );
}

/** Opens every link of a report; gives how many there were. */
async function followAll(path: string): Promise<number> {
  const links = [...(await page(path)).matchAll(/<a class="figure" href="([^"]+)" data-count="(\d+)"/g)];
  for (const [, escaped, count] of links) {
    const href = unescaped(escaped!);
    const response = await lab.get(href, cookie);
    const html = await response.text();
    const rows = href.includes('/contatos')
      ? Number(/>\s*(\d+|nenhum) contatos? no período/.exec(html)![1]!.replace('nenhum', '0'))
      : [...html.matchAll(/<tr id="/g)].length;
    expect([path, href, response.status, rows]).toEqual([path, href, 200, Number(count)]);
    expect(html).not.toContain('Não entendemos');
  }
  return links.length;
}

test('Recuperação: cohorts, time and contact as counted by hand, and every cell opens to its carts', async () => {
  const html = await page(`recuperacao?${period}`);
  expect(rowsOf(html, 'semanas')).toEqual([
    ['05/01 a 11/01', '8', '25,0%', '37,5%', '37,5%', '50,0%', '50,0%'],
    // a percentage of three carts says nothing
    ['12/01 a 18/01', '3', '1 de 3', '1 de 3', '1 de 3', '1 de 3', '1 de 3'],
  ]);
  expect(rowsOf(html, 'tempo').map(([label, , count]) => [label, count])).toEqual(
    [
      ['Até 1 hora', '1'],
      ['De 1 a 24 horas', '2'],
      ['De 1 a 3 dias', '·'],
      ['De 3 a 7 dias', '1'],
      ['De 7 a 14 dias', '1'],
      ['Mais de 14 dias', '·'],
    ].map(([label, count]) => [label, count === '·' ? '0' : count]),
  );
  expect(html).toContain('Metade voltou em até 23 horas; três quartos, em até 3,1 dias.');
  expect(rowsOf(html, 'contato')).toEqual([
    ['Contatada depois do começo', '2', '1 de 2'],
    ['Não contatada', '9', '44,4%'],
  ]);
  expect(html).not.toContain('report-open');
  expect(rowsOf(await page(`recuperacao?classe=com_contato&${period}`), 'semanas')[0]).toEqual([
    '05/01 a 11/01',
    '8',
    '0,0%',
    '12,5%',
    '12,5%',
    '12,5%',
    '12,5%',
  ]);
  expect(await followAll(`recuperacao?${period}`)).toBe(2 * 6 + 6 + 4);
  expect(await followAll(`recuperacao?classe=com_contato&${period}`)).toBe(2 * 6 + 6 + 4);
  // A week that the period cuts counts and opens only its days in it.
  expect(rowsOf(await page('recuperacao?de=2026-01-07&ate=2026-01-14'), 'semanas')).toEqual([
    ['12/01 a 14/01', '3', '1 de 3', '1 de 3', '1 de 3', '1 de 3', '1 de 3'],
  ]);
});

test('a week that is not over is hatched', async () => {
  await company.cart({
    id: 50,
    emails: ['agora@example.com'],
    firstAt: new Date(Date.now() - 7_200_000).toISOString(),
  });
  await company.queued(new Date().toISOString());
  const html = await page('recuperacao');
  expect(html.match(/report-open/g)).toHaveLength(5);
  expect(html).toContain('ainda em aberto');
});

test('Produtos: names as text, carts once, value in the company’s currency', async () => {
  const html = await page(`produtos?${period}`);
  expect(html).not.toContain('<script>alert');
  expect(rowsOf(html, 'produtos')).toEqual([
    [`${hostile} nº 101`, '11', '45,5%', 'R$ 294,00'],
    [`${formula} nº 102`, '2', '0 de 2', 'R$ 96,00'],
  ]);
  expect(await followAll(`produtos?${period}`)).toBe(6);
});

test('Horários: each kind by the company’s clock', async () => {
  const cells = async (subject: string) =>
    rowsOf(await page(`horarios?assunto=${subject}&${period}`), subject).flatMap(([hour, ...days]) =>
      days.flatMap((count, day) => (count === '·' ? [] : [`${day + 1} ${hour} ${count}`])),
    );
  expect(await cells('abandonos')).toEqual(['1 12 h 8', '3 21 h 3']);
  expect(await cells('leads')).toEqual(['1 13 h 1', '2 13 h 1']);
  expect(await cells('contatos')).toEqual(['4 10 h 1', '2 18 h 1']);
  expect(await cells('pedidos')).toEqual(['3 4 h 1', '4 12 h 1', '1 15 h 1', '4 15 h 1', '1 17 h 1', '4 20 h 1']);
  for (const subject of ['abandonos', 'leads', 'contatos', 'pedidos']) {
    expect(await followAll(`horarios?assunto=${subject}&${period}`)).toBeGreaterThan(1);
  }
});

test('Recorrência: cohorts by month, steps and the interval', async () => {
  const year = 'de=2025-03-01&ate=2025-12-31';
  const html = await page(`recorrencia?${year}`);
  expect(rowsOf(html, 'meses')[0]!.slice(0, 6)).toEqual(['mar. 2025', '5', '40,0%', '0,0%', '20,0%', '0,0%']);
  expect(rowsOf(html, 'passos')).toEqual([
    ['Da 1ª para a 2ª', '5', '40,0%'],
    ['Da 2ª para a 3ª', '2', '1 de 2'],
  ]);
  // 12, 36 and 66 days, as the panel has it
  expect(html).toContain('passam 36 dias');
  expect(await (await lab.get(`/e/${slug}/painel?${year}`, cookie)).text()).toContain('36 dias');
  expect(await followAll(`recorrencia?${year}`)).toBe(1 + 12 + 4);
});

test('RFM: the grid and the names are the same people', async () => {
  const html = await page('rfm');
  const grid = rowsOf(html, 'grade');
  expect(grid.map(([recency]) => recency)).toEqual(['R 5', 'R 4', 'R 3', 'R 2', 'R 1']);
  expect(grid[0]!.at(-1)).toBe('1 M 3');
  const count = (rows: string[][]) =>
    rows.flatMap(([, ...cells]) => cells).reduce((sum, cell) => sum + (Number.parseInt(cell, 10) || 0), 0);
  const groups = rowsOf(html, 'grupos').map(([name, people]) => [name!.split(' ')[0]!, people!]);
  expect(groups[0]).toEqual(['Campeões', '1']);
  expect(count(groups)).toBe(count(grid));
  expect(await followAll('rfm')).toBeGreaterThan(6);
  const viewer = await lab.signIn({ ...lab.sol, id: company.tenantId, slug }, 'viewer');
  expect(await (await lab.get(`/e/${slug}/relatorios/rfm`, viewer)).text()).not.toContain('exportacoes/nova');
});

test('Qualidade: phones by form and week, and the form that brings bad ones is told of without anybody’s number', async () => {
  const february = 'de=2026-02-01&ate=2026-02-28';
  const html = await page(`qualidade?${february}`);
  const counts = ['32', '81,3%', '0,0%', '18,8%', '6,3%', '0,0%', '0,0%', '3,1%'];
  expect(rowsOf(html, 'formularios')).toEqual([['1', ...counts]]);
  expect(rowsOf(html, 'semanas')).toEqual([['02/02 a 08/02', ...counts]]);
  expect(html).toContain('1: 18,8% dos telefones são inválidos.');
  expect(html).toContain('(99) 9999-99.');
  expect(html).not.toContain('9876-54');
  expect(await followAll(`qualidade?${february}`)).toBe(16);
});

test('Equipe: what each did, for administrators', async () => {
  const html = await page(`equipe?${period}`);
  expect(rowsOf(html, 'equipe')).toEqual([['Pessoa 1', '2', '2', '0', '2', '1 de 2', 'R$ 80,00']]);
  expect(await followAll(`equipe?${period}`)).toBe(6);
  const operator = await lab.signIn({ ...lab.sol, id: company.tenantId, slug }, 'operator');
  expect((await lab.get(`/e/${slug}/relatorios/equipe`, operator)).status).toBe(403);
  expect(await (await lab.get(`/e/${slug}/relatorios`, operator)).text()).not.toContain('/relatorios/equipe');
});

test('Resumo: any day, as text and as numbers that open', async () => {
  const html = await page('resumo?dia=2026-01-05');
  expect(rowsOf(html, 'dia')).toEqual([
    ['Leads', '1', '—'],
    ['Leads que já eram clientes', '0', '—'],
    ['Carrinhos abandonados', '4', 'R$ 400,00'],
    ['Aguardando pagamento', '0', 'R$ 0,00'],
    ['Recuperados (pedidos do dia)', '2', 'R$ 160,00'],
    ['Pedidos pagos', '2', 'R$ 160,00'],
    ['Contatos feitos', '0', '—'],
  ]);
  expect(html).toContain('resumo de 05/01/2026');
  expect(await followAll('resumo?dia=2026-01-05')).toBe(7);
  expect(await page('resumo?dia=ontem')).toContain('/relatorios/resumo/arquivo');
});

test('the files hold the table, with nothing that a spreadsheet calculates, and are logged', async () => {
  const csv = await lab.get(`/e/${slug}/relatorios/produtos/arquivo?formato=csv&${period}`, cookie);
  expect(csv.headers.get('Content-Disposition')).toMatch(
    /filename="empresa-1_relatorio_produtos_\d{4}-\d\d-\d\d\.csv"/,
  );
  expect(Buffer.from(await csv.arrayBuffer()).toString()).toBe(
    [
      '\ufeffProduto;Carrinhos;Recuperados;Recuperados (%);Valor ainda abandonado',
      `${hostile};11;5;45,5;294,00`,
      `"'${formula.replaceAll('"', '""')}";2;0;0;96,00`,
      '',
    ].join('\r\n'),
  );
  const xlsx = await lab.get(`/e/${slug}/relatorios/recuperacao/arquivo?formato=xlsx&${period}`, cookie);
  const { default: excel } = await import('exceljs');
  const book = new excel.Workbook();
  await book.xlsx.load(await xlsx.arrayBuffer());
  expect(book.worksheets.map(({ name }) => name)).toEqual([
    '1 Voltaram, por semana do carri',
    '2 Tempo até recuperar',
    '3 Com contato e sem contato',
    'Sobre',
  ]);
  expect(book.worksheets[0]!.getRow(2).values).toEqual([
    undefined,
    '05/01 a 11/01',
    8,
    2,
    25,
    3,
    37.5,
    3,
    37.5,
    4,
    50,
    4,
    50,
  ]);
  const logged = await lab.owner`select facts from audit_log where action = 'report.exported' order by id`;
  expect(logged.map(({ facts }) => facts)).toEqual([
    { report: 'produtos', format: 'csv', rows: 2 },
    { report: 'recuperacao', format: 'xlsx', rows: 10 },
  ]);
  const viewer = await lab.signIn({ ...lab.sol, id: company.tenantId, slug }, 'viewer');
  expect((await lab.get(`/e/${slug}/relatorios/produtos/arquivo`, viewer)).status).toBe(403);
  expect(await (await lab.get(`/e/${slug}/relatorios/produtos?${period}`, viewer)).text()).not.toContain('/arquivo');
});

test('another company sees none of it', async () => {
  const other = await lab.signIn(lab.lua);
  for (const name of ['recuperacao', 'produtos', 'horarios', 'recorrencia', 'qualidade', 'equipe']) {
    expect((await lab.get(`/e/${slug}/relatorios/${name}`, other)).status).toBe(404);
    const own = await (await lab.get(`/e/lua/relatorios/${name}?${period}`, other)).text();
    expect([name, own.includes('class="figure"')]).toEqual([name, false]);
  }
});
