// Registro: who saw, exported and changed what. Append-only; it holds ids, counts and codes, and names only through the users of today.
import { requestKindWords } from '#shared/lgpd/requests.ts';
import { isRole, roleLabels } from '#shared/roles.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ListFilters } from '../components/list-filters.tsx';
import { Pager } from '../components/pager.tsx';
import { type Clock, dateTimeText } from '../format.ts';
import { PageHead } from '../layout.tsx';
import { auditLabels, revealReasons } from '../messages.ts';
import { paths } from '../paths.ts';
import { type ApiScope, apiScopeLabels } from './account-types.ts';

export type AuditRow = {
  id: string;
  happenedAt: Date;
  action: string;
  entity: string | null;
  entityId: string | null;
  facts: Readonly<Record<string, unknown>>;
  userName: string | null;
  isSuperadmin: boolean | null;
};

type AuditPageProps = {
  slug: string;
  rows: readonly AuditRow[];
  before: string | null;
  after: string | null;
  filter: { action: string | null; userId: string | null };
  choices: { users: readonly { id: string; name: string }[]; actions: readonly string[] };
  clock: Clock;
};

const labelOf = (action: string) => (Object.hasOwn(auditLabels, action) ? auditLabels[action]! : action);

export function AuditPage({ slug, rows, before, after, filter, choices, clock }: AuditPageProps) {
  const path = paths.auditLog(slug);
  const query = {
    ...(filter.action ? { acao: filter.action } : {}),
    ...(filter.userId ? { usuario: filter.userId } : {}),
  };
  return (
    <>
      <PageHead title="Registro" />
      <p class="faint">Quem viu, exportou e mudou o quê nesta empresa. Nada aqui pode ser apagado por usuários.</p>
      <ListFilters
        path={path}
        query={{}}
        filters={[
          {
            name: 'acao',
            label: 'Ato',
            all: 'Todos os atos',
            options: choices.actions.map((value) => ({ value, label: labelOf(value) })),
            value: filter.action,
          },
          {
            name: 'usuario',
            label: 'Usuário',
            all: 'Todos',
            options: choices.users.map(({ id, name }) => ({ value: id, label: name })),
            value: filter.userId,
          },
        ]}
      />
      {rows.length === 0 ? (
        <EmptyState icon="log" title="Nada registrado com este filtro." />
      ) : (
        <div class="table-box">
          <table class="table table-fixed">
            <thead>
              <tr>
                <th scope="col">Ato</th>
                <th scope="col">Quem</th>
                <th scope="col">Quando</th>
                <th scope="col">Detalhes</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr id={`registro-${row.id}`}>
                  <td class="cell-main">
                    <strong>{labelOf(row.action)}</strong>
                    {row.entity === 'person' && row.entityId ? (
                      <a href={paths.customer(slug, row.entityId)}>pessoa {row.entityId}</a>
                    ) : row.entity ? (
                      <span class="faint">
                        {entityLabels[row.entity] ?? row.entity} {row.entityId}
                      </span>
                    ) : (
                      ''
                    )}
                  </td>
                  <td data-label="Quem">
                    {row.userName ?? (byItself.has(row.action) ? 'o programa' : 'linha de comando')}
                    {row.isSuperadmin && row.action.startsWith('company.visit') ? ' (superadministrador)' : ''}
                  </td>
                  <td data-label="Quando" class="nowrap">
                    {dateTimeText(row.happenedAt, clock.timeZone)}
                  </td>
                  <td data-label="Detalhes" class="break">
                    {factsText(row.facts)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <Pager path={path} query={query} before={before} after={after} />
    </>
  );
}

/** What happens without anybody asking at that moment. */
const byItself: ReadonlySet<string> = new Set(['lead.erased', 'retention.applied']);

const entityLabels: Readonly<Record<string, string>> = {
  user: 'usuário',
  invitation: 'convite',
  company: 'empresa',
  tenant: 'empresa',
  token: 'chave',
  message: 'mensagem',
  site: 'loja',
  person: 'pessoa',
  cart: 'carrinho',
  order: 'pedido',
  lead: 'lead',
  export: 'exportação',
  report: 'relatório',
};

const factLabels: Readonly<Record<string, string>> = {
  role: 'papel',
  from: 'de',
  to: 'para',
  reason: 'motivo',
  color: 'cor',
  logoBytes: 'bytes do logotipo',
  part: 'parte',
  report: 'relatório',
  list: 'lista',
  rows: 'linhas',
  token: 'chave',
  scopes: 'permissões',
  days: 'dias',
  origin: 'origem',
  forms: 'formulários',
  statuses: 'situações de pedido',
  fields: 'campos',
  isPaused: 'pausada',
  isEnabled: 'ligada',
  kind: 'o quê',
  act: 'ato',
  selected: 'escolhidos',
  done: 'feitos',
  state: 'decisão',
  request: 'pedido',
  leads: 'leads',
  carts: 'carrinhos',
  orders: 'pedidos',
  accounts: 'contas da loja',
  texts: 'textos',
  exports: 'exportações',
  quarantined: 'linhas ilegíveis',
  keys: 'contatos',
  logged: 'linhas do registro',
  months: 'meses',
  rawDays: 'dias das linhas ilegíveis',
  logMonths: 'meses do registro',
  isOn: 'ligada',
  audience: 'mensagem',
  format: 'formato',
  poll: 'consulta',
  reconcile: 'conferência',
  full: 'completa',
};
const roleFacts = new Set(['role', 'from', 'to']);

/** Codes that acts write down, in words. */
const codeTexts: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  reason: revealReasons,
  kind: { ...requestKindWords, email: 'e-mail', phone: 'telefone' },
  state: { approved: 'aprovado', refused: 'recusado', done: 'atendido' },
};

function factText(key: string, value: unknown): string {
  if (value === null) return '—';
  if (value === true) return 'sim';
  if (value === false) return 'não';
  const text = typeof value === 'object' ? JSON.stringify(value) : String(value);
  if (key === 'scopes')
    return text
      .split(',')
      .map((scope) => apiScopeLabels[scope as ApiScope] ?? scope)
      .join(', ');
  const words = codeTexts[key];
  if (words && Object.hasOwn(words, text)) return words[text]!.toLowerCase();
  return roleFacts.has(key) && isRole(text) ? roleLabels[text].toLowerCase() : text;
}

/** `papel: operador · de: visualizador`. */
function factsText(facts: AuditRow['facts']): string {
  return Object.entries(facts)
    .map(
      ([key, value]) =>
        `${factLabels[key] ?? key}: ${key === 'sha256' ? String(value).slice(0, 12) : factText(key, value)}`,
    )
    .join(' · ');
}
