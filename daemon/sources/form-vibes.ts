// Form Vibes keeps one row per submission; the answers lie in a second table whose link column is text without an index, so each table is a stream
// of its own, paged by its own id and never joined in SQL (measured: 243 ms for 100 entries). Which answer is the name is the field mapping's matter.
import { defineSource, defineStream, type ShopContext } from '../source.ts';
import { fingerprintOf, quoteAll, rawText, readText, tableOf, UnreadableRowError } from '../wordpress/row-fields.ts';
import { repairDoubleEncoding } from '../wordpress/text.ts';
import { parseGmt, parseLocal } from '../wordpress/wordpress-time.ts';

// A list of a thousand values or more MariaDB turns into a join with a temporary table.
const pageSize = 900;

/** The plugin's own spelling is `fv_enteries` (sic); some copies write it right. */
function entriesTable({ tables }: ShopContext): string | null {
  return ['fv_enteries', 'fv_entries'].find((table) => tables.has(table)) ?? null;
}

const entries = (shop: ShopContext) => tableOf(shop, entriesTable(shop) ?? 'fv_enteries');
const answers = (shop: ShopContext) => tableOf(shop, 'fv_entry_meta');

// Rows of the plugin beside the answers: the visitor's address, ids of its importers, Pro's notes.
const notAnswers = ['fv_plugin', 'fv_form_id', 'elementor_id', 'fv-notes', 'IP'];

// An old server gives the id of a deleted row again: then only these tell the two apart.
const leadFingerprint = fingerprintOf('captured_gmt', 'form_plugin', 'form_id');
// The free plugin never edits an answer; the id reused on an old server is found by its parts.
const answerFingerprint = fingerprintOf('data_id', 'meta_key', 'md5(meta_value)');

const leads = defineStream({
  name: 'entries',
  target: 'lead',
  label: 'Envios de formulário',
  pageSize,
  scans: [
    {
      name: 'entries',
      order: 'id',
      overlap: 50,
      look: (shop) => `select max(id) from ${entries(shop)}`,
      sql: (shop) =>
        `select id, id as cursor_id from ${entries(shop)} where id > :after_id order by cursor_id limit :limit`,
    },
  ],
  fetch: [
    {
      name: 'entries',
      sql: (shop) =>
        `select id as record_id, form_plugin, form_id, captured, captured_gmt, url, ${leadFingerprint} as fingerprint
         from ${entries(shop)} where id in (:ids)`,
    },
  ],
  digest: (shop) =>
    `select id, ${leadFingerprint} as fingerprint from ${entries(shop)} where id > :after_id order by id limit :limit`,
  digestAt: 'reconcile',
  inPeriod: (shop) =>
    `select id from ${entries(shop)} where id > :after_id and captured_gmt >= :from_gmt and captured_gmt < :to_gmt order by id limit :limit`,
  newest: (shop) => `select id from ${entries(shop)} order by id desc limit :limit`,
  estimate: (shop) => `select coalesce(max(id) - min(id) + 1, 0) as estimate from ${entries(shop)}`,
  assemble({ id, rows }, shop) {
    const row = rows.entries?.[0];
    if (!row) return { gone: true };
    const capturedGmt = rawText(row, 'captured_gmt') ?? '';
    return {
      record: {
        externalId: id,
        capturedGmt,
        // An import may leave the UTC column empty; the shop's own clock is always there.
        capturedAt: parseGmt(capturedGmt) ?? parseLocal(rawText(row, 'captured'), shop.timeZone),
        formPlugin: rawText(row, 'form_plugin') ?? '',
        formId: rawText(row, 'form_id') ?? '',
        pageUrl: readText(row, 'url'),
        fingerprint: rawText(row, 'fingerprint') ?? '',
      },
    };
  },
});

const leadAnswers = defineStream({
  name: 'answers',
  target: 'lead_answer',
  label: 'Respostas de formulário',
  pageSize,
  scans: [
    {
      name: 'answers',
      order: 'id',
      overlap: 500,
      look: (shop) => `select max(id) from ${answers(shop)}`,
      sql: (shop) =>
        `select id, id as cursor_id from ${answers(shop)} where id > :after_id order by cursor_id limit :limit`,
    },
  ],
  fetch: [
    {
      name: 'answers',
      sql: (shop) =>
        `select id as record_id, data_id, meta_key, meta_value, ${answerFingerprint} as fingerprint
         from ${answers(shop)} where id in (:ids)`,
    },
  ],
  // As bytes: the collation would take an answer called `ip` for the visitor's address.
  digest: (shop) =>
    `select id, ${answerFingerprint} as fingerprint from ${answers(shop)}
     where id > :after_id and cast(meta_key as binary) not in (${quoteAll(notAnswers)}) order by id limit :limit`,
  digestAt: 'reconcile',
  // In the answers' own order, so that their table, whose link has no index, is read once in all.
  inPeriod: (shop) =>
    `select a.id from ${answers(shop)} a straight_join ${entries(shop)} e on e.id = cast(a.data_id as unsigned)
     where a.id > :after_id and e.captured_gmt >= :from_gmt and e.captured_gmt < :to_gmt
       and cast(a.meta_key as binary) not in (${quoteAll(notAnswers)}) order by a.id limit :limit`,
  newest: (shop) => `select id from ${answers(shop)} order by id desc limit :limit`,
  estimate: (shop) => `select coalesce(max(id) - min(id) + 1, 0) as estimate from ${answers(shop)}`,
  assemble({ id, rows }) {
    const row = rows.answers?.[0];
    if (!row) return { gone: true };
    const key = rawText(row, 'meta_key') ?? '';
    if (notAnswers.includes(key)) return { skip: 'not_an_answer' };
    const leadExternalId = (rawText(row, 'data_id') ?? '').trim();
    if (!/^\d{1,18}$/.test(leadExternalId)) throw new UnreadableRowError('data_id');
    return {
      record: {
        externalId: id,
        leadExternalId,
        key: repairDoubleEncoding(key),
        value: repairDoubleEncoding(rawText(row, 'meta_value') ?? ''),
        fingerprint: rawText(row, 'fingerprint') ?? '',
      },
    };
  },
});

export default defineSource({
  name: 'form-vibes',
  label: 'Form Vibes (formulários)',
  detect: (shop) => entriesTable(shop) !== null && shop.tables.has('fv_entry_meta'),
  streams: [leads, leadAnswers],
});
