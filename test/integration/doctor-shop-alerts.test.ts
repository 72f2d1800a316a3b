// What stays wrong in a shop, end to end: a form whose phone field got another key, and carts that the plugin's cron left behind. Written as the
// plugins write, read by a run, raised, shown, mended by the command that the sentence names, and gone.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { runMessage } from '#shared/run-messages.ts';
import { runCli } from '../../daemon/cli.ts';
import { abandonCarts, writeCart, writeFormEntry } from '../../start/demo/cart-writer.ts';
import { createSyncShop, type SyncShop } from '../support/sync-shop.ts';

let lab: SyncShop;
let folder: string;
let written = 0;

const form = '321';
const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

/** Submissions of the form whose phone lies under `phoneKey`; without one nobody gave a phone. */
async function submit(count: number, phoneKey: string | null, formId = form) {
  for (let index = 0; index < count; index += 1) {
    written += 1;
    const phone = `(11) 9${String(80_000_000 + written)}`;
    const answers: [string, string][] = [['Nome_3', `Pessoa ${String.fromCharCode(65 + (written % 26))}lves`]];
    if (phoneKey !== null) answers.push([phoneKey, phone]);
    await writeFormEntry(lab.shop, { at: minutesAgo(5), formId, answers });
  }
}

const alerts = () =>
  lab.rows<{ code: string; subject: string; facts: Record<string, string>; raised_at: Date }>(
    'select code, subject, facts, raised_at from site_alerts order by code, subject',
  );

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
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));
beforeEach(async () => {
  lab = await createSyncShop();
  writeFileSync(join(folder, 'secret.key'), lab.secretKey);
  return () => lab.drop();
});

describe('a form whose phone field was renamed', () => {
  test('is raised once its newest twenty entries lack the phone, stays, and goes when the suggestion is applied; the leads get their phones', async () => {
    await submit(40, 'Whatsapp_8');
    await lab.sync();
    await submit(15, 'Celular_12');
    await lab.sync();
    expect(await alerts()).toEqual([]);
    await submit(5, 'Celular_12');
    await lab.sync();
    const [raised] = await alerts();
    expect(raised).toMatchObject({
      code: 'form_changed',
      subject: 'wp-forms:321',
      facts: { form: 'wp-forms:321', oldKey: 'Whatsapp_8', newKey: 'Celular_12' },
    });
    const { sentence, remedy } = runMessage(raised!.code, raised!.facts);
    expect(sentence).toContain('O formulário mudou');
    expect(remedy).toContain('carrinho loja mapear --formulario=wp-forms:321 --sugerir --aplicar');

    // A run without news leaves it; so do more entries, also when those from before the change are out of sight.
    await lab.sync();
    await submit(200, 'Celular_12');
    await lab.sync();
    expect((await alerts()).map(({ raised_at }) => raised_at)).toEqual([raised!.raised_at]);
    const status = await carrinho('estado');
    expect(status.text).toContain('loja/principal: O formulário mudou');

    const unreachable = `select count(*)::integer as count from leads where phone_raw is null`;
    expect(await lab.rows(unreachable)).toEqual([{ count: 220 }]);
    const shown = await carrinho('loja', 'mapear', '--empresa=loja', '--formulario=wp-forms:321', '--sugerir');
    expect(shown).toMatchObject({ code: 0 });
    expect(shown.text).toContain('Celular_12');
    expect(await lab.rows(unreachable)).toEqual([{ count: 220 }]);
    const applied = await carrinho(
      ...['loja', 'mapear', '--empresa=loja', '--formulario=wp-forms:321', '--sugerir', '--aplicar'],
    );
    expect(applied.text).toContain('leads mudaram, sem ler a loja de novo');
    expect(await lab.rows('select name_key, phone_key from field_mappings where form_id = $1', [form])).toEqual([
      { name_key: 'Nome_3', phone_key: 'Celular_12' },
    ]);
    expect(await alerts()).toEqual([]);
    const phones = await lab.rows(
      `select count(*) filter (where a.key = 'Celular_12' and l.phone_status = 'valid')::integer as mapped from leads l
       join lead_answers a on a.tenant_id = l.tenant_id and a.site_id = l.site_id and a.lead_external_id = l.external_id`,
    );
    expect(phones).toEqual([{ mapped: 220 }]);
    await submit(1, 'Celular_12');
    await lab.sync('reconcile');
    expect(await alerts()).toEqual([]);
  });

  test('goes by itself when the shop gives the field its old key again', async () => {
    await submit(25, 'Whatsapp_8');
    await submit(25, 'Celular_12');
    await lab.sync();
    expect(await alerts()).toHaveLength(1);
    await submit(3, 'Whatsapp_8');
    await lab.sync();
    expect(await alerts()).toEqual([]);
  });

  test('without a new field to suggest says so; a form that never had the phone, and few entries, say nothing', async () => {
    await submit(25, 'Whatsapp_8');
    await submit(20, null);
    await submit(60, 'Telefone_4', '654');
    await submit(10, 'Whatsapp_8', '987');
    await submit(19, 'Celular_12', '987');
    await lab.sync();
    const raised = await alerts();
    expect(raised.map(({ subject, facts }) => [subject, facts.newKey])).toEqual([['wp-forms:321', undefined]]);
    expect(runMessage('form_changed', raised[0]!.facts).remedy).toContain('Confira na loja');
  });

  test('a renamed label that keeps its number is followed in silence where the form has its own mapping', async () => {
    await carrinho(
      'loja',
      'mapear',
      '--empresa=loja',
      '--formulario=wp-forms:321',
      '--nome=Nome_3',
      '--whatsapp=Whatsapp_8',
    );
    await submit(25, 'Whatsapp_8');
    await submit(25, 'Seu_celular_8');
    await lab.sync();
    expect(await alerts()).toEqual([]);
    expect(await lab.rows('select count(*)::integer as count from leads where phone_raw is null')).toEqual([
      { count: 0 },
    ]);
  });
});

test('carts that are still new two hours past the cut-off tell that the shop’s WP-Cron stands still, until it runs again', async () => {
  const cart = (email: string, minutes: number) => writeCart(lab.shop, { email, lines: [], time: minutesAgo(minutes) });
  await cart('ana@exemplo.example', 60 + 119);
  await cart('bia@exemplo.example', 60 * 24 * 40);
  await lab.sync();
  expect(await alerts()).toEqual([]);
  await cart('caio@exemplo.example', 60 + 121);
  await lab.sync();
  const [raised] = await alerts();
  expect(raised).toMatchObject({ code: 'wp_cron_stopped', facts: { count: '1' } });
  expect(runMessage(raised!.code, raised!.facts).sentence).toBe(
    'O agendador (WP-Cron) da loja parece parado: 1 carrinho deixado há mais de 2 horas segue como novo.',
  );
  // Only time has passed: an hourly reconciliation sees it, and a run without news asks nothing.
  await lab.sync('reconcile', { now: () => new Date(Date.now() + 5 * 60_000) });
  expect((await alerts())[0]!.facts).toEqual({ count: '2' });
  await abandonCarts(lab.shop, { now: new Date() });
  await lab.sync();
  expect(await alerts()).toEqual([]);
});
