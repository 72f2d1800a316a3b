// The plain objects of Minha conta's tokens.

/** What a token may do, by the column's codes; the labels are the screen's. */
export const apiScopeLabels = {
  read: 'Ler',
  mark: 'Marcar contatos',
  create_leads: 'Criar leads',
} as const;
export type ApiScope = keyof typeof apiScopeLabels;
export const apiScopes = Object.keys(apiScopeLabels) as ApiScope[];

export type ApiTokenRow = {
  id: string;
  name: string;
  /** Its beginning: `cel_Ab3x`. */
  hint: string;
  scopes: ApiScope[];
  tenantId: string;
  tenantName: string;
  createdAt: Date;
  expiresAt: Date;
  lastUsedAt: Date | null;
  state: 'active' | 'expired' | 'revoked';
};
