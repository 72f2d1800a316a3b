// 7: is a direct connection encrypted, to a server whose certificate was checked? Inside a tunnel SSH does it.
import { defineCheck } from '../check.ts';

export default defineCheck({
  nn: 7,
  name: 'tls',
  only: 'direct',
  needs: ['login'],
  async run({ settings, found, early }) {
    const refused = early.get(7);
    if (refused) throw refused;
    if (settings.tls.mode === 'off') return { state: 'warning', code: 'tls_off', facts: {} };
    const [row] = await found.login!.gateway.query<{ Value: string }>("show session status like 'Ssl_version'");
    return { state: 'ok', code: 'tls_ok', facts: { version: row?.Value ?? '' } };
  },
});
