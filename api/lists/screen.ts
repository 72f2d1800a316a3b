// The page of a list and what it pushes while it is open: the same for all four; a screen says how its rows are read and shown.
import type { Context } from 'hono';
import type { Child } from 'hono/jsx';
import type { UserId } from '#shared/ids.ts';
import { can } from '#shared/roles.ts';
import { together } from '#shared/together.ts';
import { ListLive, ListNews, type ListView } from '#web/components/list-page.tsx';
import { listDefinitions } from '#web/list-filters.ts';
import { type ListName, listQuery, type Query, unreadParts } from '#web/lists.ts';
import { parseBulkWord } from '#web/pages/bulk.tsx';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { type Keep, manyRows, restMs } from '../kept.ts';
import { loadPage, respondWithPage } from '../page.ts';
import { listProductOption } from '../queries/carts.ts';
import { listSegments } from '../queries/segments.ts';
import { countFound, countUnreachable, readFirst, readPage } from './read.ts';
import { listOptions, openList } from './sources.ts';

export type ListScreen<Own extends object> = {
  list: ListName;
  /** The rows of the page by their ids, and what else the page shows. */
  load(
    tx: Tx,
    request: { company: Company; view: ListView; ids: readonly string[]; keep: Keep; restMs: number },
  ): Promise<Own>;
  Page(list: ListView & Own): Child;
  /** What moves on the first page: the table, and what stands above it. */
  live(list: ListView & Own): { table: Child; above?: Child };
};

/** From so many on their count is kept: each was looked up among several others. */
const manyUnreachable = 100;

/** `userId`: whose page it is; what an open page is told stands the same for all. */
type ListRequest = { company: Company; query: Query; now: Date; keep: Keep; userId?: UserId };

async function loadList<Own extends object>(
  tx: Tx,
  screen: ListScreen<Own>,
  { company, query, now, keep, userId }: ListRequest,
) {
  const { list } = screen;
  const { timeZone, role, slug } = company;
  const isMasked = !can(role, 'see_contact_data');
  const { choice, sql, isFew, count } = await openList(tx, { list, query, timeZone, now, isMasked });
  // Counts of many rows are kept, for those who chose the same; of few they are read anew.
  const place = `${list}:${isMasked}:${JSON.stringify(choice)}`;
  const rest = userId ? restMs : 0;
  const kept = <T>(name: string, isKept: (value: T) => boolean, load: (tx: Tx) => Promise<T>) =>
    keep(tx, { tenantId: company.id, name: `${name}:${place}`, isKept, restMs: () => rest }, load);
  const readRows = async () => {
    if (choice.search === '') {
      const counted = together([
        kept('contagem', hasMany, count),
        kept('sem-telefone', isLong, (tx: Tx) => countUnreachable(tx, sql, choice)),
      ]);
      const [page, [counts, unreachable]] = await together([readPage(tx, sql, choice, query), counted]);
      return { page, counts, unreachable };
    }
    const found = kept(
      'achados',
      ([counts]) => hasMany(counts),
      (tx: Tx) => countFound(tx, sql, choice, isFew),
    );
    if (isFew && !query.apos && !query.antes) {
      const [counts, unreachable, first] = await found;
      return { page: await readFirst(tx, sql, choice, first), counts, unreachable };
    }
    const [page, [counts, unreachable]] = await together([readPage(tx, sql, choice, query), found]);
    return { page, counts, unreachable };
  };
  const canShareSegments = can(role, 'edit_settings');
  const [{ page, counts, unreachable }, options, produto, segments] = await together([
    readRows(),
    listOptions(tx, list),
    listProductOption(tx, choice.filters.produto),
    userId ? listSegments(tx, { userId, canShare: canShareSegments }) : Promise.resolve([]),
  ]);
  const { rows: found, before, after, isPlaceKnown } = page;
  const view: ListView = {
    list,
    slug,
    choice,
    counts,
    unread: unreadParts(list, query),
    isPlaceKnown,
    unreachable,
    options: { ...options, produto },
    before,
    after,
    rowCount: found.length,
    done: parseBulkWord(list, query.feito),
    clock: { now, timeZone },
    isMasked,
    canContact: can(role, 'contact'),
    canExport: can(role, 'export'),
    segments,
    canSaveSegments: can(role, 'edit_own_segments'),
    canShareSegments,
  };
  const ids = found.map(({ rowId }) => rowId);
  return { ...view, ...(await screen.load(tx, { company, view, ids, keep, restMs: rest })) };
}

const isLong = (found: ListView['unreachable']) => found !== null && found.count >= manyUnreachable;
const hasMany = (counts: Record<string, number>) => Object.values(counts).some((count) => count >= manyRows);

/** GET of a list. Its address is the canonical one, whatever fields a form sent empty. */
export function listPage<Own extends object>(deps: Deps, screen: ListScreen<Own>) {
  const { title, path } = listDefinitions[screen.list];
  return async (c: Context<CompanyEnv>) => {
    c.set('failure', 'Não foi possível carregar esta lista.');
    const company = c.get('company');
    const query = c.req.query();
    const list = await loadPage(c, deps, (tx) =>
      loadList(tx, screen, { company, query, now: deps.now(), keep: deps.keep, userId: c.get('user').id }),
    );
    const { apos, antes } = query;
    const place = { ...(apos ? { apos } : {}), ...(antes ? { antes } : {}) };
    const own = listQuery(screen.list, list.choice);
    const deeper = { ...place, contagem: String(list.counts[list.choice.tab]) };
    const live = { page: screen.list, query: { ...own, ...(list.before === null ? {} : deeper) } };
    if (c.req.header('HX-Request')) c.header('HX-Push-Url', path(company.slug, { ...own, ...place }));
    return await respondWithPage(c, deps, { title, section: screen.list, live }, screen.Page(list));
  };
}

/** The list's part of a live view: `?contagem=` is a deeper page, which only says what is new. */
export async function renderList<Own extends object>(
  tx: Tx,
  screen: ListScreen<Own>,
  request: ListRequest,
): Promise<string> {
  const list = await loadList(tx, screen, request);
  const { contagem } = request.query;
  if (contagem === undefined) return String(ListLive({ view: list, ...screen.live(list) }));
  return String(ListNews({ view: list, newCount: list.counts[list.choice.tab]! - Number(contagem) }));
}
