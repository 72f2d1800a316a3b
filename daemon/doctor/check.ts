// The contract between the doctor, which runs sixteen checks in order and stops asking where the way ends, and a check: one file in checks/, one
// question to the shop. A check saves nothing, prints nothing; its code gets its words in shared/doctor-messages.ts.
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { CheckState, DoctorCode, DoctorDetails } from '#shared/doctor-messages.ts';
import type { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import type { CheckedHost } from '../connections/address-rule.ts';
import type { ConnectionSettings, Login, Shop, ShopLimits } from '../connections/connection.ts';
import type { ShopFacts } from '../connections/discover.ts';
import type { SessionFacts } from '../connections/session.ts';
import type { SshOpening, Tunnel } from '../connections/ssh-tunnel.ts';
import type { FieldMapping } from '../settings.ts';
import type { Source } from '../source.ts';

/** What one check found. `facts`: hosts, ports, names of tables and form keys, counts, times; never a secret, never what a shopper typed. */
export type Finding = {
  state: CheckState;
  code: DoctorCode;
  facts: Record<string, string>;
  /** Lists shown under the sentence (visible databases, prefixes to choose from, forms with their suggested mapping). */
  details?: DoctorDetails;
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
  /** 1: the checked addresses to dial: the database's, or the SSH server's. */
  address: CheckedHost | null;
  /** 2: the open TCP connection. */
  socket: Socket | null;
  /** 3: the SSH server is who it should be; its login is under way. */
  ssh: SshOpening | null;
  /** 4: the open SSH connection. */
  tunnel: Tunnel | null;
  /** 2 or 5: the open way to the database's port. */
  stream: Duplex | null;
  /** 6: logged in; the session is already set up, and read only unless `early` has the error of check 10. */
  login: (Login & { session: SessionFacts | null; seenFrom: string }) | null;
  /** 10: the read-only session. */
  shop: Shop | null;
  /** 11: what the database holds, with the prefix chosen. */
  facts: ShopFacts | null;
};

export type DoctorContext = {
  settings: ConnectionSettings;
  site: DoctorSite;
  found: DoctorFound;
  /** Errors of later checks that an earlier one met: MySQL answers about TLS, the login and the database at once. By number of the check. */
  early: Map<number, AppError>;
  /** What is to be closed when the doctor leaves, the last one first. */
  closers: (() => unknown)[];
  limits: ShopLimits;
  sources: readonly Source[];
  allowedNetworks: readonly string[];
  /** This installation's public address, for "libere o IP …"; null when nobody set it. */
  publicIp: string | null;
  log: Log;
  now: () => Date;
};

export type Check = {
  /** 1-16, the order of docs/rules.md (the doctor); the file's number. */
  nn: number;
  name: string;
  /** 'direct' or 'ssh': only asked on that way; the others are "não se aplica". */
  only?: ConnectionSettings['mode'];
  /** What must have been found; while it is null the check is not tested, unless its error came early. */
  needs: (keyof DoctorFound)[];
  /** Gives what it found; may fill `context.found`. What it throws becomes an error finding with the error's code and facts. */
  run(context: DoctorContext): Promise<Finding>;
};

/** Gives `check` back with its type checked. */
export function defineCheck(check: Check): Check {
  return check;
}
