// The contract between the doctor, which runs sixteen checks in order and stops asking where the way ends, and a check: one file in checks/, one
// question to the shop. A check saves nothing, prints nothing; its code gets its words in shared/doctor-messages.ts.
import type { Duplex } from 'node:stream';
import type { Log } from '#shared/log.ts';
import type { ConnectionSettings, Shop } from '../connections/connection.ts';
import type { ShopFacts } from '../connections/discover.ts';
import type { Tunnel } from '../connections/ssh-tunnel.ts';
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
  /** 1: the checked address to dial. */
  address: { ip: string; port: number } | null;
  /** 3-4: the open SSH connection. */
  tunnel: Tunnel | null;
  /** 2 or 5: the open way to the database's port. */
  stream: Duplex | null;
  /** 6-8, 10: the read-only session. */
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
