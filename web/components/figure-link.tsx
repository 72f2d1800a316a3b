// A figure that opens to its rows: the list behind the link holds exactly these, and they add up to it in the way that `sum` names. A test follows
// every one of them and adds.
import type { Child } from 'hono/jsx';

/**
 * count: the rows · minor, net, credited, report: that amount of every row (`data-minor` …) · mean, report-mean: the net or reported amount over the
 * rows · rate: the recovered and purchased rows over all.
 */
export type FigureSum = 'count' | 'minor' | 'net' | 'credited' | 'mean' | 'report-mean' | 'rate';

export function FigureLink({ href, sum, children }: { href: string; sum: FigureSum; children?: Child }) {
  return (
    <a class="figure" href={href} data-sum={sum}>
      {children}
    </a>
  );
}
