// A source's record as COPY lines with its two hashes: `sourceHash` over everything that is written, `scanHash` over the narrow fingerprint that
// the stream's digest gives. Both are salted: by the version of this code, and the fingerprint also by the settings that the content depends
// on, so that a changed time zone or area code makes the next full digest read every row again.
import type { SiteSettings } from '../settings.ts';
import type { RecordOf, Target } from '../source.ts';
import { copyLine, hash63 } from './copy-text.ts';
import { keyText } from './fields.ts';
import type { PrepareContext, TargetDefinition } from './target.ts';

/** Raise it when toRows() of any target gives other rows for the same record. */
const version = 1;

export type PreparedRow = {
  externalId: string;
  identity: string;
  sourceHash: string;
  /** Null: equal fingerprints prove nothing yet, so the next digest reads the row again. */
  scanHash: string | null;
  /** COPY lines by staging table; the main table's line lacks the two hashes. */
  line: string;
  children: { [stagingTable: string]: string[] };
  keys: string[];
  touchedAt: Date | null;
};

/** The stored form of a digest's fingerprint. */
export function scanHashOf(fingerprint: string, site: SiteSettings): string {
  return hash63(`${version}|${site.timeZone}|${site.currency}|${site.areaCode}|${fingerprint}`);
}

/** Throws ValueRefusedError for a record that no row of ours can hold. */
export function prepare<T extends Target>(
  definition: TargetDefinition<T>,
  record: RecordOf[T],
  context: PrepareContext,
): PreparedRow {
  const rows = definition.toRows(record, context);
  const line = copyLine(rows.values);
  const externalId = String(rows.values[0]);
  const children: PreparedRow['children'] = {};
  let content = `${version}\n${line}`;
  for (const [table, list] of Object.entries(rows.children)) {
    const lines = list.map(copyLine);
    children[table] = lines;
    content += `\n${table}`;
    for (const child of lines) content += `\n${child}`;
  }
  const keys = rows.keys.map((key) => copyLine([externalId, keyText(key), key.phoneKind, key.isPresumed]));
  for (const key of keys) content += `\n${key}`;
  return {
    externalId,
    identity: definition.identityOf(record),
    sourceHash: hash63(content),
    scanHash: rows.isSettled ? scanHashOf(record.fingerprint, context.site) : null,
    line,
    children,
    keys,
    touchedAt: rows.touchedAt,
  };
}
