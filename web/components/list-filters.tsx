// The filters of a list as selects in one plain GET form; a choice swaps the content and stays in the address.
import { contentId } from '../content-id.ts';
import { ScriptlessButton } from './scriptless-button.tsx';

export type ListFilter = {
  /** The key in the query string. */
  name: string;
  label: string;
  /** The first option's text, which filters nothing. */
  all: string;
  options: readonly { value: string; label: string }[];
  value: string | null;
};

type ListFiltersProps = {
  path: string;
  /** What else of the query stays (tab, period); paging starts anew. */
  query: Readonly<Record<string, string>>;
  filters: readonly ListFilter[];
};

export function ListFilters({ path, query, filters }: ListFiltersProps) {
  if (filters.length === 0) return null;
  return (
    <form
      method="get"
      action={path}
      class="filters"
      hx-get={path}
      hx-target={`#${contentId}`}
      hx-push-url="true"
      hx-trigger="change, submit"
    >
      {Object.entries(query).map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {filters.map(({ name, label, all, options, value }) => (
        <label>
          <span class="filter-label">{label}</span>
          <select name={name} class="select">
            <option value="">{all}</option>
            {options.map((option) => (
              <option value={option.value} selected={option.value === value}>
                {option.label}
              </option>
            ))}
          </select>
        </label>
      ))}
      <ScriptlessButton>Filtrar</ScriptlessButton>
    </form>
  );
}
