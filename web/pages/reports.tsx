// Relatórios: the index, and the one page that shows any report: its tables, their files, and how each number is made. Every number leads to its rows.
import { CopyButton } from '../components/copy-button.tsx';
import { Icon } from '../components/icon.tsx';
import { PeriodPicker } from '../components/period-picker.tsx';
import { Tabs } from '../components/tabs.tsx';
import { moneyText, numberText, percentText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { paths } from '../paths.ts';
import type { Period } from '../period.ts';
import { minSample, type Report, type ReportCell, type ReportName, type ReportTable, reports } from './report-types.ts';

export function ReportsPage({ slug, names }: { slug: string; names: readonly ReportName[] }) {
  return (
    <>
      <PageHead title="Relatórios" />
      <ul class="report-index">
        {names.map((name) => (
          <li class="card">
            <h2>
              <a href={paths.report(slug, name)}>{reports[name].title}</a>
            </h2>
            <p class="faint">{reports[name].question}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

type ReportPageProps = {
  slug: string;
  name: ReportName;
  report: Report;
  /** Null: the report is about no period. */
  period: Period | null;
  /** The whole choice of the report, for its files. */
  query: Readonly<Record<string, string>>;
  canExport: boolean;
};

export function ReportPage({ slug, name, report, period, query, canExport }: ReportPageProps) {
  const { title, question } = reports[name];
  const { periodo: _, de: __, ate: ___, ...timeless } = query;
  const hasRows = report.tables.some(({ rows }) => rows.length > 0);
  const fileOf = (formato: string, tabela?: string) =>
    paths.reportFile(slug, name, { formato, ...(tabela ? { tabela } : {}), ...query });
  return (
    <>
      <PageHead title={title}>
        <div class="report-tools">
          {period ? <PeriodPicker path={paths.report(slug, name)} period={period} query={timeless} /> : ''}
          {canExport && hasRows ? (
            <a class="button" href={fileOf('xlsx')} download>
              <Icon name="download" /> Excel
            </a>
          ) : (
            ''
          )}
        </div>
      </PageHead>
      <p class="faint">
        {question} <a href={paths.reports(slug)}>Todos os relatórios</a>
      </p>
      {report.views ? (
        <Tabs
          label="Visões do relatório"
          tabs={report.views.map((view, index) => ({ id: `visao-${index}`, count: null, ...view }))}
        />
      ) : (
        ''
      )}
      <div class="column">
        {(report.warnings ?? []).map((text) => (
          <p class="alert-line">
            <Icon name="alert" /> <span>{text}</span>
          </p>
        ))}
        {report.text ? (
          <section class="card digest" aria-labelledby="titulo-texto">
            <div class="card-head">
              <h2 id="titulo-texto">Para mandar</h2>
              <CopyButton from="resumo-texto">Copiar texto</CopyButton>
            </div>
            <p id="resumo-texto" class="digest-text">
              {report.text}
            </p>
          </section>
        ) : (
          ''
        )}
        {report.tables.map((table) => (
          <TableCard table={table} csv={canExport && table.rows.length > 0 ? fileOf('csv', table.id) : null} />
        ))}
        <details class="card report-how">
          <summary>Como é calculado</summary>
          <ul>
            {report.how.map((line) => (
              <li>{line}</li>
            ))}
          </ul>
        </details>
      </div>
    </>
  );
}

function TableCard({ table, csv }: { table: ReportTable; csv: string | null }) {
  const { id, title, intro, columns, rows, notes = [], empty } = table;
  const shadeOf = shades(table);
  return (
    <section class="card" aria-labelledby={`titulo-${id}`}>
      <div class="card-head">
        <h2 id={`titulo-${id}`}>{title}</h2>
        {csv ? (
          <a href={csv} download>
            CSV<span class="hidden"> de {title}</span>
          </a>
        ) : (
          ''
        )}
      </div>
      {intro && rows.length > 0 ? <p class="faint">{intro}</p> : ''}
      {rows.length === 0 ? (
        <p>{empty}</p>
      ) : (
        <section class="report-scroll" tabindex={0} aria-label={`Tabela: ${title}`}>
          <table class={`plain-table report-table${table.isList ? ' report-list' : ''} report-${id}`}>
            <thead>
              <tr>
                {columns.map(({ heading }, index) => (
                  <th scope="col" class={index > 0 ? 'number' : undefined}>
                    {heading === '' ? <span class="hidden">Mais</span> : heading}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((cells) => (
                <tr>
                  {cells.map((cell, index) =>
                    index === 0 ? (
                      <th scope="row">
                        <CellText cell={cell} />
                      </th>
                    ) : (
                      <td class={classOf(cell, shadeOf(cell))} data-label={columns[index]!.heading || undefined}>
                        <CellText cell={cell} />
                      </td>
                    ),
                  )}
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
      {rows.length > 0 ? notes.map((note) => <p class="faint">{note}</p>) : ''}
    </section>
  );
}

function classOf(cell: ReportCell, shade: number | null): string {
  if (cell?.kind === 'bar') return 'report-bar';
  const open = cell?.kind === 'share' && cell.isOpen ? ' report-open' : '';
  return `number${shade === null ? '' : ` shade-${shade}`}${open}`;
}

/** How dark each cell is, from 0 to 5: shares among shares, else counts among counts. */
function shades({ isShaded, rows }: ReportTable): (cell: ReportCell) => number | null {
  const shareOf = (cell: ReportCell): number | null =>
    cell?.kind === 'share' && cell.whole >= minSample ? cell.part / cell.whole : null;
  const cells = rows.flat();
  const hasShares = cells.some((cell) => cell?.kind === 'share');
  const value = hasShares ? shareOf : (cell: ReportCell) => (cell?.kind === 'count' ? cell.value : null);
  const most = Math.max(...cells.map((cell) => value(cell) ?? 0));
  return (cell) => {
    if (cell?.kind === 'shaded') return cell.shade;
    const own = isShaded ? value(cell) : null;
    return own === null ? null : most === 0 ? 0 : Math.min(5, Math.ceil((5 * own) / most));
  };
}

/** A link to the rows; `data-count` says how many there are. */
function Rows({ href, count, children }: { href: string; count: number; children?: unknown }) {
  return (
    <a class="figure" href={href} data-count={count}>
      {children as string}
    </a>
  );
}

function CellText({ cell }: { cell: ReportCell }) {
  if (cell === null) return <span class="faint">—</span>;
  switch (cell.kind) {
    case 'text':
      return (
        <>
          {cell.href ? <a href={cell.href}>{cell.text}</a> : <bdi>{cell.text}</bdi>}
          {cell.detail ? <span class="faint report-detail">{cell.detail}</span> : ''}
        </>
      );
    case 'count':
      return cell.href ? (
        <Rows href={cell.href} count={cell.value}>
          {numberText(cell.value)}
        </Rows>
      ) : (
        <span class={cell.value === 0 ? 'faint' : undefined}>{cell.value === 0 ? '·' : numberText(cell.value)}</span>
      );
    case 'share': {
      const { part, whole, href, isOpen } = cell;
      const counts = `${numberText(part)} de ${numberText(whole)}`;
      const isSmall = whole < minSample;
      return (
        <>
          <a
            class="figure"
            href={href}
            data-count={part}
            title={`${isSmall ? 'Amostra pequena: ' : ''}${counts}${isOpen ? ', pode crescer' : ''}`}
          >
            {isSmall ? counts : percentText(part / whole)}
          </a>
          {isOpen ? <span class="hidden"> ainda em aberto</span> : ''}
        </>
      );
    }
    case 'money':
      return (
        <Rows href={cell.href} count={cell.count}>
          {moneyText(cell.minor, cell.currency)}
        </Rows>
      );
    case 'bar':
      return (
        <svg class="funnel-bar" width="100%" height="12" aria-hidden="true">
          <rect class="funnel-ground" width="100%" height="12" rx="6" fill="currentColor" />
          {cell.value > 0 ? (
            <rect
              class="funnel-fill"
              width={`${Math.max(2, Math.round((1000 * cell.value) / cell.longest) / 10)}%`}
              height="12"
              rx="6"
              fill="currentColor"
            />
          ) : (
            ''
          )}
        </svg>
      );
    case 'act':
      return <a href={cell.href}>{cell.text}</a>;
    case 'shaded':
      return (
        <>
          <Rows href={cell.href} count={cell.value}>
            {numberText(cell.value)}
          </Rows>
          <span class="report-detail">{cell.note}</span>
        </>
      );
  }
}
