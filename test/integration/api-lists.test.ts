// What the four lists have in common: search, filters, order and pages in the address, selections and what is done to them, saved filters.
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { TenantId } from '#shared/ids.ts';
import { createLog } from '#shared/log.ts';
import { type ListDefinition, listDefinitions } from '#web/list-filters.ts';
import { type ListName, listQuery, parseListChoice } from '#web/lists.ts';
import { createApp } from '../../api/app.ts';
import { openDatabase } from '../../api/db.ts';
import { createKeep } from '../../api/kept.ts';
import { readPage } from '../../api/lists/read.ts';
import { openList } from '../../api/lists/sources.ts';
import { createProgressFeed } from '../../api/progress-feed.ts';
import { openSearch, searchMatches } from '../../api/queries/search.ts';
import { loadStaticFiles } from '../../api/static-files.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let db: ReturnType<typeof openDatabase>;
const idOf: Record<string, string> = {};

async function addLead(
  name: string | null,
  values: { email?: string; phone?: string; raw?: string; days?: number } = {},
) {
  const { id, siteId } = lab.sol;
  const [row] = await lab.owner<{ id: string }[]>`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, email, phone_e164, phone_raw,
                       phone_status, phone_kind, source_hash, first_seen_at, changed_at)
    values (${id}, ${siteId}, 'form-vibes', ${100 + Object.keys(idOf).length}, '-', now() - make_interval(days => ${values.days ?? 1}), 'elementor', 'f1',
            ${name}, ${values.email ?? null}, ${values.phone ?? null}, ${values.raw ?? values.phone ?? null},
            ${values.phone ? 'valid' : values.raw ? 'invalid' : 'empty'}, ${values.phone ? 'mobile' : null}, 1, now(), now())
    returning id`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, 'not_customer', captured_at, now() from leads where id = ${row!.id}`;
  idOf[name ?? 'nobody'] = row!.id;
  return row!.id;
}

beforeAll(async () => {
  lab = await createWebLab();
  db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1 });
  await addLead('Ângela D’Ávila', { email: 'angela.davila@loja.example', phone: '+5551987651234' });
  await addLead('JOÃO da Conceição', { email: 'joao@correio.example', phone: '+5555999887766' });
  await addLead('Joana Prado', { raw: '8765-4444', days: 50 });
  await addLead('👩‍🦱 Łucja Ćwik', { phone: '+48601345678' });
});
afterAll(async () => {
  await db.close();
  await lab.close();
});

const found = (text: string, isMasked = false) =>
  db.withTenant(lab.sol.id as never, async (tx) => {
    const search = await openSearch(tx, text, { isMasked, searched: 'lead' });
    const read = async (form: typeof search) => {
      const rows = await tx<{ name: string }[]>`
        select l.name from leads l where l.id <> ${lab.sol.leadId} ${searchMatches(tx, form, 'lead', tx`l.id`)} order by l.id`;
      return rows.map(({ name }) => name.split(' ')[0]);
    };
    const names = await read(search);
    // as where they are too many to be named
    expect(await read(search && { ...search, found: null })).toEqual(names);
    return names;
  });

test('people are found by words without accents, e-mail or its domain, and a phone in any format', async () => {
  const expected: Record<string, string[]> = {
    angela: ['Ângela'],
    'AVILA ang': ['Ângela'],
    "d'ávila": ['Ângela'],
    joão: ['JOÃO'],
    joa: ['JOÃO', 'Joana'],
    'conceicao joao': ['JOÃO'],
    'joão prado': [],
    lucja: ['👩‍🦱'],
    cwik: ['👩‍🦱'],
    'angela.davila@loja.example': ['Ângela'],
    'ANGELA.DAVILA@': ['Ângela'],
    '@correio.example': ['JOÃO'],
    'correio.example': ['JOÃO'],
    'angela.davila': ['Ângela'],
    '(51) 98765-1234': ['Ângela'],
    '51 98765': ['Ângela'],
    '+55 51 98765-1234': ['Ângela'],
    '5551987651234': ['Ângela'],
    '051 98765-1234': ['Ângela'],
    '98765-1234': ['Ângela'],
    '8765-1234': ['Ângela'],
    '51 8765-1234': ['Ângela'],
    '1234': ['Ângela'],
    '651234': ['Ângela'],
    '8765': ['Ângela', 'Joana'],
    '55 99988': ['JOÃO'],
    '+48 601 345 678': ['👩‍🦱'],
    '601345678': ['👩‍🦱'],
    '8765 4444 joana': ['Joana'],
    '   ': ['Ângela', 'JOÃO', 'Joana', '👩‍🦱'],
    "'; drop table leads; --": [],
    '%': [],
    '\\': [],
  };
  const actual = Object.fromEntries(
    await Promise.all(Object.keys(expected).map(async (text) => [text, await found(text)])),
  );
  expect(actual).toEqual(expected);
});

const rowsOf = (html: string) =>
  [...html.matchAll(/<tr id="(?:lead|carrinho|pedido|cliente)-(\d+)"/g)].map((match) => match[1]!);
const linkOf = (html: string, rel: string) =>
  new RegExp(`<a href="([^"]+)"[^>]*rel="${rel}"`).exec(html)?.[1]?.replaceAll('&amp;', '&');

