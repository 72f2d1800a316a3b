// Configurações and Sincronização as forms: every wrong field is said at once and nothing is saved; what is right is saved, written down, and concluded anew.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

let lab: WebLab;
let admin: string;
const form = {
  nome: 'Sapataria Sol',
  fuso: 'America/Sao_Paulo',
  moeda: 'BRL',
  ddd: '48',
  janela_antes: '48',
  janela_depois: '720',
  corte: '60',
  intervalo: '24',
  linhas_dia: '500',
};

beforeAll(async () => {
  lab = await createWebLab();
  admin = await lab.signIn(lab.sol, 'admin');
});
afterAll(async () => await lab.close());

const settingsOf = async () =>
  (
    await lab.owner`select name, cut_off_minutes, area_code, cool_down_minutes, export_rows_per_day from tenants where id = ${lab.sol.id}`
  )[0];

test('all wrong fields are named at once, keep what was typed, and nothing is saved', async () => {
  const before = await settingsOf();
  const response = await lab.post(
    '/e/sol/configuracoes',
    { ...form, nome: ' ', fuso: 'Brasil', moeda: 'reais', ddd: '01', corte: '2', janela_depois: '"><b>x' },
    admin,
  );
  expect(response.status).toBe(422);
  const html = await response.text();
  expect(html).toContain('6 campos precisam de correção');
  expect(html.match(/class="field-error"/g)).toHaveLength(6);
  expect(html).toContain('value="reais"');
  expect(html).not.toContain('<b>x');
  expect(await settingsOf()).toEqual(before);
});

test('a changed cut-off is saved, written down without its value, and asks for a recompute; the same form again asks for nothing', async () => {
  await lab.owner`delete from commands`;
  const response = await lab.post(
    '/e/sol/configuracoes',
    { ...form, corte: '90', intervalo: '1,5', linhas_dia: '40' },
    admin,
  );
  expect(response.headers.get('Location')).toBe('/e/sol/configuracoes?salvo=1');
  expect(await settingsOf()).toMatchObject({
    name: 'Sapataria Sol',
    cutOffMinutes: 90,
    areaCode: '48',
    coolDownMinutes: 90,
    exportRowsPerDay: 40,
  });
  await lab.post('/e/sol/configuracoes', { ...form, corte: '90', intervalo: '1,5', linhas_dia: '40' }, admin);
  expect(await lab.owner`select kind from commands`).toEqual([{ kind: 'recompute' }]);
  expect(await lab.owner`select action, facts from audit_log where action like 'settings.%'`).toEqual([
    { action: 'settings.changed', facts: { fields: 'name areaCode cutOffMinutes coolDownMinutes exportRowsPerDay' } },
  ]);
  expect(await (await lab.get('/e/sol/configuracoes?salvo=1', admin)).text()).toContain('Recálculo na fila');
});

test('a schedule that is none is refused beside its field; a good one shows its words and next firings', async () => {
  const path = `/e/sol/configuracoes/lojas/${lab.sol.siteId}/agenda`;
  const refused = await lab.post(path, { poll: '* * *' }, admin);
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining('Não é uma agenda de cinco campos'),
  ]);
  expect((await lab.post(path, { poll: '*/10 8-18 * * 1-5', pausada: 'sim' }, admin)).status).toBe(303);
  const html = await (await lab.get('/e/sol/configuracoes', admin)).text();
  expect(html).toMatch(/a cada 10 minutos, das 8 h às 18 h, de segunda a sexta.*próximas: \d\d\/\d\d\/\d{4} \d\d:\d0/s);
  expect(html).toContain('Pausada');
});

