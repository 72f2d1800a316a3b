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
    for (const sizeKey of ['Numero do sapato 9', 'Numero_do_sapato_9', 'NÚMERO_DO_SAPATO_9']) {
      expect(mapAnswers(form, answers, [mapping({ sizeKey })]).size).toBe('37');
    }
    const plain = [answer('Numero_do_sapato_9', '38')];
    expect(mapAnswers(form, plain, [mapping({ sizeKey: 'Número_do_sapato_9' })]).size).toBe('38');
  });

  test("else, in the mapping of that very form, by WPForms' own number at its end", () => {
    const answers = [answer('Seu_WhatsApp_8', '11 98765-4321')];
    const wanted = { phoneKey: 'Whatsapp_8' };
    expect(mapAnswers(form, answers, [mapping({ ...form, ...wanted })]).phone).toBe('11 98765-4321');
    expect(
      mapAnswers({ formPlugin: 'cf7', formId: '321' }, answers, [
        mapping({ formPlugin: 'cf7', formId: '321', ...wanted }),
      ]).phone,
    ).toBeNull();
  });

  test('and in a mapping for all forms by that number only where the label leaves no doubt', () => {
    const wanted = [mapping({ nameKey: 'Nome_3', phoneKey: 'Whatsapp_8' })];
    const phoneOf = (...answers: { key: string; value: string }[]) => mapAnswers(form, answers, wanted).phone;
    expect(phoneOf(answer('Seu_WhatsApp_8', '11 98765-4321'))).toBe('11 98765-4321');
    expect(phoneOf(answer('Mensagem_8', 'Bom dia'))).toBeNull();
    expect(phoneOf(answer('Seu_WhatsApp_18', '11 98765-4321'))).toBeNull();
    expect(phoneOf(answer('Tem_WhatsApp_8', 'sim'), answer('Número_do_WhatsApp_9', '11 98765-4321'))).toBeNull();
    // An empty field is a field, too.
    const pet = [answer('Nome_do_pet_3', 'Rex'), answer('Nome_1', '')];
    expect(mapAnswers(form, pet, wanted).name).toBeNull();
    expect(mapAnswers({ ...form, formPlugin: 'cf7' }, [answer('Seu_WhatsApp_8', '1')], wanted).phone).toBeNull();
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