test('the page searches, a viewer by names and numbers only, and the search is a link', async () => {
  const operator = await lab.signIn(lab.sol, 'operator');
  const viewer = await lab.signIn(lab.sol, 'viewer');
  const ask = async (cookie: string, path: string) => await (await lab.get(`/e/sol/${path}`, cookie)).text();
  // In all days: she came 50 days ago.
  const html = await ask(operator, 'leads?busca=joana');
  expect(rowsOf(html)).toEqual([idOf['Joana Prado']]);
  expect(html).toContain('Busca: joana');
  expect(html).toContain('id="contagem-todos" class="tab-count">1<');
  expect(rowsOf(await ask(operator, 'leads?busca=98765-1234'))).toHaveLength(1);
  expect(rowsOf(await ask(viewer, 'leads?busca=98765-1234'))).toEqual([]);
  expect(rowsOf(await ask(viewer, 'leads?busca=joana'))).toHaveLength(1);
  for (const path of [
    'pedidos?busca=4823',
    'carrinhos?busca=souza',
    'clientes?busca=cliente-sol@exemplo.example',
    'clientes?busca=maria+11987',
  ])
    expect([path, rowsOf(await ask(operator, path)).length > 0]).toEqual([path, true]);
  await lab.owner`update leads set name = 'Outra Pessoa' where id = ${idOf['Joana Prado']!}`;
  expect(rowsOf(await ask(operator, 'leads?busca=joana'))).toEqual([]);
  expect(rowsOf(await ask(operator, 'leads?busca=outra'))).toHaveLength(1);
  await lab.owner`
    update leads set name = 'Joana Prado', page_url = 'https://sol.example.com/Promo/?utm_source=x' where id = ${idOf['Joana Prado']!}`;
  const onPage = await ask(
    operator,
    `leads?periodo=tudo&endereco=${encodeURIComponent('https://www.sol.example.com/promo/?y=1')}`,
  );
  expect(rowsOf(onPage)).toEqual([idOf['Joana Prado']]);
  expect(onPage).toContain('<datalist id="conhecidos-endereco"><option value="/Promo/">');
  const pushed = await lab.get('/e/sol/leads?busca=&telefone=&cliente=virou&por_pagina=50', operator, {
    'HX-Request': 'true',
  });
  expect(pushed.headers.get('HX-Push-Url')).toBe('/e/sol/leads?cliente=virou');
});

