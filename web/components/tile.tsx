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
  /** Which rows, which window, how fresh: lines below the definition. */
  notes?: readonly Child[];
  /** Where the rows behind it are listed. */
  href?: string;
};

export function Tile({ id, label, value, detail, definition, notes = [], href }: TileProps) {
  return (
    <section id={id} class="tile">
      <header class="tile-head">
        <h2 class="tile-label">{href ? <a href={href}>{label}</a> : label}</h2>
        <details class="menu tile-help">
          <summary aria-label={`O que é ${label}?`}>?</summary>
          <div class="menu-panel">
            <p>{definition}</p>
            {notes.map((note) => (
              <p class="faint">{note}</p>
            ))}
          </div>
        </details>
      </header>
      <p class="tile-value">{value}</p>
      {detail ? <p class="tile-detail">{detail}</p> : ''}
    </section>
  );
}
