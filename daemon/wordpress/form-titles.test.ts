import { expect, test } from 'vitest';
import { phpSerialize } from '../../start/demo/php-serialize.ts';
import { readFormTitles } from './form-titles.ts';

test('gives each form of each plugin its title, numeric ids as text', () => {
  const option = phpSerialize({
    'wp-forms': { 321: { id: '321', name: 'Avise-me quando chegar' }, 654: { id: '654', name: 'Fale conosco' } },
    elementor: { a1b2c3d: { id: 'a1b2c3d', name: 'Promoção de verão' } },
  });
  expect(readFormTitles(option)).toEqual([
    { formPlugin: 'wp-forms', formId: '321', title: 'Avise-me quando chegar' },
    { formPlugin: 'wp-forms', formId: '654', title: 'Fale conosco' },
    { formPlugin: 'elementor', formId: 'a1b2c3d', title: 'Promoção de verão' },
  ]);
});

test('doubly encoded titles are mended, blank ones left out, long ones cut', () => {
  const option = phpSerialize({
    cf7: {
      1: { id: '1', name: 'PromoÃ§Ã£o' },
      2: { id: '2', name: '  ' },
      3: { id: '3', name: 'x'.repeat(900) },
      4: 'x',
    },
  });
  expect(readFormTitles(option).map(({ title }) => title)).toEqual(['Promoção', 'x'.repeat(200)]);
});

test('an absent, empty or damaged option is no titles', () => {
  for (const option of [undefined, null, '', 'b:0;', 'a:1:{s:8:"wp-forms";', 'i:5;']) {
    expect(readFormTitles(option)).toEqual([]);
  }
});
