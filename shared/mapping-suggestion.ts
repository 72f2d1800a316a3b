// Which answer of a form is the name, the WhatsApp, the e-mail and the size, guessed from the newest entries: 0.6 times what the values look like
// plus 0.4 times what the key is called (docs/rules.md, The doctor). A person decides; nothing is mapped by this alone.
import { normalizeEmail } from './email.ts';
import { normalizePhone } from './phone.ts';

type Answers = { key: string; value: string }[];
/** One submission of a form; `formPlugin` `wp-forms`, `formId` `321`. */
export type FormEntry = { formPlugin: string; formId: string; answers: Answers };

const meanings = ['phone', 'email', 'size', 'name'] as const;
export type Meaning = (typeof meanings)[number];
/** The key for each meaning, null where no key is likely enough. */
export type SuggestedKeys = Record<Meaning, string | null>;
export type KeyFill = { key: string; fillPercent: number };
export type FormSuggestion = {
  formPlugin: string;
  formId: string;
  entryCount: number;
  /** Every key that was found, most filled first. */
  fields: KeyFill[];
  keys: SuggestedKeys;
};

/** So many entries are looked at. */
export const sampledEntries = 200;
/** A form that was edited shows its new keys in these; older ones may still have the old. */
const newestEntries = 20;
/** Values alone (0.6) are enough when nearly all of them fit, a name alone (0.4) never is. */
const likely = 0.5;

/** The suggestion for each form, most used first, and one for the shop as a whole. `entries` newest first; `areaCode` is the shop's. */
export function suggestMapping(
  entries: readonly FormEntry[],
  { areaCode }: { areaCode: string | null },
): { forms: FormSuggestion[]; shop: SuggestedKeys } {
  const byForm = new Map<string, FormEntry[]>();
  for (const entry of entries) {
    const id = JSON.stringify([entry.formPlugin, entry.formId]);
    byForm.set(id, [...(byForm.get(id) ?? []), entry]);
  }
  const forms = [...byForm.values()].map((own) => {
    const { fields, keys } = suggestForm(own, { areaCode });
    return { formPlugin: own[0]!.formPlugin, formId: own[0]!.formId, entryCount: own.length, fields, keys };
  });
  forms.sort((a, b) => b.entryCount - a.entryCount);
  return { forms, shop: suggestForm(entries, { areaCode }).keys };
}

/** The suggestion for entries of one form, newest first. */
export function suggestForm(
  entries: readonly Pick<FormEntry, 'answers'>[],
  { areaCode }: { areaCode: string | null },
): { fields: KeyFill[]; keys: SuggestedKeys } {
  const columns = columnsOf(entries);
  const rated = columns.flatMap((column) =>
    meanings.map((meaning) => ({ column, meaning, ...rate(column, meaning, areaCode) })),
  );
  // A key that the newest entries no longer have gives way to one that they have; then the better score; then what most people fill.
  rated.sort(
    (a, b) =>
      Number(b.column.isCurrent) - Number(a.column.isCurrent) ||
      b.score - a.score ||
      b.preference - a.preference ||
      b.column.values.length - a.column.values.length,
  );
  const keys: SuggestedKeys = { phone: null, email: null, size: null, name: null };
  const used = new Set<string>();
  for (const { column, meaning, score } of rated) {
    if (score < likely || keys[meaning] !== null || used.has(column.key)) continue;
    keys[meaning] = column.key;
    used.add(column.key);
  }
  const fields = columns.map(({ key, filledCount }) => ({
    key,
    fillPercent: Math.round((100 * filledCount) / entries.length),
  }));
  return { fields: fields.sort((a, b) => b.fillPercent - a.fillPercent), keys };
}

/** One key's filled values over all entries. */
type Column = { key: string; values: string[]; filledCount: number; isCurrent: boolean };

function columnsOf(entries: readonly Pick<FormEntry, 'answers'>[]): Column[] {
  const columns = new Map<string, Column>();
  for (const [index, { answers }] of entries.entries()) {
    const seen = new Set<string>();
    for (const { key, value } of answers) {
      if (value.trim() === '') continue;
      const column = columns.get(key) ?? { key, values: [], filledCount: 0, isCurrent: false };
      columns.set(key, column);
      column.values.push(value.trim());
      column.isCurrent ||= index < newestEntries;
      if (!seen.has(key)) column.filledCount += 1;
      seen.add(key);
    }
  }
  return [...columns.values()];
}

