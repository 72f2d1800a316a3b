// What a list was narrowed to by a figure's link; each chip takes its choice off.
import { choiceChips } from '../list-choices.ts';
import { withQuery } from '../paths.ts';
import { SwapLink } from './swap-link.tsx';

type ChoiceChipsProps = {
  path: string;
  known: Parameters<typeof choiceChips>[0];
  choices: object;
  /** The query of the list without its choices. */
  query: Readonly<Record<string, string>>;
};

export function ChoiceChips({ path, known, choices, query }: ChoiceChipsProps) {
  const chips = choiceChips(known, choices);
  if (chips.length === 0) return null;
  return (
    <p class="choices">
      {chips.map(({ label, rest }) => (
        <SwapLink class="chip" href={withQuery(path, { ...query, ...rest })}>
          {label} <span aria-hidden="true">×</span>
          <span class="hidden">(tirar este filtro)</span>
        </SwapLink>
      ))}
    </p>
  );
}
