// 9: may the user read every table that is needed, and nothing more? A user that could write is a warning with the SQL of one that cannot; a table
// that it may not read is an error with the SQL that opens it.
import { judgeGrants, readerUserSql } from '#shared/grants.ts';
import { SelectDeniedError, TableMissingError } from '../../connections/errors.ts';
import { type Gateway, quoteIdentifier } from '../../connections/gateway.ts';
import { defineCheck } from '../check.ts';
import { neededTables } from '../needed-tables.ts';

export default defineCheck({
  nn: 9,
  name: 'privileges',
  needs: ['login'],
  async run({ settings, site, found }) {
    const { gateway, seenFrom } = found.login!;
    const refused: string[] = [];
    for (const table of await neededTables(gateway, site)) {
      if (!(await mayRead(gateway, table))) refused.push(table);
    }
    const { verdict, writes, roles } = judgeGrants(await readGrants(gateway));
    if (refused.length > 0) {
      return {
        state: 'error',
        code: 'select_denied',
        facts: { user: settings.user, database: settings.database, table: refused.join(', ') },
        details: { sql: [await grantSelect(gateway, settings.database)], tables: refused },
      };
    }
    if (verdict === 'read_only') return { state: 'ok', code: 'grants_read_only', facts: { user: settings.user } };
    const sql = readerUserSql({ database: settings.database, host: seenFrom });
    if (verdict === 'unclear')
      return { state: 'warning', code: 'grants_unclear', facts: { roles: roles.join(', ') }, details: { sql } };
    const privileges = writes.map(({ privilege, on }) => `${privilege} em ${on}`);
    const shown = [...privileges.slice(0, 5), ...(privileges.length > 5 ? [`mais ${privileges.length - 5}`] : [])];
    return { state: 'warning', code: 'grants_can_write', facts: { privileges: shown.join(', ') }, details: { sql } };
  },
});

async function readGrants(gateway: Gateway): Promise<string[]> {
  const rows = await gateway.query('show grants');
  return rows.flatMap((row) => Object.values(row).map(String));
}

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
