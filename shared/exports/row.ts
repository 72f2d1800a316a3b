// One row of an export as sql/queries/list_export_*.sql give it, whatever the list; the columns of one list stand beside as `columns.ts` names them.

export type ExportRow = {
  place: number;
  id: string;
  name: string | null;
  email: string | null;
  phoneE164: string | null;
  phoneStatus: 'valid' | 'fictitious' | 'invalid' | 'empty';
  phoneKind: 'mobile' | 'landline' | 'international' | null;
  city: string | null;
  state: string | null;
  postcode: string | null;
  country: string | null;
  products: string | null;
  /** Minor units; null where the list has no amount. */
  valueMinor: string | null;
  currency: string | null;
  personId: string | null;
  isOptedOut: boolean;
  /** The latest contact with the person. */
  contactedAt: Date | null;
  isCustomer: boolean;
} & { [column: string]: string | number | boolean | Date | null };
