// The command line as a person or a script uses it, on a real shop: from an empty database to figures, with what it prints and how it ends.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { commands, runCli } from '../../daemon/cli.ts';
import { createPool, type Pool } from '../../daemon/db.ts';
import { demoShops } from '../../start/demo/demo-shops.ts';
import { generateShop } from '../../start/demo/generate.ts';
import { createShopSchema } from '../../start/demo/schema.ts';
import { commandsOf, docsPages, readDocs, wordsOf } from '../support/docs-commands.ts';
import { createShopDatabase, createTestDatabase, type ShopDatabase } from '../support/servers.ts';

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let shop: ShopDatabase;
let owner: Pool;
let folder: string;
let passwordFile: string;

// Rows of many shapes, looked into field by field.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Row = Record<string, any>;
type Result = { code: number; text: string; rows: Row[] };

async function carrinho(...args: string[]): Promise<Result> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = {
    DATABASE_URL: database.url,
    DATA_DIR: folder,
    ALLOWED_SHOP_NETWORKS: '127.0.0.0/8',
    PUBLIC_URL: 'https://painel.example',
  };
  const code = await runCli(args, { env, stdout });
  const rows = args.includes('--json')
    ? text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line))
    : [];
  return { code, text, rows };
}

const connect = (...more: string[]) =>
  carrinho(
    'loja',
    'conectar',
    '--empresa=sol',
    '--nome=Loja Sol',
    '--host=127.0.0.1',
    `--porta=${shop.port}`,
    `--usuario=${shop.readerUser}`,
    `--banco=${shop.database}`,
    '--tls=desligado',
    '--json',
    ...more,
  );

beforeAll(async () => {
  [database, shop] = await Promise.all([createTestDatabase(), createShopDatabase()]);
  owner = createPool({ url: database.url, role: 'carrinho_owner', name: 'cli-test', max: 1 });
  folder = mkdtempSync(join(tmpdir(), 'cel-cli-'));
  passwordFile = join(folder, 'senha');
  writeFileSync(passwordFile, `${shop.readerPassword}\n`);
  await generateShop(shop.admin, {
    ...demoShops[0],
    database: shop.database,
    size: 'small',
    seed: 11,
    now: new Date(Date.now() - 120_000),
  });
});
afterAll(async () => {
  await owner?.end();
  await Promise.all([database?.drop(), shop?.drop()]);
  if (folder) rmSync(folder, { recursive: true, force: true });
});

