// Tabs with counts; the counts move by themselves when the page is live (each has an id of its own).
import { numberText } from '../format.ts';
import { SwapLink } from './swap-link.tsx';

export type Tab = { id: string; label: string; href: string; count: string | number | null; isCurrent: boolean };

export const tabCountId = (id: string) => `contagem-${id}`;

export function TabCount({ id, count }: { id: string; count: string | number }) {
  return (
    <span id={tabCountId(id)} class="tab-count">
      {numberText(count)}
    </span>
  );
}

export function Tabs({ label, tabs }: { label: string; tabs: readonly Tab[] }) {
  return (
    <nav class="tabs" aria-label={label}>
      {tabs.map(({ id, label: text, href, count, isCurrent }) => (
        <SwapLink href={href} class="tab" current={isCurrent}>
          {text} {count === null ? '' : <TabCount id={id} count={count} />}
        </SwapLink>
      ))}
    </nav>
  );
}
