// A company's short name in addresses and commands, made of its name; tenants.slug and sites.slug hold the same pattern.

export const slugPattern = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;

/** `Sapataria São João` → `sapataria-sao-joao`; empty when nothing of the name can stay. */
export function slugOf(name: string): string {
  return name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 60)
    .replace(/^-+|-+$/g, '');
}
