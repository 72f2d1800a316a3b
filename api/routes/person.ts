// Two people are one, said by an operator on a person's page; and words about who is whom, taken back (docs/rules.md, people). Concluded in the same
// transaction.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { parseKey } from '#shared/people/key-text.ts';
import { undoEdge, writeEdge } from '#shared/people/person-edges.ts';
import { can } from '#shared/roles.ts';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import { runQuery, type Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { recomputeNow, statementsOf } from '../recompute.ts';

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

export function personRoutes({ db, now: clock }: Deps) {
  /** Runs `say` on the keys of the person, and leads to whoever has `key` afterwards. */
  async function act(
    c: Context<CompanyEnv>,
    say: (tx: Tx, keys: readonly string[], form: Readonly<Record<string, string>>) => Promise<[string, string]>,
  ): Promise<Response> {
    const company = c.get('company');
    if (!can(company.role, 'contact'))
      throw new HttpError(403, 'forbidden', 'Seu papel não permite dizer quem é quem.');
    const id = c.req.param('id') ?? '';
    const body = await c.req.parseBody();
    const form = Object.fromEntries(Object.entries(body).map(([name, value]) => [name, textOf(value)]));
    const now = clock();
    const personId = await db.withTenant(company.id, async (tx) => {
      const scope = { tenant: company.id, person: id };
      const [person] = /^\d{1,18}$/.test(id) ? await runQuery<{ id: string }>(tx, 'find_person', scope) : [];
      if (!person) throw new NotFoundError();
      const known = await runQuery<{ key: string }>(tx, 'get_person_keys', { ...scope, person: person.id });
      const keys = await say(
        tx,
        known.map(({ key }) => key),
        form,
      );
      await recomputeNow(tx, { tenantId: company.id, now }, { keys });
      return (await findByKey(tx, keys[0])) ?? person.id;
    });
    const isFromList = form.volta === 'duplicados';
    return c.redirect(isFromList ? paths.duplicates(company.slug) : paths.customer(company.slug, personId), 303);
  }

  const note = (tx: Tx, c: Context<CompanyEnv>, action: `person.${string}`) =>
    audit(
      tx,
      { tenantId: c.get('company').id, userId: c.get('user').id },
      { action, entity: 'person', entityId: c.req.param('id') ?? '' },
    );

  return new Hono<CompanyEnv>()
    .post('/clientes/:id/unir', (c) =>
      act(c, async (tx, keys, { chave = '', propria = '' }) => {
        const [row] = await tx<{ areaCode: string | null }[]>`
          select area_code from tenants where id = ${c.get('company').id}`;
        const key = parseKey(chave.replace(/^[ep]:/, ''), row!);
        if (key === null || !(await findByKey(tx, key)))
          throw new HttpError(422, 'unknown_key', 'Ninguém desta empresa tem este e-mail ou telefone.');
        const own = keys.find((known) => known === propria) ?? keys[0];
        if (own === undefined || keys.includes(key))
          throw new HttpError(422, 'same_person', 'Este e-mail ou telefone já é desta pessoa.');
        const said = { kind: 'same', note: '', userId: c.get('user').id, now: clock() } as const;
        await writeEdge(statementsOf(tx, c.get('company').id), { ...said, keys: [own, key] });
        await note(tx, c, 'person.united');
        return [own, key];
      }),
    )
    .post('/clientes/:id/diferentes', (c) =>
      act(c, async (tx, keys, { chave = '', propria = '', motivo = '' }) => {
        const reason = motivo.trim().slice(0, 200);
        if (reason === '') throw new HttpError(422, 'no_reason', 'Diga como você sabe que são pessoas diferentes.');
        if (!keys.includes(propria) || keys.includes(chave) || !(await findByKey(tx, chave)))
          throw new HttpError(422, 'no_pair', 'Este par já foi decidido. Recarregue a página.');
        const said = { kind: 'not_same', note: reason, userId: c.get('user').id, now: clock() } as const;
        await writeEdge(statementsOf(tx, c.get('company').id), { ...said, keys: [propria, chave] });
        await note(tx, c, 'person.told_apart');
        return [propria, chave];
      }),
    )
    .post('/clientes/:id/desfazer', (c) =>
      act(c, async (tx, keys, { uniao = '' }) => {
        const company = c.get('company');
        const undone = /^\d{1,18}$/.test(uniao)
          ? await undoEdge(statementsOf(tx, company.id), { id: uniao, userId: c.get('user').id, now: clock() })
          : null;
        if (!undone?.some((key) => keys.includes(key)))
          throw new HttpError(422, 'no_word', 'Isso já foi desfeito. Recarregue a página.');
        await note(tx, c, 'person.word_undone');
        return undone[0] && keys.includes(undone[0]) ? undone : [undone[1], undone[0]];
      }),
    );
}

/** Whose a key is. */
async function findByKey(tx: Tx, key: string): Promise<string | null> {
  const [row] = await tx<{ personId: string }[]>`
    select m.person_id from match_keys k
    join person_members m on m.tenant_id = k.tenant_id and m.entity = k.entity and m.entity_id = k.entity_id
    where k.key = ${key} order by m.person_id limit 1`;
  return row?.personId ?? null;
}
