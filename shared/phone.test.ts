import { describe, expect, test } from 'vitest';
import { areaCodesByState } from './area-codes.ts';
import { formatPhone, maskPhone, normalizePhone, type PhoneReason, variantWithoutNine } from './phone.ts';

describe('a mobile number', () => {
  test.each([
    ['(11) 98765-4321', '+5511987654321'],
    ['11987654321', '+5511987654321'],
    ['+55 11 98765-4321', '+5511987654321'],
    ['5511987654321', '+5511987654321'],
    ['0055 11 98765-4321', '+5511987654321'],
    ['011 98765-4321', '+5511987654321'],
    ['0xx11 98765-4321', '+5511987654321'],
    ['+55 (0xx11) 98765-4321', '+5511987654321'],
    ['0 15 11 98765-4321', '+5511987654321'],
    ['+55 0 15 11 98765-4321', '+5511987654321'],
    ['0055 0 15 11 98765-4321', '+5511987654321'],
    ['041 21 98765-4321', '+5521987654321'],
    ['+55 55 11 98765-4321', '+5511987654321'],
    ['+0 11 98765-4321', '+5511987654321'],
    ['(+55) 11 98765-4321', '+5511987654321'],
    ['tel: 11.98765.4321', '+5511987654321'],
    ['11987654321.0', '+5511987654321'],
    ['１１９８７６５４３２１', '+5511987654321'],
    ['\u202a+55 11 98765\u20114321\u202c', '+5511987654321'],
    ['11 98765-4321 ramal 22', '+5511987654321'],
    ['11 98765-4321 r. 22', '+5511987654321'],
    ['11 98765-4321 ext 22', '+5511987654321'],
    ['11 98765-4321 x22', '+5511987654321'],
    ['11 98765-4321, ramal: 22', '+5511987654321'],
    ['(11) 93456-7890', '+5511934567890'],
    ['(55) 99123-4567', '+5555991234567'],
    ['55991234567', '+5555991234567'],
    ['5555991234567', '+5555991234567'],
    ['71/96105-1919', '+5571961051919'],
    ['68/99473-2902', '+5568994732902'],
  ])('%s is %s', (typed, e164) => {
    expect(normalizePhone(typed)).toEqual({
      status: 'valid',
      kind: 'mobile',
      e164,
      whatsappDigits: e164.slice(1),
      display: `(${e164.slice(3, 5)}) ${e164.slice(5, 10)}-${e164.slice(10)}`,
      areaCode: e164.slice(3, 5),
      warnings: [],
      alternatives: [],
      reason: null,
      isPresumed: false,
    });
  });

  test.each(['(11) 8765-4321', '1187654321', '551187654321', '+55 11 8765-4321', '0 15 11 8765-4321'])(
    '%s gets its ninth digit, and says so',
    (typed) => {
      expect(normalizePhone(typed)).toMatchObject({
        status: 'valid',
        kind: 'mobile',
        e164: '+5511987654321',
        warnings: ['ninth_digit_inserted'],
      });
    },
  );

  test('that starts with 7 and has eight digits may be an extinct trunking line', () => {
    expect(normalizePhone('(11) 7765-4321')).toMatchObject({
      kind: 'mobile',
      e164: '+5511977654321',
      warnings: ['ninth_digit_inserted', 'possible_trunking'],
    });
  });
});

describe('a landline', () => {
  test.each([
    ['(11) 3456-7890', '+551134567890'],
    ['551134567890', '+551134567890'],
    ['015 11 3456-7890', '+551134567890'],
    ['(55) 3222-1234', '+555532221234'],
    ['5532221234', '+555532221234'],
    ['555532221234', '+555532221234'],
  ])('%s is %s, without a ninth digit', (typed, e164) => {
    expect(normalizePhone(typed)).toMatchObject({
      status: 'valid',
      kind: 'landline',
      e164,
      warnings: [],
      reason: null,
    });
  });
});

describe('an international number', () => {
  test.each([
    ['+351 912 345 678', '+351912345678'],
    ['00351912345678', '+351912345678'],
    ['00351962345678', '+351962345678'],
    ['tel: (+1) 212-555-0142', '+12125550142'],
    ['0047 12345678', '+4712345678'],
    ['+00 351 962 345 678', '+351962345678'],
  ])('%s is %s', (typed, e164) => {
    expect(normalizePhone(typed)).toMatchObject({
      status: 'valid',
      kind: 'international',
      e164,
      display: e164,
      whatsappDigits: e164.slice(1),
      areaCode: null,
    });
  });

  test.each([
    ['+351 912', 'too_short'],
    ['+1234567890123456', 'too_long'],
    ['001234567890123456', 'too_long'],
  ])('%s has an impossible length: %s', (typed, reason) => {
    expect(normalizePhone(typed)).toMatchObject({ status: 'invalid', reason, e164: null });
  });
});