describe('before anything is connected', () => {
  test('help names every command, and each command’s help has options and examples', async () => {
    const { code, text } = await carrinho('--ajuda');
    expect(code).toBe(0);
    const names = [
      'migrar',
      'empresa criar',
      'loja conectar',
      'loja mapear',
      'usuario link',
      'importar',
      'recalcular',
      'listar',
      'resumo',
      'conferir',
      'estado',
    ];
    for (const name of names) {
      expect(text).toContain(`  ${name} `);
      const help = await carrinho(...name.split(' '), '--help');
      expect(help.code).toBe(0);
      expect(help.text).toMatch(/Uso: carrinho .*\n[\s\S]*Opções:[\s\S]*Exemplos:\n {2}carrinho /);
    }
  });

  test.each([
    [['xyz'], 2, 'Comando desconhecido'],
    [['loja'], 2, 'Falta dizer o que fazer: loja conectar'],
    [['resumo'], 2, 'Falta a opção --empresa'],
    [['resumo', '--empresa=nao-ha'], 1, 'Não há empresa "nao-ha"'],
    [['empresa', 'listar', '--nada'], 2, 'Opção desconhecida: --nada'],
    [['empresa', 'criar', '--nome'], 2, 'precisa de um valor'],
    [['empresa', 'criar', '--nome=X', '--fuso=Marte/Base'], 2, 'não é um fuso horário'],
    [['empresa', 'criar', '--nome=X', '--corte=3'], 2, 'de 5 a 1440'],
    [['usuario', 'criar', '--email=x', '--empresa=sol'], 2, 'não é um e-mail'],
  ])('%j is answered with what is wrong', async (args, code, sentence) => {
    const result = await carrinho(...args, '--json');
    expect([result.code, result.rows[0]!.message]).toEqual([code, expect.stringContaining(sentence)]);
  });

  test('migrating a migrated database says that there is nothing to do', async () => {
    expect(await carrinho('migrar', '--json')).toMatchObject({ code: 0, rows: [{ applied: [] }] });
  });

  test('companies are created once, listed and edited', async () => {
    expect(
      (await carrinho('empresa', 'criar', '--nome=Sapataria São João', '--slug=sol', '--ddd=48', '--json')).rows[0],
    ).toMatchObject({ slug: 'sol' });
    expect((await carrinho('empresa', 'criar', '--nome=Outra', '--slug=sol', '--json')).rows[0]!.message).toContain(
      'Já existe',
    );
    expect(
      (await carrinho('empresa', 'editar', '--empresa=sol', '--janela-depois=480', '--json')).rows[0],
    ).toMatchObject({ needsRecompute: true });
    await carrinho('empresa', 'editar', '--empresa=sol', '--janela-depois=720');
    expect((await carrinho('empresa', 'listar', '--json')).rows).toMatchObject([
      { slug: 'sol', areaCode: '48', windowBeforeHours: 48, windowAfterHours: 720 },
    ]);
  });

  test('a user gets a link that carries the public address; the first owner’s link is there only while nobody is', async () => {
    expect((await carrinho('usuario', 'link', '--primeiro', '--json')).rows[0]!.link).toMatch(
      /^https:\/\/painel\.example\/entrar\/link\/[\w-]{40,}$/,
    );
    const user = await carrinho(
      'usuario',
      'criar',
      '--email=Ana@Exemplo.example',
      '--nome=Ana',
      '--empresa=sol',
      '--papel=admin',
      '--json',
    );
    expect(user.rows[0]).toMatchObject({ email: 'ana@exemplo.example', role: 'admin' });
    expect((await carrinho('usuario', 'link', '--primeiro', '--json')).rows[0]!.link).toBeNull();
    expect((await carrinho('usuario', 'link', '--email=ninguem@exemplo.example', '--json')).code).toBe(1);
  });
});

describe('connecting', () => {
  test('what is missing is told at once; a secret on the command line is no option', async () => {
    const { code, rows } = await carrinho('loja', 'conectar', '--empresa=sol', '--nome=X', '--json');
    expect(code).toBe(2);
    for (const option of ['--host', '--usuario', '--senha-arquivo', '--banco'])
      expect(rows[0]!.message).toContain(option);
    expect((await carrinho('loja', 'conectar', '--senha=x', '--json')).rows[0]!.message).toContain(
      'Opção desconhecida: --senha',
    );
  });

  test('a wrong password is told with its remedy, and nothing is saved', async () => {
    writeFileSync(join(folder, 'errada'), 'errada');
    const { code, rows } = await connect(`--senha-arquivo=${join(folder, 'errada')}`);
    expect([code, rows[0]!.error]).toEqual([1, 'mysql_access_denied']);
    expect((await carrinho('loja', 'listar', '--empresa=sol', '--json')).rows).toEqual([]);
  });

  test('two WordPress in one database are offered, not guessed', async () => {
    await createShopSchema(shop.admin, { database: shop.database, prefix: 'copia_', orderStorage: 'legacy' });
    const { code, rows } = await connect(`--senha-arquivo=${passwordFile}`);
    expect([code, rows[0]!.message]).toEqual([
      1,
      expect.stringMatching(
        /2 instalações[\s\S]*--prefixo=cli_[\s\S]*--prefixo=copia_|2 instalações[\s\S]*--prefixo=copia_[\s\S]*--prefixo=cli_/,
      ),
    ]);
  });

  test('the chosen one is connected, and what was found is said', async () => {
    const { code, rows } = await connect(`--senha-arquivo=${passwordFile}`, '--prefixo=cli_');
    expect(code).toBe(0);
    expect(rows[0]).toMatchObject({
      slug: 'loja-sol',
      prefix: 'cli_',
      orderStorage: 'hpos',
      cartTable: 'cartflows_ca_cart_abandonment',
      hasFormVibes: true,
      currency: 'BRL',
      timeZone: 'America/Sao_Paulo',
    });
    const { rows: stored } = await owner.query('select password_sealed from connections');
    expect(stored[0].password_sealed).not.toContain(shop.readerPassword);
  });
});

