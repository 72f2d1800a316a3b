// Numbers in Prometheus' text format 0.0.4, without a library: counters, gauges and histograms are maps from labels to a number. A label holds an
// id, a kind or a code, never a name of a person or a company.

export type Labels = Readonly<Record<string, string>>;

type Sample = { suffix: string; labels: Labels; value: number };
export type Family = { name: string; help: string; type: 'counter' | 'gauge' | 'histogram'; samples(): Sample[] };

const keyOf = (labels: Labels) => JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A number that only grows, for each set of labels; without labels it begins at the nought that is added. Its name ends in `_total`. */
export function counter(name: string, help: string): Family & { add(labels: Labels, amount?: number): void } {
  const values = new Map<string, { labels: Labels; value: number }>();
  return {
    name,
    help,
    type: 'counter',
    add(labels, amount = 1) {
      const key = keyOf(labels);
      const entry = values.get(key);
      if (entry) entry.value += amount;
      else if (amount !== 0 || Object.keys(labels).length === 0) values.set(key, { labels, value: amount });
    },
    samples: () => [...values.values()].map(({ labels, value }) => ({ suffix: '', labels, value })),
  };
}

/** What is so at the moment of asking. */
export function gauge(name: string, help: string, values: { labels?: Labels; value: number }[]): Family {
  return {
    name,
    help,
    type: 'gauge',
    samples: () => values.map(({ labels = {}, value }) => ({ suffix: '', labels, value })),
  };
}

/** How often a value lay under each of `bounds` (ascending, in the metric's unit). */
export function histogram(
  name: string,
  help: string,
  bounds: readonly number[],
): Family & { observe(labels: Labels, value: number): void } {
  const series = new Map<string, { labels: Labels; counts: number[]; count: number; sum: number }>();
  return {
    name,
    help,
    type: 'histogram',
    observe(labels, value) {
      const key = keyOf(labels);
      const one = series.get(key) ?? { labels, counts: bounds.map(() => 0), count: 0, sum: 0 };
      series.set(key, one);
      bounds.forEach((bound, index) => {
        if (value <= bound) one.counts[index]! += 1;
      });
      one.count += 1;
      one.sum += value;
    },
    samples: () =>
      [...series.values()].flatMap(({ labels, counts, count, sum }) => [
        ...bounds.map((bound, index) => ({
          suffix: '_bucket',
          labels: { ...labels, le: String(bound) },
          value: counts[index]!,
        })),
        { suffix: '_bucket', labels: { ...labels, le: '+Inf' }, value: count },
        { suffix: '_sum', labels, value: sum },
        { suffix: '_count', labels, value: count },
      ]),
  };
}

const escapeLabel = (text: string) => text.replace(/[\\"\n]/g, (sign) => (sign === '\n' ? '\\n' : `\\${sign}`));
const escapeHelp = (text: string) => text.replace(/[\\\n]/g, (sign) => (sign === '\n' ? '\\n' : '\\\\'));

/** The version of the text format is part of its type. */
export const metricsType = 'text/plain; version=0.0.4; charset=utf-8';

/** The families as a scraper reads them. */
export function toText(families: readonly Family[]): string {
  return families
    .map((family) => {
      const lines = family.samples().map(({ suffix, labels, value }) => {
        const pairs = Object.entries(labels).map(([label, text]) => `${label}="${escapeLabel(text)}"`);
        return `${family.name}${suffix}${pairs.length > 0 ? `{${pairs.join(',')}}` : ''} ${value}\n`;
      });
      return `# HELP ${family.name} ${escapeHelp(family.help)}\n# TYPE ${family.name} ${family.type}\n${lines.join('')}`;
    })
    .join('');
}
