// What was injected and what came of it, one line a fault and kind, for the table of docs/reliability.md. Without FAULTS_REPORT nothing is kept.
import { appendFileSync } from 'node:fs';

export type FaultLine = {
  /** Row of the table: what broke. */
  fault: string;
  /** How it was broken. */
  kind: string;
  injected: number;
  /** Records of the shop that were compared with their copies afterwards, field by field. */
  compared: number;
  lost: number;
  doubled: number;
  different: number;
};

export function report(line: FaultLine): void {
  if (process.env.FAULTS_REPORT) appendFileSync(process.env.FAULTS_REPORT, `${JSON.stringify(line)}\n`);
}
