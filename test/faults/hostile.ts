// Values that no shop should hold and some do: every kind named in the contract of the sync, and combinations of them. The same seed gives the same
// values. Personal data is invented.
import { serializeCartContents } from '../../start/demo/cart-rows.ts';
import { phpSerialize } from '../../start/demo/php-serialize.ts';
import type { Random } from '../../start/demo/random.ts';
import { shoe } from './backlog.ts';

export type Hostile = string | number | Buffer | null;

const words = [
  '',
  ' ',
  '\0',
  'a\0b\0',
  'Maria\ud83d',
  '\udc00João',
  'SÃ£o Paulo',
  'São Paulo 🛒',
  '\\.',
  '\\N',
  '\t\n\r\\',
  "'; drop table orders; --",
  '"\\"\'`',
  '\u202egnp.exe',
  '\u2028\u2029\u0085',
  `e${'\u0301'.repeat(2_000)}`,
  '__proto__',
  'constructor',
  'toString',
  '=cmd|"/C calc"!A0',
  '<script>alert(1)</script>',
  '%00%0a',
  '\u001b[31m\u0007',
  'NaN',
  '1e400',
  '-0',
  '٣٤٥',
  '999999999999999999999999999999999999',
  '-99999999999999999999.999999999999',
  '1,234.56',
  '0x1F',
  '{"a":"\\ud800","__proto__":{"x":1}}',
  'x'.repeat(70_000),
];

const emails = [
  'ana@cliente.example',
  'ANA@Cliente.Example ',
  'a@@b.example',
  '@',
  'a@b',
  `${'x'.repeat(300)}@cliente.example`,
  'ana@cliente.example,bia@cliente.example',
  '\0ana@cliente.example',
  '"ana souza"@cliente.example',
  'ána@clïente.example',
  'ana@cliente.example\r\nBcc: todos@cliente.example',
];

const phones = [
  '(11) 98765-4321',
  `+${'9'.repeat(400)}`,
  '11 98765-4321 ramal 5 / 21 2222-3333',
  '०९८७६५४३२१',
  '--',
  '+55',
  '0',
  '11\u00a098765\u20134321',
  '(11) 98765-4321\0',
  '1'.repeat(50_000),
];

const dates = [
  '0000-00-00 00:00:00',
  '9999-12-31 23:59:59',
  '1000-01-01 00:00:00',
  '2024-02-30 10:00:00',
  '1969-12-31 23:59:59',
  '2038-01-19 03:14:08',
  '2025-10-19 00:30:00',
];

const dateTexts = [
  ...dates,
  '',
  'ontem',
  '2024-13-45 99:99:99',
  '2024-01-01T00:00:00Z',
  '-1',
  '2024',
  '٢٠٢٤-٠١-٠١ ٠٠:٠٠:٠٠',
];

const deep = 10_000;
const php = [
  `${'a:1:{i:0;'.repeat(deep)}N;${'}'.repeat(deep)}`,
  'a:1:{i:0;'.repeat(deep),
  'a:999999999:{i:0;i:1;}',
  's:99999999:"curto";',
  's:-1:"x";',
  'a:1:{s:9:"__proto__";a:1:{s:8:"quantity";i:9;}}',
  'a:1:{s:11:"constructor";a:1:{s:9:"prototype";i:1;}}',
  'O:8:"stdClass":1:{s:9:"__proto__";O:8:"stdClass":0:{}}',
  'O:19:"WC_Product_Variable":1:{s:5:"\0*\0id";i:7;}',
  'C:11:"ArrayObject":21:{x:i:0;a:0:{};m:a:0:{}}',
  'a:2:{i:0;R:1;i:1;r:1;}',
  'a:1:{s:1:"a";a:5:{s:10:"product_id";i:9223372036854775807;s:12:"variation_id";d:1.0E+400;s:8:"quantity";d:NAN;s:10:"line_total";d:-INF;s:9:"variation";N;}}',
  'a:1:{s:1:"a";a:3:{s:10:"product_id";s:40:"9999999999999999999999999999999999999999";s:8:"quantity";s:3:"\0\0\0";s:10:"line_total";s:4:"1e99";}}',
  'i:99999999999999999999999;',
  'b:2;',
  'E:11:"Suit:Hearts";',
  'a:1:{d:1.5;i:1;}',
  '[{"product_id":1}]',
  phpSerialize({
    wcf_first_name: 'Ana\ud83d',
    wcf_phone_number: '1'.repeat(5_000),
    wcf_location: 'BR, São Paulo',
    __proto__x: 'y',
  }),
];

function bytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => random.int(0, 255)));
}

/** Bytes that are no UTF-8: cp1252, surrogates encoded one by one (CESU-8), cut sequences, noise. */
export function brokenBytes(random: Random): Buffer {
  return random.pick([
    Buffer.from('S\xe3o Paulo \x80\x93', 'latin1'),
    Buffer.from([0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
    Buffer.from([0x41, 0xf0, 0x9f, 0x9b]),
    Buffer.from([0xff, 0xfe, 0x00, 0x41]),
    bytes(random, random.int(1, 200)),
  ]);
}

export const hostile = {
  text: (random: Random): Hostile =>
    random.chance(0.1) ? null : random.chance(0.2) ? random.hex(random.int(1, 60)) : random.pick(words),
  email: (random: Random): Hostile =>
    random.chance(0.1) ? null : random.chance(0.3) ? `cliente${random.int(1, 500)}@loja.example` : random.pick(emails),
  phone: (random: Random): Hostile =>
    random.chance(0.1) ? '' : random.chance(0.3) ? `119${random.int(60_000_000, 99_999_999)}` : random.pick(phones),
  date: (random: Random): Hostile =>
    random.chance(0.1) ? null : random.chance(0.4) ? ordinaryDate(random) : random.pick(dates),
  dateText: (random: Random): Hostile => (random.chance(0.5) ? ordinaryDate(random) : random.pick(dateTexts)),
  decimal: (random: Random): Hostile =>
    random.pick([
      '0',
      '-1',
      '19.90',
      '99999999.99',
      '999999999999999999.99999999',
      '-999999999999999999.99999999',
      'abc',
      '1e400',
      '',
      null,
    ]),
  id: (random: Random): Hostile => random.pick(['0', '1', '7', '2147483647', '9223372036854775807', '-1']),
  php(random: Random): Hostile {
    const chance = random.next();
    if (chance < 0.4) return random.pick(php);
    const valid = serializeCartContents([shoe(random), shoe(random)]);
    if (chance < 0.55) return valid;
    if (chance < 0.8) return valid.slice(0, random.int(0, valid.length));
    const broken = Buffer.from(valid);
    for (let flips = random.int(1, 20); flips > 0; flips -= 1)
      broken[random.int(0, broken.length - 1)] = random.int(0, 255);
    return broken.toString('latin1');
  },
  megabyte: (random: Random): Hostile =>
    random.pick(['🛒'.repeat(262_144), 'a:1:{i:0;'.repeat(116_000), `s:1048576:"${'x'.repeat(1_048_576)}";`]),
};

function ordinaryDate(random: Random): string {
  return new Date(
    Date.UTC(2025, random.int(0, 9), random.int(1, 28), random.int(0, 23), random.int(0, 59), random.int(0, 59)),
  )
    .toISOString()
    .slice(0, 19)
    .replace('T', ' ');
}
