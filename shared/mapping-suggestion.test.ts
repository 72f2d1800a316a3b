import { expect, test } from 'vitest';
import { catalogOf } from '../start/demo/catalog.ts';
import { demoShops } from '../start/demo/demo-shops.ts';
import { Play } from '../start/demo/play.ts';
import { Random } from '../start/demo/random.ts';
import { type FormEntry, suggestForm, suggestMapping } from './mapping-suggestion.ts';

const areaCode = '11';
const none = { phone: null, email: null, size: null, name: null };

/** Entries of one form from a list of columns, one value a row, newest first. */
function entriesOf(columns: Record<string, string[]>, formId = '1'): FormEntry[] {
  const count = Math.max(...Object.values(columns).map((values) => values.length));
  return Array.from({ length: count }, (_, index) => ({
    formPlugin: 'wp-forms',
    formId,
    answers: Object.entries(columns).flatMap(([key, values]) =>
      values[index] === undefined ? [] : [{ key, value: values[index] }],
    ),
  }));
}
const keysOf = (columns: Record<string, string[]>) => suggestForm(entriesOf(columns), { areaCode }).keys;

const people = ['Ana Lima', 'Bia Souza', 'Caio Reis', 'Davi Melo', 'Eva Nunes', 'Fábio D’Ávila', 'Gil Sá', 'Hugo Luz'];
const phones = people.map((_, index) => `(11) 9876${index}-432${index}`);

test('each form of the demo shops gets the mapping that a person would choose', () => {
  for (const shop of demoShops) {
    const play = new Play(Random.of(7, shop.prefix), new Date(), catalogOf(shop.theme ?? 'shoes'), {
      salt: 3,
      currency: 'BRL',
      forms: shop.forms ?? [],
      sendsEmails: false,
      overwritesTotal: false,
    });
    for (const form of shop.forms ?? []) {
      for (let count = 0; count < 60; count += 1) play.form(play.person(), { at: new Date(0), form });
    }
    const entries = play.facts.flatMap((fact) => (fact.kind === 'form' ? [fact.entry] : []));
    const { forms } = suggestMapping(
      entries.map(({ answers, ...form }) => ({ ...form, answers: answers.map(([key, value]) => ({ key, value })) })),
      { areaCode },
    );
    for (const { id, fields } of shop.forms ?? []) {
      expect(forms.find(({ formId }) => formId === id)?.keys, id).toEqual({
        phone: fields.phone,
        name: fields.name,
        email: fields.email ?? null,
        size: fields.size ?? null,
      });
    }
  }
});

test('a key is understood with and without its accents', () => {
  const sizes = people.map((_, index) => String(34 + index));
  expect(keysOf({ Número_do_sapato_9: sizes }).size).toBe('Número_do_sapato_9');
  expect(keysOf({ Numero_do_sapato_9: sizes }).size).toBe('Numero_do_sapato_9');
});

test('a CPF has a phone’s eleven digits and is none, masked or bare', () => {
  const bare = ['11987654321', '21998765432', '31912345678', '11944443333'];
  expect(keysOf({ CPF_2: bare, field_a1: phones })).toMatchObject({ phone: 'field_a1' });
  expect(keysOf({ Documento_2: ['119.876.543-21', '219.987.654-32', '319.123.456-78'] })).toEqual(none);
});

test('a CEP and an order number are no phones, although the shop’s area code would make them some', () => {
  const postcodes = ['30130-010', '40020-000', '50030230', '60060120', '22041-001'];
  expect(keysOf({ field_7: postcodes }).phone).toBeNull();
  expect(keysOf({ CEP_7: postcodes, Telefone_2: phones }).phone).toBe('Telefone_2');
  expect(keysOf({ Numero_do_pedido_3: ['34567890', '34567891', '34567892'] })).toEqual(none);
});

test('a name field in which some people typed their phone stays the name', () => {
  const names = people.map((name, index) => (index % 4 === 0 ? `${name} ${phones[index]}` : name));
  expect(keysOf({ Nome_1: names, WhatsApp_2: phones })).toMatchObject({ name: 'Nome_1', phone: 'WhatsApp_2' });
});

test('a size is known by its few values, with halves and letters, and an age is none', () => {
  expect(keysOf({ field_1: ['39', '38', '39', '37,5', '39', '40'] }).size).toBe('field_1');
  expect(keysOf({ field_1: ['P', 'M', 'GG', 'M', 'G', 'PP'] }).size).toBe('field_1');
  const ages = Array.from({ length: 60 }, (_, index) => String(18 + (index % 42)));
  expect(keysOf({ field_1: ages }).size).toBeNull();
  expect(keysOf({ Idade_3: ['39', '41', '39'] }).size).toBeNull();
});

test('a number that is asked as “número do WhatsApp” is the phone, not the size', () => {
  expect(keysOf({ Número_do_WhatsApp_4: phones })).toMatchObject({ phone: 'Número_do_WhatsApp_4', size: null });
});

test('of two phones WhatsApp goes first; a town is not a name; a message is nothing', () => {
  const keys = keysOf({
    Telefone_2: phones,
    'Whatsapp_-_DDD_+_Numero_4': phones,
    Nome_1: people,
    field_9: people.map(() => 'São Paulo'),
    Mensagem_5: people.map(() => 'Quando chega?'),
  });
  expect(keys).toEqual({ ...none, phone: 'Whatsapp_-_DDD_+_Numero_4', name: 'Nome_1' });
});

test('fields without a telling name are known by their values', () => {
  const emails = people.map((_, index) => `pessoa${index}@mail.example`);
  expect(keysOf({ field_a: people, field_b: phones, field_c: emails })).toEqual({
    name: 'field_a',
    phone: 'field_b',
    email: 'field_c',
    size: null,
  });
});

test('after a form was edited the key of its newest entries is suggested, not the old one that most entries have', () => {
  const many = Array.from({ length: 180 }, (_, index) => `(11) 98${String(index).padStart(3, '0')}-4321`);
  const entries = [...entriesOf({ Celular_12: many.slice(0, 20) }), ...entriesOf({ Whatsapp_8: many })];
  expect(suggestForm(entries, { areaCode }).keys.phone).toBe('Celular_12');
});

test('the forms come most used first, with how often each field was filled, and the shop has one suggestion of its own', () => {
  const few = entriesOf({ Telefone_4: phones.slice(0, 2) }, '654');
  const many = entriesOf({ Nome_3: people, Whatsapp_8: phones.slice(0, 4) }, '321');
  const { forms, shop } = suggestMapping([...few, ...many], { areaCode });
  expect(forms.map(({ formId, entryCount }) => [formId, entryCount])).toEqual([
    ['321', 8],
    ['654', 2],
  ]);
  expect(forms[0]!.fields).toEqual([
    { key: 'Nome_3', fillPercent: 100 },
    { key: 'Whatsapp_8', fillPercent: 50 },
  ]);
  expect(shop).toMatchObject({ name: 'Nome_3', phone: 'Whatsapp_8' });
  expect(suggestMapping([], { areaCode })).toEqual({ forms: [], shop: none });
});
