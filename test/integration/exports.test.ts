// Exports of a company by the command line, checked by reading the files: exactly the rows of the filter without those who want no messages, one
// record a file, and the same counts whoever asks.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { runCli } from '../../daemon/cli.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

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
    await lab.owner`select list, format, state, row_count, selected_count, sha256, user_id, filter_text from exports`;
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
