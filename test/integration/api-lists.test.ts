// What the four lists have in common: search, filters, order and pages in the address, selections and what is done to them, saved filters.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openDatabase } from '../../api/db.ts';
import { parseSearch, recordMatches } from '../../api/queries/search.ts';
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
    const search = await parseSearch(tx, text, { isMasked });
    const rows = await tx<{ name: string }[]>`
      select l.name from leads l where l.id <> ${lab.sol.leadId} ${recordMatches(tx, search, 'lead', tx`l.id`)} order by l.id`;
    return rows.map(({ name }) => name.split(' ')[0]);
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
