// Relatórios: an index, and each report at an address of its own, with the period and the view in it. The file of a report is written from the same
// tables as its page, at once: they are small.
import { type Context, Hono } from 'hono';
import { addDays } from '#shared/comparison.ts';
import type { Cell } from '#shared/exports/columns.ts';
import { exportFileName, formatFacts } from '#shared/exports/formats.ts';
import { type FileTable, tableCsv, tablesWorkbook } from '#shared/exports/tables.ts';
import { minorToDecimal } from '#shared/money.ts';
import { can } from '#shared/roles.ts';
import { localDay } from '#shared/time-zone.ts';
import { dateTimeText } from '#web/format.ts';
import { type ClockSubject, clockReport, clockSubjects } from '#web/pages/report-clock.ts';
import { digestReport } from '#web/pages/report-digest.ts';
import { productReport } from '#web/pages/report-products.ts';
import { qualityReport } from '#web/pages/report-quality.ts';
import { type RecoveryClass, recoveryClasses, recoveryReport } from '#web/pages/report-recovery.ts';
import { repeatReport } from '#web/pages/report-repeats.ts';
import { scoreReport } from '#web/pages/report-scores.ts';
import { teamReport } from '#web/pages/report-team.ts';
import {
  type Report,
  type ReportCell,
  type ReportName,
  type ReportScope,
  type ReportTable,
  reportNames,
  reportPeriodQuery,
  reports,
} from '#web/pages/report-types.ts';
import { ReportPage, ReportsPage } from '#web/pages/reports.tsx';
import { type Period, parsePeriod, periodText } from '#web/period.ts';
import { audit } from '../audit.ts';
import type { Company, CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { respondWithPage } from '../page.ts';
import { loadDigest } from '../queries/dashboard.ts';
import {
  loadClock,
  loadProducts,
  loadQuality,
  loadRecovery,
  loadRepeats,
  loadScores,
  loadTeam,
} from '../queries/reports.ts';

type Query = Readonly<Record<string, string | undefined>>;
type Asked = { company: Company; period: Period; query: Query; scope: ReportScope; now: Date };

/** `choice`: what of the address the report read beside the period. */
type Made = { report: Report; choice: Readonly<Record<string, string | null>> };

const compact = (choice: Made['choice']): Record<string, string> =>
  Object.fromEntries(Object.entries(choice).flatMap(([name, value]) => (value === null ? [] : [[name, value]])));

const known = <Name extends string>(names: Readonly<Record<Name, unknown>>, asked: string | undefined): Name | null =>
  asked !== undefined && Object.hasOwn(names, asked) ? (asked as Name) : null;

const makers: Readonly<Record<ReportName, (tx: Tx, asked: Asked) => Promise<Made>>> = {
  async recuperacao(tx, { query, scope, ...asked }) {
    const classe: RecoveryClass | null = known(recoveryClasses, query.classe);
    const report = recoveryReport(scope, classe, await loadRecovery(tx, asked, classe));
    return { report, choice: { classe } };
  },
  async produtos(tx, { scope, ...asked }) {
    return { report: productReport(scope, await loadProducts(tx, asked)), choice: {} };
  },
  async horarios(tx, { query, scope, ...asked }) {
    const subject: ClockSubject = known(clockSubjects, query.assunto) ?? 'abandonos';
    const facts = await loadClock(tx, asked, subject);
    const report = clockReport(scope, subject, facts, asked.company.timeZone);
    return { report, choice: { assunto: subject === 'abandonos' ? null : subject } };
  },
  async recorrencia(tx, { scope, ...asked }) {
    return { report: repeatReport(scope, await loadRepeats(tx, asked)), choice: {} };
  },
  async rfm(tx, { scope }) {
    return { report: scoreReport(scope, await loadScores(tx)), choice: {} };
  },
  async qualidade(tx, { scope, ...asked }) {
    return { report: qualityReport(scope, await loadQuality(tx, asked)), choice: {} };
  },
  async equipe(tx, { scope, ...asked }) {
    return { report: teamReport(scope, await loadTeam(tx, asked)), choice: {} };
  },
  async resumo(tx, { company, query, scope, now }) {
    const asked = parsePeriod({ de: query.dia, ate: query.dia }, { timeZone: company.timeZone, now });
    const day = asked.name === null && asked.firstDay! <= scope.today ? asked.firstDay : null;
    return { report: digestReport(scope, await loadDigest(tx, { company, now, day })), choice: { dia: day } };
  },
};

/** The Monday of a day's week. */
function mondayOf(day: string): string {
  const weekday = new Date(`${day}T00:00:00Z`).getUTCDay();
  return addDays(day, -((weekday + 6) % 7));
}

/** The first day of the month so many months before. */
function firstOfMonth(day: string, monthsBefore: number): string {
  const [year, month] = day.split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month - 1 - monthsBefore, 1)).toISOString().slice(0, 10);
}

function periodOf(name: ReportName, query: Query, { timeZone, now }: { timeZone: string; now: Date }): Period {
  const { days } = reports[name];
  const today = localDay(now, timeZone);
  if (query.periodo || query.de || query.ate || days === 'last_30') return parsePeriod(query, { timeZone, now });
  if (days === 'none') return parsePeriod({ periodo: 'tudo' }, { timeZone, now });
  const de = 'weeks' in days ? addDays(mondayOf(today), -7 * days.weeks) : firstOfMonth(today, days.months);
  return parsePeriod({ de, ate: today }, { timeZone, now });
}

