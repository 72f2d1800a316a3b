// The rows of the system before this one (Django, Postgres), as they lie: read only, in one snapshot, each as an object, so that an older or newer
// version of it with a column more or less is read all the same.
import pg from 'pg';

export type OldRow = Record<string, unknown>;
export type OldSystem = Record<OldTable, OldRow[]>;

const tables = [
  'empresas',
  'auth_user',
  'empresa_usuarios',
  'leads',
  'carts',
  'customers',
  'contato_blacklist',
  'mensagens_whatsapp',
  'bling_pedidos_enviados',
] as const;
export type OldTable = (typeof tables)[number];

/** All rows that may be brought over. A table that is not there has none. Throws when `empresas` is missing: it is another database. */
export async function readOldSystem(url: string): Promise<OldSystem | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'carrinho-migrar-original',
    options: '-c timezone=UTC',
  });
  await client.connect();
  try {
    await client.query('begin isolation level repeatable read read only');
    const system = {} as OldSystem;
    for (const table of tables) {
      const { rows } = await client.query<{ exists: boolean }>('select to_regclass($1) is not null as exists', [table]);
      system[table] = rows[0]!.exists
        ? (await client.query<{ row: OldRow }>(`select to_jsonb(t) as row from ${table} t order by id`)).rows.map(
            ({ row }) => row,
          )
        : [];
      if (table === 'empresas' && !rows[0]!.exists) return null;
    }
    return system;
  } finally {
    await client.end();
  }
}

/** The first of these columns that says something, as trimmed text without NUL; '' when none does. */
export function textOf(row: OldRow, ...columns: string[]): string {
  for (const column of columns) {
    const value = row[column];
    const text = value === null || value === undefined || typeof value === 'object' ? '' : String(value).trim();
    if (text !== '') return text;
  }
  return '';
}

export const isTrue = (row: OldRow, column: string): boolean => row[column] === true;

export function dateOf(row: OldRow, ...columns: string[]): Date | null {
  const date = new Date(textOf(row, ...columns));
  return Number.isNaN(date.getTime()) ? null : date;
}
