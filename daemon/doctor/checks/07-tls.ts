// 7: what a direct connection says on the internet is encrypted, and the server is the right one. Inside a tunnel SSH does both.
import type { Check, Finding } from '../check.ts';
import { isAboutDatabase } from '../way.ts';

export const tls: Check = {
  nn: 7,
  name: 'Criptografia',
  needs: [],
  async run({ settings, found }): Promise<Finding> {
    if (found.held && !isAboutDatabase(found.held)) throw found.held;
    if (settings.mode === 'ssh') return { state: 'ok', code: 'tls_by_ssh', facts: {} };
    if (settings.tls.mode === 'off') return { state: 'warning', code: 'tls_off', facts: { host: settings.host } };
    return { state: 'ok', code: 'tls_on', facts: { mode: settings.tls.mode } };
  },
};
