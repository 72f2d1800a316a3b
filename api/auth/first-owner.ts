// The first person of an installation: user, company and membership in one transaction with the link that allowed it.
import { z } from 'zod';
import { normalizeEmail } from '#shared/email.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import { minPasswordLength } from '#shared/passwords.ts';
import { slugOf } from '#shared/slug.ts';
import type { FirstOwnerForm } from '#web/pages/login.tsx';
import type { Sql, Tx } from '../db.ts';

export type FirstOwner = { name: string; email: string; password: string; company: string; slug: string };

const fields = z.object({
  nome: z.string().trim().default(''),
  email: z.string().trim().default(''),
  senha: z.string().default(''),
  empresa: z.string().trim().default(''),
});

/** The form as typed, and either the owner to create or the sentence that says what is wrong. */
export function parseFirstOwner(body: unknown): {
  form: FirstOwnerForm;
  owner: FirstOwner | null;
  error: string | null;
} {
  const { nome, email: typed, senha, empresa } = fields.parse(body);
  const form = { name: nome, email: typed, company: empresa };
  const email = normalizeEmail(typed);
  const slug = slugOf(empresa);
  const refuse = (error: string) => ({ form, owner: null, error });
  if (!nome || nome.length > 100) return refuse('Diga o seu nome.');
  if (!email) return refuse('O e-mail não parece certo.');
  if (senha.length < minPasswordLength) return refuse(`A senha precisa de pelo menos ${minPasswordLength} caracteres.`);
  if (senha.length > 200) return refuse('A senha pode ter no máximo 200 caracteres.');
  if (!slug || empresa.length > 100) return refuse('Diga o nome da empresa.');
  return { form, owner: { name: nome, email, password: senha, company: empresa, slug }, error: null };
}

/** Creates them, or gives null when the link is used up or somebody else came first. */
export async function createFirstOwner(
  sql: Sql,
  { owner, passwordHash, linkHash }: { owner: FirstOwner; passwordHash: string; linkHash: Buffer },
): Promise<{ userId: UserId; slug: string } | null> {
  return await sql.begin(async (tx) => {
    const used = await tx`
      update login_links set used_at = now()
      where token_hash = ${linkHash} and kind = 'first_owner' and used_at is null and expires_at > now()
        and not exists (select from users where is_superadmin) returning 1`;
    if (used.length === 0) return null;
    const [user] = await tx<{ id: UserId }[]>`
      insert into users (email, name, password_hash, is_superadmin) values (${owner.email}, ${owner.name}, ${passwordHash}, true)
      on conflict (email) do nothing returning id`;
    if (!user) return null;
    const tenant = await createTenant(tx, owner);
    await tx`select set_config('app.tenant_id', ${tenant.id}, true)`;
    await tx`
      insert into memberships (tenant_id, user_id, role, is_default) values (${tenant.id}, ${user.id}, 'owner', true)`;
    return { userId: user.id, slug: tenant.slug };
  });
}

/** A slug that is taken gets the next free number. */
export async function createTenant(
  tx: Tx,
  { company, slug }: Pick<FirstOwner, 'company' | 'slug'>,
): Promise<{ id: TenantId; slug: string }> {
  for (let attempt = 1; ; attempt++) {
    const tried = attempt === 1 ? slug : `${slug}-${attempt}`;
    const [tenant] = await tx<{ id: TenantId; slug: string }[]>`
      insert into tenants (slug, name) values (${tried}, ${company}) on conflict (slug) do nothing returning id, slug`;
    if (tenant) return tenant;
  }
}
