// Exportações: what was taken out, by whom, with the file for a day; and the dialog, which says before how many go out and who stays.
import type { Column } from '#shared/exports/columns.ts';
import type { ExportOptions } from '#shared/exports/export.ts';
import {
  type ExportFormat,
  type ExportList,
  exportFormats,
  exportListLabels,
  formatFacts,
} from '#shared/exports/formats.ts';
import { type LeftOut, leftOutText } from '#shared/exports/sieve.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { Icon } from '../components/icon.tsx';
import { Partial } from '../components/partial.tsx';
import { Time } from '../components/time.tsx';
import { type Clock, countText, numberText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';

export type ExportRecord = {
  id: string;
  list: ExportList;
  format: ExportFormat;
  filterText: string;
  fileName: string;
  state: 'queued' | 'running' | 'done' | 'failed';
  selectedCount: number;
  rowCount: number;
  leftOut: LeftOut;
  partCount: number;
  sha256: string | null;
  requestedAt: Date;
  userName: string | null;
  hasFile: boolean;
};

export type ExportForm = { options: ExportOptions; query: Readonly<Record<string, string>>; days: number };

type HistoryProps = { slug: string; records: readonly ExportRecord[]; clock: Clock };

const historyId = 'historico';
const countId = 'contagem';

/** The three lists for adverts, as lists of ours. */
const audiences = [
  { label: 'Carrinhos abandonados de quem nunca comprou', query: { lista: 'carrinhos', sem_clientes: '1' } },
  { label: 'Leads que não compraram', query: { lista: 'leads', sem_clientes: '1' } },
  { label: 'Compradores', query: { lista: 'clientes', com_pedido: '1' } },
] as const;

export function ExportsPage({ slug, records, created, clock }: HistoryProps & { created: string | null }) {
  const fresh = records.find(({ id }) => id === created);
  return (
    <>
      <PageHead title="Exportações" />
      {fresh?.state === 'done' ? (
        <p class="form-saved" role="status">
          <Icon name="check" /> {countText(fresh.rowCount, 'linha exportada', 'linhas exportadas', 'nenhuma')}.{' '}
          <Files slug={slug} record={fresh} isMain />
        </p>
      ) : (
        ''
      )}
      <section class="card export-starts">
        <h2 class="card-title">Nova exportação</h2>
        <p class="faint">Ou use o botão Exportar de uma lista: sai o que ela mostra, com os mesmos filtros.</p>
        <p class="export-links">
          {(Object.keys(exportListLabels) as ExportList[]).map((list) => (
            <a class="button" href={paths.newExport(slug, { lista: list })}>
              {exportListLabels[list]}
            </a>
          ))}
        </p>
        <h3>Públicos de anúncios</h3>
        <p class="export-links">
          {audiences.map(({ label, query }) => (
            <a class="button" href={paths.newExport(slug, { ...query, formato: 'publico-csv', periodo: 'tudo' })}>
              {label}
            </a>
          ))}
        </p>
      </section>
      <ExportHistory slug={slug} records={records} clock={clock} />
    </>
  );
}

export function ExportHistory({ isLive = false, ...props }: HistoryProps & { isLive?: boolean }) {
  if (!isLive) return <HistoryTable {...props} />;
  return (
    <Partial id={historyId}>
      <HistoryTable {...props} />
    </Partial>
  );
}

function HistoryTable({ slug, records, clock }: HistoryProps) {
  if (records.length === 0)
    return (
      <div id={historyId}>
        <EmptyState icon="inbox" title="Nada foi exportado ainda." />
      </div>
    );
  return (
    <div id={historyId} class="table-box table-box-wide">
      <table class="table">
        <thead>
          <tr>
            <th scope="col">O quê</th>
            <th scope="col">Formato</th>
            <th scope="col" class="number">
              Linhas
            </th>
            <th scope="col">Quem</th>
            <th scope="col">Quando</th>
            <th scope="col">Arquivo</th>
          </tr>
        </thead>
        <tbody>
          {records.map((record) => (
            <tr id={`exportacao-${record.id}`}>
              <td class="cell-main">
                <bdi>{record.filterText}</bdi>
                {leftOutText(record.leftOut) ? <span class="faint">fora: {leftOutText(record.leftOut)}</span> : ''}
              </td>
              <td data-label="Formato">{formatFacts[record.format].label}</td>
              <td data-label="Linhas" class="number">
                {numberText(record.rowCount)}
              </td>
              <td data-label="Quem">
                <bdi>{record.userName ?? 'Linha de comando'}</bdi>
              </td>
              <td data-label="Quando">
                <Time at={record.requestedAt} clock={clock} />
              </td>
              <td data-label="Arquivo">
                <FileState slug={slug} record={record} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function FileState({ slug, record }: { slug: string; record: ExportRecord }) {
  const { state, rowCount, selectedCount, hasFile } = record;
  if (state === 'queued') return <span class="chip">Na fila</span>;
  if (state === 'failed') return <span>Falhou: exporte de novo</span>;
  if (state === 'running')
    return (
      <span class="stack">
        <progress value={rowCount} max={Math.max(selectedCount, 1)} aria-label="Linhas gravadas" />
        <span class="faint">
          {numberText(rowCount)} de {numberText(selectedCount)}
        </span>
      </span>
    );
  return hasFile ? <Files slug={slug} record={record} /> : <span class="faint">só o registro</span>;
}

function Files({ slug, record, isMain = false }: { slug: string; record: ExportRecord; isMain?: boolean }) {
  const parts = Array.from({ length: record.partCount }, (_, index) => index + 1);
  return (
    <span class="export-links">
      {parts.map((part) => (
        <a class={isMain ? 'button button-main' : 'button'} href={paths.exportFile(slug, record.id, part)} download>
          <Icon name="download" /> {parts.length === 1 ? 'Baixar' : `Parte ${part}`}
        </a>
      ))}
    </span>
  );
}

type CountProps = { count: number; counts: { kept: number; selected: number; leftOut: LeftOut } | null };

/** `287 de 312 serão exportados: 14 sem telefone válido, 8 repetidos`. */
export function ExportCount({ count, counts }: CountProps) {
  const reasons = counts ? leftOutText(counts.leftOut) : '';
  return (
    <p id={countId} class="export-count" role="status">
      {counts ? (
        <>
          <strong>{numberText(counts.kept)}</strong> de {numberText(counts.selected)}{' '}
          {counts.kept === 1 ? 'será exportado' : 'serão exportados'}
          {reasons ? `; ficam de fora: ${reasons}` : ''}.
        </>
      ) : (
        <>
          <strong>{numberText(count)}</strong> escolhidos. São muitos: o arquivo é feito em segundo plano e conta quem
          fica de fora.
        </>
      )}
    </p>
  );
}

type NewExportProps = CountProps & {
  slug: string;
  form: ExportForm;
  columns: readonly Column[];
  filterText: string;
  fault: string | null;
};

export function NewExportPage({ slug, form, columns, filterText, fault, ...count }: NewExportProps) {
  const { options, query, days } = form;
  const isChosen = (key: string) => options.columns.length === 0 || options.columns.includes(key);
  return (
    <>
      <PageHead title={`Exportar ${exportListLabels[options.list].toLowerCase()}`} />
      <p class="faint">
        <bdi>{filterText}</bdi>
      </p>
      <form
        class="card export-form"
        method="post"
        action={paths.exports(slug)}
        hx-post={paths.exportCount(slug)}
        hx-trigger="change"
        hx-target={`#${countId}`}
        hx-swap="outerHTML"
      >
        {fault ? (
          <p class="form-error" role="alert">
            {fault}
          </p>
        ) : (
          ''
        )}
        <input type="hidden" name="lista" value={options.list} />
        {Object.entries(query).map(([name, value]) => (
          <input type="hidden" name={name} value={value} />
        ))}
        <fieldset class="export-formats">
          <legend>Formato</legend>
          {exportFormats.map((format) => (
            <label class="export-choice">
              <input type="radio" name="formato" value={format} checked={format === options.format} />{' '}
              {formatFacts[format].label}
            </label>
          ))}
        </fieldset>
        <fieldset>
          <legend>Quem fica de fora</legend>
          <label class="export-choice">
            <input type="checkbox" name="sem_contatados" value="1" checked={options.contactedDays !== null} /> Já
            contatados nos últimos{' '}
            <input
              type="number"
              name="dias"
              value={String(days)}
              min="1"
              max="365"
              class="export-days"
              aria-label="Dias"
            />{' '}
            dias
          </label>
          <label class="export-choice">
            <input type="checkbox" name="sem_clientes" value="1" checked={options.withoutCustomers} /> Quem já é cliente
          </label>
          <p class="faint">Quem pediu para não ser contatado fica sempre de fora.</p>
        </fieldset>
        <fieldset class="for-whatsapp">
          <legend>Números</legend>
          <label class="export-choice">
            <input type="checkbox" name="com_fixos" value="1" checked={options.withLandlines} /> Também telefones fixos
          </label>
        </fieldset>
        <label class="for-message">
          Mensagem <span class="faint">{'{nome}, {primeiro_nome}, {produtos} e {valor} são preenchidos'}</span>
          <textarea name="mensagem" rows={3} maxlength={2000}>
            {options.message}
          </textarea>
        </label>
        <label class="for-vcard">
          Etiqueta{' '}
          <span class="faint">
            vem antes de cada nome; um arquivo a cada 256 contatos, o limite da lista de transmissão
          </span>
          <input type="text" name="etiqueta" value={options.tag} maxlength={60} placeholder="o nome da empresa" />
        </label>
        <fieldset class="for-sheets">
          <legend>Colunas</legend>
          <div class="export-columns">
            {columns.map(({ key, heading }) => (
              <label class="export-choice">
                <input type="checkbox" name="coluna" value={key} checked={isChosen(key)} /> {heading}
              </label>
            ))}
          </div>
        </fieldset>
        <label class="export-choice for-csv">
          <input type="checkbox" name="datas_iso" value="1" checked={options.hasIsoDates} /> Datas em ISO 8601
        </label>
        <label class="export-choice for-audience">
          <input type="checkbox" name="sha256" value="1" checked={options.isHashed} /> Valores em SHA-256, como a Meta
          os compara
        </label>
        <ExportCount {...count} />
        <button class="button button-main" type="submit">
          <Icon name="download" /> Exportar
        </button>
      </form>
    </>
  );
}
