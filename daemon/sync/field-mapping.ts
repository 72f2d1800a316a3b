// Which answer of a form is the name, the phone, the e-mail, the size. WPForms builds its keys from the label at submission time, so a renamed
// label gives another key: exact text first, then without case, accents and separators, then the stable number at its end (docs/wordpress.md §3.3).
import type { FieldMapping } from '../settings.ts';

export type Answer = { key: string; value: string };
export type MappedAnswers = { name: string | null; phone: string | null; email: string | null; size: string | null };

const suffixOf = (key: string) => /_\d+(?:_\d+)?$/.exec(key)?.[0] ?? null;

/** `Número_do_sapato_9` = `numero do sapato 9`. */
function fold(key: string): string {
  return key
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[_\s]+/g, ' ')
    .trim();
}

/** The words of a label: `Seu_WhatsApp_8` → seu, whatsapp. */
function wordsOf(key: string): Set<string> {
  const label = fold(key.slice(0, key.length - (suffixOf(key)?.length ?? 0)));
  return new Set(label.match(/[\p{L}\p{N}]{3,}/gu) ?? []);
}

/**
 * The number names a field of one form only, so a mapping for all forms says nothing about field 3 of another form, unless the label has a word of
 * the wanted one and no other field of the form has: `Nome_3` is not `Nome_do_pet_3` where there is a `Nome_1`.
 */
function isOnlyAkin(key: string, wanted: string, answers: Answer[]): boolean {
  const words = wordsOf(wanted);
  const akin = new Set(
    answers.map((answer) => answer.key).filter((each) => [...wordsOf(each)].some((word) => words.has(word))),
  );
  return akin.size === 1 && akin.has(key);
}

/** The mapping of this form, else of its plugin's forms, else the shop's default. */
export function findMapping(
  mappings: readonly FieldMapping[],
  formPlugin: string,
  formId: string,
): FieldMapping | null {
  return (
    mappings.find((mapping) => mapping.formPlugin === formPlugin && mapping.formId === formId) ??
    mappings.find((mapping) => mapping.formPlugin === formPlugin && mapping.formId === '') ??
    mappings.find((mapping) => mapping.formPlugin === '' && mapping.formId === '') ??
    null
  );
}

/** The answers' values by meaning; the first filled answer of a key counts, since a key may come twice. */
export function mapAnswers(
  form: { formPlugin: string; formId: string },
  answers: Answer[],
  mappings: readonly FieldMapping[],
): MappedAnswers {
  const mapping = findMapping(mappings, form.formPlugin, form.formId);
  const filled = answers.filter(({ value }) => value.trim() !== '');

  const find = (wanted: string | null | undefined): string | null => {
    if (!mapping || !wanted) return null;
    const exact = filled.find(({ key }) => key === wanted);
    if (exact) return exact.value.trim();
    const folded = filled.find(({ key }) => fold(key) === fold(wanted));
    if (folded) return folded.value.trim();
    const suffix = suffixOf(wanted);
    if (suffix === null || form.formPlugin !== 'wp-forms') return null;
    const numbered = filled.find(({ key }) => suffixOf(key) === suffix);
    if (!numbered || (mapping.formId === '' && !isOnlyAkin(numbered.key, wanted, answers))) return null;
    return numbered.value.trim();
  };

  return {
    name: find(mapping?.nameKey),
    phone: find(mapping?.phoneKey),
    email: find(mapping?.emailKey),
    size: find(mapping?.sizeKey),
  };
}
