// Exports of a company by the command line, checked by reading the files: exactly the rows of the filter without those who want no messages, one
// record a file, and the same counts whoever asks.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createLog } from '#shared/log.ts';
import { openDatabase } from '../../api/db.ts';
import { writeNextExport } from '../../api/exports/write.ts';
import { runCli } from '../../daemon/cli.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

// A busy machine may take its time.
let lab: WebLab;
let folder: string;

beforeAll(async () => {
  lab = await createWebLab();
  folder = mkdtempSync(join(tmpdir(), 'cel-exports-'));
  const { id, siteId } = lab.lua;
  // 20 leads: 1-10 mobiles (9 twice 8), 11-14 landlines, 15-18 invalid, 19 opted out, 20 contacted yesterday.
  await lab.owner`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, phone_raw, phone_e164,
                       phone_status, phone_kind, email, source_hash, first_seen_at, changed_at)
    select ${id}, ${siteId}, 'form-vibes', 100 + n, '-', now() - make_interval(mins => n), 'elementor', 'f1',
           case n when 1 then '=HYPERLINK("http://x.example")' else 'Lead ' || n end, n::text,
           case when n between 15 and 18 then null when n between 11 and 14 then '+551134560' || 100 + n when n = 9 then '+5511977770108'
                else '+5511977770' || 100 + n end,
           case when n between 15 and 18 then 'invalid' else 'valid' end,
           case when n between 15 and 18 then null when n between 11 and 14 then 'landline' else 'mobile' end,
           'lead' || n || '@exemplo.example', 1, now(), now()
    from generate_series(1, 20) n`;
  await lab.owner`
    insert into match_keys (tenant_id, key, entity, entity_id)
    select tenant_id, 'e:' || email, 'lead', id from leads where tenant_id = ${id} and external_id > 100`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, 'not_customer', captured_at, now() from leads where tenant_id = ${id} and external_id > 100`;
  await lab.owner`
    insert into opt_outs (tenant_id, channel, key, created_at) values (${id}, 'whatsapp', 'e:lead19@exemplo.example', now())`;
  await lab.owner`
    insert into contacts (tenant_id, entity, entity_id, channel, code, contacted_at)
    select tenant_id, 'lead', id, 'whatsapp', 'codigo9999', now() - interval '1 day' from leads where tenant_id = ${id} and external_id = 120`;
});
afterAll(async () => {
  await lab?.close();
  rmSync(folder, { recursive: true, force: true });
});

async function carrinho(...args: string[]) {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const code = await runCli([...args, '--json'], { env: { DATABASE_URL: lab.databaseUrl, DATA_DIR: folder }, stdout });
  return { code, result: JSON.parse(text) };
}

test('the command line writes the numbers of a filter, says who is left out, and leaves a record', async () => {
  const path = join(folder, 'numeros.txt');
  const { code, result } = await carrinho(
    'exportar',
    'leads',
    '--empresa=lua',
    '--formato=whatsapp-txt',
    '--sem-contatados=7',
    '--sem-clientes',
    '--periodo=7dias',
    `--arquivo=${path}`,
  );
  // The lab's own lead bought.
  expect([code, result]).toMatchObject([
    0,
    {
      rows: 9,
      selected: 21,
      leftOut: { opted_out: 1, contacted: 1, customer: 1, no_phone: 4, landline: 4, repeated: 1 },
      files: [path],
    },
  ]);
  const text = readFileSync(path, 'utf8');
  const numbers = [101, 102, 103, 104, 105, 106, 107, 108, 110];
  expect(text).toBe(numbers.map((n) => `5511977770${n}\n`).join(''));
  expect(statSync(path).mode & 0o777).toBe(0o600);
  const sha256 = createHash('sha256').update(text).digest('hex');
  expect(result.sha256).toBe(sha256);
  const [record] =
    await lab.owner`select list, format, state, row_count, selected_count, sha256, user_id, filter_text from exports where id = ${result.export} and tenant_id = ${lab.lua.id}`;
  expect(record).toMatchObject({
    list: 'leads',
    format: 'whatsapp-txt',
    state: 'done',
    rowCount: 9,
    selectedCount: 21,
    sha256,
    userId: null,
  });
  const [logged] = await lab.owner`select action, entity_id, facts from audit_log where action = 'export.created'`;
  expect(logged!.facts).toMatchObject({ rows: 9, format: 'whatsapp-txt', sha256 });
});

test('every list goes into a file, with its accents and without a formula', async () => {
  for (const asked of [
    'leads csv',
    'leads xlsx',
    'carrinhos whatsapp-csv',
    'pedidos publico-xlsx',
    'clientes csv',
    'clientes vcard',
  ]) {
    const [list = '', format = ''] = asked.split(' ');
    const path = join(folder, `${list}-${format}`);
    const { code, result } = await carrinho(
      'exportar',
      list,
      '--empresa=lua',
      `--formato=${format}`,
      `--arquivo=${path}`,
    );
    expect([asked, code, result.error]).toEqual([asked, 0, undefined]);
  }
  const csv = readFileSync(join(folder, 'leads-csv'), 'utf8');
  expect(csv.split('\r\n')[0]).toBe(
    '\ufeffNome;Telefone;E-mail;Tamanho;Cliente?;Situação;Capturado;1ª compra;Formulário;Página;Loja;Nº na loja',
  );
  expect(csv).toContain(`"'=HYPERLINK(""http://x.example"")";(11) 97777-0101;lead1@exemplo.example;`);
  // Who wants no WhatsApp is in no spreadsheet either.
  expect(csv).not.toContain('lead19@');
  const people = readFileSync(join(folder, 'clientes-csv'), 'utf8').split('\r\n');
  expect(people[1]).toContain('Maria Souza;');
  expect(people[1]).toContain(';1ª compra;1;189,90;');
});

test('audiences: who bought is in one of them only; wrong words are explained', async () => {
  const audience = async (name: string) => {
    const path = join(folder, name);
    const { result } = await carrinho('exportar', 'publico', '--empresa=lua', `--publico=${name}`, `--arquivo=${path}`);
    return [result.rows, readFileSync(path, 'utf8').split('\r\n')[1]];
  };
  expect((await audience('compradores'))[1]).toMatch(
    /^5511987654321,cliente-lua@exemplo.example,maria,souza,.*,189\.90$/,
  );
  expect((await audience('leads_sem_compra'))[0]).toBe(18);
  const wrong = await carrinho('exportar', 'leads', '--empresa=lua', '--colunas=cpf');
  expect([wrong.code, wrong.result.message]).toEqual([
    2,
    expect.stringContaining('Não há coluna "cpf" em leads: name,'),
  ]);
});

const fieldsOf = (more: Record<string, string> = {}) => ({
  lista: 'leads',
  formato: 'whatsapp-txt',
  periodo: '7dias',
  ...more,
});

test('the web counts before, writes the same file, gives it to its author for a day, and remembers', async () => {
  const cookie = await lab.signIn(lab.lua, 'operator');
  const dialog = await (
    await lab.get('/e/lua/exportacoes/nova?lista=leads&periodo=7dias&formato=whatsapp-txt&sem_clientes=1', cookie)
  ).text();
  expect(dialog).toContain(
    '<strong>9</strong> de 21 serão exportados; ficam de fora: 1 não contatar, 1 já contatados, 1 já são clientes, 4 sem telefone válido, 4 com telefone fixo, 1 repetidos.',
  );
  const fields = fieldsOf({ sem_contatados: '1', dias: '7', sem_clientes: '1', com_fixos: '1' });
  const created = await lab.post('/e/lua/exportacoes', fields, cookie);
  expect(created.status).toBe(303);
  const id = /nova=(\d+)/.exec(created.headers.get('Location')!)![1]!;
  expect(await (await lab.get(created.headers.get('Location')!, cookie)).text()).toContain('13 linhas exportadas');
  const path = `/e/lua/exportacoes/${id}/arquivo`;
  const file = await lab.get(path, cookie);
  const today = new Date().toLocaleDateString('sv', { timeZone: 'America/Sao_Paulo' });
  expect(file.headers.get('Content-Disposition')).toBe(`attachment; filename="lua_leads_${today}.txt"`);
  const text = await file.text();
  expect(text.split('\n')).toHaveLength(14);
  const [record] =
    await lab.owner`select sha256, filter_text from exports where id = ${id} and tenant_id = ${lab.lua.id}`;
  expect(record!.sha256).toBe(createHash('sha256').update(text).digest('hex'));
  expect(record!.filterText).toMatch(/^Leads · \d/);
  const logged =
    await lab.owner`select action from audit_log where entity = 'export' and entity_id = ${id} order by id`;
  expect(logged.map(({ action }) => action)).toEqual(['export.created', 'export.downloaded']);

  const other = await lab.signIn(lab.lua, 'operator');
  const viewer = await lab.signIn(lab.lua, 'viewer');
  expect([(await lab.get(path, other)).status, (await lab.get(path, viewer)).status]).toEqual([403, 403]);
  expect((await lab.post('/e/lua/exportacoes', fields, viewer)).status).toBe(403);
  // A day's rows: 13 are taken, 10 more are too many for 20.
  await lab.owner`update tenants set export_rows_per_day = 20 where id = ${lab.lua.id}`;
  const refused = await lab.post('/e/lua/exportacoes', fields, cookie);
  expect([refused.status, await refused.text()]).toEqual([
    422,
    expect.stringContaining('Você pode exportar 20 linhas por dia e hoje já exportou 13; esta exportação tem 13.'),
  ]);
  await lab.owner`update exports set finished_at = now() - interval '25 hours' where tenant_id = ${lab.lua.id} and id = ${id}`;
  expect((await lab.get(path, cookie)).status).toBe(410);
  await lab.owner`select drop_old_export_files()`;
  expect(
    await lab.owner`select 1 from export_chunks where tenant_id = ${lab.lua.id} and export_id = ${id}`,
  ).toHaveLength(0);
});

test('more than 5,000 rows wait for a writer; one that died over them is replaced, and the file is whole', async () => {
  const { id, siteId } = lab.sol;
  await lab.owner`
    insert into leads (tenant_id, site_id, source, external_id, captured_gmt, captured_at, form_plugin, form_id, name, source_hash, first_seen_at, changed_at)
    select ${id}, ${siteId}, 'form-vibes', 1000 + n, '-', now() - make_interval(secs => n), 'elementor', 'f1', 'Lead ' || n, 1, now(), now()
    from generate_series(1, 5200) n`;
  await lab.owner`
    insert into lead_statuses (tenant_id, lead_id, customer_status, captured_at, changed_at)
    select tenant_id, id, 'not_customer', captured_at, now() from leads where tenant_id = ${id} and external_id > 1000`;
  const cookie = await lab.signIn(lab.sol);
  const created = await lab.post('/e/sol/exportacoes', fieldsOf({ formato: 'csv', periodo: 'tudo' }), cookie);
  const page = created.headers.get('Location')!;
  const exportId = /nova=(\d+)/.exec(page)![1]!;
  expect(await (await lab.get(page, cookie)).text()).toContain('Na fila');
  // Somebody took it, wrote a piece and died.
  await lab.owner`select take_export()`;
  await lab.owner`update exports set heartbeat_at = now() - interval '61 seconds' where tenant_id = ${id} and id = ${exportId}`;
  await lab.owner`insert into export_chunks (tenant_id, export_id, part, position, bytes) values (${id}, ${exportId}, 1, 1, 'resto')`;
  const db = openDatabase({ url: lab.databaseUrl, role: 'carrinho_api', max: 3 });
  const tools = { db, log: createLog(() => {}), now: () => new Date() };
  expect(await writeNextExport(tools)).toBe(true);
  expect(await writeNextExport(tools)).toBe(false);
  await db.close();
  const text = await (await lab.get(`/e/sol/exportacoes/${exportId}/arquivo`, cookie)).text();
  const lines = text.split('\r\n');
  expect([lines.length, lines[0]!.startsWith('Nome;'), lines[1]!.split(';')[0], lines[5200]!.split(';')[0]]).toEqual([
    5203,
    true,
    'Lead 1',
    'Lead 5200',
  ]);
  const [record] =
    await lab.owner`select state, row_count, attempts from exports where tenant_id = ${id} and id = ${exportId}`;
  expect(record).toEqual({ state: 'done', rowCount: 5201, attempts: 2 });
});
