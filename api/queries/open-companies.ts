// The companies that a person may enter: their memberships, and for a superadmin the visits that began in this very session.
import type { Company, SignedUser } from '../context.ts';
import type { Database } from '../db.ts';

/** By name. A visit makes its company `superadmin`'s, unless the person is a member too. */
export async function listOpenCompanies(
  { sql }: Pick<Database, 'sql'>,
  { id, isSuperadmin, sessionHash }: Pick<SignedUser, 'id' | 'isSuperadmin' | 'sessionHash'>,
): Promise<Company[]> {
  return await sql<Company[]>`select * from open_companies(${id}, ${isSuperadmin}, ${sessionHash})`;
}
