// ed25519 pairs for the private sshd and its tests. Apart from sshd.ts, because ssh2 takes a tenth of a second to load and only the first start makes keys.
import ssh2 from 'ssh2';

type KeyOptions = { cipher: string; passphrase: string; rounds: number };

/** An ed25519 pair in OpenSSH's form. One in 256 of ssh2's (1.17.0) lacks a leading zero and cannot be read: made anew until it can. */
export function makeKeyPair(options?: KeyOptions): { private: string; public: string } {
  for (;;) {
    const pair = options
      ? ssh2.utils.generateKeyPairSync('ed25519', options)
      : ssh2.utils.generateKeyPairSync('ed25519');
    if (!(ssh2.utils.parseKey(pair.private, options?.passphrase) instanceof Error)) return pair;
  }
}
