// A link inside a page (tab, period, next page): an ordinary link that htmx turns into a swap of the content, with the address kept.
import type { Child } from 'hono/jsx';
import { contentId } from '../content-id.ts';

type SwapLinkProps = { href: string; class?: string; current?: boolean; rel?: string; children?: Child };

export function SwapLink({ href, class: className, current, rel, children }: SwapLinkProps) {
  return (
    <a
      href={href}
      class={className}
      rel={rel}
      aria-current={current ? 'page' : undefined}
      hx-get={href}
      hx-target={`#${contentId}`}
      hx-swap="innerHTML show:top showTarget:body"
      hx-push-url="true"
    >
      {children}
    </a>
  );
}
