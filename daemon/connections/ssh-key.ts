// Reads a private key before any connection, so that a person hears what is wrong with it and not "all methods failed".
import { createPrivateKey } from 'node:crypto';
import ssh2 from 'ssh2';
import { SshKeyPassphraseError, SshKeyUnreadableError } from './errors.ts';

type KeyFormat = 'OpenSSH' | 'PEM' | 'PKCS#8' | 'PuTTY' | 'chave pública' | 'desconhecido';

function formatOf(text: string): KeyFormat {
  if (text.includes('BEGIN OPENSSH PRIVATE KEY')) return 'OpenSSH';
  if (/BEGIN (?:ENCRYPTED )?PRIVATE KEY/.test(text)) return 'PKCS#8';
  if (/BEGIN \w+ PRIVATE KEY/.test(text)) return 'PEM';
  if (text.startsWith('PuTTY-User-Key-File')) return 'PuTTY';
  if (/^(?:ssh-|ecdsa-|sk-)\S+ \S+|BEGIN (?:SSH2 )?PUBLIC KEY/.test(text)) return 'chave pública';
  return 'desconhecido';
}

/** The key as ssh2 takes it. OpenSSH, PEM, PKCS#8 (RSA and EC) and PuTTY version 2; throws SshKeyUnreadableError, SshKeyPassphraseError. */
export function readPrivateKey(pasted: string, passphrase?: string): { privateKey: string; passphrase?: string } {
  // Forms and Windows editors bring CRLF and blank edges, which the parsers refuse.
  const text = `${pasted.replaceAll('\r\n', '\n').trim()}\n`;
  const format = formatOf(text);
  if (format === 'PKCS#8') return { privateKey: fromPkcs8(text, passphrase) };
  const parsed = ssh2.utils.parseKey(text, passphrase);
  if (parsed instanceof Error) {
    if (/passphrase|bad decrypt|integrity check|MAC mismatch|HMAC/i.test(parsed.message) && format !== 'desconhecido') {
      throw new SshKeyPassphraseError(`private key (${format}): ${parsed.message}`, { facts: { format } });
    }
    throw new SshKeyUnreadableError(`private key (${format}): ${parsed.message}`, { facts: { format } });
  }
  const [key] = Array.isArray(parsed) ? parsed : [parsed];
  if (!key?.isPrivateKey()) {
    throw new SshKeyUnreadableError('the key is a public one', { facts: { format: 'chave pública' } });
  }
  return passphrase ? { privateKey: text, passphrase } : { privateKey: text };
}

// ssh2 does not read PKCS#8; Node does, and writes RSA and EC in the older PEM that ssh2 reads.
function fromPkcs8(text: string, passphrase: string | undefined): string {
  try {
    const key = createPrivateKey({ key: text, ...(passphrase && { passphrase }) });
    if (key.asymmetricKeyType === 'rsa') return key.export({ type: 'pkcs1', format: 'pem' }).toString();
    if (key.asymmetricKeyType === 'ec') return key.export({ type: 'sec1', format: 'pem' }).toString();
  } catch (cause) {
    if (text.includes('ENCRYPTED')) {
      throw new SshKeyPassphraseError('private key (PKCS#8): wrong or missing passphrase', {
        facts: { format: 'PKCS#8' },
      });
    }
    throw new SshKeyUnreadableError('private key (PKCS#8)', { cause, facts: { format: 'PKCS#8' } });
  }
  throw new SshKeyUnreadableError('private key (PKCS#8) is neither RSA nor EC', { facts: { format: 'PKCS#8' } });
}
