// Reads Prometheus' text format as strictly as a scraper: anything out of form throws.
type Sample = { name: string; labels: Record<string, string>; value: number };
export type Metrics = { [family: string]: { type: string; samples: Sample[] } };

const suffixes: Record<string, string[]> = { counter: [''], gauge: [''], histogram: ['_bucket', '_sum', '_count'] };

/** Throws for a line out of form, a family given twice or without TYPE, a sample given twice, buckets that do not add up. */
export function parseMetrics(text: string): Metrics {
  if (!text.endsWith('\n')) throw new Error('the last line is not ended');
  const metrics: Metrics = {};
  let family = '';
  const seen = new Set<string>();
  for (const line of text.slice(0, -1).split('\n')) {
    const help = /^# HELP ([a-zA-Z_:][\w:]*) \S/.exec(line);
    if (help) {
      family = help[1]!;
      if (metrics[family]) throw new Error(`twice: ${family}`);
      continue;
    }
    const type = /^# TYPE ([a-zA-Z_:][\w:]*) (counter|gauge|histogram)$/.exec(line);
    if (type) {
      if (type[1] !== family) throw new Error(`TYPE without its HELP: ${line}`);
      metrics[family] = { type: type[2]!, samples: [] };
      continue;
    }
    const sample = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|\+Inf|NaN)$/.exec(line);
    const current = metrics[family];
    if (!sample || !current) throw new Error(`not a sample: ${line}`);
    const [, name, inside = '', value] = sample;
    if (!suffixes[current.type]!.some((suffix) => name === `${family}${suffix}`)) throw new Error(`stray: ${line}`);
    if (seen.has(line.slice(0, line.lastIndexOf(' ')))) throw new Error(`twice: ${line}`);
    seen.add(line.slice(0, line.lastIndexOf(' ')));
    current.samples.push({
      name: name!,
      labels: parseLabels(inside),
      value: Number(value!.replace('+Inf', 'Infinity')),
    });
  }
  for (const [name, { type, samples }] of Object.entries(metrics))
    if (type === 'histogram') checkBuckets(name, samples);
  return metrics;
}

function parseLabels(inside: string): Record<string, string> {
  const labels: Record<string, string> = {};
  const pattern = /([a-zA-Z_]\w*)="((?:[^"\\\n]|\\[\\"n])*)"(,|$)/y;
  while (pattern.lastIndex < inside.length) {
    const match = pattern.exec(inside);
    if (!match) throw new Error(`not labels: ${inside}`);
    labels[match[1]!] = match[2]!.replace(/\\(.)/g, (_, sign: string) => (sign === 'n' ? '\n' : sign));
  }
  return labels;
}

function checkBuckets(name: string, samples: Sample[]): void {
  const last = new Map<string, number>();
  for (const sample of samples) {
    const { le, ...rest } = sample.labels;
    const key = JSON.stringify(rest);
    if (sample.name === `${name}_bucket`) {
      if (sample.value < (last.get(key) ?? 0)) throw new Error(`${name}: buckets fall`);
      last.set(key, sample.value);
    }
    if (sample.name === `${name}_count` && sample.value !== last.get(key))
      throw new Error(`${name}: +Inf is not count`);
    if (sample.name !== `${name}_bucket` && le !== undefined) throw new Error(`${name}: le outside a bucket`);
  }
}
