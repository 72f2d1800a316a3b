import { describe, expect, test } from 'vitest';
import { type PhpArray, type PhpObject, PhpUnserializeError, type PhpValue, unserialize } from './php-unserialize.ts';

// Written by hand from the grammar: lengths are bytes, NULs count.
const cart =
  'a:1:{s:32:"0123456789abcdef0123456789abcdef";a:7:{s:10:"product_id";i:77;s:12:"variation_id";i:78;' +
  's:9:"variation";a:1:{s:16:"attribute_pa_nº";s:2:"37";}s:8:"quantity";d:2;s:10:"line_total";d:199.9;' +
  's:4:"data";O:20:"WC_Product_Variation":1:{s:5:"\0*\0id";i:78;}s:4:"note";s:16:"Olá, São! 🙂";}}';
// The same after a careless search-and-replace: characters counted, not bytes.
const spoiltCart = cart.replace('s:16:"attribute', 's:15:"attribute').replace('s:16:"Olá', 's:13:"Olá');

const fail = (input: string | Buffer, tolerant = false) => {
  try {
    unserialize(input, { tolerant });
  } catch (error) {
    if (error instanceof PhpUnserializeError) return error;
    throw error;
  }
  return null;
};

describe('scalars', () => {
  test.each<[string, PhpValue]>([
    ['N;', null],
    ['b:0;', false],
    ['b:1;', true],
    ['i:0;', 0],
    ['i:-5;', -5],
    ['i:9007199254740991;', 9007199254740991],
    ['i:9223372036854775807;', 9223372036854775807n],
    ['i:-9223372036854775808;', -9223372036854775808n],
    ['d:0.1;', 0.1],
    ['d:-1.5;', -1.5],
    ['d:1.0E+25;', 1e25],
    ['d:1.0E-7;', 1e-7],
    ['d:INF;', Number.POSITIVE_INFINITY],
    ['d:-INF;', Number.NEGATIVE_INFINITY],
    ['d:NAN;', Number.NaN],
    ['s:0:"";', ''],
    ['s:4:"São";', 'São'],
    ['s:4:"🙂";', '🙂'],
    ['s:8:"a";s:1:"";', 'a";s:1:"'],
    ['s:3:"a\0b";', 'a\0b'],
    [' i:1;\n', 1],
  ])('%j', (text, value) => {
    expect(unserialize(text)).toEqual(value);
    expect(unserialize(Buffer.from(text))).toEqual(value);
    expect(unserialize(text, { tolerant: true })).toEqual(value);
  });
});