describe('a connected shop', () => {
  test('is imported: every stream counted; again: nothing new', async () => {
    const first = await carrinho('importar', '--empresa=sol', '--json');
    expect([first.code, first.rows[0]!.state]).toEqual([0, 'succeeded']);
    const streams = Object.fromEntries(
      first.rows[0]!.streams.map((stream: { stream: string; new: number }) => [stream.stream, stream.new]),
    );
    expect(streams.orders).toBeGreaterThan(400);
    expect(streams.carts).toBeGreaterThan(300);
    expect(streams.entries).toBeGreaterThan(200);
    const second = await carrinho('importar', '--empresa=sol', '--tipo=todos', '--json');
    for (const stream of second.rows[0]!.streams)
      expect([stream.stream, stream.new, stream.changed]).toEqual([stream.stream, 0, 0]);
  });

  test('equals its copy in every field', async () => {
    const { code, rows } = await carrinho('conferir', '--conteudo', '--empresa=sol', '--json');
    expect([code, rows[0]!.isEqual]).toEqual([0, true]);
  });

  test('a field that was changed in the copy is found by comparing', async () => {
    await owner.query(
      `update orders set payment_method = 'outro' where id = (select min(id) from orders where missing_since is null)`,
    );
    const { code, rows } = await carrinho('conferir', '--conteudo', '--empresa=sol', '--json');
    expect(code).toBe(1);
    expect(rows[0]!.streams.find((stream: { stream: string }) => stream.stream === 'orders')).toMatchObject({
      differenceCount: 1,
      differences: [{ columns: ['payment_method'] }],
    });
    expect((await carrinho('importar', '--empresa=sol', '--tipo=pedidos', '--completo', '--json')).code).toBe(0);
  });

  test('forms are mapped without reading the shop, and listed', async () => {
    const { rows } = await carrinho('loja', 'mapear', '--empresa=sol', '--json');
    expect(rows[0]!.fields.map((field: { key: string }) => field.key)).toContain('Whatsapp_8');
    const mapped = await carrinho(
      'loja',
      'mapear',
      '--empresa=sol',
      '--nome=Nome_3',
      '--whatsapp=Whatsapp_8',
      '--tamanho=Numero_do_sapato_9',
      '--json',
    );
    expect(mapped.rows[0]!.remappedLeads).toBeGreaterThan(100);
    const { rows: leads } = await carrinho('listar', 'leads', '--empresa=sol', '--json');
    const fields = [
      'sourceId',
      'formId',
      'submittedAt',
      'name',
      'phoneRaw',
      'phoneE164',
      'phoneStatus',
      'phoneKind',
      'email',
      'size',
      'customerStatus',
      'firstPaidAt',
      'purchaseDays',
    ];
    expect(Object.keys(leads[0]!)).toEqual(fields);
    expect(leads.some((lead) => /^\+55\d{11}$/.test(lead.phoneE164) && lead.name && /^\d\d$/.test(lead.size))).toBe(
      true,
    );
    expect(new Set(leads.map((lead) => lead.customerStatus))).toEqual(
      new Set(['was_customer', 'became_customer', 'not_customer']),
    );
  });

  test('carts and orders have exactly the promised fields', async () => {
    const { rows: carts } = await carrinho('listar', 'carrinhos', '--empresa=sol', '--loja=loja-sol', '--json');
    expect(Object.keys(carts[0]!)).toEqual([
      'sourceId',
      'email',
      'phoneE164',
      'total',
      'itemCount',
      'pluginStatus',
      'status',
      'reason',
      'firstActivityAt',
      'lastActivityAt',
      'matches',
      'bestOrderSourceId',
      'creditedOrderSourceId',
      'creditedValue',
      'score',
      'causalClass',
    ]);
    const recovered = carts.find((cart) => cart.creditedOrderSourceId !== null)!;
    expect(recovered).toMatchObject({
      status: 'recovered',
      total: expect.stringMatching(/^\d+\.\d\d$/),
      creditedValue: expect.stringMatching(/^\d+\.\d\d$/),
    });
    expect(Object.keys(recovered.matches[0])).toEqual(['orderSourceId', 'class', 'keys', 'score']);
    const { rows: orders } = await carrinho('listar', 'pedidos', '--empresa=sol', '--json');
    expect(Object.keys(orders[0]!)).toEqual([
      'sourceId',
      'wcStatus',
      'class',
      'total',
      'refunded',
      'net',
      'currency',
      'createdAt',
      'emailKey',
      'phoneKeys',
    ]);
    expect(orders.filter((order) => /draft/.test(order.wcStatus))).toEqual([]);
    for (const order of orders) expect(order.wcStatus).not.toMatch(/^wc-/);
    const credited = carts.filter((cart) => cart.creditedOrderSourceId).map((cart) => cart.creditedOrderSourceId);
    expect(new Set(credited).size).toBe(credited.length);
  });

  test('the summary adds up to the lists', async () => {
    const [{ rows }, carts, orders] = await Promise.all([
      carrinho('resumo', '--empresa=sol', '--json'),
      carrinho('listar', 'carrinhos', '--empresa=sol', '--json'),
      carrinho('listar', 'pedidos', '--empresa=sol', '--json'),
    ]);
    const figures = rows[0]!;
    for (const [status, count] of Object.entries(figures.carts))
      expect([status, carts.rows.filter((cart) => cart.status === status).length]).toEqual([status, count]);
    for (const [name, count] of Object.entries(figures.ordersByClass))
      expect([name, orders.rows.filter((order) => order.class === name).length]).toEqual([name, count]);
    const { recovered, abandoned, rate } = figures.recoveryRate;
    expect(rate).toBeCloseTo(recovered / (recovered + abandoned), 4);
    const cents = (text: string) => BigInt(text.replace('.', ''));
    const credited = carts.rows
      .filter((cart) => cart.status === 'recovered' && cart.causalClass !== 'prior_purchase' && cart.creditedValue)
      .reduce((sum, cart) => sum + cents(cart.creditedValue), 0n);
    expect(cents(figures.recoveredValue)).toBe(credited);
  });

  test('recomputing as of another instant moves what time alone decides, and back', async () => {
    const statuses = async () =>
      (await carrinho('listar', 'carrinhos', '--empresa=sol', '--json')).rows.map(
        (cart) => `${cart.sourceId} ${cart.status} ${cart.reason}`,
      );
    const now = await statuses();
    await carrinho('recalcular', '--empresa=sol', '--agora=2099-01-01T00:00:00Z');
    const later = await statuses();
    expect(later.filter((line) => /window_open|in_progress|awaiting_payment/.test(line))).toEqual([]);
    await carrinho('recalcular', '--empresa=sol');
    expect(await statuses()).toEqual(now);
    expect((await carrinho('recalcular', '--empresa=sol', '--agora=ontem', '--json')).code).toBe(2);
  });

  test('the original system’s option names are understood, a period is read alone', async () => {
    const { code, rows } = await carrinho(
      'importar',
      '--empresa=sol',
      '--import_type=orders',
      '--start_date=2000-01-01',
      '--end_date=2000-12-31',
      '--json',
    );
    expect([code, rows[0]!.kind]).toEqual([0, 'backfill']);
    expect(rows[0]!.streams).toMatchObject([{ stream: 'orders', read: 0 }]);
    const recent = await carrinho('importar', '--empresa=sol', '--tipo=pedidos', '--periodo=30dias', '--json');
    expect(recent.rows[0]!.streams[0].read).toBeGreaterThan(10);
    expect(recent.rows[0]!.streams[0]).toMatchObject({ new: 0, changed: 0 });
    expect((await carrinho('importar', '--empresa=sol', '--check_recovery', '--json')).rows[0]).toMatchObject({
      recomputed: true,
    });
    expect((await carrinho('importar', '--empresa=sol', '--de=2026-02-30', '--json')).code).toBe(2);
  });

  test('a period into an empty copy brings that period only', async () => {
    await carrinho('empresa', 'criar', '--nome=Lua', '--slug=lua');
    const args = [
      'loja',
      'conectar',
      '--empresa=lua',
      '--nome=Lua',
      '--host=127.0.0.1',
      `--porta=${shop.port}`,
      `--usuario=${shop.readerUser}`,
      `--senha-arquivo=${passwordFile}`,
      `--banco=${shop.database}`,
      '--tls=desligado',
      '--prefixo=cli_',
    ];
    expect((await carrinho(...args)).code).toBe(0);
    expect((await carrinho('importar', '--empresa=lua', '--periodo=7dias', '--json')).code).toBe(0);
    const since = Date.now() - 8 * 86_400_000;
    for (const [list, field] of [
      ['pedidos', 'createdAt'],
      ['carrinhos', 'lastActivityAt'],
      ['leads', 'submittedAt'],
    ] as const) {
      const { rows } = await carrinho('listar', list, '--empresa=lua', '--json');
      expect(rows.length, list).toBeGreaterThan(0);
      expect(Math.min(...rows.map((row) => Date.parse(row[field]))), list).toBeGreaterThan(since);
    }
  });

  test('a shop that cannot be reached fails the import with its sentence and exit code', async () => {
    await owner.query(
      `update connections set port = 1024 where tenant_id = (select id from tenants where slug = 'lua')`,
    );
    const { code, rows } = await carrinho('importar', '--empresa=lua', '--json');
    expect([code, rows[0]!.state, rows[0]!.errorCode]).toEqual([1, 'failed', 'port_refused']);
    process.exitCode = 0;
    const state = await carrinho('estado', '--json');
    expect(state.rows[0]!.shops).toMatchObject([
      { tenant: 'lua', state: 'failed', errorCode: 'port_refused' },
      { tenant: 'sol', state: expect.stringMatching(/succeeded/) },
    ]);
  });
});

