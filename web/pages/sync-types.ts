// The plain objects that the Sincronização page shows.
import type { CartStatus } from '#shared/cart-words.ts';
import type { CartId, RunId, SiteId } from '#shared/ids.ts';
import type { BackfillState, RunKind, RunState } from '../messages.ts';

export type SyncStream = {
  stream: string;
  label: string;
  state: 'waiting' | 'reading' | 'done' | 'failed' | 'absent';
  estimatedCount: string | null;
  readCount: string;
  newCount: string;
  changedCount: string;
  missingCount: string;
  quarantinedCount: string;
};

export type SyncSource = {
  name: string;
  label: string;
  streams: SyncStream[];
  /** Where the reading stands: an instant of the shop, or the last id. */
  cursorAt: Date | null;
  cursorId: string | null;
  /** When everything there was had been read. */
  caughtUpAt: Date | null;
};

/** Carts that the run moved from one status to another; the last ones by name. */
export type RunCarts = {
  count: number;
  rows: { cartId: CartId; name: string | null; fromStatus: CartStatus; toStatus: CartStatus }[];
};

export type SyncRun = {
  id: RunId;
  siteId: SiteId;
  siteName: string;
  kind: RunKind;
  state: RunState;
  startedAt: Date;
  finishedAt: Date | null;
  errorCode: string | null;
  errorFacts: Record<string, string> | null;
  errorDetail: string | null;
  warnings: { code: string; facts?: Record<string, string> }[];
  readCount: string;
  newCount: string;
  changedCount: string;
};

/** What stays wrong in a shop until it is mended; its words are runMessage's. */
export type ShopAlert = {
  siteId: SiteId;
  siteName: string;
  code: string;
  facts: Record<string, string>;
  raisedAt: Date;
};

/** A period that is read again in the background. */
export type SyncBackfill = {
  id: string;
  siteId: SiteId;
  siteName: string;
  state: BackfillState;
  waitsForStart: boolean;
  fromAt: Date | null;
  toAt: Date | null;
  requestedBy: string | null;
  errorCode: string | null;
  errorFacts: Record<string, string> | null;
  /** Null until it is counted. */
  estimatedCount: string | null;
  readCount: string;
  changedCount: string;
};

export type SyncSite = {
  id: SiteId;
  name: string;
  cronExpression: string | null;
  isPaused: boolean;
  goodAt: Date | null;
  /** Rows a second of the run under way. */
  rate: number | null;
  sources: SyncSource[];
  alerts: ShopAlert[];
  lastRun: SyncRun | null;
  liveRun: { run: SyncRun; streams: SyncStream[]; rate: number | null } | null;
};

/** One stream of one run, with everything that was counted; `skipped` by reason. */
export type RunStream = {
  sourceLabel: string;
  label: string;
  state: SyncStream['state'];
  readCount: string;
  newCount: string;
  changedCount: string;
  unchangedCount: string;
  missingCount: string;
  quarantinedCount: string;
  skipped: Record<string, number>;
  startedAt: Date | null;
  finishedAt: Date | null;
};

export type QuarantineGroup = { sourceLabel: string; label: string; reason: string; count: number; lastSeenAt: Date };

/** One committed batch of a run. */
export type RunBatch = Pick<
  RunStream,
  'readCount' | 'newCount' | 'changedCount' | 'unchangedCount' | 'quarantinedCount'
> & {
  source: string;
  stream: string;
  scan: string;
  durationMs: number;
  committedAt: Date;
};
