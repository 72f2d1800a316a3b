// Who wants no messages by a channel. It is said of keys and holds for their whole person, whatever joins it later (contact_block() in SQL judges);
// what the shop's plugin says follows the plugin's flag.
import type { UserId } from '../ids.ts';
import type { Statements } from '../recompute/statements.ts';
import type { RecordRef } from './record.ts';

export const optOutChannels = ['whatsapp', 'email', 'phone', 'all'] as const;
export type OptOutChannel = (typeof optOutChannels)[number];

/** `plugin` and `original`: the shop's plugin, the system before this one. */
export type OptOutSource = 'operator' | 'plugin' | 'original';

type OptOutAct = { channel: OptOutChannel; userId: UserId | null; now: Date };

/** The keys that the channel writes to: a record's phones, its e-mails, or all; a record that has none of the kind is known by the others. */
export function keysOfChannel(keys: readonly string[], channel: OptOutChannel): string[] {
  const prefix = channel === 'all' ? '' : channel === 'email' ? 'e:' : 'p:';
  const own = keys.filter((key) => key.startsWith(prefix));
  return own.length > 0 ? own : [...keys];
}

/** Says it of keys; gives how many had not said so before. */
export async function optOutKeys(
  db: Statements,
  keys: readonly string[],
  { channel, reason, userId, now }: OptOutAct & { reason: string },
): Promise<number> {
  const values = { tenant: db.tenantId, keys: [...keys], channel, reason, user: userId, now };
  return (await db.run('insert_opt_outs', values)).rowCount;
}

/** Says it of a record's own keys. `no_keys`: neither a usable e-mail nor a usable phone, so there is nothing to write to either. */
export async function optOutRecord(
  db: Statements,
  { entity, id }: RecordRef,
  act: OptOutAct & { reason: string },
): Promise<number | 'no_keys'> {
  const { rows } = await db.run<{ key: string }>('list_record_keys', { tenant: db.tenantId, entity, id });
  if (rows.length === 0) return 'no_keys';
  const keys = keysOfChannel(
    rows.map(({ key }) => key),
    act.channel,
  );
  return await optOutKeys(db, keys, act);
}

/** Takes back what people said of these keys by this channel; gives how many rows. */
export async function undoOptOutKeys(
  db: Statements,
  keys: readonly string[],
  { channel, userId, now }: OptOutAct,
): Promise<number> {
  const values = { tenant: db.tenantId, keys: [...keys], channel, user: userId, now };
  return (await db.run('undo_opt_outs', values)).rowCount;
}

/** Takes back whatever of this channel holds for the record; the plugin's stays. Gives how many rows. */
export async function undoOptOutsOf(db: Statements, { entity, id }: RecordRef, act: OptOutAct): Promise<number> {
  const { rows } = await db.run<{ key: string }>('list_opt_out_keys', { tenant: db.tenantId, entity, id });
  return await undoOptOutKeys(
    db,
    rows.map(({ key }) => key),
    act,
  );
}
