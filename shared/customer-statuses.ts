// What a person can be to the shop, by the words of addresses and command line (docs/rules.md, customers); the column holds the code.
export const customerStatuses = {
  vip: 'vip',
  recorrente: 'recurring',
  primeira_compra: 'first_purchase',
  inativo: 'inactive',
  so_abandonou: 'only_abandoned',
  nunca_comprou: 'never_bought',
} as const;

export type CustomerStatusName = keyof typeof customerStatuses;
export type PersonStatus = (typeof customerStatuses)[CustomerStatusName];

export const customerStatusNames = Object.keys(customerStatuses) as CustomerStatusName[];
