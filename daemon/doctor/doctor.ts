// The connection doctor: sixteen questions in order, each answered ok, warning, error or not tested. Up to the eleventh each stands on the one before, so
// an error ends the way and the rest is not tested; from the twelfth on they look at the shop side by side. Nothing is saved, nothing is written.
import { AppError } from '#shared/errors.ts';
import { maskPersonalData } from '#shared/log.ts';
import type { Check, DoctorContext, DoctorFound, Finding } from './check.ts';
import { address } from './checks/01-address.ts';
import { port } from './checks/02-port.ts';
import { sshIdentity } from './checks/03-ssh-identity.ts';
import { sshLogin } from './checks/04-ssh-login.ts';
import { sshForwarding } from './checks/05-ssh-forwarding.ts';
import { mysqlLogin } from './checks/06-mysql-login.ts';
import { tls } from './checks/07-tls.ts';
import { database } from './checks/08-database.ts';
import { privileges } from './checks/09-privileges.ts';
import { readOnly } from './checks/10-read-only.ts';
import { tablePrefix } from './checks/11-table-prefix.ts';
import { orders } from './checks/12-orders.ts';
import { carts } from './checks/13-carts.ts';
import { forms } from './checks/14-forms.ts';
import { clockAndText } from './checks/15-clock-and-text.ts';
import { speed } from './checks/16-speed.ts';

const checks: readonly Check[] = [
  address,
  port,
  sshIdentity,
  sshLogin,
  sshForwarding,
  mysqlLogin,
  tls,
  database,
  privileges,
  readOnly,
  tablePrefix,
  orders,
  carts,
  forms,
  clockAndText,
  speed,
];

/** Up to here an error leaves nothing to ask. */
const lastOfWay = 11;

export type DoctorFinding = Finding & { nn: number; name: string };
export type DoctorInput = Omit<DoctorContext, 'found' | 'connectTimeoutMs' | 'statementTimeoutMs'> & {
  connectTimeoutMs?: number;
  statementTimeoutMs?: number;
  /** Told each finding as its check ends. */
  onFinding?: (finding: DoctorFinding) => void | Promise<void>;
};

/** Asks all sixteen, and closes what was opened. Never throws for what is wrong with the shop. */
export async function runDoctor({ onFinding, ...input }: DoctorInput): Promise<DoctorFinding[]> {
  const found: DoctorFound = {
    address: null,
    socket: null,
    ssh: null,
    tunnel: null,
    login: null,
    held: null,
    shop: null,
    facts: null,
  };
  const context: DoctorContext = { connectTimeoutMs: 10_000, statementTimeoutMs: 20_000, ...input, found };
  const findings: DoctorFinding[] = [];
  try {
    for (const check of checks) {
      const stopped = findings.find(({ nn, state }) => state === 'error' && nn <= lastOfWay);
      const finding = { nn: check.nn, name: check.name, ...(await ask(check, context, stopped)) };
      findings.push(finding);
      await onFinding?.(finding);
    }
  } finally {
    await found.login?.close();
    found.socket?.destroy();
    found.tunnel?.close();
    found.ssh?.close();
  }
  const count = (state: DoctorFinding['state']) => findings.filter((finding) => finding.state === state).length;
  const { host, port } = input.settings.ssh ?? input.settings;
  input.log.info('doctor.finished', { host, port, errors: count('error'), warnings: count('warning') });
  return findings;
}

async function ask(check: Check, context: DoctorContext, stopped: DoctorFinding | undefined): Promise<Finding> {
  if (check.only && check.only !== context.settings.mode)
    return { state: 'not_tested', code: 'not_applicable', facts: {} };
  if (stopped || check.needs.some((need) => context.found[need] === null)) {
    return { state: 'not_tested', code: 'stopped_before', facts: stopped ? { nn: String(stopped.nn) } : {} };
  }
  try {
    return await check.run(context);
  } catch (error) {
    if (error instanceof AppError) return { state: 'error', code: error.code, facts: error.facts };
    const detail = maskPersonalData(error instanceof Error ? error.message : String(error));
    context.log.error('doctor.check_failed', { check: check.nn, detail });
    return { state: 'error', code: 'check_failed', facts: { nn: String(check.nn) } };
  }
}
