// `migrar-original`: takes over from the system before this one what lives only there (docs/migrar-original.md). The rehearsal is the same work, rolled
// back at its end, so that it tells exactly what would come.

import type { TenantId } from '#shared/ids.ts';
import { openSecretBox } from '#shared/secrets.ts';
import { withTransaction } from '../db.ts';
import { erasuresOf } from '../erasure/tombstones.ts';
import { bringCompany, bringShop, bringTexts, bringUsers, oldAuthor } from '../original/bring-company.ts';
import { bringRecords } from '../original/bring-records.ts';
import { type OldSystem, readOldSystem, textOf } from '../original/old-rows.ts';
import { attempt, createTally, type Tally, type TallyRow } from '../original/tally.ts';
import { recomputeQueued } from '../recompute/recompute.ts';
import { type Command, CommandError, UsageError } from './command.ts';

const urlVariable = 'ORIGINAL_DATABASE_URL';

class Rehearsed extends Error {}

export const takeOverCommand: Command = {
  name: 'migrar-original',
  summary: 'Traz do sistema anterior o que só existe lá; sem --executar só mostra o que viria',
  options: { executar: { help: 'grava; rodar de novo não muda nada e traz o que a loja sincronizou depois' } },
  examples: [
    `${urlVariable}=postgres://leitor:senha@servidor/antigo carrinho migrar-original`,
    `${urlVariable}=postgres://leitor:senha@servidor/antigo carrinho migrar-original --executar`,
  ],
  async run({ config, has, log, now, output, pool }) {
    const url = process.env[urlVariable];
    if (!url)
      throw new UsageError(
        `Defina ${urlVariable} com o endereço do banco do sistema anterior (um usuário que só lê basta).`,
      );
    const system = await readOldSystem(url);
    if (!system) throw new CommandError('Este banco não é do sistema anterior: não tem a tabela empresas.');
    const box = await openSecretBox(config);
    const tally = createTally();
    const isReal = has('executar');
    const tenantIds: TenantId[] = [];
    try {
      await withTransaction(pool, async (client) => {
        const author = await oldAuthor(client);
        const brought = new Set<unknown>();
        for (const company of system.empresas) {
          const found: TenantId[] = [];
          const outcome = await attempt(client, `empresas ${textOf(company, 'id')}`, async () => {
            const ours = await bringCompany(client, company);
            if (ours) found.push(ours.tenantId);
            return ours?.outcome ?? { left: 'nome ou slug que não serve' };
          });
          tally.count('empresas', outcome);
          const [tenantId] = found;
          if (!tenantId) continue;
          tenantIds.push(tenantId);
          await client.query(`select set_config('app.tenant_id', $1, true)`, [tenantId]);
          const tenant = Object.assign(client, { tenantId });
          await bringShop(tenant, company, { box, tally });
          await bringTexts(tenant, company, tally);
          await bringUsers(tenant, company, { system, tally });
          await bringRecords(tenant, company, { system, author, erasures: erasuresOf(box), tally, now });
          brought.add(company.id);
        }
        countStrays(system, brought, tally);
        if (!isReal) throw new Rehearsed();
      });
    } catch (error) {
      if (!(error instanceof Rehearsed)) throw error;
    }
    if (isReal) for (const tenantId of tenantIds) await recomputeQueued(pool, tenantId, { now, log });
    const rows = tally.rows();
    output.table(rows, {
      'o quê': (row) => row.item,
      [isReal ? 'trazidos' : 'viriam']: (row) => row.brought,
      'já aqui': (row) => row.already,
      'ficam lá': (row) => leftText(row),
    });
    output.line();
    output.line(
      isReal
        ? 'Pronto. Senhas não vêm: dê a cada pessoa um link com "carrinho usuario link --email=…". Logos: envie em Configurações.'
        : 'Nada foi gravado. Grave com --executar, de preferência depois da primeira sincronização.',
    );
  },
};

/** Rows of a company that does not exist there any more, or that could not come. */
function countStrays(system: OldSystem, brought: Set<unknown>, tally: Tally): void {
  for (const [table, rows] of Object.entries(system)) {
    for (const row of rows)
      if ('empresa_id' in row && !brought.has(row.empresa_id))
        tally.count(`linhas de ${table}`, { left: 'a empresa não veio' });
  }
}

const leftText = ({ left }: TallyRow): string =>
  Object.entries(left)
    .map(([reason, count]) => `${count}: ${reason}`)
    .join('; ');
