// How a form's newest answers stand to the mapping that somebody saved: a renamed field has another key, and from then on leads come without it. The
// doctor asks it of the shop's own rows, the watch after a run of our copies.

import { type FormEntry, type FormSuggestion, type Meaning, suggestForm } from '#shared/mapping-suggestion.ts';
import type { FieldMapping } from '../settings.ts';
import { findMapping, mapAnswers } from '../sync/field-mapping.ts';

/** `changed`: the mapped keys were there and are gone. `unmapped`: the mapping never fitted this form, and nobody can be contacted. */
export type FormState = 'mapped' | 'changed' | 'unmapped' | 'without_mapping';

/** A key that the newest entries no longer have, and the one that took its place. */
export type LostKey = { meaning: Meaning; oldKey: string; newKey: string };

const newestEntries = 20;
/** Fewer say nothing. */
const fewest = 5;

const keyOf = (mapping: FieldMapping, meaning: Meaning) =>
  ({ phone: mapping.phoneKey, email: mapping.emailKey, size: mapping.sizeKey, name: mapping.nameKey })[meaning];

/** `entries` of one form, newest first, each with at least one answer. */
export function judgeForm(
  { formPlugin, formId }: Pick<FormSuggestion, 'formPlugin' | 'formId'>,
  entries: readonly FormEntry[],
  { mappings, areaCode }: { mappings: readonly FieldMapping[]; areaCode: string | null },
): { state: FormState; lost: LostKey[] } {
  const mapping = findMapping(mappings, formPlugin, formId);
  if (!mapping) return { state: 'without_mapping', lost: [] };
  const values = entries.map(({ answers }) => mapAnswers({ formPlugin, formId }, answers, mappings));
  const [newest, older] = [values.slice(0, newestEntries), values.slice(newestEntries)];
  if (newest.length < fewest) return { state: 'mapped', lost: [] };
  const suggested = suggestForm(entries.slice(0, newestEntries), { areaCode }).keys;
  const lost = (['phone', 'email', 'name', 'size'] as const).flatMap((meaning): LostKey[] => {
    const [oldKey, newKey] = [keyOf(mapping, meaning), suggested[meaning]];
    if (!oldKey || !newKey || newest.some((value) => value[meaning] !== null)) return [];
    return [{ meaning, oldKey, newKey }];
  });
  if (lost.length === 0) return { state: 'mapped', lost };
  const wasThere = lost.some(({ meaning }) => older.some((value) => value[meaning] !== null));
  if (wasThere || mapping.formId !== '') return { state: 'changed', lost };
  // A default mapping need not fit every field of every form, as long as the person can be reached.
  const isReachable = newest.some(({ phone, email }) => phone !== null || email !== null);
  return isReachable ? { state: 'mapped', lost: [] } : { state: 'unmapped', lost };
}
