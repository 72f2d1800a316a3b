// 9: the user reads everything that is needed and writes nothing. More than reading is a warning with the SQL of a user that only reads; a table that
// may not be read is an error that names it.
import { judgeGrants, readerUserSql, withoutPassword } from '#shared/grants.ts';
import { SelectDeniedError, TableMissingError } from '../../connections/errors.ts';
import { type Gateway, quoteIdentifier } from '../../connections/gateway.ts';
import { findPrefixes } from '../../wordpress/table-prefix.ts';
import type { Check, Finding } from '../check.ts';

/** What every shop has. A table that may not be read and one that is not there look the same to a user of single tables. */
const coreTables = [
  'options',
  'posts',
  'postmeta',
  'users',
  'usermeta',
  'woocommerce_order_items',
  'woocommerce_order_itemmeta',
];

export const privileges: Check = {
  nn: 9,
  name: 'Permissões',
  needs: ['login'],
  async run({ settings, site, found }): Promise<Finding> {
    const { gateway } = found.login!;
    const lines = (await gateway.query<Record<string, string>>('show grants')).map((row) =>
      withoutPassword(Object.values(row)[0]!),
    );
    const [session] = await gateway.query<{ account: string }>('select user() as account');
    const denied = await listDenied(gateway, site.tablePrefix);
    if (denied.length > 0) {
      return { state: 'error', code: 'select_denied', facts: { table: denied.join(', ') }, details: { grants: lines } };
    }
    const { verdict, writes, roles } = judgeGrants(lines);
    if (verdict === 'read_only') return { state: 'ok', code: 'only_reads', facts: {}, details: { grants: lines } };
    if (verdict === 'unclear') {
      return {
        state: 'warning',
        code: 'grants_unclear',
        facts: { roles: roles.join(', ') },
        details: { grants: lines },
      };
    }
    const host = session?.account.split('@').at(-1) ?? null;
    const sql = readerUserSql({ database: settings.database, host });
    return {
      state: 'warning',
      code: 'can_write',
      facts: { privileges: [...new Set(writes.map(({ privilege }) => privilege))].join(', '), sql: sql.join(' ') },
      details: { grants: lines, writes, sql },
    };
  },
};

async function listDenied(gateway: Gateway, wanted: string | null): Promise<string[]> {
  const rows = await gateway.query<{ tableName: string }>(
    'select table_name as tableName from information_schema.tables where table_schema = database()',
  );
  const tables = rows.map(({ tableName }) => tableName);
  const prefixes = wanted === null ? guessPrefixes(tables) : [wanted];
  // Several shops in one database: which is ours is the business of check 11.
  if (prefixes.length !== 1) return [];
  const visible = tables.filter((table) => table.startsWith(prefixes[0]!));
  const names = new Set([...coreTables.map((table) => prefixes[0]! + table), ...visible]);
  const denied: string[] = [];
  for (const name of names) {
    try {
      await gateway.query(`select 1 from ${quoteIdentifier(name)} limit 1`);
    } catch (error) {
      if (error instanceof SelectDeniedError) denied.push(name);
      // A shop without WooCommerce, or a site of a network without users of its own: not a matter of rights.
      else if (!(error instanceof TableMissingError)) throw error;
    }
  }
  return denied;
}

/** Of a user with rights on single tables one may not even see `options`: any table of WordPress tells the prefix. */
function guessPrefixes(tables: string[]): string[] {
  const whole = findPrefixes(tables).map(({ prefix }) => prefix);
  if (whole.length > 0) return whole;
  const ends = coreTables.flatMap((core) =>
    tables.filter((table) => table.endsWith(`_${core}`)).map((table) => table.slice(0, -core.length)),
  );
  return [...new Set(ends)];
}
