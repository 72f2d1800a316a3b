// The legal basis of a company (docs/lgpd.md): the shop decides it; it is written down with its reasons and told in every access report.
import type { Statements } from '../recompute/statements.ts';

export const legalBases = {
  legitimate_interest: 'Legítimo interesse (art. 7º, IX, e art. 10)',
  contract: 'Execução de contrato (art. 7º, V)',
  consent: 'Consentimento (art. 7º, I)',
} as const;

/** `basis` is null until somebody decided; `note`: purpose, necessity, balancing and safeguards, in the company's words. */
export type LegalBasis = { basis: keyof typeof legalBases | null; note: string };

export const maxLegalBasisNote = 4_000;

export async function getLegalBasis(db: Statements): Promise<LegalBasis> {
  return (await db.run<LegalBasis>('get_legal_basis', { tenant: db.tenantId })).rows[0]!;
}

export async function saveLegalBasis(db: Statements, { basis, note }: LegalBasis): Promise<void> {
  await db.run('update_legal_basis', { tenant: db.tenantId, basis, note });
}
