// The contract between the doctor, which runs sixteen checks in order and stops asking where the way ends, and a check: one file in checks/, one
// question to the shop. A check saves nothing, prints nothing; its code gets its words in shared/doctor-messages.ts.
import type { Socket } from 'node:net';
import type { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import type { CheckedHost } from '../connections/address-rule.ts';
import type { ConnectionSettings, Login, Shop } from '../connections/connection.ts';
import type { ShopFacts } from '../connections/discover.ts';
import type { SshOpening, Tunnel } from '../connections/ssh-tunnel.ts';
import type { FieldMapping } from '../settings.ts';
import type { Source } from '../source.ts';

export type CheckState = 'ok' | 'warning' | 'error' | 'not_tested';

/** What one check found. `facts`: hosts, ports, names of tables and form keys, counts, times; never a secret, never what a shopper typed. */
export type Finding = {
  state: CheckState;
  code: string;
  facts: Record<string, string>;
  /** Lists shown under the sentence (visible databases, prefixes to choose from, forms with their suggested mapping). */
  details?: unknown;
};

/** What a person chose for the shop so far; all empty for a shop that is only being tried. */
export type DoctorSite = {
  tablePrefix: string | null;
  cartTable: string | null;
  areaCode: string | null;
  mappings: FieldMapping[];
};

/** What the checks found and the later ones stand on; each is null until the check that finds it has passed. */
export type DoctorFound = {
  /** 1: the addresses to dial: the database's, or the SSH server's. */
  address: CheckedHost | null;
  /** 2: the open TCP connection; taken over by SSH or by the login. */
  socket: Socket | null;
  /** 3: the SSH server that proved its identity. */
  ssh: SshOpening | null;
  /** 4: logged in there. */
  tunnel: Tunnel | null;
  /** 6-8: logged in to the database, told nothing yet. */
  login: Login | null;
  /** An error that came on the wire before its check: a bad key is said by 4, a refused certificate by 7, an unknown database by 8. */
  held: AppError | null;
  /** 10: the read-only session. */
  shop: Shop | null;
  /** 11: what the database holds, with the prefix chosen. */
  facts: ShopFacts | null;
};

export type DoctorContext = {
  settings: ConnectionSettings;
  site: DoctorSite;
  found: DoctorFound;
  sources: readonly Source[];
  allowedNetworks: readonly string[];
  /** This installation's public address, for "libere o IP …"; null when nobody set it. */
  publicIp: string | null;
  log: Log;
  now: () => Date;
  /** For TCP, for SSH, for the login, each. */
  connectTimeoutMs: number;
  statementTimeoutMs: number;
};

export type Check = {
  /** 1-16, the order of docs/rules.md (the doctor). */
  nn: number;
  name: string;
  /** 'direct' or 'ssh': only asked on that way; the others are "não se aplica". */
  only?: ConnectionSettings['mode'];
  /** What must have been found; while it is null the check is not tested. */
  needs: (keyof DoctorFound)[];
  /** Gives what it found; may fill `context.found`. What it throws becomes an error finding with the error's code and facts. */
  run(context: DoctorContext): Promise<Finding>;
};
