// The plain objects that the Conexão pages show: never a secret, only since when there is one.
import type { SecretName, TypedConnection } from '#shared/connection-form.ts';
import type { ReportedCheck } from '#shared/doctor-report.ts';

export type ShopLine = {
  id: string;
  name: string;
  siteUrl: string | null;
  mode: 'direct' | 'ssh' | null;
  host: string | null;
  sshHost: string | null;
  database: string | null;
  isConnected: boolean;
  /** It is read by itself. */
  isScheduled: boolean;
  errors: number | null;
  warnings: number | null;
  checkedAt: Date | null;
};

export type SavedSecret = { at: Date | null; by: string | null };

export type ShopConnection = {
  id: string;
  name: string;
  siteUrl: string | null;
  tablePrefix: string | null;
  cartTable: string | null;
  isScheduled: boolean;
  sshHostKey: string | null;
  /** Null until it was saved once. */
  typed: TypedConnection | null;
  secrets: Partial<Record<SecretName, SavedSecret>>;
};

export type DoctorRun = {
  startedAt: Date;
  finishedAt: Date | null;
  /** Of what was typed and not saved. */
  isTrial: boolean;
  /** Why the shop was not even asked. */
  errorCode: string | null;
  /** Asked for; the daemon has not begun. */
  isWaiting: boolean;
  checks: Omit<ReportedCheck, 'name'>[];
};
