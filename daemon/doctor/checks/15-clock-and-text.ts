// 15: what the shop's times and texts mean: its clock against ours, its time zone against what its own rows say, and accents on their way here. A wrong
// zone moves every cart by hours; doubly encoded text (`SÃ£o`) is mended when it is read.
import { offsetAt, type TimeZone } from '#shared/time-zone.ts';
import type { Gateway } from '../../connections/gateway.ts';
import type { ShopRow } from '../../source.ts';
import { listStreams } from '../../sync/plan.ts';
import { tableOf } from '../../wordpress/row-fields.ts';
import { repairDoubleEncoding } from '../../wordpress/text.ts';
import { parseGmt } from '../../wordpress/wordpress-time.ts';
import type { Check, DoctorContext, Finding } from '../check.ts';
import { sampleNewest, shopOf } from '../sample.ts';

const clockSkewAllowedMs = 60_000;
const sampleText = 'ação 🛒';
const sampleBytes = "x'61C3A7C3A36F20F09F9B92'";
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
    const isClean = await hasCleanText(gateway);
    const encoded = await countDoublyEncoded(context);
    const otherOffsetMs = await findOtherOffset(gateway, tableOf(shopOf(context), 'posts'), timeZone);
    const facts: Record<string, string> = {
      timeZone,
      skewSeconds: String(Math.round(Math.abs(skewMs) / 1000)),
      direction: skewMs > 0 ? 'ahead' : 'behind',
    };
    const problems = [
      ...(isClean ? [] : ['text_garbled']),
      ...(Math.abs(skewMs) > clockSkewAllowedMs ? ['clock_skew'] : []),
      ...(otherOffsetMs === null ? [] : ['time_zone_differs']),
      ...(!options.timezone_string && !Number(options.gmt_offset ?? 0) ? ['time_zone_utc'] : []),
      ...(encoded > 0 ? ['text_double_encoded'] : []),
    ];
    if (otherOffsetMs !== null) facts.observed = offsetText(otherOffsetMs);
    if (encoded > 0) facts.texts = String(encoded);
    const [first, ...also] = problems;
    if (first === undefined) return { state: 'ok', code: 'clock_and_text_fine', facts };
    return { state: 'warning', code: first, facts, details: { also: also.map((code) => ({ code, facts })) } };
  },
};

/** Do accents and emoji arrive whole, there (as many characters as were sent) and back (bytes of the server's own)? */
async function hasCleanText(gateway: Gateway): Promise<boolean> {
  const [row] = await gateway.query<{ length: number | string; text: string }>(
    `select char_length(:text) as length, convert(${sampleBytes} using utf8mb4) as text`,
    { text: sampleText },
  );
  return Number(row?.length) === [...sampleText].length && row?.text === sampleText;
}

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

/** The offset that the shop's newest posts were written with, when it is another than the zone's and all of at least three agree; else null. */
async function findOtherOffset(gateway: Gateway, posts: string, timeZone: TimeZone): Promise<number | null> {
  const rows = await gateway.query<Record<'local' | 'gmt' | 'localModified' | 'gmtModified', string>>(
    `select post_date as local, post_date_gmt as gmt, post_modified as localModified, post_modified_gmt as gmtModified
     from ${posts} order by ID desc limit 20`,
  );
  // A draft has no date in UTC, only the one of its last change.
  const offsets = rows
    .flatMap((row) => [
      [row.local, row.gmt],
      [row.localModified, row.gmtModified],
    ])
    .flatMap(([local, gmt]) => {
      const [wall, at] = [parseGmt(local)?.getTime(), parseGmt(gmt)?.getTime()];
      return wall === undefined || at === undefined
        ? []
        : [{ ms: wall - at, isZones: wall - at === offsetAt(at, timeZone) }];
    });
  const first = offsets[0];
  const isAgreed = offsets.length >= 3 && offsets.every(({ ms, isZones }) => ms === first!.ms && !isZones);
  return isAgreed ? first!.ms : null;
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
  for (const { stream } of listStreams(context.sources, shop)) {
    const { rows } = await sampleNewest(context, shop, { stream, limit: 30 });
    count += rows.flatMap(textsOf).filter((text) => repairDoubleEncoding(text) !== text).length;
  }
  return count;
}

const textsOf = (row: ShopRow): string[] =>
  Object.values(row).filter((value): value is string => typeof value === 'string' && value.length <= longestText);
