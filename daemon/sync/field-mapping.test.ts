import { describe, expect, test } from 'vitest';
import type { FieldMapping } from '../settings.ts';
import { mapAnswers } from './field-mapping.ts';

const mapping = (over: Partial<FieldMapping>): FieldMapping => ({
  formPlugin: '',
  formId: '',
  nameKey: null,
  phoneKey: null,
  emailKey: null,
  sizeKey: null,
  ...over,
});
const form = { formPlugin: 'wp-forms', formId: '321' };
const answer = (key: string, value: string) => ({ key, value });

describe('an answer is found by its key', () => {
  test('exactly, before any looser reading', () => {
    const answers = [answer('nome_3', 'Errada'), answer('Nome_3', ' Ana ')];
    expect(mapAnswers(form, answers, [mapping({ nameKey: 'Nome_3' })]).name).toBe('Ana');
  });

  test('else without case, accents and separators', () => {
    const answers = [answer('Número_do_sapato_9', '37')];
    expect(mapAnswers(form, answers, [mapping({ sizeKey: 'Numero do sapato 9' })]).size).toBe('37');
  });

  test("else, in the mapping of that very form, by WPForms' own number at its end", () => {
    const answers = [answer('Seu_WhatsApp_8', '11 98765-4321')];
    const wanted = { phoneKey: 'Whatsapp_8' };
    expect(mapAnswers(form, answers, [mapping({ ...form, ...wanted })]).phone).toBe('11 98765-4321');
    expect(mapAnswers(form, answers, [mapping(wanted)]).phone).toBeNull();
    expect(
      mapAnswers({ formPlugin: 'cf7', formId: '321' }, answers, [
        mapping({ formPlugin: 'cf7', formId: '321', ...wanted }),
      ]).phone,
    ).toBeNull();
  });

  test('and an empty answer is passed over for a filled one of the same key', () => {
    const answers = [answer('E-mail_2', '  '), answer('E-mail_2', 'ana@cliente.example')];
    expect(mapAnswers(form, answers, [mapping({ emailKey: 'E-mail_2' })]).email).toBe('ana@cliente.example');
  });
});

test("a form's own mapping wins over the shop's default; without any, nothing is mapped", () => {
  const answers = [answer('a', 'Ana'), answer('b', 'Bia')];
  const mappings = [mapping({ nameKey: 'a' }), mapping({ ...form, nameKey: 'b' })];
  expect(mapAnswers(form, answers, mappings).name).toBe('Bia');
  expect(mapAnswers({ formPlugin: 'cf7', formId: '9' }, answers, mappings).name).toBe('Ana');
  expect(mapAnswers(form, answers, [])).toEqual({ name: null, phone: null, email: null, size: null });
});
