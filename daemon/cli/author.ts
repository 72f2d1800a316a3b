// In whose name a fact is written. The command line is used by whoever has the server: without --usuario the fact has no author.
import type { UserId } from '#shared/ids.ts';
import { type CommandContext, CommandError, type OptionSpec, type TenantRow } from './command.ts';

export const authorOptions: Record<string, OptionSpec> = {
  usuario: { value: 'EMAIL', help: 'em nome de quem (padrão: de ninguém)' },
};

/** The user of `--usuario`, who must have access to the company; null without the option. */
export async function authorOption(context: CommandContext, tenant: TenantRow): Promise<UserId | null> {
  const email = context.options.usuario;
  if (email === undefined) return null;
  const { rows } = await context.pool.query<{ id: UserId }>(
    `select u.id from users u join memberships m on m.user_id = u.id and m.tenant_id = $2
     where u.email = lower($1) and u.disabled_at is null`,
    [email, tenant.id],
  );
  if (!rows[0])
    throw new CommandError(`${email} não tem acesso à empresa ${tenant.slug}. Veja "carrinho usuario criar".`);
  return rows[0].id;
}
