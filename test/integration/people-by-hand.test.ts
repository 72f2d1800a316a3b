// Who is one person once somebody has said something about it: denied keys, edges by hand, what is written down of every union, and suggestions.
import { Writable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { denyKey, listDeniedKeys, permitKey } from '#shared/people/denied-keys.ts';
import { findPerson, listSuggestions, listSuggestionsOf } from '#shared/people/person.ts';
import { type EdgeKind, listEdges, undoEdge, writeEdge } from '#shared/people/person-edges.ts';
import type { Statements } from '#shared/recompute/statements.ts';
import { runCli } from '../../daemon/cli.ts';
import { statementsOf, withTenant } from '../../daemon/db.ts';
import { Random } from '../../start/demo/random.ts';
import { referenceTruth, storedTruth } from '../support/recompute-reference.ts';
import { type Company, openWorld, type World } from '../support/recompute-world.ts';
import { createTestDatabase } from '../support/servers.ts';

const at = (day: number) => `2026-04-${String(day).padStart(2, '0')}T12:00:00.000Z`;
const now = at(30);
const author = { userId: null, now: new Date(now) };

let database: Awaited<ReturnType<typeof createTestDatabase>>;
let world: World;
let company: Company;
beforeAll(async () => {
  database = await createTestDatabase();
  world = await openWorld(database.url);
});
afterAll(async () => {
  await world?.close();
  await database?.drop();
});

const inNewCompany = async () => {
  company = await world.createCompany();
};
const act = <T>(work: (db: Statements) => Promise<T>) =>
  withTenant(world.daemon, company.tenantId, (client) => work(statementsOf(client)));
const deny = (key: string) => act((db) => denyKey(db, { key, note: '', ...author }));
const permit = (key: string) => act((db) => permitKey(db, { key }));
const say = (kind: EdgeKind, a: string, b: string) =>
  act(async (db) => {
    const { id } = await writeEdge(db, { kind, keys: [a, b], note: '', ...author });
    await db.run('queue_keys', { tenant: company.tenantId, keys: [a, b] });
    return id;
  });
const takeBack = (id: string) =>
  act(async (db) => db.run('queue_keys', { tenant: company.tenantId, keys: await undoEdge(db, { id, ...author }) }));

const lead = (id: number, email: string | null, ...phones: string[]) =>
  company.lead({ id, emails: email ? [`${email}@example.com`] : [], phones, capturedAt: at(id) });
const e = (name: string) => `e:${name}@example.com`;
const [one, two, three] = ['+5511911110001', '+5511911110002', '+5511911110003'] as const;

/** The people as groups of records; and they are those of the rules as loops, and of a whole recompute. */
async function people(): Promise<string[]> {
  await company.queued(now);
  const stored = await storedTruth(world.owner, company.tenantId);
  expect(stored).toEqual(await referenceTruth(world.owner, company.tenantId, now));
  const rows = async () =>
    (
      await world.owner.query<{ row: string }>(
        `select t.xmin || t::text as row from people t where tenant_id = $1
         union all select t.xmin || t::text from person_members t where tenant_id = $1
         union all select t.xmin || t::text from email_folds t where tenant_id = $1
         union all select t.xmin || t::text from person_changes t where tenant_id = $1 order by 1`,
        [company.tenantId],
      )
    ).rows;
  const before = await rows();
  await company.all(now);
  expect(await rows()).toEqual(before);
  return stored.people.map((line) => line.replaceAll('lead:', ''));
}

describe('denied keys', () => {
  test('a denied phone ties nobody and recovers nothing; permitted again, it does', async () => {
    await inNewCompany();
    await lead(1, 'a', one);
    await lead(2, 'b', one);
    const cart = await company.cart({ id: 3, phones: [one], firstAt: at(3) });
    await company.order({ id: 4, phones: [one], createdAt: at(4) });
    expect(await people()).toEqual(['cart:3/1 1 2 order:4']);
    expect(await company.status(cart)).toMatchObject({ status: 'recovered', has_keys: true });

    expect(await deny(`p:${one}`)).toBe(true);
    expect(await deny(`p:${one}`)).toBe(false);
    expect(await people()).toEqual(['1', '2']);
    expect(await company.status(cart)).toMatchObject({ status: 'abandoned', has_keys: false });
    await lead(5, 'c', one);
    expect(await people()).toEqual(['1', '2', '5']);

    expect(await permit(`p:${one}`)).toBe(true);
    expect(await permit(`p:${one}`)).toBe(false);
    expect(await people()).toEqual(['cart:3/1 1 2 5 order:4']);
    expect(await company.status(cart)).toMatchObject({ status: 'recovered', has_keys: true });
  });

  test('a domain denies each of its e-mails, known and to come; a key denied for itself stays denied', async () => {
    await inNewCompany();
    const relay = (id: number, name: string) => company.lead({ id, emails: [`${name}@relay.example.com`], phones: [] });
    await relay(1, 'x');
    await relay(2, 'x');
    await lead(3, 'x');
    await deny('d:relay.example.com');
    await deny('e:x@relay.example.com');
    expect(await people()).toEqual(['3']);
    await relay(4, 'y');
    expect(await people()).toEqual(['3']);
    await permit('d:relay.example.com');
    expect(await people()).toEqual(['3', '4']);
    expect((await act(listDeniedKeys)).map(({ key }) => key)).toEqual(['e:x@relay.example.com']);
  });

  test('a phone that was shared only by denied e-mails ties its people again', async () => {
    await inNewCompany();
    for (const [index, name] of ['a', 'b', 'c', 'd'].entries()) await lead(index + 1, name, one);
    expect(await people()).toHaveLength(4);
    await deny(e('d'));
    expect(await people()).toEqual(['1 2 3 4']);
  });
});

describe('edges by hand', () => {
  test('the same: two keys tie their records like a common one, also over a key that no record has', async () => {
    await inNewCompany();
    await lead(1, 'a');
    await lead(2, 'b');
    expect(await people()).toEqual(['1', '2']);
    const first = await say('same', e('a'), e('nobody'));
    await say('same', e('nobody'), e('b'));
    expect(await people()).toEqual(['1 2']);
    await lead(3, 'b');
    expect(await people()).toEqual(['1 2 3']);
    await deny(e('nobody'));
    expect(await people()).toEqual(['1', '2 3']);
    await permit(e('nobody'));
    expect(await people()).toEqual(['1 2 3']);
    await takeBack(first);
    expect(await people()).toEqual(['1', '2 3']);
  });

  test('not the same wins over a common phone, over later records, and over the same said through others', async () => {
    await inNewCompany();
    await lead(1, 'a', one);
    await lead(2, 'b', one);
    expect(await people()).toEqual(['1 2']);
    const edge = await say('not_same', e('b'), e('a'));
    expect(await people()).toEqual(['1', '2']);
    await lead(3, null, one);
    expect(await people()).toEqual(['1 3', '2']);
    await lead(4, 'b', two);
    await lead(5, null, two);
    await say('same', e('c'), e('a'));
    await say('same', e('c'), e('b'));
    expect(await people()).toEqual(['1 3', '2 4 5']);
    await takeBack(edge);
    expect(await people()).toEqual(['1 2 3 4 5']);
  });

  test('a later word takes the place of the earlier one, which keeps its author and instant', async () => {
    await inNewCompany();
    await lead(1, 'a', one);
    await lead(2, 'b', one);
    await say('same', e('a'), e('b'));
    await say('not_same', e('a'), e('b'));
    expect(await people()).toEqual(['1', '2']);
    expect(
      await act((db) => writeEdge(db, { kind: 'not_same', keys: [e('b'), e('a')], note: '', ...author })),
    ).toMatchObject({
      isNew: false,
    });
    expect((await act((db) => listEdges(db))).map(({ kind }) => kind)).toEqual(['not_same']);
    const { rows } = await world.owner.query(
      'select kind, undone_at from person_edges where tenant_id = $1 order by id',
      [company.tenantId],
    );
    expect(rows).toEqual([
      { kind: 'same', undone_at: author.now },
      { kind: 'not_same', undone_at: null },
    ]);
  });

  test('the border moves with a record far from it, and a shared key makes the word rest', async () => {
    await inNewCompany();
    await lead(1, 'z', one);
    await lead(2, null, one, two);
    await lead(3, null, two, three);
    await lead(4, 'b', three);
    await say('not_same', e('z'), e('b'));
    expect(await people()).toEqual(['1 2', '3 4']);
    // as near to b as to z now: the smaller key has it
    await lead(5, 'b', two);
    expect(await people()).toEqual(['1', '2 3 4 5']);
    await lead(5, null);
    expect(await people()).toEqual(['1 2', '3 4']);
    for (let index = 0; index < 4; index++) await lead(6 + index, `other${index}`, two);
    expect(await people()).toHaveLength(6);
    expect((await act((db) => listEdges(db))).length).toBe(1);
  });
});

describe('why they are one person', () => {
  const personOf = async (leadId: string) =>
    (
      await world.owner.query<{ id: string }>(
        `select person_id as id from person_members where tenant_id = $1 and entity = 'lead' and entity_id = $2`,
        [company.tenantId, leadId],
      )
    ).rows[0]!.id;
  const show = (id: string) => act((db) => findPerson(db, { id }));

  test('every union names the first record by the shop’s instant; an id that was merged leads to who has its records', async () => {
    await inNewCompany();
    const first = await lead(1, 'a', one);
    const second = await lead(2, 'b', two);
    const third = await lead(3, 'c');
    await company.queued(now);
    const [ana, bia, cris] = [await personOf(first), await personOf(second), await personOf(third)];
    // arrives before an older record that ties the same two keys
    const bridge = await lead(9, 'a', two);
    await company.queued(now);
    await lead(8, 'a', two);
    const edge = await say('same', e('a'), e('c'));
    await people();

    const person = (await show(ana))!;
    expect(person.records.map(({ sourceId }) => sourceId)).toEqual(['1', '2', '3', '8', '9']);
    expect(person.unions).toMatchObject([
      { a: e('a'), b: `p:${one}`, entity: 'lead', sourceId: '1', at: new Date(at(1)) },
      { a: e('b'), b: `p:${two}`, entity: 'lead', sourceId: '2', at: new Date(at(2)) },
      { a: e('a'), b: `p:${two}`, entity: 'lead', sourceId: '8', at: new Date(at(8)) },
      { a: e('a'), b: e('c'), entity: 'edge', id: edge, at: author.now },
    ]);
    expect(person.changes).toEqual([
      {
        kind: 'merged',
        personId: bia,
        otherPersonId: ana,
        key: `p:${two}`,
        entity: 'lead',
        entityId: bridge,
        changedAt: author.now,
      },
      {
        kind: 'merged',
        personId: cris,
        otherPersonId: ana,
        key: e('c'),
        entity: 'edge',
        entityId: edge,
        changedAt: author.now,
      },
    ]);
    expect(await show(bia)).toEqual(person);
    expect(await show(cris)).toEqual(person);
    expect(await show('999999')).toBeNull();
  });

  test('who leaves by a lost key or by hand is written down, and the id stays with the first record', async () => {
    await inNewCompany();
    const first = await lead(1, 'a', one);
    const second = await lead(2, 'b', one);
    const third = await lead(3, 'c', one);
    await company.queued(now);
    const person = await personOf(first);
    await lead(2, 'b');
    await company.queued(now);
    await say('not_same', e('a'), e('c'));
    expect(await people()).toEqual(['1', '2', '3']);
    expect(await personOf(first)).toBe(person);
    expect((await show(person))!.changes.map(({ kind, otherPersonId }) => [kind, otherPersonId])).toEqual([
      ['split', await personOf(second)],
      ['split', await personOf(third)],
    ]);
    expect(await show(person)).toMatchObject({ isSplit: true, edges: [{ kind: 'not_same', a: e('a'), b: e('c') }] });
  });
});

describe('suggestions', () => {
  /** Each is on the pages of both people too, and nothing else is. */
  const suggested = async () => {
    const pairs = await act((db) => listSuggestions(db, { limit: 50 }));
    const { rows } = await world.owner.query<{ id: string }>('select id from people where tenant_id = $1', [
      company.tenantId,
    ]);
    const own = await act(async (db) => {
      const lists = [];
      for (const { id } of rows) lists.push(...(await listSuggestionsOf(db, { id, limit: 50 })));
      return lists;
    });
    const turned = pairs.map((pair) => ({
      ...pair,
      a: pair.b,
      b: pair.a,
      personA: pair.personB,
      personB: pair.personA,
    }));
    const sorted = (list: readonly object[]) =>
      list.map((pair) => JSON.stringify(pair, Object.keys(pair).sort())).sort();
    expect(sorted(own)).toEqual(sorted([...pairs, ...turned]));
    return pairs.map(({ reason, a, b }) => `${reason} ${a.slice(2)} ${b.slice(2)}`);
  };
  const write = (id: number, email: string) => company.lead({ id, emails: [email], capturedAt: at(1) });

  test('dots, tags and mistyped domains wait for a word, which takes the pair off the list', async () => {
    await inNewCompany();
    const emails = [
      'ana.lima@gmail.com',
      'analima@gmail.com',
      'rui@example.com',
      'rui+loja@example.com',
      'bia.reis@gmial.com',
      'bia.reis@gmail.com',
      'eva@hotmail.con',
      'eva@hotmail.com',
      'so.um@gmail.com',
      'ana.lima@example.com',
      'analima@example.com',
    ];
    for (const [index, email] of emails.entries()) await write(index + 1, email);
    expect(await people()).toHaveLength(emails.length);
    const all = [
      'domain bia.reis@gmail.com bia.reis@gmial.com',
      'domain eva@hotmail.com eva@hotmail.con',
      'dots ana.lima@gmail.com analima@gmail.com',
      'tag rui+loja@example.com rui@example.com',
    ];
    expect(await suggested()).toEqual(all);

    await say('same', 'e:ana.lima@gmail.com', 'e:analima@gmail.com');
    await say('not_same', 'e:rui@example.com', 'e:rui+loja@example.com');
    await write(6, 'outra@example.com');
    await people();
    expect(await suggested()).toEqual(['domain eva@hotmail.com eva@hotmail.con']);
  });

  test('the same first name beside the same shared key', async () => {
    await inNewCompany();
    const names = ['María Lima', 'maria souza', 'João', 'Joana', 'Ana'];
    for (const [index, name] of names.entries()) {
      const id = await lead(index + 1, `p${index}`, one);
      await world.owner.query('update leads set name = $2 where id = $1', [id, name]);
    }
    await people();
    expect(await suggested()).toEqual(['name p0@example.com p1@example.com']);
    await say('not_same', e('p0'), e('p1'));
    await people();
    expect(await suggested()).toEqual([]);
  });
});

describe('the command line', () => {
  async function carrinho(...args: string[]) {
    let text = '';
    const stdout = new Writable({
      write(chunk, _, done) {
        text += chunk;
        done();
      },
    });
    const slug = (
      await world.owner.query<{ slug: string }>('select slug from tenants where id = $1', [company.tenantId])
    ).rows[0]!.slug;
    const env = { DATABASE_URL: database.url, DATA_DIR: '/nonexistent', PUBLIC_URL: 'https://painel.example' };
    const code = await runCli([...args, `--empresa=${slug}`, '--json'], { env, stdout });
    return {
      code,
      rows: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line)),
    };
  }

  test('denies, unites, parts, undoes and shows', async () => {
    await inNewCompany();
    await lead(1, 'a', one);
    await lead(2, 'b', one);
    expect(await people()).toEqual(['1 2']);

    expect(await carrinho('chave', 'negar', '--chave=(11) 91111-0001', '--nota=da loja')).toMatchObject({
      code: 0,
      rows: [{ key: `p:${one}`, isNew: true }],
    });
    expect(await people()).toEqual(['1', '2']);
    expect((await carrinho('chave', 'listar')).rows).toMatchObject([
      { key: `p:${one}`, note: 'da loja', author: null },
    ]);

    const united = await carrinho('pessoa', 'unir', '--chave=a@example.com', '--outra-chave=B@example.com');
    expect(united).toMatchObject({ code: 0, rows: [{ kind: 'same', isNew: true }] });
    expect(await people()).toEqual(['1 2']);
    const [{ id }] = (await carrinho('pessoa', 'listar-unioes')).rows;
    expect((await carrinho('pessoa', 'desfazer', `--id=${id}`)).code).toBe(0);
    expect((await carrinho('pessoa', 'desfazer', `--id=${id}`)).code).toBe(1);
    expect((await carrinho('chave', 'permitir', `--chave=p:${one}`)).code).toBe(0);
    expect((await carrinho('chave', 'permitir', `--chave=p:${one}`)).code).toBe(1);
    expect(await people()).toEqual(['1 2']);

    await carrinho('pessoa', 'separar', '--chave=a@example.com', '--outra-chave=b@example.com');
    expect(await people()).toEqual(['1', '2']);
    const { rows } = await world.owner.query('select id from people where tenant_id = $1 order by id', [
      company.tenantId,
    ]);
    const shown = await carrinho('mostrar', 'pessoa', rows[0].id);
    expect(shown).toMatchObject({
      code: 0,
      rows: [{ id: rows[0].id, isSplit: true, records: [{ sourceId: '1' }], edges: [{ kind: 'not_same' }] }],
    });
    expect((await carrinho('pessoa', 'sugestoes')).rows).toEqual([]);

    expect((await carrinho('mostrar', 'pessoa', '999999')).code).toBe(1);
    expect((await carrinho('mostrar', 'pessoa', 'x')).code).toBe(2);
    expect((await carrinho('pessoa', 'unir', '--chave=a@example.com', '--outra-chave=ninguém')).code).toBe(2);
    expect((await carrinho('pessoa', 'unir', '--chave=a@example.com', '--outra-chave=a@example.com')).code).toBe(2);
    expect((await carrinho('chave', 'negar', '--chave=@example.com', '--usuario=x@example.com')).code).toBe(1);
  });
});

test.each([1, 2, 3, 4, 5, 6])('random words about random records, one after the other (%i)', async (seed) => {
  await inNewCompany();
  const random = new Random(seed);
  const phones = Array.from({ length: 8 }, (_, index) => `+55119222200${10 + index}`);
  const names = ['a', 'b', 'c', 'd', 'f', 'g', 'h', 'i', 'j', 'k'];
  const key = () => (random.chance(0.5) ? e(random.pick(names)) : `p:${random.pick(phones)}`);
  const said: string[] = [];
  for (let id = 1; id <= 20; id++)
    await lead(
      id,
      random.chance(0.8) ? random.pick(names) : null,
      ...(random.chance(0.7) ? [random.pick(phones)] : []),
    );
  for (let round = 0; round < 6; round++) {
    for (let word = 0; word < 2; word++) {
      const [a, b] = [key(), key()];
      if (a !== b) said.push(await say(random.chance(0.6) ? 'same' : 'not_same', a, b));
    }
    if (random.chance(0.3) && said.length > 0) await takeBack(said.splice(random.below(said.length), 1)[0]!);
    const id = 1 + random.below(20);
    await lead(id, random.chance(0.8) ? random.pick(names) : null, random.pick(phones));
    await people();
  }
});
