// What stays wrong in a shop, end to end: a form whose phone field got another key, and carts that the plugin's cron left behind. Written as the
// plugins write, read by a run, raised, shown, mended by the command that the sentence names, and gone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import { runCli } from '../../daemon/cli.ts';
import { formAnswerRows, formEntryRow } from '../../start/demo/cart-rows.ts';
import { abandonCarts, writeCart } from '../../start/demo/cart-writer.ts';
import { insert } from '../../start/demo/shop.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let lab: SyncShop;
let folder: string;
let written = 0;

const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** Submissions of a form whose phone lies under `phoneKey`; with null nobody gave a phone. All entries first, then all their answers. */
async function submit(count: number, phoneKey: string | null, formId: string) {
  const entry = { id: null, formPlugin: 'wp-forms', formId, at: minutesAgo(5), url: '', answers: [] };
  const first = await insert(
    lab.shop,
    'fv_enteries',
    Array.from({ length: count }, () => formEntryRow(lab.shop, entry)),
  );
  const answers = Array.from({ length: count }, (_, index) => {
    written += 1;
    const name: [string, string] = ['Nome_3', `Pessoa ${String.fromCharCode(65 + (written % 26))}lves`];
    const phone: [string, string][] = phoneKey === null ? [] : [[phoneKey, `(11) 9${80_000_000 + written}`]];
    return formAnswerRows(first + index, [name, ...phone]).map(([, values]) => values);
  });
  await insert(lab.shop, 'fv_entry_meta', answers.flat());
}

/** The open alerts about one subject. */
const alerts = (code: string, subject = '') =>
  lab.rows<{ code: string; facts: Record<string, string>; raised_at: Date }>(
    'select code, facts, raised_at from site_alerts where code = $1 and subject = $2',
    [code, subject],
  );
const formAlerts = (formId: string) => alerts('form_changed', `wp-forms:${formId}`);
const countWithoutPhone = async (formId: string) =>
  (
    await lab.rows<{ count: number }>(
      'select count(*)::integer as count from leads where phone_raw is null and form_id = $1',
      [formId],
    )
  )[0]!.count;

async function carrinho(...args: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const stdout = new Writable({
    write(chunk, _, done) {
      text += chunk;
      done();
    },
  });
  const env = { DATABASE_URL: lab.databaseUrl, DATA_DIR: folder, ALLOWED_SHOP_NETWORKS: '127.0.0.0/8' };
  return { code: await runCli(args, { env, stdout }), text };
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cel-alertas-'));
  lab = await createSyncShop();
  writeFileSync(join(folder, 'secret.key'), lab.secretKey.toString('base64'), { mode: 0o600 });
});
afterAll(async () => {
  await lab?.drop();
  rmSync(folder, { recursive: true, force: true });
});