describe('arrays', () => {
  test('keep the order and the type of their keys', () => {
    const array = unserialize('a:4:{i:9;s:1:"a";s:1:"b";N;i:-1;b:1;s:0:"";a:0:{}}') as PhpArray;
    expect([...array]).toEqual([
      [9, 'a'],
      ['b', null],
      [-1, true],
      ['', new Map()],
    ]);
  });

  test('keep a __proto__ key as data and touch no prototype', () => {
    const array = unserialize('a:2:{s:9:"__proto__";a:1:{s:8:"polluted";b:1;}s:11:"constructor";i:1;}') as PhpArray;
    expect([...array.keys()]).toEqual(['__proto__', 'constructor']);
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});

describe('objects', () => {
  test('become their class name and properties, of any visibility', () => {
    const text =
      'O:17:"WC_Product_Simple":4:{s:5:"\0*\0id";i:77;s:4:"name";s:1:"x";s:10:"\0Parent\0id";i:1;s:7:"\0A\0priv";N;}';
    const object = unserialize(text) as PhpObject;
    expect(object.className).toBe('WC_Product_Simple');
    expect([...object.properties]).toEqual([
      ['id', 77],
      ['name', 'x'],
      ['priv', null],
    ]);
  });

  test('that serialise themselves keep their bytes', () => {
    const array = unserialize('a:2:{i:0;C:11:"ArrayObject":5:{x:{};}i:1;i:7;}') as PhpArray;
    expect(array.get(0)).toEqual({ className: 'ArrayObject', properties: new Map(), raw: 'x:{};' });
    expect(array.get(1)).toBe(7);
  });

  test('of an enum keep their case', () => {
    expect(unserialize('E:11:"Suit:Hearts";')).toEqual({
      className: 'Suit',
      properties: new Map(),
      enumCase: 'Hearts',
    });
    expect(fail('E:4:"Suit";')?.offset).toBe(2);
  });
});

describe('references', () => {
  test('r is the same object again, and counts as a value', () => {
    // 1 the array · 2 the object · 3 its property · 4 `r` · 5 the string · then a reference to the string
    const array = unserialize('a:4:{i:0;O:1:"A":1:{s:1:"x";i:5;}i:1;r:2;i:2;s:1:"t";i:3;R:5;}') as PhpArray;
    expect(array.get(1)).toBe(array.get(0));
    expect(array.get(3)).toBe('t');
  });

  test('R is the same value again, and does not count', () => {
    // 1 the array · 2 "t" · (R) · 3 "u"
    const array = unserialize('a:4:{i:0;s:1:"t";i:1;R:2;i:2;s:1:"u";i:3;R:3;}') as PhpArray;
    expect([...array.values()]).toEqual(['t', 't', 'u', 'u']);
  });

  test('may point to the container they stand in', () => {
    const array = unserialize('a:1:{i:0;R:1;}') as PhpArray;
    expect(array.get(0)).toBe(array);
  });

  test.each(['R:1;', 'r:0;', 'a:1:{i:0;R:2;}', 'a:1:{i:0;r:99;}'])('to nothing fail: %s', (text) => {
    expect(fail(text)).toBeInstanceOf(PhpUnserializeError);
  });
});

describe('WordPress serialises twice what looks serialized', () => {
  test('so such a string is read once more, and only once', () => {
    expect(unserialize('s:14:"a:1:{i:0;i:7;}";')).toEqual(new Map([[0, 7]]));
    expect(unserialize('s:4:"b:0;";')).toBe(false);
    expect(unserialize('s:11:"s:4:"i:1;";";')).toBe('i:1;');
  });

  test('and what only looks like it stays text', () => {
    expect(unserialize('s:7:"a:1:{x}";')).toBe('a:1:{x}');
    expect(unserialize('s:8:"s: texto";')).toBe('s: texto');
  });
});

describe('a cart of WooCommerce', () => {
  test('is read whole', () => {
    const contents = unserialize(cart) as PhpArray;
    const item = contents.get('0123456789abcdef0123456789abcdef') as PhpArray;
    expect(item.get('quantity')).toBe(2);
    expect(item.get('note')).toBe('Olá, São! 🙂');
    expect((item.get('data') as PhpObject).properties.get('id')).toBe(78);
  });

  test('cut off at any byte is an error with its place, in both modes', () => {
    const bytes = Buffer.from(cart);
    for (let length = 0; length < bytes.length; length++) {
      for (const tolerant of [false, true]) {
        const error = fail(bytes.subarray(0, length), tolerant);
        expect(error, `cut at ${length}`).toBeInstanceOf(PhpUnserializeError);
        expect(error!.offset).toBeLessThanOrEqual(length);
      }
    }
  });

  test('with lengths spoilt by a repair or a search-and-replace is read in tolerant mode only', () => {
    expect(fail(spoiltCart)).toBeInstanceOf(PhpUnserializeError);
    expect(unserialize(spoiltCart, { tolerant: true })).toEqual(unserialize(cart));
  });
});

describe('tolerant mode', () => {
  test.each([
    ['too short', 's:2:"São Paulo";'],
    ['too long', 's:99:"São Paulo";'],
  ])('mends a length that is %s', (_, text) => {
    expect(unserialize(text, { tolerant: true })).toBe('São Paulo');
  });

  test('does not end a string at a quote that belongs to its text', () => {
    const array = unserialize('a:2:{i:0;s:3:"diz "oi"; e vai";i:1;i:7;}', { tolerant: true }) as PhpArray;
    expect([...array.values()]).toEqual(['diz "oi"; e vai', 7]);
  });

  test('leaves alone what follows the value', () => {
    expect(unserialize('i:1;lixo', { tolerant: true })).toBe(1);
    expect(fail('i:1;lixo')?.offset).toBe(4);
  });
});

describe('hostile text', () => {
  test.each([
    '',
    ' ',
    'x',
    'texto',
    'b:2;',
    'b:;',
    'i:;',
    'i:1',
    'i:1.5;',
    'i:0x1;',
    'i:123456789012345678901;',
    'd:abc;',
    's:5:"abc";',
    's:-1:"";',
    's:3:abc;',
    's:4294967296:"a";',
    's:99999999999:"a";',
    'a:1:{}',
    'a:-1:{}',
    'a:999999999:{i:0;N;}',
    'a:1:{N;N;}',
    'a:1:{a:0:{}i:1;}',
    'a:0:{',
    'O:999999999:"A":0:{}',
    'O:1:"A":999999999:{}',
    'C:1:"A":999999999:{}',
    'C:1:"A":1:{ab}',
    'S:1:"a";',
  ])('%j is an error and not a value', (text) => {
    expect(fail(text)).toBeInstanceOf(PhpUnserializeError);
  });

  test('10,000 levels deep does not fill the stack', () => {
    const deep = `${'a:1:{i:0;'.repeat(10_000)}N;${'}'.repeat(10_000)}`;
    expect(fail(deep)?.message).toMatch(/deeper/);
    expect(fail('a:1:{i:0;'.repeat(10_000), true)?.message).toMatch(/deeper/);
  });

  test('more values than any shop has are refused', () => {
    expect(fail(`a:200001:{${'i:0;N;'.repeat(200_001)}}`)?.message).toMatch(/values/);
  });

  test('random bytes and random damage never do anything but fail or give a value', () => {
    let seed = 7;
    const random = (below: number) => {
      seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
      return Math.floor((seed / 2 ** 32) * below);
    };
    const alphabet = Buffer.from('aOCEsbidNrR:;{}"0123459-.\0é');
    const whole = Buffer.from(cart);
    let failures = 0;
    for (let round = 0; round < 5000; round++) {
      let bytes: Buffer;
      if (round % 3 === 0) bytes = Buffer.from(Array.from({ length: random(60) }, () => random(256)));
      else if (round % 3 === 1)
        bytes = Buffer.from(Array.from({ length: random(60) }, () => alphabet[random(alphabet.length)]!));
      else {
        bytes = Buffer.from(whole);
        for (let hit = 0; hit < 3; hit++) bytes[random(bytes.length)] = alphabet[random(alphabet.length)]!;
      }
      if (fail(bytes, round % 2 === 0)) failures++;
    }
    expect(failures).toBeGreaterThan(3000);
  });
});
