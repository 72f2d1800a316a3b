// What the writer must know of each kind of copies: how a record becomes rows, and which statements move them from the staging
// tables into place. One file in targets/ is one kind.
import type { SiteId } from '#shared/ids.ts';
import type { MatchKey } from '#shared/match-keys.ts';
import type { TenantClient } from '../db.ts';
import type { Tombstones } from '../erasure/tombstones.ts';
import type { SiteSettings } from '../settings.ts';
import type { RecordOf, Target } from '../source.ts';
import type { Value } from './copy-text.ts';

export type PrepareContext = {
  site: SiteSettings;
  /** The shop's clock at the start of the run. */
  shopNow: Date;
};

/** A record as rows: `values` in the order of the staging table's columns, each child with its parent's external id first. */
export type RecordRows = {
  values: Value[];
  children: { [stagingTable: string]: Value[][] };
  keys: MatchKey[];
  /** When the shop last touched the record, by the shop's clock; young ones are read again. */
  touchedAt: Date | null;
  /** False when equal fingerprints do not yet prove equal content: the next digest looks again. */
  isSettled: boolean;
};

/** Where a batch goes: which rows of the copies it may touch. */
export type WriteScope = {
  client: TenantClient;
  site: SiteSettings;
  siteId: SiteId;
  source: string;
  now: Date;
  /** The staged external ids are > lowId and <= highId, so that the join stays inside the page. */
  lowId: string;
  highId: string;
  /** What the company erased; null when nothing was. */
  tombstones: Tombstones | null;
};

export type TargetDefinition<T extends Target = Target> = {
  target: T;
  table: 'leads' | 'lead_answers' | 'carts' | 'cart_emails' | 'orders' | 'site_customers';
  /** What else than tenant, site and external id tells the current copies: conditions on alias `c`. */
  hasSource: boolean;
  isEpisodic: boolean;
  /** What tells two copies of the same shop apart, as SQL on alias `c`; and the same of a record. */
  identitySql: string;
  identityOf(record: RecordOf[T]): string;
  /** What the pages that show it listen for. */
  changeKind: 'lead' | 'cart' | 'order';
  columns: string[];
  childColumns: { [stagingTable: string]: string[] };
  hasKeys: boolean;
  toRows(record: RecordOf[T], context: PrepareContext): RecordRows;
  /** From the staging tables into place. `isAllNew`: no staged row has a copy, so nothing needs to be compared. */
  write(scope: WriteScope, isAllNew: boolean): Promise<void>;
  /** After copies with these external ids changed or went missing: what has to be looked at again. */
  afterChange(scope: WriteScope, externalIds: string[]): Promise<void>;
};

/** Gives `definition` back with its record's type checked, as one of the kinds. */
export function defineTarget<T extends Target>(definition: TargetDefinition<T>): TargetDefinition {
  return definition as unknown as TargetDefinition;
}