describe('an invalid number', () => {
  test.each<[string, PhoneReason]>([
    ['98765-4321', 'missing_area_code'],
    ['3456-7890', 'missing_area_code'],
    ['119876543', 'missing_area_code'],
    ['351912345678', 'too_long'],
    ['351962345678', 'too_long'],
    ['11 8876543210', 'too_long'],
    ['(20) 98765-4321', 'unknown_area_code'],
    ['0800 123 4567', 'service'],
    ['0300 123 4567', 'service'],
    ['+55 0800 123 4567', 'service'],
    ['3003-1234', 'service'],
    ['4003-1234', 'service'],
    ['4020-1234', 'service'],
    ['300 12345', 'service'],
    ['5.51199E+12', 'scientific_notation'],
    ['5,51199E+12', 'scientific_notation'],
    ['00000000000', 'too_short'],
    ['1234', 'too_short'],
    ['não tenho', 'too_short'],
    ['(11) 88765-4321', 'invalid_local_number'],
    ['(11) 1234-5678', 'invalid_local_number'],
    ['9'.repeat(501), 'too_long'],
  ])('%s: %s', (typed, reason) => {
    expect(normalizePhone(typed)).toMatchObject({
      status: 'invalid',
      reason,
      e164: null,
      whatsappDigits: null,
      display: null,
    });
  });

  test.each([null, undefined, '', '   ', '\u3000'])('nothing typed (%j) is empty, not invalid', (typed) => {
    expect(normalizePhone(typed)).toMatchObject({
      status: 'empty',
      kind: null,
      e164: null,
      reason: null,
      warnings: [],
    });
  });
});

describe('a number without area code', () => {
  test('takes the shop’s, and says so', () => {
    expect(normalizePhone('98765-4321', { defaultAreaCode: '11' })).toMatchObject({
      status: 'valid',
      kind: 'mobile',
      e164: '+5511987654321',
      warnings: ['presumed_area_code'],
      isPresumed: true,
    });
  });

  test('in eight old digits takes area code and ninth digit', () => {
    expect(normalizePhone('8765-4321', { defaultAreaCode: '11' })).toMatchObject({
      e164: '+5511987654321',
      warnings: ['presumed_area_code', 'ninth_digit_inserted'],
    });
  });

  test('is not presumed from an area code that does not exist', () => {
    expect(normalizePhone('98765-4321', { defaultAreaCode: '20' })).toMatchObject({ reason: 'missing_area_code' });
  });

  test('of an order in a state without the shop’s area code is not presumed', () => {
    for (const state of ['SP', 'São Paulo', 'BR, São Paulo']) {
      expect(normalizePhone('3456-7890', { defaultAreaCode: '71', state })).toMatchObject({
        status: 'invalid',
        reason: 'missing_area_code',
      });
    }
  });

  test('of an order in the shop’s own state takes the shop’s area code', () => {
    expect(normalizePhone('3456-7890', { defaultAreaCode: '71', state: 'BA' })).toMatchObject({
      e164: '+557134567890',
    });
  });

  const single = Object.entries(areaCodesByState).filter(([, codes]) => codes.length === 1);
  test.each(single)('of an order in %s takes the only area code there', (state, [areaCode]) => {
    for (const defaultAreaCode of ['71', null]) {
      expect(normalizePhone('3456-7890', { defaultAreaCode, state })).toMatchObject({
        kind: 'landline',
        e164: `+55${areaCode}34567890`,
        warnings: ['presumed_area_code'],
        isPresumed: true,
      });
    }
  });

  test('of an order abroad takes the shop’s area code', () => {
    expect(normalizePhone('98765-4321', { defaultAreaCode: '11', state: 'Lisboa' }).e164).toBe('+5511987654321');
  });

  test('that was typed with its area code ignores shop and state', () => {
    expect(normalizePhone('(11) 98765-4321', { defaultAreaCode: '71', state: 'DF' })).toMatchObject({
      e164: '+5511987654321',
      isPresumed: false,
    });
  });
});

