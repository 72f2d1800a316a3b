// Examines a shop's connection from the host's name to its speed. Each check is ok, a warning, an error, or not tested because the way ends before it;
// one cause is told once, by the check that it belongs to. Nothing is saved here, and everything that was opened is closed at the end.

import { type DoctorCode, hasDoctorText } from '#shared/doctor-messages.ts';
import { withoutPersonalData } from '#shared/doctor-report.ts';
import { AppError } from '#shared/errors.ts';
import type { Log } from '#shared/log.ts';
import type { ConnectionSettings, ShopLimits } from '../connections/connection.ts';
import type { Source } from '../source.ts';
import type { Check, DoctorContext, DoctorSite, Finding } from './check.ts';
import { loadChecks } from './check-registry.ts';

export type CheckResult = Finding & { nn: number; name: string };

export type DoctorInputs = {
  settings: ConnectionSettings;
  site: DoctorSite;
  sources: readonly Source[];
  allowedNetworks: readonly string[];
  publicIp: string | null;
  log: Log;
  limits?: ShopLimits;
  now?: () => Date;
};

/** Runs every check in order; `onFinding` hears each result as the check ends, and is waited for. Throws only what `onFinding` throws. */
export async function runDoctor(
  { limits = {}, now = () => new Date(), ...inputs }: DoctorInputs,
  { onFinding }: { onFinding?: (result: CheckResult) => unknown } = {},
): Promise<CheckResult[]> {
  const context: DoctorContext = {
    ...inputs,
    limits,
    now,
    found: {
      address: null,
      socket: null,
      ssh: null,
      tunnel: null,
      stream: null,
      login: null,
      shop: null,
      facts: null,
    },
    early: new Map(),
    closers: [],
  };
  const results: CheckResult[] = [];
  try {
    for (const check of await loadChecks()) {
      const finding = withoutSecrets(await examine(check, context, results), inputs.settings);
      const result = { nn: check.nn, name: check.name, ...finding };
      results.push(result);
      await onFinding?.(result);
    }
  } finally {
    for (const close of context.closers.reverse()) await close();
  }
  const count = (state: Finding['state']) => results.filter((result) => result.state === state).length;
  // Who looks where is kept: the answers must not make a port scanner of us.
  inputs.log.info('doctor.finished', {
    host: inputs.settings.ssh?.host ?? inputs.settings.host,
    port: inputs.settings.ssh?.port ?? inputs.settings.port,
    errors: count('error'),
    warnings: count('warning'),
    stopped: results.find(({ state }) => state === 'error')?.code,
  });
  return results;
}

async function examine(check: Check, context: DoctorContext, before: CheckResult[]): Promise<Finding> {
  if (check.only && check.only !== context.settings.mode)
    return { state: 'not_tested', code: 'not_applicable', facts: {} };
  const isReached = check.needs.every((need) => context.found[need] !== null) || context.early.has(check.nn);
  if (!isReached) return notTested(before.find(({ state }) => state === 'error'));
  try {
    return await check.run(context);
  } catch (error) {
    const isKnown = error instanceof AppError && hasDoctorText(error.code);
    if (!isKnown)
      context.log.error('doctor.unexpected', { check: check.nn, reason: error instanceof Error ? error.message : '' });
    const code: DoctorCode = isKnown ? (error.code as DoctorCode) : 'unexpected';
    const same = before.find((one) => one.state === 'error' && one.code === code);
    return same ? notTested(same) : { state: 'error', code, facts: error instanceof AppError ? error.facts : {} };
  }
}

function notTested(stopper: CheckResult | undefined): Finding {
  if (!stopper) return { state: 'not_tested', code: 'not_applicable', facts: {} };
  return { state: 'not_tested', code: stopper.code, facts: { stoppedBy: String(stopper.nn) } };
}

/** Findings are stored, printed and sent to support: whatever a server echoed, no secret of ours and nobody's e-mail or phone is in them. */
function withoutSecrets(finding: Finding, { password, ssh }: ConnectionSettings): Finding {
  const secrets = [password, ssh?.password, ssh?.passphrase, ssh?.privateKey].filter(
    (secret): secret is string => secret !== undefined && secret.length >= 6,
  );
  const clean = (value: unknown): unknown => {
    if (typeof value === 'string')
      return withoutPersonalData(secrets.reduce((text, secret) => text.replaceAll(secret, '•••'), value));
    if (Array.isArray(value)) return value.map(clean);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, clean(inner)]));
  };
  return {
    ...finding,
    ...(clean({ facts: finding.facts, ...(finding.details && { details: finding.details }) }) as Pick<
      Finding,
      'facts'
    >),
  };
}
