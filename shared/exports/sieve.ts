// Who is left out of an export and why: each row for the first reason that holds, in the order of `reasonLabels`. The dialog counts with it before,
// the writers write what it lets through.
import { type ExportFormat, formatFacts } from './formats.ts';
import type { ExportRow } from './row.ts';

export const reasonLabels = {
  opted_out: 'não contatar',
  contacted: 'já contatados',
  customer: 'já são clientes',
  no_phone: 'sem telefone válido',
  landline: 'com telefone fixo',
  international: 'com telefone de outro país',
  no_contact: 'sem telefone nem e-mail',
  repeated: 'repetidos',
} as const;
export type LeftOutReason = keyof typeof reasonLabels;
export type LeftOut = Partial<Record<LeftOutReason, number>>;

export type SieveOptions = {
  format: ExportFormat;
  /** Leaves out whom somebody contacted at or after this instant. */
  contactedSince: Date | null;
  withoutCustomers: boolean;
  withLandlines: boolean;
};

export type Sieve = {
  /** Does this row go into the file? Counts it either way. */
  keeps(row: ExportRow): boolean;
  readonly counts: { selected: number; kept: number; leftOut: LeftOut };
};

/** One sieve an export: it remembers whom it has let through. */
export function createSieve({ format, contactedSince, withoutCustomers, withLandlines }: SieveOptions): Sieve {
  const { needs } = formatFacts[format];
  const seen = new Set<string>();
  const counts = { selected: 0, kept: 0, leftOut: {} as LeftOut };

  function reasonOf(row: ExportRow): LeftOutReason | null {
    if (row.isOptedOut) return 'opted_out';
    if (contactedSince && row.contactedAt && row.contactedAt >= contactedSince) return 'contacted';
    if (withoutCustomers && row.isCustomer) return 'customer';
    if (needs === 'mobile') {
      if (row.phoneStatus !== 'valid' || !row.phoneE164) return 'no_phone';
      if (row.phoneKind === 'international') return 'international';
      if (row.phoneKind === 'landline' && !withLandlines) return 'landline';
    }
    const phone = row.phoneStatus === 'valid' ? row.phoneE164 : null;
    if (needs === 'phone or email' && !phone && !row.email) return 'no_contact';
    if (needs === null) return null;
    // A person may have two records with one key each; a list for adverts wants people, one for messages wants numbers.
    const keys =
      needs === 'mobile'
        ? [phone!]
        : [row.personId && `#${row.personId}`, phone, row.email].filter((key) => key !== null);
    if (keys.some((key) => seen.has(key as string))) return 'repeated';
    for (const key of keys) seen.add(key as string);
    return null;
  }

  return {
    counts,
    keeps(row) {
      counts.selected++;
      const reason = reasonOf(row);
      if (reason === null) counts.kept++;
      else counts.leftOut[reason] = (counts.leftOut[reason] ?? 0) + 1;
      return reason === null;
    },
  };
}

/** `14 sem telefone válido, 8 repetidos`; empty when nobody is left out. */
export function leftOutText(leftOut: LeftOut): string {
  const reasons = Object.keys(reasonLabels) as LeftOutReason[];
  return reasons
    .filter((reason) => leftOut[reason])
    .map((reason) => `${new Intl.NumberFormat('pt-BR').format(leftOut[reason]!)} ${reasonLabels[reason]}`)
    .join(', ');
}
