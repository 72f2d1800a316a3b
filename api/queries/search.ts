// What somebody types into a list's search, as ranges of search_terms (0024_lists.sql): every word must be found, each in any of the ways that it
// can be meant. A phone may be written in any format.
import type { RecordKind } from '#shared/contacts/record.ts';
import type { Fragment, Tx } from '../db.ts';

/**
 * Every group must match; a group matches when the record has a term that begins with one of its prefixes. `found`: all that they match, where that is few.
 * The planner takes the few of a range of terms for thousands, and would look for them along the whole order of a list.
 */
export type Search = { groups: readonly (readonly string[])[]; found: readonly string[] | null };

/** Of whom a list is. */
export type Searched = RecordKind | 'person';

const mostGroups = 6;
/** A record has several terms that begin alike. */
const fewTerms = 5_000;
const last = '\u{10ffff}';
const backwards = (text: string) => [...text].reverse().join('');

/** A number as it may stand in a phone: with country, with a trunk zero, without the ninth digit. */
function phonePrefixes(digits: string): string[] {
  if (digits.length < 4) return [];
  const plain = digits.length >= 8 ? digits.replace(/^0+/, '') : digits;
  const forms = plain.length >= 6 && plain.startsWith('55') ? [plain, plain.slice(2)] : [plain];
  const mobiles = forms
    .filter((form) => /^[1-9]{2}[6-9]\d{7}$/.test(form))
    .map((form) => `${form.slice(0, 2)}9${form.slice(2)}`);
  return [...forms, ...mobiles].flatMap((form) => [`p:${form}`, `r:${backwards(form)}`]);
}

/** Numbers with what people write between digits are one; everything else is parted by spaces. */
function tokensOf(text: string): { digits: string[]; words: string[] } {
  const digits: string[] = [];
  const rest = text.replace(/(?<![\p{L}\d@._-])[+(#]{0,2}\d(?:[\d\s().\-/]*\d)?(?![\p{L}\d@_])/gu, (number) => {
    // A number sign says that it is no phone.
    digits.push(number.startsWith('#') ? number : number.replace(/\D/g, ''));
    return ' ';
  });
  return { digits, words: rest.toLowerCase().split(/\s+/).filter(Boolean) };
}

/** Reads a search; null: there is nothing in it. A viewer finds by name and number only: what is masked is not guessed digit by digit. */
export async function openSearch(
  tx: Tx,
  text: string | undefined,
  { isMasked, searched }: { isMasked: boolean; searched: Searched },
): Promise<Search | null> {
  const groups = await parseSearch(tx, text, isMasked);
  return groups && { groups, found: await findFew(tx, groups, searched) };
}

async function parseSearch(tx: Tx, text: string | undefined, isMasked: boolean): Promise<Search['groups'] | null> {
  const { digits, words } = tokensOf((text ?? '').slice(0, 200));
  const folded =
    words.length === 0
      ? []
      : await tx<{ folded: string }[]>`select fold_words(word) as folded from unnest(${words}::text[]) word`;
  const groups = digits.map((number) =>
    number.startsWith('#')
      ? [`i:${number.slice(1)}`]
      : [`i:${number}`, `n:${number}`, `e:${number}`, ...phonePrefixes(number)],
  );
  words.forEach((word, index) => {
    const asWritten = word.startsWith('@')
      ? [`d:${word.slice(1)}`]
      : [`e:${word}`, ...(word.includes('@') ? [] : [`d:${word}`, `i:${word.replace(/^#/, '')}`])];
    const parts = word.includes('@') ? [] : folded[index]!.folded.split(' ').filter(Boolean);
    if (parts.length === 0) groups.push(asWritten);
    for (const part of parts) groups.push([`n:${part}`, ...asWritten]);
  });
  if (groups.length === 0) return null;
  return groups.slice(0, mostGroups).map((group) => group.filter((prefix) => !isMasked || /^[ni]:/.test(prefix)));
}

/** Null where they are many. */
async function findFew(tx: Tx, groups: Search['groups'], searched: Searched): Promise<string[] | null> {
  const [first, ...others] = groups;
  const rows =
    searched === 'person'
      ? await tx<{ id: string }[]>`
          select m.person_id as id from ${personTerms(tx, first!)} ${groupsMatch(tx, others, searched, tx`m.person_id`)} limit ${fewTerms}`
      : await tx<{ id: string }[]>`
          select t.entity_id as id from ${recordTerms(tx, first!, searched)} ${groupsMatch(tx, others, searched, tx`t.entity_id`)} limit ${fewTerms}`;
  return rows.length < fewTerms ? [...new Set(rows.map(({ id }) => id))] : null;
}

function termRanges(tx: Tx, prefixes: readonly string[]): Fragment {
  return prefixes.reduce<Fragment>(
    (ranges, prefix) => tx`${ranges} or (t.term >= ${prefix} and t.term < ${prefix + last})`,
    tx`false`,
  );
}

const recordTerms = (tx: Tx, group: readonly string[], entity: RecordKind) =>
  tx`search_terms t where t.entity = ${entity} and (${termRanges(tx, group)})`;

const personTerms = (tx: Tx, group: readonly string[]) => tx`
  search_terms t join person_members m on m.tenant_id = t.tenant_id and m.entity = t.entity and m.entity_id = t.entity_id
  where t.entity in ('lead', 'cart', 'order') and (${termRanges(tx, group)})`;

const groupsMatch = (tx: Tx, groups: Search['groups'], searched: Searched, id: Fragment): Fragment =>
  groups.reduce<Fragment>(
    (conditions, group) =>
      searched === 'person'
        ? tx`${conditions} and ${id} in (select m.person_id from ${personTerms(tx, group)})`
        : tx`${conditions} and ${id} in (select t.entity_id from ${recordTerms(tx, group, searched)})`,
    tx``,
  );

/** `and …` on the id of a lead, cart, order or person: a person's groups each by any of its records. */
export function searchMatches(tx: Tx, search: Search | null, searched: Searched, id: Fragment): Fragment {
  if (!search) return tx``;
  if (search.found) return tx`and ${id} = any(${[...search.found]}::bigint[])`;
  return groupsMatch(tx, search.groups, searched, id);
}
