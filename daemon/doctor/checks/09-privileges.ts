// 9: the user reads everything that is needed and writes nothing. More than reading is a warning with the SQL of a user that only reads; a table that
// may not be read is an error with the SQL that opens it.
import { judgeGrants, readerUserSql, withoutPassword } from '#shared/grants.ts';
import { SelectDeniedError, TableMissingError } from '../../connections/errors.ts';
import { type Gateway, quoteIdentifier } from '../../connections/gateway.ts';
import type { Check, Finding } from '../check.ts';
import { neededTables } from '../needed-tables.ts';

export const privileges: Check = {
  nn: 9,
  name: 'Permissões',
  needs: ['login'],
  async run({ settings, site, found }): Promise<Finding> {
    const { gateway } = found.login!;
    // Before anything else is asked; whether the server obeyed is the question of check 10.
    await gateway.query('SET SESSION TRANSACTION READ ONLY');
    const grants = (await gateway.query<Record<string, string>>('show grants')).map((row) =>
      withoutPassword(Object.values(row)[0]!),
    );
    const denied: string[] = [];
    for (const table of await neededTables(gateway, site)) if (!(await mayRead(gateway, table))) denied.push(table);
    if (denied.length > 0) {
      const sql = await grantSelect(gateway, settings.database);
      return { state: 'error', code: 'select_denied', facts: { table: denied.join(', '), sql }, details: { grants } };
    }
    const { verdict, writes, roles } = judgeGrants(grants);
    if (verdict === 'read_only') return { state: 'ok', code: 'only_reads', facts: {}, details: { grants } };
    if (verdict === 'unclear') {
      return { state: 'warning', code: 'grants_unclear', facts: { roles: roles.join(', ') }, details: { grants } };
    }
    const [session] = await gateway.query<{ account: string }>('select user() as account');
    const sql = readerUserSql({ database: settings.database, host: session?.account.split('@').at(-1) ?? null });
    return {
      state: 'warning',
      code: 'can_write',
      facts: { privileges: [...new Set(writes.map(({ privilege }) => privilege))].join(', '), sql: sql.join(' ') },
      details: { grants, writes, sql },
    };
  },
};

async function mayRead(gateway: Gateway, table: string): Promise<boolean> {
  try {
    await gateway.query(`select 1 from ${quoteIdentifier(table)} limit 0`);
    return true;
  } catch (error) {
    if (error instanceof SelectDeniedError) return false;
    if (error instanceof TableMissingError) return true;
    throw error;
  }
}

/** What opens the whole database to the account that we logged in as, which is not always what was typed: `leitor`@`%`. */
async function grantSelect(gateway: Gateway, database: string): Promise<string> {
  const [row] = await gateway.query<{ account: string }>('select current_user() as account');
  const account = row?.account ?? '';
  const at = account.lastIndexOf('@');
  const quote = (name: string) => `'${name.replace(/['\\]/g, '')}'`;
  const pattern = database.replaceAll('`', '``').replace(/[_%]/g, '\\$&');
  return `GRANT SELECT ON \`${pattern}\`.* TO ${quote(account.slice(0, at))}@${quote(account.slice(at + 1))};`;
}
