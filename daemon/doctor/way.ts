// The way to the database's port, walked anew where a check needs another connection than the first.
import type { Duplex } from 'node:stream';
import { type Login, logIn, shopPlace } from '../connections/connection.ts';
import { dial } from '../connections/dial.ts';
import { MysqlDatabaseDeniedError, MysqlDatabaseUnknownError } from '../connections/errors.ts';
import type { DoctorContext } from './check.ts';

/** The open connection of check 2 or 5 the first time, a new one later. */
async function openWay({ settings, found, publicIp, connectTimeoutMs }: DoctorContext): Promise<Duplex> {
  if (found.tunnel) return await found.tunnel.openStream(settings.host, settings.port);
  const { socket } = found;
  found.socket = null;
  return socket ?? (await dial(found.address!, connectTimeoutMs, shopPlace(settings, publicIp ?? undefined)));
}

export async function logInByWay(context: DoctorContext, { withoutDatabase = false } = {}): Promise<Login> {
  const { settings, publicIp, connectTimeoutMs, statementTimeoutMs } = context;
  const stream = await openWay(context);
  try {
    return await logIn(settings, {
      stream,
      withoutDatabase,
      publicIp: publicIp ?? undefined,
      connectTimeoutMs,
      statementTimeoutMs,
    });
  } catch (error) {
    stream.destroy();
    throw error;
  }
}

/** User and password were right; only the database is not theirs, or not there. */
export const isAboutDatabase = (error: unknown): error is MysqlDatabaseUnknownError | MysqlDatabaseDeniedError =>
  error instanceof MysqlDatabaseUnknownError || error instanceof MysqlDatabaseDeniedError;
