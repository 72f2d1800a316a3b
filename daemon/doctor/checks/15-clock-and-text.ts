// 15: what the shop's times and texts mean: its clock against ours, its time zone against what its own rows say, and accents on their way here. A wrong
// zone moves every cart by hours; doubly encoded text (`SÃ£o`) is mended when it is read.
import { offsetAt, type TimeZone } from '#shared/time-zone.ts';
import type { Gateway } from '../../connections/gateway.ts';
import type { ShopRow } from '../../source.ts';
import { tableOf } from '../../wordpress/row-fields.ts';
import { repairDoubleEncoding } from '../../wordpress/text.ts';
import { parseGmt } from '../../wordpress/wordpress-time.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { listStreams, sampleNewest, shopOf } from '../sample.ts';

const clockSkewAllowedMs = 60_000;
const sampleText = 'ação “ÚÑ” 🛒';
/** Longer texts are serialized values and messages; names and towns show an encoding as well. */
const longestText = 2000;

export const clockAndText: Check = {
  nn: 15,
  name: 'Relógio, fuso e acentos',
  needs: ['shop', 'facts'],
  async run(context): Promise<Finding> {
    const { found } = context;
    const { gateway } = found.shop!;
    const { timeZone, options } = found.facts!;
    const skewMs = await measureSkew(gateway, context.now);
    const [accents] = await gateway.query<{ text: string }>('select :text as text', { text: sampleText });
    const encoded = await countDoublyEncoded(context);
    const offsetHours = await observedOffset(gateway, tableOf(shopOf(context), 'posts'));
    const facts: Record<string, string> = {
      timeZone,
      skewSeconds: String(Math.round(Math.abs(skewMs) / 1000)),
      direction: skewMs > 0 ? 'ahead' : 'behind',
    };
    const problems = [
      ...(accents?.text === sampleText ? [] : ['text_garbled']),
      ...(Math.abs(skewMs) > clockSkewAllowedMs ? ['clock_skew'] : []),
      ...(offsetHours !== null && differs(offsetHours, timeZone) ? ['time_zone_differs'] : []),
      ...(!options.timezone_string && !Number(options.gmt_offset ?? 0) ? ['time_zone_utc'] : []),
      ...(encoded > 0 ? ['text_double_encoded'] : []),
    ];
    if (offsetHours !== null) facts.observed = offsetText(offsetHours.ms);
    if (encoded > 0) facts.texts = String(encoded);
    const [first, ...also] = problems;
    if (first === undefined) return { state: 'ok', code: 'clock_and_text_fine', facts };
    return { state: 'warning', code: first, facts, details: { also: also.map((code) => ({ code, facts })) } };
  },
};

/** How far the database's clock is ahead of ours, by the fastest of three answers; what lies within the answer's time and its whole second is none. */
async function measureSkew(gateway: Gateway, now: () => Date): Promise<number> {
  let best = { tripMs: Number.POSITIVE_INFINITY, skewMs: 0 };
  for (let turn = 0; turn < 3; turn += 1) {
    const before = now().getTime();
    const [row] = await gateway.query<{ now: string }>('select utc_timestamp(3) as now');
    const after = now().getTime();
    const theirs = parseGmt(row?.now)?.getTime();
    if (theirs !== undefined && after - before < best.tripMs) {
      best = { tripMs: after - before, skewMs: theirs - (before + after) / 2 };
    }
  }
  return best.skewMs;
}

/** The offset that the shop's newest posts were written with, when at least three of them agree; null where they say nothing. */
async function observedOffset(gateway: Gateway, posts: string): Promise<{ ms: number; at: number } | null> {
  const rows = await gateway.query<{ local: string; gmt: string }>(
    `select post_date as local, post_date_gmt as gmt from ${posts} order by ID desc limit 20`,
  );
  const pairs = rows.flatMap(({ local, gmt }) => {
    const [wall, at] = [parseGmt(local)?.getTime(), parseGmt(gmt)?.getTime()];
    return wall === undefined || at === undefined ? [] : [{ ms: wall - at, at }];
  });
  const first = pairs[0];
  return first && pairs.length >= 3 && pairs.every(({ ms }) => ms === first.ms) ? first : null;
}

function differs({ ms, at }: { ms: number; at: number }, timeZone: TimeZone): boolean {
  return offsetAt(at, timeZone) !== ms;
}

function offsetText(ms: number): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const two = (value: number) => String(value).padStart(2, '0');
  return `${ms < 0 ? '-' : '+'}${two(Math.floor(minutes / 60))}:${two(minutes % 60)}`;
}

/** Texts among the newest rows of each stream that were UTF-8 and were stored as latin1. */
async function countDoublyEncoded(context: DoctorContext): Promise<number> {
  const shop = shopOf(context);
  let count = 0;
  for (const { stream } of listStreams(context, shop)) {
    const { rows } = await sampleNewest(context, shop, { stream, limit: 30 });
    count += rows.flatMap(textsOf).filter((text) => repairDoubleEncoding(text) !== text).length;
  }
  return count;
}

const textsOf = (row: ShopRow): string[] =>
  Object.values(row).filter((value): value is string => typeof value === 'string' && value.length <= longestText);
