// Filters with a name: what we suggest from the first day, and what people saved, for themselves or for everybody. A saved filter is a link.
import { listDefinitions } from '../list-filters.ts';
import { type ListName, listPath, listQuery } from '../lists.ts';
import { paths } from '../paths.ts';
import { Icon } from './icon.tsx';
import type { ListView } from './list-page.tsx';
import { SwapLink } from './swap-link.tsx';

export type Segment = {
  id: string;
  list: ListName;
  name: string;
  /** The list's query string. */
  query: string;
  isShared: boolean;
  isPinned: boolean;
  /** May the user change it? */
  isEditable: boolean;
};

export const segmentHref = (slug: string, { list, query }: Pick<Segment, 'list' | 'query'>) =>
  listPath(list, slug, Object.fromEntries(new URLSearchParams(query)));

const suggested: readonly Pick<Segment, 'list' | 'name' | 'query'>[] = [
  { list: 'carrinhos', name: 'Carrinhos acima de R$ 300 sem contato', query: 'contato=nenhum&valor_min=300' },
  { list: 'leads', name: 'Leads que já eram clientes', query: 'cliente=ja_era' },
  { list: 'pedidos', name: 'Pix não pago hoje', query: 'classe=aguardando&metodo=pix&periodo=hoje' },
  { list: 'clientes', name: 'Recorrentes sumidos (> 2× intervalo)', query: 'ausencia=2x&periodo=tudo' },
  { list: 'carrinhos', name: 'Abandonou 2+ vezes', query: 'vezes=2' },
  { list: 'carrinhos', name: 'Sem telefone, só e-mail', query: 'telefone=so_email' },
];

export function SegmentMenu({ view }: { view: ListView }) {
  const { slug, list, choice, segments } = view;
  return (
    <details class="menu menu-end segments">
      <summary class="button">
        <Icon name="star" /> Filtros salvos
      </summary>
      <div class="menu-panel">
        {segments.length > 0 ? (
          <>
            <p class="menu-title">Salvos</p>
            <ul class="menu-list">
              {segments.map((segment) => (
                <li class="segment">
                  <SegmentLink slug={slug} segment={segment} />
                  {segment.isEditable ? <SegmentActs slug={slug} segment={segment} /> : ''}
                </li>
              ))}
            </ul>
          </>
        ) : (
          ''
        )}
        <p class="menu-title">Sugeridos</p>
        <ul class="menu-list">
          {suggested.map((segment) => (
            <li>
              <SegmentLink slug={slug} segment={segment} />
            </li>
          ))}
        </ul>
        {view.canSaveSegments ? (
          <form method="post" action={paths.segments(slug)} class="segment-new">
            <input type="hidden" name="lista" value={list} />
            <input type="hidden" name="filtro" value={new URLSearchParams(listQuery(list, choice)).toString()} />
            <label class="field-line">
              <span class="menu-title">Salvar filtro</span>
              <input name="nome" maxlength={60} required placeholder="Nome do filtro" autocomplete="off" />
            </label>
            <label class="check">
              <input type="checkbox" name="no_menu" value="1" /> <span>Mostrar no menu</span>
            </label>
            {view.canShareSegments ? (
              <label class="check">
                <input type="checkbox" name="para_todos" value="1" /> <span>Para todos da empresa</span>
              </label>
            ) : (
              ''
            )}
            <button class="button" type="submit">
              Salvar
            </button>
          </form>
        ) : (
          ''
        )}
      </div>
    </details>
  );
}

function SegmentLink({ slug, segment }: { slug: string; segment: Pick<Segment, 'list' | 'name' | 'query'> }) {
  return (
    <SwapLink href={segmentHref(slug, segment)}>
      <span>
        <bdi>{segment.name}</bdi> <span class="faint">{listDefinitions[segment.list].title}</span>
      </span>
    </SwapLink>
  );
}

function SegmentActs({ slug, segment: { id, name, isPinned } }: { slug: string; segment: Segment }) {
  return (
    <>
      <form method="post" action={paths.pinSegment(slug, id)}>
        <input type="hidden" name="no_menu" value={isPinned ? '' : '1'} />
        <button
          class="link-button"
          type="submit"
          aria-label={`${isPinned ? 'Tirar' : 'Pôr'} ${name} ${isPinned ? 'do' : 'no'} menu`}
        >
          {isPinned ? 'Tirar do menu' : 'Pôr no menu'}
        </button>
      </form>
      <form method="post" action={paths.deleteSegment(slug, id)}>
        <button class="link-button" type="submit" aria-label={`Apagar ${name}`}>
          Apagar
        </button>
      </form>
    </>
  );
}
