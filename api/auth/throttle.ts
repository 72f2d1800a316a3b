// Guessing is stopped by account and by address. A try is written down before the password is looked at, so that many at once do not
// slip through; a right one takes its account's tries away. Only hashes of e-mail and address are kept.
import { createHash } from 'node:crypto';
import type { Sql } from '../db.ts';

const minutes = 15;
const maxTriesOfAccount = 5;
/** Offices and phone networks share an address. */
const maxTriesOfAddress = 30;

const subjectHash = (kind: 'account' | 'address', value: string) =>
  createHash('sha256').update(`${kind}:${value}`).digest();

export type LoginTry = { email: string; address: string };

/** Writes the try down; false when the account or the address has had too many in the last 15 minutes. */
export async function recordTry(sql: Sql, { email, address }: LoginTry): Promise<boolean> {
  const account = subjectHash('account', email);
  const place = subjectHash('address', address);
  await sql`delete from login_failures where failed_at < now() - make_interval(mins => ${minutes})`;
  return await sql.begin(async (tx) => {
    // One count at a time for an account: two tries side by side would both see the fourth.
    await tx`select pg_advisory_xact_lock(hashtextextended(${account.toString('hex')}, 0))`;
    const [counts] = await tx<{ ofAccount: number; ofAddress: number }[]>`
      select count(*) filter (where subject_hash = ${account})::int as of_account,
             count(*) filter (where subject_hash = ${place})::int as of_address
      from login_failures
      where subject_hash in (${account}, ${place}) and failed_at >= now() - make_interval(mins => ${minutes})`;
    if (counts!.ofAccount >= maxTriesOfAccount || counts!.ofAddress >= maxTriesOfAddress) return false;
    await tx`insert into login_failures (subject_hash) values (${account}), (${place})`;
    return true;
  });
}

/** After a right password: the account starts anew, and the address is not charged for this try. */
export async function forgiveTries(sql: Sql, { email, address }: LoginTry): Promise<void> {
  await sql`delete from login_failures where subject_hash = ${subjectHash('account', email)}`;
  await sql`
    delete from login_failures where id = (
      select id from login_failures where subject_hash = ${subjectHash('address', address)} order by failed_at desc limit 1)`;
}
