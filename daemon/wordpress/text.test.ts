import { expect, test } from 'vitest';
import { unserialize } from './php-unserialize.ts';
import { cleanText, repairDoubleEncoding } from './text.ts';

test('text that Postgres would refuse is made acceptable, other text is left alone', () => {
  expect(cleanText('a\0b\0')).toBe('ab');
  expect(cleanText('oi \ud83d!')).toBe('oi \ufffd!');
  expect(cleanText('\ude42 oi')).toBe('\ufffd oi');
  expect(cleanText('São 🙂\n\t')).toBe('São 🙂\n\t');
  expect(cleanText('')).toBe('');
});

test.each([
  ['SÃ£o Paulo', 'São Paulo'],
  ['JosÃ© da ConceiÃ§Ã£o', 'José da Conceição'],
  ['â‚¬ 10', '€ 10'],
  ['â€œaspasâ€\u009d', '“aspas”'],
  ['Ã\u0081gua', 'Água'],
  ['Ã\u00a0 vista', 'à vista'],
  ['ðŸ™‚', '🙂'],
  ['JosÃƒÂ©', 'José'],
  ['1Âª fila', '1ª fila'],
  ['IpÃª', 'Ipê'],
  ['BaÃº', 'Baú'],
  ['JÃ–RG', 'JÖRG'],
  ['VOVÃ\u201d', 'VOVÔ'],
  ['CORAÃ‡ÃƒO Â®', 'CORAÇÃO ®'],
])('text encoded twice is repaired: %s → %s', (text, repaired) => {
  expect(repairDoubleEncoding(text)).toBe(repaired);
});

test.each([['São Paulo'], ['Água'], ['Ãrea'], ['plain'], ['SÃ£o 🙂'], ['SÃ£o São'], ['Ã'], ['\u0080Ã£'], ['']])(
  'text that is right, or cannot be wrong in this way, stays: %j',
  (text) => {
    expect(repairDoubleEncoding(text)).toBe(text);
  },
);

test.each([
  'SÃO',
  'ÃO',
  'Ângela',
  'SÃO JOÃO',
  'CONCEIÇÃO',
  'ROMÃ®',
  'LÃ™',
  'IRMÃ©',
  'AMANHÃ…',
  'MAÇÃ – 1kg',
  'LÃ\u00a0MERINO',
  'IRMÃ\u00a0E IRMÃO',
  'CAFÉ®',
  'ATÉ…',
  'JOSÉ’S',
  'amanhã…”',
  'Â“',
  '“ROMÔ',
  'Zoë Ångström',
  'Ümit',
  'Nº 3',
  'ana.souza@cliente.example',
  '(11) 98765-4321',
])('a name that is right stays: %s', (name) => {
  expect(repairDoubleEncoding(name)).toBe(name);
});

test('whatever is written twice over comes back once, and repairing it again changes nothing', () => {
  const high = '€\u0081‚ƒ„…†‡ˆ‰Š‹Œ\u008dŽ\u008f\u0090‘’“”•–—˜™š›œ\u009džŸ';
  const twice = (text: string) =>
    Buffer.from(text)
      .toString('latin1')
      .replace(/[\x80-\x9f]/g, (byte) => high.charAt(byte.charCodeAt(0) - 0x80));
  const names = [
    'João',
    'Ângela Conceição',
    'AÇÃO',
    'São José do Rio Prêto',
    'Müller',
    'Tênis “Ação” – 39 €',
    'Órfã',
    'Pé 👟',
  ];
  for (const name of names) {
    expect(repairDoubleEncoding(twice(name))).toBe(name);
    expect(repairDoubleEncoding(repairDoubleEncoding(twice(name)))).toBe(name);
    expect(repairDoubleEncoding(name)).toBe(name);
  }
});

test('after the repair the lengths of a serialized value fit again', () => {
  expect(unserialize(repairDoubleEncoding('s:4:"SÃ£o";'))).toBe('São');
});
