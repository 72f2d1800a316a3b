// 10: is the session read only? It was set at the login and read back from the server, because a proxy may drop a SET; here it is read once more,
// after everything that was asked since.
import { ReadOnlyUnverifiedError } from '../../connections/errors.ts';
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 10,
  name: 'read-only',
  needs: ['login'],
  async run({ settings, found, early }) {
    const unverified = early.get(10);
    if (unverified) throw unverified;
    const { session, gateway, close } = found.login!;
    const variable = session!.readOnlyVariable;
    const [row] = await gateway.query<{ isReadOnly: unknown }>(`select @@session.${variable} as isReadOnly`);
    if (Number(row?.isReadOnly) !== 1) {
      throw new ReadOnlyUnverifiedError('the session is no longer read only', {
        facts: { serverVersion: session!.serverVersion },
      });
    }
    found.shop = { ...session!, gateway, isTunnel: settings.mode === 'ssh', close };
    return { state: 'ok', code: 'session_read_only', facts: { variable, serverVersion: session!.serverVersion } };
  },
});
