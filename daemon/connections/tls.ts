// TLS to a shop's database: verified by default, by a CA of one's own, or by one pinned certificate. The check is ours, between the TLS
// handshake and the login, so that no scrambled password goes to a server that was not checked, and so that a refusal can show the
// certificate's fingerprint for a person to confirm.
import { checkServerIdentity, type PeerCertificate, TLSSocket } from 'node:tls';
import type { Connection, SslOptions } from 'mysql2';
import type { AppError } from '#shared/errors.ts';
import { TlsCertificateChangedError } from './errors.ts';
import { type Place, placeFacts, toTlsError } from './mysql-errors.ts';

export type TlsSettings = {
  /** verify: public authorities and the host's name · ca: this authority and the name · pinned: this certificate · off: plain, by choice. */
  mode: 'verify' | 'ca' | 'pinned' | 'off';
  ca?: string;
  /** SHA-256 of the certificate in hex, with or without colons. */
  fingerprint256?: string;
};

/** mysql2's part. It verifies nothing here: checkTls() does, on the same connection. */
export function sslOptions(tls: TlsSettings): SslOptions | undefined {
  if (tls.mode === 'off') return undefined;
  return { rejectUnauthorized: false, minVersion: 'TLSv1.2', ...(tls.mode === 'ca' && { ca: tls.ca ?? '' }) };
}

/**
 * Puts the check between mysql2's TLS handshake and its login. `onRefused` gets the typed error before mysql2 reports its own.
 * Must run in the same turn as createConnection().
 */
export function checkTls(
  connection: Connection,
  tls: TlsSettings,
  place: Place,
  onRefused: (error: AppError) => void,
): void {
  if (tls.mode === 'off') return;
  // `startTLS` and `stream` are mysql2's own; a version without them must fail here, not connect unchecked.
  const inner = connection as unknown as { startTLS: (done: (error?: Error) => void) => void; stream: unknown };
  if (typeof inner.startTLS !== 'function') throw new Error('mysql2 has no startTLS: TLS cannot be checked');
  const startTls = inner.startTLS.bind(connection);
  inner.startTLS = (done) =>
    startTls((failure) => {
      const refusal = failure ? toTlsError(failure, place) : findRefusal(inner.stream, tls, place);
      if (refusal) onRefused(refusal);
      // A new error, because mysql2 writes its own code on what it is given.
      done(refusal ? new Error('TLS refused') : undefined);
    });
}

function findRefusal(socket: unknown, tls: TlsSettings, place: Place): AppError | null {
  if (!(socket instanceof TLSSocket)) return toTlsError(new Error('no TLS socket'), place);
  const certificate = socket.getPeerCertificate();
  if (!certificate?.fingerprint256) return toTlsError(new Error('no certificate'), place);
  const fingerprint = certificate.fingerprint256;
  if (tls.mode === 'pinned') {
    if (plainHex(tls.fingerprint256 ?? '') === plainHex(fingerprint)) return null;
    return new TlsCertificateChangedError(`${place.host}: the certificate is ${fingerprint}, not the pinned one`, {
      facts: { ...placeFacts(place), fingerprint },
    });
  }
  if (!socket.authorized) return toTlsError(authorizationFailure(socket), place, fingerprint);
  const wrongName = checkServerIdentity(place.host, certificate as PeerCertificate);
  return wrongName ? toTlsError(wrongName, place, fingerprint) : null;
}

// Node's types say Error; what it sets is the code itself.
function authorizationFailure(socket: TLSSocket): Error {
  const reason: unknown = socket.authorizationError;
  return reason instanceof Error ? reason : Object.assign(new Error(String(reason)), { code: String(reason) });
}

const plainHex = (text: string) =>
  text
    .replace(/^SHA-?256[:=]/i, '')
    .replaceAll(':', '')
    .trim()
    .toLowerCase();
