// Every address of the site, once. URLs are screen text: Portuguese, without accents.

import type { RecordRef } from '#shared/contacts/record.ts';

type Query = Readonly<Record<string, string | number | null | undefined>>;

/** Appends the pairs that have a value; keys keep their order. */
export function withQuery(path: string, query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== '');
  if (pairs.length === 0) return path;
  return `${path}?${new URLSearchParams(pairs.map(([key, value]) => [key, String(value)]))}`;
}

const company = (slug: string) => `/e/${encodeURIComponent(slug)}`;

export const paths = {
  home: '/',
  login: '/entrar',
  loginWithReturn: (path: string) => withQuery('/entrar', { volta: path }),
  loginLink: (token: string) => `/entrar/link/${encodeURIComponent(token)}`,
  /** The second step of a login. */
  loginCode: '/entrar/codigo',
  logout: '/sair',
  account: '/conta',
  changePassword: '/conta/senha',
  endOtherSessions: '/conta/sessoes/encerrar',
  chooseDefaultCompany: '/conta/empresa',
  beginTwoSteps: '/conta/duas-etapas',
  confirmTwoSteps: '/conta/duas-etapas/confirmar',
  endTwoSteps: '/conta/duas-etapas/desligar',
  createToken: '/conta/chaves',
  revokeToken: (id: string) => `/conta/chaves/${id}/revogar`,
  api: '/api',
  openApi: '/api/openapi.json',
  /** The page on which an invited person accepts. */
  invitation: (token: string) => `/convite/${encodeURIComponent(token)}`,
  adminCompanies: '/admin/empresas',
  adminCompany: (id: string) => `/admin/empresas/${id}`,
  /** `acao`: suspender, reativar, entrar, convites. */
  adminAct: (id: string, action: string) => `/admin/empresas/${id}/${action}`,
  endVisits: '/admin/visitas/encerrar',
  adminSyncNow: (siteId: string) => `/admin/lojas/${siteId}/sincronizar`,
  dashboard: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/painel`, query),
  leads: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/leads`, query),
  newLead: (slug: string) => `${company(slug)}/leads/novo`,
  lead: (slug: string, id: string) => `${company(slug)}/leads/${id}`,
  carts: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/carrinhos`, query),
  cartLink: (slug: string, id: string) => `${company(slug)}/carrinhos/${id}/link`,
  cart: (slug: string, id: string) => `${company(slug)}/carrinhos/${id}`,
  cartWhy: (slug: string, id: string) => `${company(slug)}/carrinhos/${id}/porque`,
  judgeCart: (slug: string, id: string) => `${company(slug)}/carrinhos/${id}/ajuste`,
  orders: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/pedidos`, query),
  order: (slug: string, id: string) => `${company(slug)}/pedidos/${id}`,
  record: (slug: string, { entity, id }: RecordRef) =>
    `${company(slug)}/${{ lead: 'leads', cart: 'carrinhos', order: 'pedidos' }[entity]}/${id}`,
  /** A record's contact marks alone, or its panel. */
  recordContacts: (slug: string, record: RecordRef) => `${paths.record(slug, record)}/contatos`,
  /** Leads to WhatsApp with the message written; names the record, nothing of the person. */
  whatsapp: (slug: string, record: RecordRef, query: Query = {}) =>
    withQuery(`${paths.record(slug, record)}/whatsapp`, query),
  messages: (slug: string) => `${company(slug)}/mensagens`,
  message: (slug: string, audience: string) => `${company(slug)}/mensagens/${audience}`,
  messagePreview: (slug: string, audience: string) => `${company(slug)}/mensagens/${audience}/previa`,
  coupon: (slug: string) => `${company(slug)}/cupom`,
  preferences: (slug: string) => `${company(slug)}/preferencias`,
  queue: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/fila`, query),
  queueAct: (slug: string, personId: string) => `${company(slug)}/fila/${personId}/acao`,
  contacts: (slug: string) => `${company(slug)}/contatos`,
  contactLog: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/contatos`, query),
  undoContact: (slug: string, id: string) => `${company(slug)}/contatos/${id}/desfazer`,
  optOuts: (slug: string) => `${company(slug)}/nao-contatar`,
  undoOptOuts: (slug: string) => `${company(slug)}/nao-contatar/retirar`,
  leadStage: (slug: string, id: string) => `${company(slug)}/leads/${id}/situacao`,
  notes: (slug: string) => `${company(slug)}/notas`,
  undoNote: (slug: string, id: string) => `${company(slug)}/notas/${id}/apagar`,
  tags: (slug: string) => `${company(slug)}/etiquetas`,
  undoTag: (slug: string, id: string) => `${company(slug)}/etiquetas/${id}/retirar`,
  segments: (slug: string) => `${company(slug)}/segmentos`,
  pinSegment: (slug: string, id: string) => `${company(slug)}/segmentos/${id}/menu`,
  deleteSegment: (slug: string, id: string) => `${company(slug)}/segmentos/${id}/apagar`,
  /** What is done to a selection of a list. */
  bulk: (slug: string) => `${company(slug)}/selecao`,
  reminders: (slug: string) => `${company(slug)}/lembretes`,
  undoReminder: (slug: string, id: string) => `${company(slug)}/lembretes/${id}/concluir`,
  customers: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/clientes`, query),
  duplicates: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/clientes/duplicados`, query),
  customer: (slug: string, id: string) => `${company(slug)}/clientes/${id}`,
  accessReport: (slug: string, personId: string) => `${company(slug)}/clientes/${personId}/relatorio`,
  accessReportFile: (slug: string, personId: string) => `${company(slug)}/clientes/${personId}/relatorio.json`,
  askSubject: (slug: string, personId: string) => `${company(slug)}/clientes/${personId}/lgpd`,
  revealContact: (slug: string, id: string) => `${company(slug)}/clientes/${id}/revelar`,
  dividePerson: (slug: string, personId: string) => `${company(slug)}/clientes/${personId}/separar`,
  lgpd: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/lgpd`, query),
  /** `decisao`: aprovar, recusar or concluir. */
  decideRequest: (slug: string, id: string, decision: string) => `${company(slug)}/lgpd/pedidos/${id}/${decision}`,
  legalBasis: (slug: string) => `${company(slug)}/lgpd/base-legal`,
  retention: (slug: string) => `${company(slug)}/lgpd/retencao`,
  /** `acao`: unir, diferentes, desfazer. */
  personAct: (slug: string, id: string, action: string) => `${company(slug)}/clientes/${id}/${action}`,
  reports: (slug: string) => `${company(slug)}/relatorios`,
  report: (slug: string, name: string, query: Query = {}) => withQuery(`${company(slug)}/relatorios/${name}`, query),
  reportFile: (slug: string, name: string, query: Query) =>
    withQuery(`${company(slug)}/relatorios/${name}/arquivo`, query),
  sync: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/sincronizacao`, query),
  syncNow: (slug: string) => `${company(slug)}/sincronizacao/agora`,
  run: (slug: string, id: string) => `${company(slug)}/sincronizacao/${id}`,
  runLog: (slug: string, id: string) => `${company(slug)}/sincronizacao/${id}/registro`,
  askBackfill: (slug: string) => `${company(slug)}/sincronizacao/reprocessos`,
  askRecompute: (slug: string) => `${company(slug)}/sincronizacao/recalcular`,
  pauseSync: (slug: string) => `${company(slug)}/sincronizacao/pausa`,
  acceptLoss: (slug: string) => `${company(slug)}/sincronizacao/perda`,
  retryQuarantine: (slug: string) => `${company(slug)}/sincronizacao/quarentena`,
  /** `acao`: pausar, retomar or cancelar. */
  changeBackfill: (slug: string, id: string, action: string) =>
    `${company(slug)}/sincronizacao/reprocessos/${id}/${action}`,
  users: (slug: string) => `${company(slug)}/usuarios`,
  invite: (slug: string) => `${company(slug)}/usuarios/convites`,
  renewInvitation: (slug: string, id: string) => `${company(slug)}/usuarios/convites/${id}/renovar`,
  cancelInvitation: (slug: string, id: string) => `${company(slug)}/usuarios/convites/${id}/retirar`,
  userRole: (slug: string, id: string) => `${company(slug)}/usuarios/${id}/papel`,
  resetTwoSteps: (slug: string, id: string) => `${company(slug)}/usuarios/${id}/duas-etapas`,
  removeUser: (slug: string, id: string) => `${company(slug)}/usuarios/${id}/remover`,
  auditLog: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/registro`, query),
  theme: (slug: string, hash: string) => `${company(slug)}/aparencia/tema-${hash}.css`,
  logo: (slug: string, hash: string) => `${company(slug)}/aparencia/logo-${hash}`,
  changeColor: (slug: string) => `${company(slug)}/configuracoes/cor`,
  changeLogo: (slug: string) => `${company(slug)}/configuracoes/logo`,
  connection: (slug: string) => `${company(slug)}/conexao`,
  connectionNew: (slug: string) => `${company(slug)}/conexao/nova`,
  connectionEdit: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}`,
  diagnosis: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/diagnostico`,
  confirmHost: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/servidor`,
  shopChoice: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/escolha`,
  mapping: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/mapeamento`,
  firstSync: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/primeira`,
  certificate: (slug: string, siteId: string) => `${company(slug)}/conexao/${siteId}/certificado`,
  settings: (slug: string) => `${company(slug)}/configuracoes`,
  schedule: (slug: string, siteId: string) => `${company(slug)}/configuracoes/lojas/${siteId}/agenda`,
  exports: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/exportacoes`, query),
  newExport: (slug: string, query: Query = {}) => withQuery(`${company(slug)}/exportacoes/nova`, query),
  exportCount: (slug: string) => `${company(slug)}/exportacoes/contagem`,
  exportFile: (slug: string, id: string, part: number) =>
    withQuery(`${company(slug)}/exportacoes/${id}/arquivo`, { parte: part === 1 ? null : part }),
  events: (slug: string, query: Query) => withQuery(`${company(slug)}/eventos`, query),
};
