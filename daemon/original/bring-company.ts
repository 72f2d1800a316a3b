// A company of the old system: its settings, way to the shop, field mapping, texts and people. What is here already stays as it is: the first run fills
// what is missing, later ones change nothing.
import { readFile } from 'node:fs/promises';
import { normalizeEmail } from '#shared/email.ts';
import type { SiteId, TenantId, UserId } from '#shared/ids.ts';
import type { AudienceName } from '#shared/message-audiences.ts';
import type { Role } from '#shared/roles.ts';
import type { SecretBox } from '#shared/secrets.ts';
import { slugOf, slugPattern } from '#shared/slug.ts';
import { isTimeZone } from '#shared/time-zone.ts';
import { findConnection, saveConnection } from '../connections/connection-store.ts';
import type { Client, TenantClient } from '../db.ts';
import { isTrue, type OldRow, type OldSystem, textOf } from './old-rows.ts';
import { attempt, type Outcome, type Tally } from './tally.ts';

/** The company with the old one's slug; made when there is none. */
export async function bringCompany(
  client: Client,
  old: OldRow,
): Promise<{ tenantId: TenantId; outcome: Outcome } | null> {
  const name = textOf(old, 'nome');
  const slug = textOf(old, 'slug').toLowerCase() || slugOf(name);
  if (name === '' || !slugPattern.test(slug)) return null;
  const zone = textOf(old, 'timezone');
  const color = textOf(old, 'cor_primaria').toLowerCase();
  const { rows: made } = await client.query<{ id: TenantId }>(
    `insert into tenants (slug, name, time_zone, theme_color, suspended_at)
     values ($1, $2, $3, $4, case when $5 then now() end) on conflict (slug) do nothing returning id`,
    [
      slug,
      name,
      isTimeZone(zone) ? zone : 'America/Sao_Paulo',
      /^#[0-9a-f]{6}$/.test(color) ? color : null,
      old.ativo === false,
    ],
  );
  if (made[0]) return { tenantId: made[0].id, outcome: 'brought' };
  const { rows } = await client.query<{ id: TenantId }>('select id from tenants where slug = $1', [slug]);
  return { tenantId: rows[0]!.id, outcome: 'already' };
}

/** The shop, its connection and its mapping. */
export async function bringShop(
  client: TenantClient,
  old: OldRow,
  { box, tally }: { box: SecretBox; tally: Tally },
): Promise<void> {
  const { tenantId } = client;
  const found = await client.query<{ id: SiteId }>('select id from sites where tenant_id = $1 order by id limit 1', [
    tenantId,
  ]);
  tally.count('lojas', found.rows[0] ? 'already' : 'brought');
  const site =
    found.rows[0] ??
    (
      await client.query<{ id: SiteId }>(
        `insert into sites (tenant_id, slug, name) values ($1, 'principal', $2) returning id`,
        [tenantId, textOf(old, 'nome')],
      )
    ).rows[0]!;
  const row = `empresas ${textOf(old, 'id')}`;
  const way = await attempt(client, row, () => bringConnection({ client, siteId: site.id, box }, old));
  tally.count('conexões', way);
  const [name, phone] = [textOf(old, 'fv_field_nome'), textOf(old, 'fv_field_whatsapp')];
  if (name === '' && phone === '') return;
  const mapping = await attempt(client, row, async () => {
    const { rowCount } = await client.query(
      'insert into field_mappings (tenant_id, site_id, name_key, phone_key, size_key) values ($1, $2, $3, $4, $5) on conflict do nothing',
      [tenantId, site.id, name || null, phone || null, textOf(old, 'fv_field_tamanho') || null],
    );
    return rowCount ? 'brought' : 'already';
  });
  tally.count('mapeamentos', mapping);
}

async function bringConnection(place: Parameters<typeof saveConnection>[0], old: OldRow): Promise<Outcome> {
  if (await findConnection(place)) return 'already';
  const [sshHost, host] = [textOf(old, 'woo_ssh_host'), textOf(old, 'woo_db_host')];
  const common = {
    user: textOf(old, 'woo_db_user'),
    password: textOf(old, 'woo_db_password'),
    database: textOf(old, 'woo_db_name'),
  };
  if (common.user === '' || common.database === '')
    return { left: 'sem usuário ou banco: use "carrinho loja conectar"' };
  if (sshHost !== '') {
    const privateKey = await readFile(textOf(old, 'woo_ssh_key_path'), 'utf8').catch(() => null);
    if (privateKey === null) return { left: 'a chave SSH não está neste servidor: use "carrinho loja conectar"' };
    // The old system always went this way, and asked nobody about the server's key: it is confirmed at the first test here.
    const ssh = { host: sshHost, port: 22, user: textOf(old, 'woo_ssh_user'), hostKeyFingerprint: null, privateKey };
    await saveConnection(place, { mode: 'ssh', host: '127.0.0.1', port: 3306, ...common, tls: { mode: 'off' }, ssh });
    return 'brought';
  }
  if (host === '' || host === '127.0.0.1' || host === 'localhost')
    return { left: 'usava o .env do sistema anterior: use "carrinho loja conectar"' };
  const port = Number(textOf(old, 'woo_db_port') || 3306);
  await saveConnection(place, { mode: 'direct', host, port, ...common, tls: { mode: 'verify' } });
  return 'brought';
}

