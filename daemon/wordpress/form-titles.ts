// What a shop's forms are called. Form Vibes keeps the titles in one option, PHP-serialized: plugin → form id → { id, name } (docs/wordpress.md
// §3.2). It is written at each submission, so a form appears there when it is first used.
import { PhpUnserializeError, type PhpValue, unserialize } from './php-unserialize.ts';
import { phpGet, phpString } from './php-value.ts';
import { cleanText, repairDoubleEncoding } from './text.ts';

export type FormTitle = { formPlugin: string; formId: string; title: string };

/** More forms than a shop has; a longer option is damage. */
const mostForms = 500;
const mostCharacters = 200;

/** The titles in option `fv_forms`; a missing or damaged option is no titles. Key and `id` agree, the key is what entries carry. */
export function readFormTitles(option: string | null | undefined): FormTitle[] {
  const plugins = readOption(option ?? '');
  if (!(plugins instanceof Map)) return [];
  return [...plugins]
    .flatMap(([plugin, forms]) =>
      forms instanceof Map
        ? [...forms].map(([id, form]) => ({
            formPlugin: cleanText(String(plugin)),
            formId: cleanText(String(id)),
            title: titleOf(form),
          }))
        : [],
    )
    .filter(({ title }) => title !== '')
    .slice(0, mostForms);
}

function titleOf(form: PhpValue): string {
  const name = cleanText(repairDoubleEncoding(phpString(phpGet(form, 'name')) ?? '')).trim();
  return [...name].slice(0, mostCharacters).join('');
}

function readOption(option: string): PhpValue {
  if (option === '') return null;
  try {
    return unserialize(option, { tolerant: true });
  } catch (error) {
    if (!(error instanceof PhpUnserializeError)) throw error;
    return null;
  }
}
