// 6: the database accepts user and password. What the login says of encryption or of the database itself is left to checks 7 and 8.
import type { AppError } from '#shared/errors.ts';
import {
  TlsCertificateChangedError,
  TlsExpiredError,
  TlsFailedError,
  TlsNotSupportedError,
  TlsUntrustedError,
  TlsWrongHostError,
} from '../../connections/errors.ts';
import type { Check, Finding } from '../check.ts';
import { isAboutDatabase, logInByWay } from '../way.ts';

const tlsErrors = [
  TlsCertificateChangedError,
  TlsExpiredError,
  TlsFailedError,
  TlsNotSupportedError,
  TlsUntrustedError,
  TlsWrongHostError,
];
const isAboutTls = (error: unknown): error is AppError => tlsErrors.some((kind) => error instanceof kind);

export const mysqlLogin: Check = {
  nn: 6,
  name: 'Login no banco',
  needs: [],
  async run(context): Promise<Finding> {
    const { settings, found } = context;
    const facts = { user: settings.user };
    try {
      found.login = await logInByWay(context);
    } catch (error) {
      if (isAboutTls(error)) {
        found.held = error;
        return { state: 'not_tested', code: 'tls_first', facts: {} };
      }
      if (!isAboutDatabase(error)) throw error;
      found.held = error;
    }
    return { state: 'ok', code: 'mysql_logged_in', facts };
  },
};
