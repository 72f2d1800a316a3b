// The texts that people get: variables, what stands where one is empty, and the addresses that open WhatsApp.
import { expect, test } from 'vitest';
import { cartLink, firstNameOf, hasWayOut, parseTemplate, renderMessage, whatsappUrl } from './message-template.ts';

const values = { nome: 'Maria', valor: 'R$\u00a0189,90', itens: ' ', empresa: '{nome} & Filhos' };

test.each([
  ['Oi {nome}!', 'Oi Maria!'],
  ['Oi { nome }!', 'Oi Maria!'],
  ['{valor}', 'R$ 189,90'],
  ['Oi {nome_completo|tudo bem}!', 'Oi tudo bem!'],
  ['{itens|seus | itens}', 'seus | itens'],
  ['{itens}', ''],
  ['{tamanho|}', ''],
  ['{{nome}', '{nome}'],
  ['{{{nome}}', '{Maria}'],
  ['a } b', 'a } b'],
  // A value is never read again.
  ['{empresa}', '{nome} & Filhos'],
  ['linha 1\r\nlinha 2', 'linha 1\nlinha 2'],
])('%j gives %j', (template, text) => {
  expect(renderMessage(template, values)).toBe(text);
  expect(parseTemplate(template).faults).toEqual([]);
});

test.each([
  ['Oi {apelido}!', [{ kind: 'unknown_variable', name: 'apelido' }]],
  ['Oi {Nome}!', [{ kind: 'unknown_variable', name: 'Nome' }]],
  ['Oi {}!', [{ kind: 'unknown_variable', name: '' }]],
  ['Oi {nome', [{ kind: 'unclosed' }]],
  ['Oi {nome {valor}', [{ kind: 'unclosed' }]],
])('%j can’t be saved', (template, faults) => {
  expect(parseTemplate(template).faults).toEqual(faults);
});

test.each([
  ['MARIA DA SILVA', 'Maria'],
  ['  joão ', 'João'],
  ['ana-clara souza', 'Ana-Clara'],
  ["d'ávila", "D'Ávila"],
  ['maria\nmaliciosa', 'Maria'],
  ['maria@example.com', ''],
  ['12345', ''],
  ['J', ''],
  [null, ''],
])('the first name of %j is %j', (name, first) => {
  expect(firstNameOf(name)).toBe(first);
});

test('a name with half a character or a line break breaks nothing', () => {
  const text = renderMessage('Oi {nome}', { nome: 'Zé\ud800\nda Silva' });
  expect(text).toBe('Oi Zé\ufffd da Silva');
  expect(() => encodeURIComponent(text)).not.toThrow();
});

test.each([
  ['wa_me', 'https://wa.me/5511987654321?text=Oi%20%26%20tudo%3F%0A%F0%9F%91%8B'],
  ['web', 'https://web.whatsapp.com/send?phone=5511987654321&text=Oi%20%26%20tudo%3F%0A%F0%9F%91%8B'],
  ['app', 'whatsapp://send?phone=5511987654321&text=Oi%20%26%20tudo%3F%0A%F0%9F%91%8B'],
] as const)('%s opens %s', (opener, url) => {
  expect(whatsappUrl(opener, { digits: '5511987654321', text: 'Oi & tudo?\n👋' })).toBe(url);
});

test.each([
  [
    { siteUrl: 'https://loja.example.com/', checkoutPageId: '7', sessionId: 'a?>b' },
    'https://loja.example.com/?page_id=7&wcf_ac_token=d2NmX3Nlc3Npb25faWQ9YT8%2BYg%3D%3D',
  ],
  [
    { siteUrl: 'https://loja.example.com/pt', checkoutPageId: '7', sessionId: 'x' },
    'https://loja.example.com/pt/?page_id=7&wcf_ac_token=d2NmX3Nlc3Npb25faWQ9eA%3D%3D',
  ],
  [{ siteUrl: 'https://loja.example.com', checkoutPageId: '0', sessionId: 'x' }, null],
  [{ siteUrl: null, checkoutPageId: '7', sessionId: 'x' }, null],
  [{ siteUrl: 'https://loja.example.com', checkoutPageId: '7', sessionId: '' }, null],
])('the restore link of %j', (cart, link) => {
  expect(cartLink(cart)).toBe(link);
});

test('our own last sentence tells how to get no more messages', () => {
  expect(hasWayOut('Oi, {nome}!\n\nSe não quiser mais mensagens, é só avisar.')).toBe(true);
  expect(hasWayOut('Oi, {nome}! Quer ver as novidades?')).toBe(false);
});
