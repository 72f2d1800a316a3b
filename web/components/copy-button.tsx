// Puts a text of the page on the clipboard (static/copy.js). Without script there is no button: the text can be selected.
import type { Child } from 'hono/jsx';
import { Icon } from './icon.tsx';

/** `from`: the id of the element, or field, whose text is copied. */
export function CopyButton({ from, children }: { from: string; children?: Child }) {
  return (
    <button class="button" type="button" data-copy={from}>
      <Icon name="copy" /> {children}
    </button>
  );
}