/** `score` is the rule's; `preference` only orders keys of equal score: WhatsApp before a landline. */
function rate({ key, values }: Column, meaning: Meaning, areaCode: string | null) {
  const words = wordsOf(key);
  if (words.some((word) => otherThings.has(word))) return { score: 0, preference: 0 };
  const named = words.some((word) => names[meaning].test(word)) ? 1 : 0;
  const evidence = valueEvidence[meaning](values, areaCode);
  const isWhatsApp = words.some((word) => /^(?:whats|wats|zap|wpp)/.test(word));
  return { score: 0.6 * evidence + 0.4 * named, preference: meaning === 'phone' && isWhatsApp ? 1 : 0 };
}

/** Accent-folded words: `Número_do_sapato_9` → numero, do, sapato, 9; `E-mail_2` → email, 2. */
function wordsOf(key: string): string[] {
  const folded = key.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase();
  return folded
    .replace(/\be[-_ ]?mail/g, 'email')
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}

const names: Record<Meaning, RegExp> = {
  phone: /^(?:whats|wats|zap|wpp|telefone|celular)|^(?:fone|tel|cel|ddd|phone|mobile)$/,
  email: /^(?:email|mail)$/,
  size: /^(?:tamanho|tam|numero|num|numeracao|calcado|sapato|size)$/,
  name: /^(?:nome|name|nomecompleto)$/,
};

// What fields are called that look like one of ours and are none: CPF and order numbers have a phone's digits, a town has a name's letters.
const otherThings = new Set(
  'cpf cnpj rg cep pedido order idade cidade estado uf bairro endereco rua nascimento quantidade qtd produto cor empresa assunto mensagem message comentario duvida'.split(
    ' ',
  ),
);

const share = (values: string[], weigh: (value: string) => number) =>
  values.length === 0 ? 0 : values.reduce((sum, value) => sum + weigh(value), 0) / values.length;

const valueEvidence: Record<Meaning, (values: string[], areaCode: string | null) => number> = {
  phone: (values, areaCode) => share(values, (value) => phoneWeight(value, areaCode)),
  email: (values) => share(values, (value) => Number(normalizeEmail(value) !== null)),
  size: (values) => {
    const sizes = values.map(sizeOf);
    const distinct = new Set(sizes.filter((size) => size !== null)).size;
    // Shoes and clothes come in a dozen sizes, also with halves; ages and house numbers do not.
    return distinct > 25 ? 0 : share(sizes.map(String), (size) => Number(size !== 'null'));
  },
  name: (values) => {
    const distinct = new Set(values.map((value) => value.toLowerCase())).size;
    // Towns and choices from a list repeat; first names do a little.
    return share(values, nameWeight) * Math.min(1, (2 * distinct) / values.length);
  },
};

function phoneWeight(value: string, areaCode: string | null): number {
  // The masks of a CEP and of a CPF; bare, a CEP is eight digits that only a presumed area code makes a phone.
  if (/^\d{5}-\d{3}$|^\d{3}\.\d{3}\.\d{3}-?\d{2}$/.test(value)) return 0;
  const phone = normalizePhone(value, { defaultAreaCode: areaCode });
  if (phone.status !== 'valid') return 0;
  return phone.isPresumed && value.replace(/\D/g, '').length === 8 && /^\d+$/.test(value) ? 0.5 : 1;
}

function sizeOf(value: string): string | null {
  const text = value.toUpperCase().replace(/^(?:TAM(?:ANHO)?|N[º°O]?)[.:\s]+/, '');
  if (/^(?:PP|P|M|G|GG)$/.test(text)) return text;
  const number = /^(\d{2})(?:[.,]5)?$/.exec(text)?.[1];
  return number !== undefined && Number(number) >= 14 && Number(number) <= 60 ? text : null;
}

function nameWeight(value: string): number {
  const words = value.split(/\s+/);
  return words.length <= 5 && /^[\p{L}\p{M}'’. -]{2,}$/u.test(value) && sizeOf(value) === null ? 1 : 0;
}