const textAudiences: Record<string, AudienceName> = {
  lead: 'lead_new',
  lead_cliente: 'lead_customer',
  cart: 'cart',
  pedido_novo: 'order_new',
  pedido_processando: 'order_processing',
  pedido_embalado: 'order_packed',
  pedido_transito: 'order_shipped',
  pedido_concluido: 'order_delivered',
  pedido_cancelado: 'order_cancelled',
};

/** The old system knew three variables; any other brace was text. */
export const convertText = (text: string): string =>
  text.replaceAll('\0', '').replace(/\{(?!(?:nome|numero|valor)\})/g, '{{');

export async function bringTexts(client: TenantClient, old: OldRow, tally: Tally): Promise<void> {
  for (const [name, audience] of Object.entries(textAudiences)) {
    const short = name.replace('pedido_', '');
    const body = convertText(textOf(old, `msg_whatsapp_${name}`, `msg_whatsapp_${short}`));
    if (body === '') continue;
    if ([...body].length > 4000) {
      tally.count('modelos de mensagem', { left: 'mais de 4.000 letras' });
      continue;
    }
    const active = old[`msg_ativa_${name}`] ?? old[`msg_ativa_${short}`];
    const { rowCount } = await client.query(
      'insert into message_templates (tenant_id, audience, body, is_enabled, updated_at) values ($1, $2, $3, $4, now()) on conflict do nothing',
      [client.tenantId, audience, body, active !== false],
    );
    tally.count('modelos de mensagem', rowCount ? 'brought' : 'already');
  }
  const [code, discount] = [textOf(old, 'meta_cupom_codigo'), textOf(old, 'meta_cupom_desconto')];
  if (code === '' && discount === '') return;
  const id = textOf(old, 'id');
  const coupon = await attempt(client, `empresas ${id}`, async () => {
    const { rowCount: isFirst } = await client.query(
      `insert into original_rows (tenant_id, source, old_id) values ($1, 'empresas/coupon', $2) on conflict do nothing`,
      [client.tenantId, id],
    );
    if (!isFirst) return 'already';
    const { rowCount } = await client.query(
      `update tenants set coupon_code = left($2, 60), coupon_discount = left($3, 60) where id = $1 and coupon_code = '' and coupon_discount = ''`,
      [client.tenantId, code, discount],
    );
    return rowCount ? 'brought' : 'already';
  });
  tally.count('cupons', coupon);
}

const roleWords: Record<string, Role> = {
  owner: 'owner',
  dono: 'owner',
  proprietario: 'owner',
  admin: 'admin',
  administrador: 'admin',
  gerente: 'admin',
  operator: 'operator',
  operador: 'operator',
  vendedor: 'operator',
};

/** Who may enter the company, by e-mail; passwords do not come: each gets a link. */
export async function bringUsers(
  client: TenantClient,
  old: OldRow,
  { system, tally }: { system: OldSystem; tally: Tally },
): Promise<void> {
  for (const membership of system.empresa_usuarios.filter(({ empresa_id }) => empresa_id === old.id)) {
    const user = system.auth_user.find(({ id }) => id === (membership.usuario_id ?? membership.user_id));
    const email = user && normalizeEmail(textOf(user, 'email') || textOf(user, 'username'));
    if (!user || !email) {
      tally.count('usuários', {
        left: `sem e-mail: ${user ? textOf(user, 'username') : `auth_user ${textOf(membership, 'usuario_id', 'user_id')} não existe`}`,
      });
      continue;
    }
    const name = `${textOf(user, 'first_name')} ${textOf(user, 'last_name')}`.trim() || email;
    const outcome = await attempt(client, `auth_user ${textOf(user, 'id')}`, async () => {
      await client.query(
        `insert into users (email, name, is_superadmin, disabled_at) values ($1, $2, $3, case when $4 then now() end) on conflict (email) do nothing`,
        [email, name, isTrue(user, 'is_superuser'), user.is_active === false],
      );
      const { rowCount } = await client.query(
        `insert into memberships (tenant_id, user_id, role, is_default)
         select $1, u.id, $3, $4 and not exists (select from memberships m where m.user_id = u.id and m.is_default) from users u where u.email = $2
         on conflict (tenant_id, user_id) do nothing`,
        [
          client.tenantId,
          email,
          roleWords[textOf(membership, 'role').toLowerCase()] ?? 'viewer',
          isTrue(membership, 'is_default'),
        ],
      );
      return rowCount ? 'brought' : 'already';
    });
    tally.count('usuários', outcome);
  }
}

/** Stands as the author of what people did in the old system; nobody can enter as it. */
export async function oldAuthor(client: Client): Promise<UserId> {
  const email = 'sistema-anterior@localhost.invalid';
  await client.query(
    `insert into users (email, name, disabled_at) values ($1, 'Sistema anterior', now()) on conflict (email) do nothing`,
    [email],
  );
  const { rows } = await client.query<{ id: UserId }>('select id from users where email = $1', [email]);
  return rows[0]!.id;
}
