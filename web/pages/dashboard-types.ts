// The plain objects that the panel shows. Amounts are minor units as text; those of Figures are decimal text.
import type { Figures } from '#shared/figures.ts';
import type { ChartStep } from '../chart-steps.ts';
import type { SyncBadge } from '../components/sync-badge.tsx';
import type { Clock } from '../format.ts';
import type { Period } from '../period.ts';
import type { ShopAlert } from './sync-types.ts';

/** Carts by first activity in a step. */
export type ChartPoint = ChartStep & { abandoned: number; recovered: number };

export type Chart = { points: ChartPoint[]; previous: ChartPoint[] | null };

/** What waits for somebody right now, whatever the period. */
export type ToDo = {
  awaiting: { count: number; valueMinor: string };
  /** Abandoned carts that were active in the last 24 hours. */
  hot: { count: number; valueMinor: string };
  /** Leads of the last seven days to whom nobody wrote. */
  leadsWithoutContact: number;
};

export type DashboardData = {
  figures: Figures;
  previous: { figures: Figures; firstDay: string; lastDay: string } | null;
  /** Abandoned carts whose phone is a landline or unusable. */
  unreachableCount: number;
  chart: Chart | null;
  toDo: ToDo;
  /** Records of the period to which somebody wrote: what the lists' `contato=algum` holds. */
  contacted: { leads: number; carts: number };
  /** What stays wrong in a shop. */
  alerts: ShopAlert[];
  /** When the newest complete reading of a shop ended. */
  syncedAt: Date | null;
};

/** What happened on the day before, for the shop's owner. */
export type Digest = {
  companyName: string;
  /** `2025-01-09`. */
  day: string;
  figures: Figures;
  /** Orders of the day that brought a cart back, without those made before their cart. */
  recovered: { count: number; minor: string };
  contactCount: number;
};

export type DashboardProps = {
  slug: string;
  period: Period;
  clock: Clock;
  /** Which orders a cart can come back by: so long before and after it. */
  window: { beforeMinutes: number; afterMinutes: number };
  /** Of the page only: yesterday does not move. */
  digest?: Digest | null;
  content:
    | { state: 'never'; badge: SyncBadge }
    /** Nothing in the period; the day of the newest record of all. */
    | { state: 'empty'; lastAt: Date | null }
    | ({ state: 'ready' } & DashboardData);
};