/** A report with what its address chose. */
async function makeReport({ readDb, now: clock }: Deps, company: Company, name: ReportName, query: Query) {
  if (!can(company.role, reports[name].needs))
    throw new HttpError(403, 'forbidden', 'Seu papel não permite ver este relatório.');
  const now = clock();
  const { timeZone, slug, currency, windowAfterMinutes } = company;
  const period = periodOf(name, query, { timeZone, now });
  const windowDays = Math.ceil(windowAfterMinutes / 1440);
  const canExport = can(company.role, 'export');
  const scope = { slug, currency, period, today: localDay(now, timeZone), windowDays, canExport };
  const made = await readDb.withTenant(company.id, async (tx) => {
    // A period is few rows of large tables, as on the panel; all there is is read in the tables' own order, and joined in memory.
    if (period.from) await tx`set local random_page_cost = 1.1`;
    await tx`set local work_mem = '64MB'`;
    return await makers[name](tx, { company, period, query, scope, now });
  });
  return { ...made, period: reports[name].days === 'none' ? null : period, now };
}

/** A cell of the page as cells of a file: a share is its number and its percentage, a bar is nothing. */
function fileCells(cell: ReportCell): Cell[] {
  if (cell === null) return [null];
  switch (cell.kind) {
    case 'text':
      return [{ kind: 'text', text: cell.text }];
    case 'count':
    case 'shaded':
      return [{ kind: 'number', value: cell.value }];
    case 'share':
      return [
        { kind: 'number', value: cell.part },
        cell.whole === 0 ? null : { kind: 'number', value: Math.round((1000 * cell.part) / cell.whole) / 10 },
      ];
    case 'money':
      return [{ kind: 'money', decimal: minorToDecimal(BigInt(cell.minor)), currency: cell.currency }];
    case 'bar':
    case 'act':
      return [];
  }
}

const fileTable = ({ title, columns, rows }: ReportTable): FileTable => ({
  title,
  headings: columns
    .filter(({ heading }) => heading !== '')
    .flatMap(({ heading, isShare }) => (isShare ? [heading, `${heading} (%)`] : [heading])),
  rows: rows.map((cells) => cells.flatMap(fileCells)),
});

export function reportRoutes(deps: Deps) {
  const page = (name: ReportName) => async (c: Context<CompanyEnv>) => {
    c.set('failure', 'Não foi possível montar este relatório. Escolha um período menor.');
    const company = c.get('company');
    const { report, choice, period } = await makeReport(deps, company, name, c.req.query());
    const query = { ...compact(choice), ...(period ? reportPeriodQuery(period) : {}) };
    const content = ReportPage({
      slug: company.slug,
      name,
      report,
      period,
      query,
      canExport: can(company.role, 'export'),
    });
    return await respondWithPage(c, deps, { title: reports[name].title, section: 'relatorios' }, content);
  };

  const file = (name: ReportName) => async (c: Context<CompanyEnv>) => {
    const company = c.get('company');
    if (!can(company.role, 'export')) throw new HttpError(403, 'forbidden', 'Seu papel não permite exportar.');
    const { formato, tabela, ...query } = c.req.query();
    const format = formato === 'xlsx' ? 'xlsx' : 'csv';
    const { report, period, now } = await makeReport(deps, company, name, query);
    const table = report.tables.find(({ id }) => id === tabela) ?? report.tables[0];
    if (!table) throw new NotFoundError();
    const chosen = format === 'csv' ? [table] : report.tables;
    const rows = chosen.reduce((sum, each) => sum + each.rows.length, 0);
    await deps.db.withTenant(company.id, (tx) =>
      audit(
        tx,
        { tenantId: company.id, userId: c.get('user').id },
        { action: 'report.exported', entity: 'report', facts: { report: name, format, rows } },
      ),
    );
    const { timeZone, slug } = company;
    const about = [
      ['Relatório', reports[name].title],
      ['Empresa', company.name],
      ...(period ? [['Período', periodText(period)] as const] : []),
      ['Feito', `${dateTimeText(now, timeZone)} por ${c.get('user').name}`],
      ...report.how.map((line) => ['Como é calculado', line] as const),
    ] as const;
    const body =
      format === 'csv'
        ? tableCsv(fileTable(table), timeZone)
        : new Uint8Array(await tablesWorkbook(chosen.map(fileTable), { timeZone, about }));
    const what = ['relatorio', name, ...(format === 'csv' && report.tables.length > 1 ? [table.id] : [])].join('_');
    return c.body(body, 200, {
      'Content-Type': formatFacts[format].contentType,
      'Content-Disposition': `attachment; filename="${exportFileName({ slug, what, day: localDay(now, timeZone), format })}"`,
      'Cache-Control': 'no-store',
    });
  };

  const routes = new Hono<CompanyEnv>().get('/relatorios', async (c) => {
    const { slug, role } = c.get('company');
    const names = reportNames.filter((name) => can(role, reports[name].needs));
    return await respondWithPage(c, deps, { title: 'Relatórios', section: 'relatorios' }, ReportsPage({ slug, names }));
  });
  for (const name of reportNames) {
    routes.get(`/relatorios/${name}`, page(name));
    routes.get(`/relatorios/${name}/arquivo`, file(name));
  }
  return routes;
}
