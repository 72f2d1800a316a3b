// The second factor in the tables: begun on Minha conta, good from its first right code on, asked for at every way in, and gone when its person or an
// owner turns it off. A code is taken once; guessing is throttled like passwords, on a count of its own, which a right password does not forgive.
import type { UserId } from '#shared/ids.ts';
import { createLoginToken, hashToken } from '#shared/login-links.ts';
import {
  createRecoveryCode,
  createSecret,
  findStep,
  hashRecoveryCode,
  recoveryCodeCount,
} from '#shared/one-time-codes.ts';
import type { Sql, Tx } from '../db.ts';

/** So long somebody who showed the password may look for the telephone. */
const codeMinutes = 10;

type SecondFactor = { since: Date; codesLeft: number };

/** The factor in force; null without one. */
export async function findSecondFactor(sql: Sql | Tx, userId: UserId): Promise<SecondFactor | null> {
  const [found] = await sql<SecondFactor[]>`
    select f.confirmed_at as since, (select count(*)::int from recovery_codes c where c.user_id = f.user_id and c.used_at is null) as codes_left
    from second_factors f where f.user_id = ${userId} and f.confirmed_at is not null`;
  return found ?? null;
}

/** Begins anew with another secret; null when one is in force. */
export async function beginSecondFactor(sql: Sql, userId: UserId): Promise<Buffer | null> {
  const [begun] = await sql<{ secret: Buffer }[]>`
    insert into second_factors (user_id, secret) values (${userId}, ${createSecret()})
    on conflict (user_id) do update set secret = excluded.secret, created_at = now(), last_step = 0 where second_factors.confirmed_at is null
    returning secret`;
  return begun?.secret ?? null;
}

/** The secret that was begun and not confirmed. */
export async function findBegunSecret(sql: Sql, userId: UserId): Promise<Buffer | null> {
  const [begun] = await sql<{ secret: Buffer }[]>`
    select secret from second_factors where user_id = ${userId} and confirmed_at is null and created_at > now() - interval '1 hour'`;
  return begun?.secret ?? null;
}

/** With a code of the telephone the factor is in force. Gives the recovery codes, this once; null for a wrong code. */
export async function confirmSecondFactor(
  sql: Sql,
  userId: UserId,
  { typed, now }: { typed: string; now: Date },
): Promise<string[] | null> {
  const secret = await findBegunSecret(sql, userId);
  const step = secret && findStep(secret, typed, now);
  if (step === null) return null;
  const codes = Array.from({ length: recoveryCodeCount }, createRecoveryCode);
  return await sql.begin(async (tx) => {
    const confirmed = await tx`
      update second_factors set confirmed_at = ${now}, last_step = ${step} where user_id = ${userId} and secret = ${secret} and confirmed_at is null
      returning 1`;
    if (confirmed.length === 0) return null;
    for (const code of codes) {
      await tx`insert into recovery_codes (user_id, code_hash) values (${userId}, ${hashRecoveryCode(code)})`;
    }
    return codes;
  });
}

/** Whether this is the telephone's code or a recovery code. Either is used up by it. */
export async function takeCode(
  sql: Sql,
  userId: UserId,
  { typed, now }: { typed: string; now: Date },
): Promise<'code' | 'recovery_code' | null> {
  const [factor] = await sql<{ secret: Buffer }[]>`
    select secret from second_factors where user_id = ${userId} and confirmed_at is not null`;
  if (!factor) return null;
  const step = findStep(factor.secret, typed, now);
  if (step !== null) {
    const taken = await sql`
      update second_factors set last_step = ${step} where user_id = ${userId} and last_step < ${step} returning 1`;
    return taken.length > 0 ? 'code' : null;
  }
  const used = await sql`
    update recovery_codes set used_at = ${now} where user_id = ${userId} and code_hash = ${hashRecoveryCode(typed)} and used_at is null returning 1`;
  return used.length > 0 ? 'recovery_code' : null;
}

/** Turns it off; false when it was. */
export async function dropSecondFactor(sql: Sql | Tx, userId: UserId): Promise<boolean> {
  return (await sql`delete from second_factors where user_id = ${userId} returning 1`).length > 0;
}

/** What stands for the password already shown, until the code comes. */
export async function createCodeToken(sql: Sql, userId: UserId): Promise<string> {
  const { token, tokenHash } = createLoginToken();
  await sql`
    insert into login_links (token_hash, kind, user_id, expires_at)
    values (${tokenHash}, 'code', ${userId}, now() + make_interval(mins => ${codeMinutes}))`;
  return token;
}

/** Who owes the code of this token; null when it is over. */
export async function findCodeToken(sql: Sql, token: string): Promise<{ userId: UserId; email: string } | null> {
  const [found] = await sql<{ userId: UserId; email: string }[]>`
    select l.user_id, u.email from login_links l join users u on u.id = l.user_id
    where l.token_hash = ${hashToken(token)} and l.kind = 'code' and l.used_at is null and l.expires_at > now() and u.disabled_at is null`;
  return found ?? null;
}

/** Uses the token up; false when somebody was faster. */
export async function useCodeToken(sql: Sql, token: string): Promise<boolean> {
  const used = await sql`
    update login_links set used_at = now() where token_hash = ${hashToken(token)} and kind = 'code' and used_at is null returning 1`;
  return used.length > 0;
}
