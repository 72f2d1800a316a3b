// Two lines over time as server-made SVG: no script, no inline style. The drawing stretches with the page; words stay outside of it, so that they
// keep their size on a phone. The same numbers stand in a table below.
import { numberText } from '../format.ts';

export type Series = {
  label: string;
  /** Picks the colour: chart-a, chart-b. */
  tone: 'a' | 'b';
  values: readonly number[];
  /** The same steps one period before, dotted. */
  previous: readonly number[] | null;
};

type LineChartProps = {
  /** What the drawing says, for who does not see it. */
  description: string;
  /** One a step, e.g. `10/01`. */
  labels: readonly string[];
  series: readonly Series[];
};

/** 1, 2, 5, 10, 20 … times two, so that the half is a whole number. */
export function axisTop(max: number): number {
  for (let unit = 1; ; unit *= 10) {
    for (const factor of [2, 4, 10]) if (max <= unit * factor) return unit * factor;
  }
}

const round = (value: number) => Math.round(value * 100) / 100;

/** Points of a polyline in a square of 100; a single step is a level line. */
function pointsOf(values: readonly number[], top: number): string {
  const y = (value: number) => round(100 - (100 * value) / top);
  if (values.length === 1) return `0,${y(values[0]!)} 100,${y(values[0]!)}`;
  return values.map((value, index) => `${round((100 * index) / (values.length - 1))},${y(value)}`).join(' ');
}

export function LineChart({ description, labels, series }: LineChartProps) {
  const top = axisTop(Math.max(...series.flatMap(({ values, previous }) => [...values, ...(previous ?? [])])));
  const marks = labels.length < 3 ? labels : [labels[0]!, labels[Math.floor(labels.length / 2)]!, labels.at(-1)!];
  return (
    <div class="chart">
      <div class="chart-legend" aria-hidden="true">
        {series.map(({ label, tone, previous }) => (
          <>
            <span class={`chart-key chart-${tone}`}>
              <Swatch isDotted={false} /> <span class="chart-word">{label}</span>
            </span>
            {previous ? (
              <span class={`chart-key chart-${tone}`}>
                <Swatch isDotted={true} /> <span class="faint">período anterior</span>
              </span>
            ) : (
              ''
            )}
          </>
        ))}
      </div>
      <div class="chart-axis" aria-hidden="true">
        <span>{numberText(top)}</span>
        <span>{numberText(top / 2)}</span>
        <span>0</span>
      </div>
      <svg class="chart-plot" viewBox="0 0 100 100" preserveAspectRatio="none" role="img" aria-label={description}>
        {[0, 50, 100].map((y) => (
          <line
            class="chart-grid"
            x1="0"
            x2="100"
            y1={y}
            y2={y}
            stroke="currentColor"
            vector-effect="non-scaling-stroke"
          />
        ))}
        {series.map(({ tone, previous }) =>
          previous ? <Line tone={tone} points={pointsOf(previous, top)} isDotted={true} /> : '',
        )}
        {series.map(({ tone, values }) => (
          <Line tone={tone} points={pointsOf(values, top)} isDotted={false} />
        ))}
        {labels.map((label, index) => (
          <Hover label={label} index={index} count={labels.length} series={series} />
        ))}
      </svg>
      <div class="chart-marks" aria-hidden="true">
        {marks.map((mark) => (
          <span>{mark}</span>
        ))}
      </div>
    </div>
  );
}

function Swatch({ isDotted }: { isDotted: boolean }) {
  return (
    <svg width="22" height="8" viewBox="0 0 22 8" aria-hidden="true">
      <line
        x1="1"
        x2="21"
        y1="4"
        y2="4"
        stroke="currentColor"
        stroke-width="2.5"
        stroke-linecap="round"
        stroke-dasharray={isDotted ? '0.1 5' : undefined}
      />
    </svg>
  );
}

function Line({ tone, points, isDotted }: { tone: string; points: string; isDotted: boolean }) {
  return (
    <polyline
      class={`chart-${tone}`}
      points={points}
      fill="none"
      stroke="currentColor"
      stroke-width={isDotted ? 2 : 2.5}
      stroke-linecap="round"
      stroke-linejoin="round"
      stroke-dasharray={isDotted ? '0.1 5' : undefined}
      opacity={isDotted ? 0.65 : undefined}
      vector-effect="non-scaling-stroke"
    />
  );
}

/** The numbers of a step under the pointer. */
function Hover({
  label,
  index,
  count,
  series,
}: {
  label: string;
  index: number;
  count: number;
  series: readonly Series[];
}) {
  const width = 100 / count;
  const lines = series.map((one) => `${one.label}: ${numberText(one.values[index]!)}`);
  return (
    <rect x={round(index * width)} y="0" width={round(width)} height="100" fill="transparent">
      <title>{[label, ...lines].join('\n')}</title>
    </rect>
  );
}
