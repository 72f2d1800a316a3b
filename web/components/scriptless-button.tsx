// The button of a form that acts by itself when something is chosen: only who has no script sees it.
import type { Child } from 'hono/jsx';

export function ScriptlessButton({ children }: { children?: Child }) {
  return (
    <noscript>
      <button class="button" type="submit">
        {children}
      </button>
    </noscript>
  );
}
