// 10: the session is read only, and the server says so itself.
import { prepareSession } from '../../connections/session.ts';
import type { Check, Finding } from '../check.ts';

export const readOnly: Check = {
  nn: 10,
  name: 'Somente leitura',
  needs: ['login'],
  async run({ settings, found, statementTimeoutMs, log }): Promise<Finding> {
    const { gateway, close } = found.login!;
    const session = await prepareSession(gateway, { statementTimeoutMs, log });
    found.shop = { ...session, gateway, close, isTunnel: settings.mode === 'ssh' };
    return { state: 'ok', code: 'read_only_verified', facts: { serverVersion: session.serverVersion } };
  },
};
