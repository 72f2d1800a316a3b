// An instant as people say it, with the exact one behind it.
import { type Clock, dateTimeText, relativeText } from '../format.ts';

export function Time({ at, clock }: { at: Date; clock: Clock }) {
  return (
    <time datetime={at.toISOString()} title={dateTimeText(at, clock.timeZone)}>
      {relativeText(at, clock)}
    </time>
  );
}
