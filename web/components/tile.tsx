// One figure of a panel: label, value, a line below, and its definition behind "?". The id is stable, so that it can move by itself.
import type { Child } from 'hono/jsx';

type TileProps = {
  id: string;
  label: string;
  value: Child;
  /** The line below. */
  detail?: Child;
  /** How the figure is made, in one or two sentences. */
  definition: string;
  /** Where the rows behind it are listed. */
  href?: string;
};

export function Tile({ id, label, value, detail, definition, href }: TileProps) {
  return (
    <section id={id} class="tile">
      <header class="tile-head">
        <h2 class="tile-label">{href ? <a href={href}>{label}</a> : label}</h2>
        <details class="menu tile-help">
          <summary aria-label={`O que é ${label}?`}>?</summary>
          <p class="menu-panel">{definition}</p>
        </details>
      </header>
      <p class="tile-value">{value}</p>
      {detail ? <p class="tile-detail">{detail}</p> : ''}
    </section>
  );
}
