// The rows of the system before this one (Django, Postgres), as they lie: read only, in one snapshot, each as an object, so that an older or newer
// version of it with a column more or less is read all the same.
import pg from 'pg';
import { AppError } from '#shared/errors.ts';

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

/** The old system's database cannot be reached or read; the message says it without the address, where a password may stand. */
export class OldSystemError extends AppError {
  readonly code = 'original_unreadable';
  readonly retry = 'after-fix';
}

/** All rows that may be brought over. A table that is not there has none. Null when `empresas` is missing: it is another database. */
export async function readOldSystem(url: string): Promise<OldSystem | null> {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'carrinho-migrar-original',
    options: '-c timezone=UTC',
  });
  try {
    await client.connect();
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
  } catch (cause) {
    const { code = 'sem código' } = cause as { code?: string };
    throw new OldSystemError(
      `O banco do sistema anterior não respondeu ou não deixou ler (${code}). Confira o endereço e o usuário em ORIGINAL_DATABASE_URL.`,
      { cause },
    );
  } finally {
    await client.end().catch(() => undefined);
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