test('every value of every filter in every order gives a page that leads back to itself', async () => {
  const cookie = await lab.signIn(lab.sol, 'operator');
  const own = { loja: 'loja', formulario: 'elementor:f1', com_etiqueta: '1', operador: '1' } as Record<string, string>;
  for (const [list, definition] of Object.entries(listDefinitions)) {
    const { filters, sorts, tabs, tabParam }: ListDefinition = definition;
    // What else stands in the address of a list, and in that of its live connection.
    const taken = [
      'pagina',
      'id',
      'contagem',
      'feito',
      'busca',
      'periodo',
      'de',
      'ate',
      'ordem',
      'por_pagina',
      'apos',
      'antes',
    ];
    expect([...taken, tabParam].filter((name) => name in filters)).toEqual([]);
    const [sort] = Object.keys(sorts).slice(-1);
    const queries = [
      ...Object.entries(filters).flatMap(([name, filter]) =>
        (filter.kind === 'choice'
          ? Object.keys(filter.values).slice(name === 'uf' ? -1 : 0)
          : [own[name] ?? (filter.kind === 'currency' ? 'BRL' : '12')]
        ).map((value) => ({ [name]: value })),
      ),
      ...Object.keys(sorts).map((ordem) => ({ ordem })),
      ...Object.keys(tabs).map((tab) => ({ [tabParam]: tab, ordem: sort! })),
    ];
    for (const query of queries) {
      const asked = { ...query, periodo: 'tudo' };
      const problem = await db.withTenant(lab.sol.id as never, async (tx) => {
        const request = {
          list: list as ListName,
          query: asked,
          timeZone: 'America/Sao_Paulo',
          now: new Date(),
          isMasked: false,
        };
        const { choice, sql, count } = await openList(tx, request);
        const { rows } = await readPage(tx, sql, choice, asked);
        const counts = await count(tx);
        const again = parseListChoice(request.list, listQuery(request.list, choice), request);
        expect([list, asked, again]).toEqual([list, asked, choice]);
        return rows.length === counts[choice.tab] ? null : [rows.length, counts[choice.tab]];
      });
      expect([list, asked, problem]).toEqual([list, asked, null]);
    }
  }
  const told = await lab.get('/e/sol/carrinhos?valor_min=x<b>&de=31/01&ordem=nada&apos=LXw1&telefone=com', cookie);
  expect(told.status).toBe(200);
  expect(await told.text()).toMatch(
    /Não entendemos e deixamos de fora: <bdi>De: 31\/01 · Valor a partir de: x&lt;b&gt; · Ordem: nada<\/bdi>[\s\S]*não vale mais/,
  );
  expect(await (await lab.get('/e/sol/carrinhos?valor_min=&de=&ordem=&apos=', cookie)).text()).not.toContain(
    'class="list-unread"',
  );
});

