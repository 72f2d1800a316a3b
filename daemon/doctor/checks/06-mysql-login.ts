// 6: does MySQL let the user in? One login also answers about TLS (7), the database (8) and the read-only session (10): what it says of those is kept
// for them. The session is made read only at once, before anything else is asked.
import { AppError } from '#shared/errors.ts';
import { logIn, shopPlace } from '../../connections/connection.ts';
import { dial } from '../../connections/dial.ts';
import {
  MysqlDatabaseDeniedError,
  MysqlDatabaseUnknownError,
  ReadOnlyUnverifiedError,
} from '../../connections/errors.ts';
import type { Gateway } from '../../connections/gateway.ts';
import { prepareSession, type SessionFacts } from '../../connections/session.ts';
import { type DoctorContext, defineCheck } from '../check.ts';

export default defineCheck({
  nn: 6,
  name: 'mysql-login',
  needs: ['stream'],
  async run(context) {
    const { settings, found, early, closers } = context;
    let login: Awaited<ReturnType<typeof logIn>>;
    try {
      login = await logInKeepingDatabase(context);
    } catch (error) {
      if (!(error instanceof AppError) || !error.code.startsWith('tls_')) throw error;
      early.set(7, error);
      return { state: 'not_tested', code: 'tls_failed', facts: { stoppedBy: '7' } };
    }
    closers.push(login.close);
    const session = await prepare(login.gateway, context);
    const [row] = await login.gateway.query<{ seen: string }>('select user() as seen');
    const seenFrom = row?.seen.slice(row.seen.lastIndexOf('@') + 1) ?? '';
    found.login = { ...login, session, seenFrom };
    return { state: 'ok', code: 'mysql_login_ok', facts: { user: settings.user, ip: seenFrom } };
  },
});

async function logInKeepingDatabase(context: DoctorContext) {
  const { settings, found, early, limits } = context;
  const publicIp = context.publicIp ?? undefined;
  try {
    return await logIn(settings, { ...limits, publicIp, stream: found.stream! });
  } catch (error) {
    if (!(error instanceof MysqlDatabaseUnknownError || error instanceof MysqlDatabaseDeniedError)) throw error;
    early.set(8, error);
  }
  const stream = found.tunnel
    ? await found.tunnel.openStream(settings.host, settings.port)
    : await dial(found.address!, limits.connectTimeoutMs ?? 10_000, shopPlace(settings, publicIp));
  context.closers.push(() => stream.destroy());
  return await logIn(settings, { ...limits, publicIp, stream, withoutDatabase: true });
}

async function prepare(gateway: Gateway, { early, limits, log }: DoctorContext): Promise<SessionFacts | null> {
  try {
    return await prepareSession(gateway, { statementTimeoutMs: limits.statementTimeoutMs ?? 20_000, log });
  } catch (error) {
    if (!(error instanceof ReadOnlyUnverifiedError)) throw error;
    early.set(10, error);
    return null;
  }
}
