// `segredo girar`: closes everything again with the new key of the shops' secrets. While SECRET_KEY_OLD is set both keys open, so the daemon goes on
// working before, during and after; it must have the new key first, because with the old one alone it could read nothing that was rotated.
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { link, rename, rm, writeFile } from 'node:fs/promises';
import type { TenantId } from '#shared/ids.ts';
import { findKeyId, openSecretBox, type SecretBox, secretKeyPath } from '#shared/secrets.ts';
import { connectionSecrets } from '../connections/connection-store.ts';
import { type Client, withTransaction } from '../db.ts';
import { erasureSecretContext } from '../erasure/tombstones.ts';
import { type Command, type CommandContext, CommandError, UsageError } from './command.ts';

/** Everything of a company that is sealed with the key; a test asks the catalog whether a column …_sealed is missing. */
export const sealedPlaces = [
  ...connectionSecrets.map((secret) => ({
    table: 'connections',
    column: `${secret}_sealed`,
    id: 'site_id',
    contextOf: (tenantId: TenantId, siteId: string) => `tenant:${tenantId}/site:${siteId}/${secret}`,
  })),
  { table: 'erasure_secrets', column: 'secret_sealed', id: 'tenant_id', contextOf: erasureSecretContext },
];

/** Seals all companies' secrets with the box's key; gives how many were not yet. */
async function sealAnew(client: Client, box: SecretBox): Promise<number> {
  const { rows: tenants } = await client.query<{ id: TenantId }>('select id from tenants order by id');
  let count = 0;
  for (const { id: tenantId } of tenants) {
    await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
    for (const { table, column, id, contextOf } of sealedPlaces) {
      const { rows } = await client.query<{ id: string; sealed: string }>(
        `select ${id} as id, ${column} as sealed from ${table} where tenant_id = $1 and ${column} is not null for update`,
        [tenantId],
      );
      for (const row of rows.filter(({ sealed }) => findKeyId(sealed) !== box.keyId)) {
        const context = contextOf(tenantId, row.id);
        await client.query(`update ${table} set ${column} = $3 where tenant_id = $1 and ${id} = $2`, [
          tenantId,
          row.id,
          box.seal(box.open(row.sealed, context), context),
        ]);
        count++;
      }
    }
  }
  return count;
}

/** Makes the installation's own key file new and keeps the old one beside it. Gives false where the key is the operator's own. */
async function makeNewFile({ config }: CommandContext): Promise<boolean> {
  if (config.secretKey || config.secretKeyFile) return false;
  const path = secretKeyPath(config.dataDir);
  const old = `${path}.old`;
  if (!existsSync(path)) throw new CommandError(`Ainda não há chave em ${path}: não há o que girar.`);
  const draft = `${path}.new`;
  await writeFile(draft, `${randomBytes(32).toString('base64')}\n`, { mode: 0o600 });
  // Left over by a rotation that was killed: the same key. Whoever reads between the two finds it in both places, which is right.
  await rm(old, { force: true });
  await link(path, old);
  await rename(draft, path);
  return true;
}

/** Daemons that are alive and do not have the new key yet. */
async function countDaemonsBehind({ pool }: CommandContext, keyId: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    `select count(*)::integer as count from daemons where heartbeat_at > now() - interval '30 seconds' and secret_key_id is distinct from $1`,
    [keyId],
  );
  return rows[0]!.count;
}

export const rotateCommand: Command = {
  name: 'segredo girar',
  summary: 'Troca a chave que cifra as senhas das lojas: cifra todas de novo com a chave nova',
  options: {},
  examples: [
    'carrinho segredo girar',
    'SECRET_KEY_FILE=/run/secrets/nova SECRET_KEY_OLD_FILE=/run/secrets/antiga carrinho segredo girar',
  ],
  async run(context) {
    const { config, output, pool } = context;
    let box = await openSecretBox(config);
    const isMade = box.oldKeyId === null && (await makeNewFile(context));
    if (isMade) box = await openSecretBox(config);
    if (box.oldKeyId === null)
      throw new UsageError(
        'Ponha a chave nova em SECRET_KEY (ou SECRET_KEY_FILE) e a antiga em SECRET_KEY_OLD (ou SECRET_KEY_OLD_FILE), reinicie o daemon com as duas e rode de novo.',
      );
    if ((await countDaemonsBehind(context, box.keyId)) > 0)
      throw new CommandError(
        `Há um daemon no ar que ainda não tem a chave nova (${box.keyId}). Reinicie-o com as duas chaves e rode de novo; nada foi mudado no banco.`,
      );
    const count = await withTransaction(pool, (client) => sealAnew(client, box));
    output.result({ keyId: box.keyId, oldKeyId: box.oldKeyId, count }, () => {
      output.line(
        count === 0
          ? `Tudo já está cifrado com a chave ${box.keyId}.`
          : `${count === 1 ? '1 segredo cifrado' : `${count} segredos cifrados`} de novo com a chave ${box.keyId}.`,
      );
      output.line(
        `Tire a chave antiga (${box.oldKeyId}) daqui e guarde-a com os backups feitos até agora: eles só abrem com ela.`,
      );
    });
  },
};
