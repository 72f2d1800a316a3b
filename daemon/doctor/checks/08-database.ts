// 8: the database is there and this user sees it; else the ones that it does see.
import type { Check, DoctorContext, Finding } from '../check.ts';
import { isAboutDatabase, logInByWay } from '../way.ts';

const ownDatabases = new Set(['information_schema', 'mysql', 'performance_schema', 'sys']);

export const database: Check = {
  nn: 8,
  name: 'Banco de dados',
  needs: [],
  async run(context): Promise<Finding> {
    const { settings, found } = context;
    if (!isAboutDatabase(found.held))
      return { state: 'ok', code: 'database_found', facts: { database: settings.database } };
    const { code, facts } = found.held;
    const visible = await listDatabases(context);
    return {
      state: 'error',
      code,
      facts: { ...facts, ...(visible.length > 0 && { visible: visible.join(', ') }) },
      details: { databases: visible },
    };
  },
};

async function listDatabases(context: DoctorContext): Promise<string[]> {
  const login = await logInByWay(context, { withoutDatabase: true });
  try {
    const rows = await login.gateway.query<{ Database: string }>('show databases');
    return rows.map((row) => row.Database).filter((name) => !ownDatabases.has(name.toLowerCase()));
  } finally {
    await login.close();
  }
}
