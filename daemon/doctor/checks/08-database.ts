// 8: is the database there for this user? When not, those that it sees are listed: mostly the name lacks the hosting's user in front.
import { defineCheck } from '../check.ts';

const ofTheServer = ['information_schema', 'performance_schema', 'mysql', 'sys'];

export default defineCheck({
  nn: 8,
  name: 'database',
  needs: ['login'],
  async run({ settings: { database }, found, early }) {
    const refused = early.get(8);
    if (!refused) return { state: 'ok', code: 'database_visible', facts: { database } };
    const rows = await found.login!.gateway.query<{ name: string }>(
      'select schema_name as name from information_schema.schemata order by schema_name',
    );
    const visible = rows.map(({ name }) => name).filter((name) => !ofTheServer.includes(name.toLowerCase()));
    found.login = null;
    return {
      state: 'error',
      code: refused.code === 'mysql_database_denied' ? 'mysql_database_denied' : 'mysql_database_unknown',
      facts: { ...refused.facts, visible: visible.join(', ') },
      details: { list: visible, databases: visible },
    };
  },
});
