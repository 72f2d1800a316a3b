// Rows are ticked where they stand; the bar with what can be done to them appears with the first tick (CSS :has) and is an ordinary form, to which the
// ticks belong by their `form` attribute. lists.js only counts, ticks whole pages and ranges.
import { countText, numberText } from '../format.ts';
import { listDefinitions } from '../list-filters.ts';
import { listQuery } from '../lists.ts';
import { paths } from '../paths.ts';
import { Icon } from './icon.tsx';
import type { ListView } from './list-page.tsx';

const selectionId = 'selecao';

/** May the user do anything to a selection? */
const canSelect = ({ canContact, canExport }: Pick<ListView, 'canContact' | 'canExport'>) => canContact || canExport;

/** The heading of the ticks: the whole page. Useless without script, and hidden then. */
export function SelectPage({ view }: { view: ListView }) {
  if (!canSelect(view)) return null;
  return (
    <th scope="col" class="cell-select">
      <input type="checkbox" data-select="page" aria-label="Selecionar a página" autocomplete="off" hidden />
    </th>
  );
}

export function SelectRow({ view, id, name }: { view: Parameters<typeof canSelect>[0]; id: string; name: string }) {
  if (!canSelect(view)) return null;
  return (
    <td class="cell-select">
      <input
        type="checkbox"
        name="registros"
        value={id}
        form={selectionId}
        aria-label={`Selecionar ${name}`}
        autocomplete="off"
      />
    </td>
  );
}

export function SelectionBar({ view }: { view: ListView }) {
  if (!canSelect(view) || view.rowCount === 0) return null;
  const { list, slug, choice, counts, canContact, canExport } = view;
  const { one, many } = listDefinitions[list];
  const all = counts[choice.tab]!;
  const isFeminine = 'isFeminine' in listDefinitions[list];
  return (
    <form id={selectionId} class="selection" method="post" action={paths.bulk(slug)} aria-label="Seleção">
      <input type="hidden" name="lista" value={list} />
      <input type="hidden" name="filtro" value={new URLSearchParams(listQuery(list, choice)).toString()} />
      <p class="selection-count">
        <strong data-selected={isFeminine ? 'selecionada' : 'selecionado'}>
          {isFeminine ? 'Selecionadas' : 'Selecionados'}
        </strong>{' '}
        nesta página
        {all > view.rowCount ? (
          <label class="check">
            <input type="checkbox" name="todos" value="1" autocomplete="off" />{' '}
            <span>
              {isFeminine ? 'Selecionar todas as' : 'Selecionar todos os'} {numberText(all)} do filtro
            </span>
          </label>
        ) : (
          ''
        )}
      </p>
      <div class="selection-acts">
        {canExport ? <Act value="exportar" label="Exportar" icon="download" /> : ''}
        {canContact ? (
          <>
            <Act value="whatsapp" label="Marcar WhatsApp enviado" icon="whatsapp" />
            <Act value="email" label="Marcar e-mail enviado" icon="check" />
            {list === 'leads' ? <StageAct /> : ''}
            <details class="menu">
              <summary class="button">
                Etiquetar <Icon name="down" size={14} />
              </summary>
              <div class="menu-panel">
                <label class="field-line">
                  <span class="filter-label">Etiqueta</span>
                  <input name="etiqueta" maxlength={60} autocomplete="off" />
                </label>
                <Act value="etiqueta" label="Etiquetar" />
              </div>
            </details>
            <details class="menu">
              <summary class="button">
                Não contatar <Icon name="down" size={14} />
              </summary>
              <div class="menu-panel">
                <p class="faint">
                  Ninguém mais escreve a {isFeminine ? 'estas' : `estes`} {many} por canal nenhum.
                </p>
                <label class="field-line">
                  <span class="filter-label">Motivo (opcional)</span>
                  <input name="motivo" maxlength={1000} autocomplete="off" />
                </label>
                <Act value="nao_contatar" label="Não contatar" />
              </div>
            </details>
          </>
        ) : (
          ''
        )}
      </div>
      <span class="hidden">{countText(all, one, many)} no filtro</span>
    </form>
  );
}

function Act({ value, label, icon }: { value: string; label: string; icon?: 'download' | 'whatsapp' | 'check' }) {
  return (
    <button class="button" type="submit" name="ato" value={value}>
      {icon ? <Icon name={icon} /> : ''} {label}
    </button>
  );
}

function StageAct() {
  return (
    <details class="menu">
      <summary class="button">
        Mudar situação <Icon name="down" size={14} />
      </summary>
      <div class="menu-panel">
        <label class="field-line">
          <span class="filter-label">Situação</span>
          <select name="situacao" class="select">
            <option value="contacted">Contactado</option>
            <option value="potential">Potencial</option>
            <option value="new">Novo</option>
            <option value="lost">Perdido</option>
          </select>
        </label>
        <label class="field-line">
          <span class="filter-label">Por que foi perdido</span>
          <input name="perda" maxlength={1000} autocomplete="off" />
        </label>
        <Act value="situacao" label="Mudar situação" />
      </div>
    </details>
  );
}