test('what a person asks of the daemon about a shop is a command with its author, and nobody below admin may', async () => {
  await lab.owner`delete from commands`;
  await lab.owner`delete from backfills where requested_by is not null`;
  const asked = { loja: lab.sol.siteId, de: '2026-01-01', ate: '2026-01-31' };
  const operator = await lab.signIn(lab.sol, 'operator');
  for (const act of ['reprocessos', 'recalcular', 'pausa', 'perda', 'quarentena']) {
    expect([act, (await lab.post(`/e/sol/sincronizacao/${act}`, asked, operator)).status]).toEqual([act, 403]);
    expect([act, (await lab.post(`/e/sol/sincronizacao/${act}`, asked, admin)).status]).toEqual([act, 303]);
  }
  expect(await lab.owner`select kind from commands where user_id is not null order by id`).toEqual(
    ['recompute', 'accept_loss', 'retry_quarantine'].map((kind) => ({ kind })),
  );
  // The last day is read whole, in the company's zone.
  expect(await lab.owner`select from_at, to_at, waits_for_start from backfills where requested_by is not null`).toEqual(
    [{ fromAt: new Date('2026-01-01T03:00:00Z'), toAt: new Date('2026-02-01T03:00:00Z'), waitsForStart: true }],
  );
});

test('secrets of a shop are sealed before they are a row, and doctor tests have a limit', async () => {
  const { createSealedBox, sealContext } = await import('#shared/sealed-box.ts');
  const box = createSealedBox(Buffer.alloc(32, 9));
  await lab.owner`insert into sealing_keys (key_id, public_key) values (${box.keyId}, ${box.publicKey})`;
  const access = {
    nome: 'Loja',
    modo: 'direta',
    host: 'mysql.loja.example',
    porta: '3306',
    usuario: 'leitura',
    banco: 'loja',
  };
  const path = `/e/sol/conexao/${lab.sol.siteId}`;
  expect((await lab.post(path, { ...access, senha: 'planta-1' }, admin)).status).toBe(303);
  const [command] = await lab.owner`select args, args::text as text from commands where kind = 'save_connection'`;
  expect(command!.text).not.toContain('planta-1');
  const place = { tenantId: lab.sol.id, siteId: lab.sol.siteId };
  expect(box.open(command!.args.secrets.password, sealContext(place, 'password'))).toBe('planta-1');
  expect(() => box.open(command!.args.secrets.password, sealContext({ ...place, siteId: '0' }, 'password'))).toThrow();
  expect(await (await lab.post(path, { ...access, senha: 'planta-2' }, admin)).text()).toContain(
    'Já há um teste em andamento',
  );
  await lab.owner`
    insert into commands (tenant_id, site_id, kind, finished_at) select tenant_id, site_id, kind, now() from commands, generate_series(1, 30) where kind = 'save_connection'`;
  await lab.owner`update commands set finished_at = now()`;
  expect(await (await lab.post(path, { ...access, senha: 'planta-3' }, admin)).text()).toContain('Foram muitos testes');
  expect(lab.logLines.join('\n')).not.toContain('planta-');
});

test('a run is a text file with its problem and its batches; the technical text is for who manages connections', async () => {
  await lab.owner`
    insert into batches (tenant_id, run_id, source, stream, scan, read_count, new_count, changed_count, unchanged_count, quarantined_count, duration_ms, committed_at)
    values (${lab.sol.id}, ${lab.sol.runId}, 'woocommerce-hpos', 'orders', 'id', 12, 3, 2, 7, 0, 41, '2026-01-31T12:00:00Z')`;
  const path = `/e/sol/sincronizacao/${lab.sol.runId}/registro`;
  const file = await lab.get(path, admin);
  expect(file.headers.get('Content-Disposition')).toBe(`attachment; filename="sincronizacao-${lab.sol.runId}.txt"`);
  const text = await file.text();
  expect(text).toMatch(/Resultado: Falhou\n.*Problema: .* \(port_timeout\)\nTexto técnico: Maria Souza\n/s);
  expect(text).toContain(
    '2026-01-31T12:00:00.000Z woocommerce-hpos/orders (id): lidos 12, novos 3, atualizados 2, inalterados 7, ilegíveis 0, 41 ms\n',
  );
  expect(await (await lab.get(path, await lab.signIn(lab.sol, 'viewer'))).text()).not.toContain('Texto técnico');
});