test('each order pages over all rows once, forward and back, where values are equal or missing', async () => {
  const { id, siteId } = lab.lua;
  const cookie = await lab.signIn(lab.lua, 'operator');
  await lab.owner`
    insert into orders (tenant_id, site_id, external_id, storage, wc_status, class, currency, total, total_minor, email, created_at, source_hash,
                        first_seen_at, changed_at)
    select ${id}, ${siteId}, n, 'hpos', 'completed', (array['paid', 'void'])[1 + n % 2], 'BRL', n % 7, (n % 7) * 100, n || '@achado.example',
           case when n % 5 > 0 then date_trunc('hour', now()) - make_interval(hours => n / 9) end, 1, now(), now()
    from generate_series(1, 229) n`;
  // Names that differ in case and accents only are equal, and some leads have none.
  await lab.owner`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, email, name, phone_status, source_hash,
                       first_seen_at, changed_at)
    select ${id}, ${siteId}, 'form-vibes', 500 + n, '-', now() - make_interval(hours => n), 'elementor', 'f1', n || '@achado.example',
           (array['zoé', 'Zoe', '“Ávila”', 'avila b', null, '!', 'Łucja'])[1 + n % 7], case when n % 10 = 0 then 'valid' else 'empty' end, 1, now(), now()
    from generate_series(1, 229) n`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, 'not_customer', captured_at, now() from leads where tenant_id = ${id} and external_id > 500`;
  const orders = ['recentes', 'antigos', 'maior_valor', 'menor_valor'].map((ordem) => ['pedidos', ordem]);
  // What a search found is read in another way.
  const asked = [...orders, ['leads', 'nome']].flatMap(([list, ordem]) =>
    ['', '@achado.example'].map((busca) => ({ list, ordem, busca })),
  );
  for (const { list, ordem, busca } of asked) {
    const forward: string[][] = [];
    let path: string | undefined = `/e/lua/${list}?periodo=tudo&ordem=${ordem}&busca=${busca}`;
    let html = '';
    while (path) {
      html = await (await lab.get(path, cookie)).text();
      forward.push(rowsOf(html));
      path = linkOf(html, 'next');
    }
    const back: string[][] = [];
    for (path = linkOf(html, 'prev'); path; path = linkOf(html, 'prev')) {
      html = await (await lab.get(path, cookie)).text();
      back.unshift(rowsOf(html));
    }
    expect([ordem, busca, forward.map((rows) => rows.length)]).toEqual([
      ordem,
      busca,
      [50, 50, 50, 50, busca ? 29 : 30],
    ]);
    expect(new Set(forward.flat()).size).toBe(busca ? 229 : 230);
    expect(back).toEqual(forward.slice(0, -1));
  }
  expect(rowsOf(await (await lab.get('/e/lua/pedidos?periodo=tudo&por_pagina=200', cookie)).text())).toHaveLength(200);
  const byName = await (await lab.get('/e/lua/leads?periodo=tudo&ordem=nome&por_pagina=200', cookie)).text();
  const names = [...byName.matchAll(/class="row-link"[^>]*><bdi>([^<]*)</g)].map(([, name]) => name!);
  const groups = names.map((name) => (/^zo/i.test(name) ? 'Zoé' : /^(?:!|Sem nome)$/.test(name) ? '' : name));
  expect(groups.filter((name, index) => name !== groups[index - 1])).toEqual([
    '“Ávila”',
    'avila b',
    'Łucja',
    'Maria Souza',
    'Zoé',
    '',
  ]);
  // 229 less the 22 tens, under the tab and as the filter that the words lead to
  const [, href, words] = /id="resumo-lista"[\s\S]*?<a href="([^"]+)"[^>]*>([^<]*)</.exec(byName)!;
  expect(words).toBe('207 sem telefone válido');
  const without = await (await lab.get(href!.replaceAll('&amp;', '&'), cookie)).text();
  expect(without).toContain('class="tab-count">207<');
  expect(without).not.toContain('sem telefone válido</a>');
  expect(await (await lab.get('/e/lua/leads?periodo=tudo&cliente=virou', cookie)).text()).not.toContain('sem telefone');
});

test('a selection is marked, tagged and exported; who is out is told by reason; many and what is hard to mend are confirmed by the count', async () => {
  const { sol } = lab;
  const cookie = await lab.signIn(sol, 'operator');
  const post = (form: Record<string, string> | string[][]) =>
    lab.app.request('/e/sol/selecao', {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' },
    });
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id, phone_kind)
    select tenant_id, 'p:' || phone_e164, 'lead', id, phone_kind from leads where tenant_id = ${sol.id} and phone_e164 is not null`;
  const ticked = ['Ângela D’Ávila', 'JOÃO da Conceição', 'Joana Prado'].map((name) => ['registros', idOf[name]!]);
  const base = [
    ['lista', 'leads'],
    ['filtro', 'cliente=ainda_nao&busca=x'],
  ];

  const done = await post([...base, ...ticked, ['ato', 'whatsapp']]);
  expect([done.status, done.headers.get('Location')]).toEqual([
    303,
    '/e/sol/leads?cliente=ainda_nao&busca=x&feito=whatsapp%3A2%2Cno_address%3A1',
  ]);
  expect(await (await lab.get(done.headers.get('Location')!, cookie)).text()).toContain(
    '2 leads com o WhatsApp marcado como enviado. Ficaram como estavam: 1 sem endereço para este canal.',
  );
  expect((await post([...base, ...ticked, ['ato', 'whatsapp']])).headers.get('Location')).toContain(
    'whatsapp%3A0%2Cmarked%3A2',
  );
  expect((await post([...base, ...ticked, ['ato', 'email']])).headers.get('Location')).toContain(
    'email%3A0%2Ccool_down%3A2',
  );
  expect(
    (await post([...base, ...ticked, ['ato', 'etiqueta'], ['etiqueta', 'Vale a pena']])).headers.get('Location'),
  ).toContain('etiqueta%3A3');
  const [tag] = await lab.owner<{ id: string }[]>`select id from tags where name = 'Vale a pena'`;
  expect(
    rowsOf(await (await lab.get(`/e/sol/leads?periodo=tudo&com_etiqueta=${tag!.id}`, cookie)).text()),
  ).toHaveLength(3);
  expect((await post([...base, ...ticked, ['ato', 'exportar']])).headers.get('Location')).toMatch(
    /^\/e\/sol\/exportacoes\/nova\?lista=leads&registros=\d+%2C\d+%2C\d+$/,
  );

  const asked = await post([...base, ...ticked, ['ato', 'nao_contatar'], ['motivo', 'pediu']]);
  expect(asked.status).toBe(200);
  expect(await asked.text()).toContain('Para confirmar, digite o número 3');
  expect(await lab.owner`select 1 from opt_outs where tenant_id = ${sol.id}`).toHaveLength(0);
  expect((await post([...base, ...ticked, ['ato', 'nao_contatar'], ['confirmacao', '4']])).status).toBe(422);
  expect(
    (await post([...base, ...ticked, ['ato', 'nao_contatar'], ['confirmacao', '3']])).headers.get('Location'),
  ).toContain('nao_contatar%3A2');

  await lab.owner`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_e164, phone_status, phone_kind,
                       source_hash, first_seen_at, changed_at)
    select ${sol.id}, ${sol.siteId}, 'form-vibes', 1000 + n, '-', now() - interval '3 hours', 'elementor', 'massa', 'Massa ' || n, '+55119' || (80000000 + n),
           'valid', 'mobile', 1, now(), now() from generate_series(1, 104) n`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, 'not_customer', captured_at, now() from leads where form_id = 'massa'`;
  const all = [
    ['lista', 'leads'],
    ['filtro', 'busca=massa&por_pagina=50'],
    ['todos', '1'],
    ['ato', 'situacao'],
    ['situacao', 'potential'],
  ];
  expect(await (await post(all)).text()).toContain('digite o número 104');
  expect((await post([...all, ['confirmacao', '104']])).headers.get('Location')).toContain('situacao%3A104');
  expect(rowsOf(await (await lab.get('/e/sol/leads?situacao=potencial&por_pagina=200', cookie)).text())).toHaveLength(
    104,
  );
  expect((await post([...base, ['ato', 'whatsapp']])).status).toBe(422);
  expect(
    await lab.owner`select facts from audit_log where action = 'list.changed' order by id desc limit 1`,
  ).toMatchObject([{ facts: { act: 'situacao', selected: 104, done: 104 } }]);
});

test('a saved filter is its author’s or everybody’s, stands in the menu, and leads to its rows; the log tells who wrote to whom', async () => {
  const [ana, bia, owner] = [
    await lab.signIn(lab.sol, 'operator'),
    await lab.signIn(lab.sol, 'operator'),
    await lab.signIn(lab.sol),
  ];
  const save = (cookie: string, form: Record<string, string>) =>
    lab.post('/e/sol/segmentos', { lista: 'leads', ...form }, cookie);
  expect((await save(ana, { nome: '' })).status).toBe(422);
  const saved = await save(ana, {
    nome: 'Meus <b>',
    filtro: 'contato=nenhum&lixo=1&cliente=ja_era',
    no_menu: '1',
    para_todos: '1',
  });
  expect(saved.headers.get('Location')).toBe('/e/sol/leads?cliente=ja_era&contato=nenhum');
  await save(owner, { nome: 'De todos', filtro: 'busca=massa', para_todos: '1', no_menu: '1' });
  const menu = async (cookie: string) =>
    [...(await (await lab.get('/e/sol/pedidos', cookie)).text()).matchAll(/nav-pinned[^>]*>.*?<span>([^<]*)</gs)].map(
      (match) => match[1],
    );
  expect([await menu(ana), await menu(bia)]).toEqual([['De todos', 'Meus &lt;b&gt;'], ['De todos']]);
  const [own] = await lab.owner<{ id: string }[]>`select id from segments where name = 'Meus <b>'`;
  expect((await lab.post(`/e/sol/segmentos/${own!.id}/apagar`, {}, bia)).status).toBe(404);
  expect((await lab.post(`/e/sol/segmentos/${own!.id}/menu`, { no_menu: '' }, ana)).status).toBe(303);
  expect(await menu(ana)).toEqual(['De todos']);
  expect((await lab.post(`/e/sol/segmentos/${own!.id}/apagar`, {}, ana)).status).toBe(303);

  const log = await (await lab.get('/e/sol/contatos?canal=whatsapp', ana)).text();
  expect(log).toContain('2 contatos no período');
  expect(log).toContain('Ângela D’Ávila');
  expect(await (await lab.get('/e/sol/contatos?canal=email&periodo=hoje', ana)).text()).toContain(
    'Nenhum contato neste período.',
  );
});

test('a list that can’t be read says so with a code and a way to try again; a database that is away says that', async () => {
  const cookie = await lab.signIn(lab.sol, 'operator');
  await lab.owner`alter table lead_days rename to lead_days_gone`;
  const failed = await lab.get('/e/sol/leads', cookie, { 'HX-Request': 'true', 'HX-Request-Type': 'partial' });
  await lab.owner`alter table lead_days_gone rename to lead_days`;
  expect(failed.status).toBe(500);
  expect(await failed.text()).toMatch(
    /^<div class="empty" role="alert">[\s\S]*Não foi possível carregar esta lista\.[\s\S]*<a href="\/e\/sol\/leads">Tentar de novo<\/a> · código [0-9A-F]{4}/,
  );
  const { assets, routes } = loadStaticFiles();
  const gone = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none', role: 'carrinho_api', max: 1 });
  const log = createLog(() => {});
  const deps = { db: gone, readDb: gone, log, assets, publicUrl: 'http://carrinho.example', now: () => new Date() };
  const feed = createProgressFeed(deps);
  const away = createApp({ deps: { ...deps, feed, keep: createKeep({ ...deps, feed }) }, staticRoutes: routes });
  const answer = await away.request('/e/sol/leads', { headers: { Cookie: cookie } });
  await gone.close();
  expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '5']);
  expect(await answer.text()).toContain('O banco de dados não está respondendo. Tente de novo em instantes.');
});

test('a report is read through the connections of the replica, which can write nothing', async () => {
  const readers = async () => {
    const [row] = await lab.owner<{ count: number }[]>`
      select count(*)::int as count from pg_stat_activity where application_name = 'replica' and datname = current_database()`;
    return row!.count;
  };
  expect(await readers()).toBe(0);
  expect((await lab.get('/e/sol/relatorios/produtos', await lab.signIn(lab.sol))).status).toBe(200);
  expect(await readers()).toBeGreaterThan(0);
  const readDb = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 1, isReadOnly: true });
  const write = readDb.withTenant(lab.sol.id as TenantId, (tx) => tx`update leads set name = 'outro'`);
  await expect(write).rejects.toThrow('read-only transaction');
  await readDb.close();
});
