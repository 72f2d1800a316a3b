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
])('text encoded twice is repaired: %s → %s', (text, repaired) => {
  expect(repairDoubleEncoding(text)).toBe(repaired);
});

test.each([['São Paulo'], ['Água'], ['Ãrea'], ['plain'], ['SÃ£o 🙂'], ['SÃ£o São'], ['Ã'], ['\u0080Ã£'], ['']])(
  'text that is right, or cannot be wrong in this way, stays: %j',
  (text) => {
    expect(repairDoubleEncoding(text)).toBe(text);
  },
);

test('after the repair the lengths of a serialized value fit again', () => {
  expect(unserialize(repairDoubleEncoding('s:4:"SÃ£o";'))).toBe('São');
});
