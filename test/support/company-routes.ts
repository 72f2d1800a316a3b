// The router's own list of routes, and how to ask each: which id `:id` means, and a form in which every route finds its fields. A new route's ids
// and fields go here; the isolation and the role tests then walk it.
import type { Hono } from 'hono';
import type { AppEnv } from '../../api/context.ts';
import type { Company } from './web-lab.ts';

/** `GET /e/:slug/carrinhos` …, sorted, each once. */
export const listRoutes = (app: Hono<AppEnv>): string[] =>
  [
    ...new Set(app.routes.filter(({ method }) => method !== 'ALL').map(({ method, path }) => `${method} ${path}`)),
  ].sort();

/** Which id a route's `:id` means, by the page it belongs to. */
export function fillPath(path: string, slug: string, ids: Company): string {
  const idOf: Record<string, string> = {
    carrinhos: ids.cartId,
    pedidos: ids.orderId,
    leads: ids.leadId,
    contatos: ids.contactId,
    notas: ids.noteId,
    etiquetas: ids.tagId,
    lembretes: ids.reminderId,
    clientes: ids.personId,
    usuarios: path.includes('/convites/') ? ids.invitationId : ids.memberId,
    segmentos: ids.segmentId,
    lgpd: ids.requestId,
    fila: ids.personId,
    exportacoes: ids.exportId,
    conexao: ids.siteId,
    configuracoes: ids.siteId,
    sincronizacao: path.includes('/reprocessos/') ? ids.backfillId : ids.runId,
  };
  if (path.startsWith('/api/')) {
    const of = path.split('/')[2]!;
    const apiIds: Record<string, string> = {
      customers: ids.personId,
      leads: ids.leadId,
      carts: ids.cartId,
      orders: ids.orderId,
      contacts: ids.contactId,
    };
    return `${path.replace(':id', apiIds[of] ?? '')}?empresa=${slug}`;
  }
  if (path.startsWith('/conta/')) return path.replace(':id', '1');
  if (path.startsWith('/admin/')) return path.replace(':id', path.includes('/lojas/') ? ids.siteId : ids.id);
  const screen = path.split('/')[3] ?? '';
  const filled = path
    .replace(':slug', slug)
    .replace(':audience', 'cart')
    .replace(':file', 'tema-0123456789ab.css')
    .replace(':id', () => {
      const id = idOf[screen];
      if (!id) throw new Error(`the isolation test knows no id for ${path}: add one`);
      return id;
    });
  return screen === 'eventos' ? `${filled}?pagina=carrinhos` : filled;
}

/** For the settings and a shop's access, which report every field. */
const connectionForm = {
  nome: 'Loja',
  modo: 'direta',
  host: 'mysql.loja.example',
  porta: '3306',
  usuario: 'leitura',
  senha: 'segredo-de-teste',
  banco: 'loja',
  fuso: 'America/Sao_Paulo',
  moeda: 'BRL',
  janela_antes: '48',
  janela_depois: '720',
  corte: '60',
  intervalo: '24',
  linhas_dia: '500',
  de: '2026-01-01',
};

/** Does the route answer in JSON for one company (`?empresa=`)? */
export const isApiRoute = (route: string) => / \/api\/(?!openapi)/.test(route);

/** The request of a write: a form, or to the API its JSON with what the form says. */
export function writeOf(path: string, form: Record<string, string>): { body: string; contentType: string } {
  if (!path.startsWith('/api/'))
    return { body: String(new URLSearchParams(form)), contentType: 'application/x-www-form-urlencoded' };
  const body = path.startsWith('/api/leads')
    ? { phone: '(11) 95555-0123', force: true }
    : { record: { entity: 'lead', id: form.registros }, channel: 'whatsapp', force: true };
  return { body: JSON.stringify(body), contentType: 'application/json' };
}

/** A form that every route finds its fields in. */
export const formOf = (ids: Company): Record<string, string> => ({
  loja: ids.siteId,
  registro: `lead:${ids.leadId}`,
  canal: 'whatsapp',
  acao: 'desfazer',
  situacao: 'potential',
  texto: 'nota',
  etiqueta: 'vip',
  dia: '2030-01-31',
  whatsapp: 'wa_me',
  ...connectionForm,
  lista: 'leads',
  ato: 'etiqueta',
  registros: ids.leadId,
  meses: '24',
  dias_brutos: '90',
  meses_registro: '12',
  papel: 'operator',
  email: 'convite@exemplo.example',
});