describe('a form whose phone field was renamed', () => {
  test('is raised once its newest twenty entries lack the phone, stays, and goes when the suggestion is applied; the leads get their phones', async () => {
    const form = '321';
    const option = '--formulario=wp-forms:321';
    await submit(40, 'Whatsapp_8', form);
    await submit(15, 'Celular_12', form);
    await lab.sync();
    expect(await formAlerts(form)).toEqual([]);
    await submit(5, 'Celular_12', form);
    await lab.sync();
    const [raised] = await formAlerts(form);
    expect(raised!.facts).toMatchObject({ form: 'wp-forms:321', oldKey: 'Whatsapp_8', newKey: 'Celular_12' });
    const { sentence, remedy } = runMessage(raised!.code, raised!.facts);
    expect(sentence).toContain('O formulário mudou');
    expect(remedy).toContain(`carrinho loja mapear ${option} --sugerir --aplicar`);

    // More entries leave it, also when those from before the change are out of sight.
    await submit(200, 'Celular_12', form);
    await lab.sync();
    expect((await formAlerts(form)).map(({ raised_at }) => raised_at)).toEqual([raised!.raised_at]);
    expect((await carrinho('estado')).text).toContain('loja/principal: O formulário mudou');

    expect(await countWithoutPhone(form)).toBe(220);
    const shown = await carrinho('loja', 'mapear', '--empresa=loja', option, '--sugerir');
    expect(shown).toMatchObject({ code: 0, text: expect.stringContaining('Celular_12') });
    expect(await countWithoutPhone(form)).toBe(220);
    const applied = await carrinho('loja', 'mapear', '--empresa=loja', option, '--sugerir', '--aplicar');
    expect(applied.text).toContain('leads mudaram, sem ler a loja de novo');
    expect(await lab.rows('select name_key, phone_key from field_mappings where form_id = $1', [form])).toEqual([
      { name_key: 'Nome_3', phone_key: 'Celular_12' },
    ]);
    expect(await formAlerts(form)).toEqual([]);
    const [phones] = await lab.rows(
      `select count(*)::integer as mapped from leads l
       join lead_answers a on a.tenant_id = l.tenant_id and a.site_id = l.site_id and a.lead_external_id = l.external_id
       where a.key = 'Celular_12' and l.phone_status = 'valid'`,
    );
    expect(phones).toEqual({ mapped: 220 });
    await submit(1, 'Celular_12', form);
    await lab.sync('reconcile');
    expect(await formAlerts(form)).toEqual([]);
  });

  test('goes by itself when the shop gives the field its old key again', async () => {
    const form = '322';
    await submit(25, 'Whatsapp_8', form);
    await submit(25, 'Celular_12', form);
    await lab.sync();
    expect(await formAlerts(form)).toHaveLength(1);
    await submit(3, 'Whatsapp_8', form);
    await lab.sync();
    expect(await formAlerts(form)).toEqual([]);
  });

  test('without a new field to suggest says so; a form that never had the phone, and few entries, say nothing', async () => {
    await submit(25, 'Whatsapp_8', '323');
    await submit(20, null, '323');
    await submit(60, 'Telefone_4', '654');
    await submit(10, 'Whatsapp_8', '987');
    await submit(19, 'Celular_12', '987');
    await lab.sync();
    const [raised] = await formAlerts('323');
    expect(raised!.facts.newKey).toBeUndefined();
    expect(runMessage('form_changed', raised!.facts).remedy).toContain('Confira na loja');
    expect([...(await formAlerts('654')), ...(await formAlerts('987'))]).toEqual([]);
  });

  test('a renamed label that keeps its number is followed in silence where the form has its own mapping', async () => {
    const form = '324';
    await carrinho(
      ...[
        'loja',
        'mapear',
        '--empresa=loja',
        `--formulario=wp-forms:${form}`,
        '--nome=Nome_3',
        '--whatsapp=Whatsapp_8',
      ],
    );
    await submit(25, 'Whatsapp_8', form);
    await submit(25, 'Seu_celular_8', form);
    await lab.sync();
    expect(await formAlerts(form)).toEqual([]);
    expect(await countWithoutPhone(form)).toBe(0);
  });
});

test('carts that are still new two hours past the cut-off tell that the shop’s WP-Cron stands still, until it runs again', async () => {
  const cart = (email: string, minutes: number) => writeCart(lab.shop, { email, lines: [], time: minutesAgo(minutes) });
  await cart('ana@exemplo.example', 60 + 110);
  await cart('bia@exemplo.example', 60 * 24 * 40);
  await lab.sync();
  expect(await alerts('wp_cron_stopped')).toEqual([]);
  await cart('caio@exemplo.example', 60 + 121);
  await lab.sync();
  const [raised] = await alerts('wp_cron_stopped');
  expect(raised!.facts).toEqual({ count: '1' });
  expect(runMessage(raised!.code, raised!.facts).sentence).toBe(
    'O agendador (WP-Cron) da loja parece parado: 1 carrinho deixado há mais de 2 horas segue como novo.',
  );
  // Only time has passed: an hourly reconciliation sees it.
  await lab.sync('reconcile', { now: () => new Date(Date.now() + 20 * 60_000) });
  expect((await alerts('wp_cron_stopped'))[0]!.facts).toEqual({ count: '2' });
  await abandonCarts(lab.shop, { now: new Date() });
  await lab.sync();
  expect(await alerts('wp_cron_stopped')).toEqual([]);
});