describe('several numbers in one field', () => {
  test('the first mobile is the main one, the landline before it an alternative', () => {
    expect(normalizePhone('11 3456-7890 / 11 98765-4321')).toMatchObject({
      e164: '+5511987654321',
      kind: 'mobile',
      alternatives: [{ e164: '+551134567890', kind: 'landline', isPresumed: false, status: 'valid' }],
    });
  });

  test.each(['/', ';', ',', '|', '\n', ' ou ', ' e ', ' OU '])('are separated by %j', (separator) => {
    const phone = normalizePhone(`11 98765-4321${separator}21 98765-4321`);
    expect(phone.e164).toBe('+5511987654321');
    expect(phone.alternatives.map((alternative) => alternative.e164)).toEqual(['+5521987654321']);
  });

  test('without a mobile the first valid one is the main one', () => {
    expect(normalizePhone('11 99999-9999 / (20) 3456-7890 / 11 3456-7890 / +351 912 345 678')).toMatchObject({
      e164: '+551134567890',
      alternatives: [
        { e164: '+5511999999999', status: 'fictitious' },
        { e164: '+351912345678', kind: 'international', status: 'valid' },
      ],
    });
  });

  test('each takes the presumed area code when it lacks one', () => {
    expect(normalizePhone('11 98765-4321 / 3456-7890', { defaultAreaCode: '11' }).alternatives).toEqual([
      { e164: '+551134567890', kind: 'landline', isPresumed: true, status: 'valid' },
    ]);
  });

  test('an invalid or repeated one is no alternative', () => {
    expect(normalizePhone('11 98765-4321 / 98765-4321 / 011 98765-4321').alternatives).toEqual([]);
  });

  test('loses its extensions one by one', () => {
    const phone = normalizePhone('11 3456-7890 ramal 22 / 11 98765-4321 x7');
    expect([phone.e164, phone.alternatives[0]?.e164]).toEqual(['+5511987654321', '+551134567890']);
  });
});

describe('a fictitious number', () => {
  test.each([
    ['(11) 99999-9999', '+5511999999999'],
    ['(11) 8888-8888', '+5511988888888'],
    ['(11) 2222-2222', '+551122222222'],
  ])('%s has eight equal last digits: shown and contactable, not valid', (typed, e164) => {
    expect(normalizePhone(typed)).toMatchObject({ status: 'fictitious', e164, whatsappDigits: e164.slice(1) });
  });

  test('is not everybody’s test sequence', () => {
    expect(normalizePhone('(11) 91234-5678').status).toBe('valid');
  });
});

test('phones are shown, masked and varied by their own shape', () => {
  expect(formatPhone('+5511987654321')).toBe('(11) 98765-4321');
  expect(formatPhone('+551134567890')).toBe('(11) 3456-7890');
  expect(formatPhone('+351912345678')).toBe('+351912345678');
  expect(maskPhone('+5511987654321')).toBe('(11) 9****-4321');
  expect(maskPhone('+551134567890')).toBe('(11) ****-7890');
  expect(maskPhone('+351912345678')).toBe('+****5678');
});

test('the variant without the 9 is offered only where it cannot be somebody’s landline', () => {
  expect(variantWithoutNine('+5511987654321')).toBe('551187654321');
  expect(variantWithoutNine('+5511934567890')).toBeNull();
  expect(variantWithoutNine('+551134567890')).toBeNull();
  expect(variantWithoutNine('+351912345678')).toBeNull();
});

test('whatever is typed, nothing throws, and a number once normal stays as it is', () => {
  const alphabet = [...'00112345555678999+-() ./,;|exr٣１\n', ' ou ', ' ramal ', '+55', '00', '🙂', '\ud800'];
  let seed = 42;
  const random = (below: number) => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return Math.floor((seed / 2 ** 32) * below);
  };
  let usableCount = 0;
  for (let round = 0; round < 5000; round++) {
    const typed = Array.from({ length: random(30) }, () => alphabet[random(alphabet.length)]).join('');
    const phone = normalizePhone(typed, { defaultAreaCode: round % 2 ? '11' : null });
    for (const { e164, kind, status } of [phone, ...phone.alternatives]) {
      if (e164 === null) continue;
      usableCount++;
      expect(normalizePhone(e164)).toMatchObject({ e164, kind, status, warnings: [], alternatives: [] });
    }
  }
  expect(usableCount).toBeGreaterThan(500);
});
