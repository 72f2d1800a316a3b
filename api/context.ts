// What every handler is given: the parts of the process (Deps) and, in the request, who asks and for which company.
import type { HttpBindings } from '@hono/node-server';
import type { TenantId, UserId } from '#shared/ids.ts';
import type { Log } from '#shared/log.ts';
import type { Actor } from '#shared/roles.ts';
import type { Assets } from '#web/assets.ts';
import type { Segment } from '#web/components/segments.tsx';
import type { SyncBadge } from '#web/components/sync-badge.tsx';
import type { WorkFacts } from '#web/components/work-marks.tsx';
import type { Database } from './db.ts';
import type { Keep } from './kept.ts';
import type { ProgressFeed } from './progress-feed.ts';

export type Deps = {
  db: Database;
  /** What reads much and may be seconds behind: the reports. `db` itself, or a replica. */
  readDb: Database;
  log: Log;
  feed: ProgressFeed;
  keep: Keep;
  assets: Assets;
  /** Where people reach this installation (`https://carrinho.example`); https makes cookies Secure. */
  publicUrl: string;
  now(): Date;
};

export type SignedUser = {
  id: UserId;
  name: string;
  email: string;
  isSuperadmin: boolean;
  /** The row of table sessions, to end it. */
  sessionHash: Buffer;
};

export type CompanyName = { slug: string; name: string };

/** The company of the URL, as its member sees it, or a superadmin during a visit. */
export type Company = CompanyName & {
  id: TenantId;
  /** Of the days that figures and lists count. */
  timeZone: string;
  currency: string;
  windowBeforeMinutes: number;
  windowAfterMinutes: number;
  role: Actor;
  /** Sync is off, and nothing is written. */
  isSuspended: boolean;
  /** `#0f766e`, or null for our own. */
  themeColor: string | null;
  /** The logo's hash, or null without one. */
  logoHash: string | null;
};

export type AppEnv = {
  /** Absent when a test calls app.request(). */
  Bindings: Partial<HttpBindings>;
  Variables: {
    /** Four hex digits that stand in the log and on the error page. */
    code: string;
    user: SignedUser | null;
    /** What the person reads when this request fails by a fault of ours; absent: that the page could not be loaded. */
    failure?: string;
  };
};

/** What a page says around its content: how fresh the copy is, the user's day, and the saved filters in the menu. */
export type Shell = { badge: SyncBadge; work: WorkFacts; pinned: Pick<Segment, 'list' | 'name' | 'query'>[] };

/** Inside /e/:slug: signed in, and a member. `shell`: where it was read with the content (loadPage()). */
export type CompanyEnv = {
  Bindings: AppEnv['Bindings'];
  Variables: AppEnv['Variables'] & {
    user: SignedUser;
    company: Company;
    companies: CompanyName[];
    shell?: Shell | null;
  };
};