describe('the documents', () => {
  // What cannot be run in this world: who runs it, and the words that say so there.
  const elsewhere: [command: RegExp, file: string, words: string][] = [
    [/^npm (ci|start|run demo)$/, 'test/install.ts', 'npm $1'],
    [/^npm (test|run (check))$/, '.ci/run', 'npm $1'],
    [/^npm run (test:unit|test:integration|test:browser)$/, 'package.json', '"$1": "vitest run --project '],
    [/^npm run (test:(?:alerts|office|large|faults|install))$/, 'package.json', '"$1": "node --import tsx test/'],
    [/^npm run (bench)\b/, 'package.json', '"$1": "node --import tsx bench/main.ts"'],
    [/^npm run (screenshots)$/, 'package.json', '"$1": "node --import tsx start/screenshots.ts"'],
    [/^npm run (format)$/, 'package.json', '"$1": "biome check --write ."'],
    [/^npx vitest run --project integration (test\/\S+)$/, 'vitest.config.ts', "name: 'integration'"],
    [/^curl /, 'test/integration/api-rest.test.ts', 'the examples of docs/api.md run as they stand there'],
    [
      /^(?:carrinho backup restaurar|carrinho segredo girar)\b/,
      'test/integration/backup.test.ts',
      "'segredo', 'girar'",
    ],
    [/^carrinho conferir --empresa=SLUG (--aceitar-perda)$/, 'test/integration/backfill.test.ts', "'$1'"],
    [/^carrinho (migrar-original)\b/, 'test/integration/original.test.ts', "'$1'"],
    [/^\.\/deploy\.sh (restart|update)$/, 'test/integration/deploy.test.ts', "'./deploy.sh', '$1'"],
    [/^\.\/deploy\.sh (up)$/, 'test/integration/deploy-docker.test.ts', "deploy('$1')"],
    [/^\.\/deploy\.sh (restore)\b/, 'test/integration/deploy-docker.test.ts', "deploy('$1'"],
    [/^\.\/deploy\.sh (status|logs|psql|backup|migrate)\b/, 'test/integration/deploy-docker.test.ts', "[['$1'"],
  ];
  let cartIds: string[];
  // What stands for this world's own; its carts have numbers of their own.
  const inThisWorld = (word: string) =>
    word
      .replace('--empresa=SLUG', '--empresa=sol')
      .replace('--empresa=passo-leve', '--empresa=sol')
      .replace('--loja=principal', '--loja=loja-sol')
      .replace('/mnt/backups', folder)
      .replace('eliminacoes.json', join(folder, 'eliminacoes.json'))
      .replace('senha.txt', passwordFile)
      .replace('--usuario=leitura', `--usuario=${shop.readerUser}`)
      .replace('--banco=loja', `--banco=${shop.database}`)
      .replace(/demo@carrinho\.example|ana@example\.com/, 'ana@exemplo.example')
      .replace(/^\d+$/, (id) => cartIds.find((known) => Number(known) >= Number(id))!);
  const shopWords = () => [`--porta=${shop.port}`, '--tls=desligado', '--prefixo=cli_'];

  test('every command that they tell to type ends well here, or another test runs it; what a sentence names has its help', async () => {
    const faults: string[] = [];
    let count = 0;
    const { rows } = await owner.query<{ id: string }>(
      `select c.external_id::text as id from carts c join tenants t on t.id = c.tenant_id where t.slug = 'sol' and c.is_current order by c.external_id`,
    );
    cartIds = rows.map(({ id }) => id);
    for (const page of docsPages) {
      const { inBlocks, inline } = commandsOf(readDocs(page));
      for (const told of [...inBlocks, ...inline]) {
        const text = told.replace(/^npm run carrinho -- /, 'carrinho ').replace(/ --demo$/, '');
        // A path, a package, a verb told without its program.
        if (!/^(?:carrinho|npm|npx|curl|\.\/deploy\.sh) /.test(text)) continue;
        if (commands.some(({ name }) => name === text)) continue;
        count++;
        const other = elsewhere.find(([command]) => command.test(text));
        if (other) {
          const [command, file, words] = other;
          const wanted = words.replace('$1', command.exec(text)![1] ?? '');
          if (!readFileSync(file, 'utf8').includes(wanted)) faults.push(`${text}: not in ${file}: ${wanted}`);
          continue;
        }
        const [program, ...words] = wordsOf(text).map(inThisWorld);
        const isHost = words.includes('--host=mysql.loja.example');
        if (program !== 'carrinho') {
          faults.push(`${text}: nobody runs it`);
          continue;
        }
        const command = commands.find(({ name }) => name.split(' ').every((word, index) => words[index] === word));
        // `carrinho nao-contatar`: a group of verbs, told as one.
        if (!command && words.length === 1 && commands.some(({ name }) => name.startsWith(`${words[0]} `))) continue;
        const given = words.slice(command?.name.split(' ').length ?? 1);
        const isNamed = inline.includes(told) && given.every((word) => /^--[a-z-]+$/.test(word));
        const typed = isHost
          ? [...words.map((word) => word.replace('mysql.loja.example', '127.0.0.1')), ...shopWords()]
          : words;
        // The first steps of a new company, beside the one that is there.
        if (/^(?:empresa criar|loja conectar)/.test(typed.join(' ')))
          typed.splice(0, typed.length, ...typed.map((word) => word.replace(/=sol$/, '=docs')));
        const { code, text: answer } = await carrinho(
          ...(isNamed ? [...words.filter((word) => word !== '--json'), '--ajuda'] : typed),
        );
        if (code !== 0) faults.push(`${page}: ${text}: ended with ${code}: ${answer}`);
      }
    }
    expect(faults).toEqual([]);
    expect(count).toBeGreaterThan(60);
  });
});
