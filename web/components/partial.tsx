// One place of a page that a live event replaces. Morphing keeps focus, selection and scroll where they are.
import type { Child } from 'hono/jsx';

export function Partial({ id, children }: { id: string; children?: Child }) {
  return (
    <hx-partial hx-target={`#${id}`} hx-swap="outerMorph">
      {children}
    </hx-partial>
  );
}
