// `usuario criar|link|liberar`: who may log in, one-time links, and who lost the telephone. Passwords are chosen on the page, never given on a command line.
import { normalizeEmail } from '#shared/email.ts';
import type { TenantId, UserId } from '#shared/ids.ts';
import { isRole, roleLabels, roles } from '#shared/roles.ts';
import { withTenant } from '../db.ts';
import { createLoginLink, linkHours } from '../login-link.ts';
import { type Command, type CommandContext, CommandError, required, tenantOption, UsageError } from './command.ts';

function emailOption(context: CommandContext): string {
  const text = required(context, 'email');
  const email = normalizeEmail(text);
  if (!email) throw new UsageError(`"${text}" não é um e-mail.`);
  return email;
}

const createLink = (context: CommandContext, kind: 'login' | 'first_owner', userId: UserId | null) =>
  createLoginLink(context.pool, { kind, userId, publicUrl: context.config.publicUrl });

const create: Command = {
  name: 'usuario criar',
  summary: 'Cria um usuário, ou dá a um que já existe acesso a mais uma empresa',
  options: {
    email: { value: 'EMAIL', help: 'e-mail de entrada' },
    nome: { value: 'NOME', help: 'nome que os colegas veem (padrão: o e-mail)' },
    empresa: { value: 'SLUG', help: 'empresa a que terá acesso' },
    papel: { value: 'PAPEL', help: `${roles.join(', ')} (padrão operator)` },
  },
  examples: ['carrinho usuario criar --email=ana@exemplo.example --nome="Ana Lima" --empresa=sol --papel=operator'],
  async run(context) {
    const email = emailOption(context);
    const tenant = await tenantOption(context);
    const role = context.options.papel ?? 'operator';
    if (!isRole(role)) throw new UsageError(`--papel deve ser um destes: ${roles.join(', ')}; recebido: "${role}".`);
    const userId = await withTenant(context.pool, tenant.id, async (client) => {
      await client.query('insert into users (email, name) values ($1, $2) on conflict (email) do nothing', [
        email,
        context.options.nome ?? email,
      ]);
      const { rows } = await client.query<{ id: UserId }>('select id from users where email = $1', [email]);
      await client.query(
        `insert into memberships (tenant_id, user_id, role, is_default)
         values ($1, $2, $3, not exists (select from memberships where user_id = $2))
         on conflict (tenant_id, user_id) do update set role = excluded.role`,
        [tenant.id, rows[0]!.id, role],
      );
      return rows[0]!.id;
    });
    const link = await createLink(context, 'login', userId);
    context.output.result({ id: userId, email, tenant: tenant.slug, role, link }, () => {
      context.output.line(`${email} tem acesso a ${tenant.name} como ${roleLabels[role]}.`);
      context.output.line(`Link de entrada (uma vez, ${linkHours} horas): ${link}`);
    });
  },
};

const link: Command = {
  name: 'usuario link',
  summary: 'Imprime um link de entrada que vale uma vez',
  options: {
    email: { value: 'EMAIL', help: 'de quem' },
    primeiro: { help: 'o link que cria o primeiro proprietário; nada quando já há usuários' },
  },
  examples: ['carrinho usuario link --email=ana@exemplo.example', 'carrinho usuario link --primeiro'],
  async run(context) {
    if (context.has('primeiro')) {
      const { rows } = await context.pool.query<{ exists: boolean }>('select exists (select from users) as exists');
      if (rows[0]!.exists) {
        context.output.result({ link: null }, () => {});
        return;
      }
      // Only the newest link for a first owner is good: each start prints a new one.
      await context.pool.query(`delete from login_links where kind = 'first_owner' and used_at is null`);
      const url = await createLink(context, 'first_owner', null);
      context.output.result({ link: url }, () => context.output.line(url));
      return;
    }
    const email = emailOption(context);
    const { rows } = await context.pool.query<{ id: UserId }>(
      'select id from users where email = $1 and disabled_at is null',
      [email],
    );
    if (!rows[0]) throw new CommandError(`Não há usuário ${email}. Crie com "carrinho usuario criar".`);
    const url = await createLink(context, 'login', rows[0].id);
    context.output.result({ link: url }, () => context.output.line(url));
  },
};

const release: Command = {
  name: 'usuario liberar',
  summary: 'Desliga a verificação em duas etapas de quem perdeu o celular e os códigos de reserva',
  options: { email: { value: 'EMAIL', help: 'de quem' } },
  examples: ['carrinho usuario liberar --email=ana@exemplo.example'],
  async run(context) {
    const email = emailOption(context);
    const { rows } = await context.pool.query<{ id: UserId }>(
      'delete from second_factors f using users u where u.id = f.user_id and u.email = $1 returning u.id',
      [email],
    );
    if (!rows[0]) throw new CommandError(`${email} não tem a verificação em duas etapas ligada.`);
    const { id } = rows[0];
    // What concerns the account concerns every company that it opens.
    const companies = await context.pool.query<{ id: TenantId }>('select id from tenants order by id');
    for (const { id: tenantId } of companies.rows) {
      await withTenant(context.pool, tenantId, (client) =>
        client.query(
          `insert into audit_log (tenant_id, action, entity, entity_id)
           select $1, 'user.two_steps_reset', 'user', $2::text where exists (select from memberships where tenant_id = $1 and user_id = $2::bigint)`,
          [tenantId, id],
        ),
      );
    }
    context.output.result({ id, email }, () => context.output.line(`${email} entra só com a senha de novo.`));
  },
};

export const userCommands = [create, link, release];
