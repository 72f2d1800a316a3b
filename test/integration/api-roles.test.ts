// Every route of the router × everybody who may ask: nobody, the four roles, a superadmin without and with a visit, a stranger to the company.
// A new route without a row in the table fails the first test: say there who may.
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Action, can } from '#shared/roles.ts';
import { fillPath, formOf, isApiRoute, listRoutes, writeOf } from '../support/company-routes.ts';
import { createWebLab, type WebLab } from '../support/web-lab.ts';

/** `public`: without a session; `signed_in`: anybody with one; `installation`: the superadmin; else the right of shared/roles.ts. */
type Need = 'public' | 'signed_in' | 'installation' | Action;

const needs: Record<string, Need> = {
  'GET /': 'public',
  'GET /api': 'public',
  'GET /api/openapi.json': 'public',
  'GET /convite/:token': 'public',
  'GET /entrar': 'public',
  'GET /entrar/link/:token': 'public',
  'GET /health': 'public',
  'GET /health/': 'public',
  'GET /metrics': 'public',
  'GET /static/:file': 'public',
  'POST /convite/:token': 'public',
  'POST /entrar': 'public',
  'POST /entrar/codigo': 'public',
  'POST /entrar/link/:token': 'public',
  'POST /sair': 'public',

  'GET /conta': 'signed_in',
  'POST /conta/chaves': 'signed_in',
  'POST /conta/chaves/:id/revogar': 'signed_in',
  'POST /conta/duas-etapas': 'signed_in',
  'POST /conta/duas-etapas/confirmar': 'signed_in',
  'POST /conta/duas-etapas/desligar': 'signed_in',
  'POST /conta/empresa': 'signed_in',
  'POST /conta/senha': 'signed_in',
  'POST /conta/sessoes/encerrar': 'signed_in',

  'GET /admin/empresas': 'installation',
  'GET /admin/empresas/:id': 'installation',
  'POST /admin/empresas': 'installation',
  'POST /admin/empresas/:id': 'installation',
  'POST /admin/empresas/:id/convites': 'installation',
  'POST /admin/empresas/:id/entrar': 'installation',
  'POST /admin/empresas/:id/reativar': 'installation',
  'POST /admin/empresas/:id/suspender': 'installation',
  'POST /admin/lojas/:id/sincronizar': 'installation',
  'POST /admin/visitas/encerrar': 'installation',
  'GET /api/carts': 'see',
  'GET /api/carts/:id': 'see',
  'GET /api/customers': 'see',
  'GET /api/customers/:id': 'see',
  'GET /api/figures': 'see',
  'GET /api/leads': 'see',
  'GET /api/leads/:id': 'see',
  'GET /api/orders': 'see',
  'GET /api/orders/:id': 'see',
  'POST /api/contacts': 'contact',
  'POST /api/contacts/:id/undo': 'contact',
  'POST /api/leads': 'contact',
  'GET /e/:slug/aparencia/:file': 'see',
  'GET /e/:slug/carrinhos': 'see',
  'GET /e/:slug/carrinhos/:id': 'see',
  'GET /e/:slug/carrinhos/:id/contatos': 'see',
  'GET /e/:slug/carrinhos/:id/porque': 'see',
  'GET /e/:slug/carrinhos/:id/whatsapp': 'contact',
  'GET /e/:slug/clientes': 'see',
  'GET /e/:slug/clientes/:id': 'see',
  'GET /e/:slug/clientes/duplicados': 'see',
  'GET /e/:slug/contatos': 'see',
  'GET /e/:slug/conexao': 'see',
  'GET /e/:slug/conexao/:id': 'manage_connections',
  'GET /e/:slug/conexao/:id/certificado': 'see',
  'GET /e/:slug/conexao/:id/diagnostico': 'manage_connections',
  'GET /e/:slug/conexao/:id/mapeamento': 'manage_connections',
  'GET /e/:slug/conexao/nova': 'manage_connections',
  'GET /e/:slug/configuracoes': 'see',
  'GET /e/:slug/eventos': 'see',
  'GET /e/:slug/exportacoes': 'export',
  // Somebody else's file: operators fetch their own.
  'GET /e/:slug/exportacoes/:id/arquivo': 'export_without_limit',
  'GET /e/:slug/exportacoes/nova': 'export',
  'GET /e/:slug/fila': 'see',
  'GET /e/:slug/leads': 'see',
  'GET /e/:slug/leads/:id': 'see',
  'GET /e/:slug/leads/:id/contatos': 'see',
  'GET /e/:slug/leads/novo': 'contact',
  'GET /e/:slug/leads/:id/whatsapp': 'contact',
  'GET /e/:slug/mensagens': 'see',
  'GET /e/:slug/painel': 'see',
  'GET /e/:slug/pedidos': 'see',
  'GET /e/:slug/pedidos/:id': 'see',
  'GET /e/:slug/pedidos/:id/contatos': 'see',
  'GET /e/:slug/pedidos/:id/whatsapp': 'contact',
  'GET /e/:slug/registro': 'see_audit',
  'GET /e/:slug/relatorios': 'see',
  'GET /e/:slug/relatorios/equipe': 'see_team',
  'GET /e/:slug/relatorios/equipe/arquivo': 'see_team',
  'GET /e/:slug/relatorios/qualidade': 'see',
  'GET /e/:slug/relatorios/qualidade/arquivo': 'export',
  'GET /e/:slug/relatorios/recorrencia': 'see',
  'GET /e/:slug/relatorios/recorrencia/arquivo': 'export',
  'GET /e/:slug/relatorios/resumo': 'see',
  'GET /e/:slug/relatorios/resumo/arquivo': 'export',
  'GET /e/:slug/relatorios/rfm': 'see',
  'GET /e/:slug/relatorios/rfm/arquivo': 'export',
  'GET /e/:slug/relatorios/horarios': 'see',
  'GET /e/:slug/relatorios/horarios/arquivo': 'export',
  'GET /e/:slug/relatorios/produtos': 'see',
  'GET /e/:slug/relatorios/produtos/arquivo': 'export',
  'GET /e/:slug/relatorios/recuperacao': 'see',
  'GET /e/:slug/relatorios/recuperacao/arquivo': 'export',
  'GET /e/:slug/lgpd': 'request_erasure',
  'GET /e/:slug/clientes/:id/relatorio': 'request_erasure',
  'GET /e/:slug/clientes/:id/relatorio.json': 'request_erasure',
  'GET /e/:slug/sincronizacao': 'see',
  'GET /e/:slug/sincronizacao/:id': 'see',
  'GET /e/:slug/sincronizacao/:id/registro': 'see',
  'GET /e/:slug/usuarios': 'manage_users',
  'POST /e/:slug/carrinhos/:id/ajuste': 'judge_carts',
  'POST /e/:slug/conexao/:id': 'manage_connections',
  'POST /e/:slug/conexao/:id/diagnostico': 'manage_connections',
  'POST /e/:slug/conexao/:id/escolha': 'manage_connections',
  'POST /e/:slug/conexao/:id/mapeamento': 'manage_connections',
  'POST /e/:slug/conexao/:id/primeira': 'manage_connections',
  'POST /e/:slug/conexao/:id/servidor': 'manage_connections',
  'POST /e/:slug/conexao/nova': 'manage_connections',
  'POST /e/:slug/carrinhos/:id/link': 'contact',
  'POST /e/:slug/clientes/:id/desfazer': 'contact',
  'POST /e/:slug/clientes/:id/diferentes': 'contact',
  'POST /e/:slug/clientes/:id/unir': 'contact',
  'POST /e/:slug/configuracoes': 'edit_settings',
  'POST /e/:slug/configuracoes/cor': 'edit_settings',
  'POST /e/:slug/configuracoes/logo': 'edit_settings',
  'POST /e/:slug/configuracoes/lojas/:id/agenda': 'manage_connections',
  'POST /e/:slug/contatos': 'contact',
  'POST /e/:slug/contatos/:id/desfazer': 'contact',
  'POST /e/:slug/cupom': 'edit_settings',
  'POST /e/:slug/etiquetas': 'contact',
  'POST /e/:slug/etiquetas/:id/retirar': 'contact',
  'POST /e/:slug/exportacoes': 'export',
  'POST /e/:slug/exportacoes/contagem': 'export',
  'POST /e/:slug/fila/:id/acao': 'contact',
  'POST /e/:slug/leads': 'contact',
  'POST /e/:slug/leads/:id/situacao': 'contact',
  'POST /e/:slug/lembretes': 'contact',
  'POST /e/:slug/lembretes/:id/concluir': 'contact',
  'POST /e/:slug/mensagens/:audience': 'edit_settings',
  'POST /e/:slug/mensagens/:audience/previa': 'edit_settings',
  'POST /e/:slug/nao-contatar': 'contact',
  'POST /e/:slug/nao-contatar/retirar': 'contact',
  'POST /e/:slug/clientes/:id/lgpd': 'request_erasure',
  'POST /e/:slug/clientes/:id/revelar': 'see',
  'POST /e/:slug/clientes/:id/separar': 'judge_carts',
  'POST /e/:slug/lgpd/pedidos/:id/aprovar': 'approve_erasure',
  'POST /e/:slug/lgpd/pedidos/:id/concluir': 'request_erasure',
  'POST /e/:slug/lgpd/pedidos/:id/recusar': 'approve_erasure',
  'POST /e/:slug/lgpd/retencao': 'approve_erasure',
  'POST /e/:slug/lgpd/base-legal': 'approve_erasure',
  'POST /e/:slug/notas': 'contact',
  'POST /e/:slug/notas/:id/apagar': 'contact',
  'POST /e/:slug/preferencias': 'see',
  'POST /e/:slug/segmentos': 'edit_own_segments',
  'POST /e/:slug/segmentos/:id/apagar': 'edit_own_segments',
  'POST /e/:slug/segmentos/:id/menu': 'edit_own_segments',
  'POST /e/:slug/selecao': 'contact',
  'POST /e/:slug/sincronizacao/agora': 'sync_now',
  'POST /e/:slug/sincronizacao/pausa': 'manage_connections',
  'POST /e/:slug/sincronizacao/perda': 'manage_connections',
  'POST /e/:slug/sincronizacao/quarentena': 'manage_connections',
  'POST /e/:slug/sincronizacao/recalcular': 'manage_connections',
  'POST /e/:slug/sincronizacao/reprocessos': 'manage_connections',
  'POST /e/:slug/sincronizacao/reprocessos/:id/cancelar': 'manage_connections',
  'POST /e/:slug/sincronizacao/reprocessos/:id/pausar': 'manage_connections',
  'POST /e/:slug/sincronizacao/reprocessos/:id/retomar': 'manage_connections',
  'POST /e/:slug/usuarios/:id/duas-etapas': 'reset_two_steps',
  'POST /e/:slug/usuarios/:id/papel': 'manage_users',
  'POST /e/:slug/usuarios/:id/remover': 'manage_users',
  'POST /e/:slug/usuarios/convites': 'manage_users',
  'POST /e/:slug/usuarios/convites/:id/renovar': 'manage_users',
  'POST /e/:slug/usuarios/convites/:id/retirar': 'manage_users',
};

let lab: WebLab;

beforeAll(async () => {
  lab = await createWebLab();
});
afterAll(async () => await lab.close());

test('every route has its row here', () => {
  expect(listRoutes(lab.app).filter((route) => !Object.hasOwn(needs, route))).toEqual([]);
  expect(Object.keys(needs).filter((route) => !listRoutes(lab.app).includes(route))).toEqual([]);
});

async function ask(route: string, cookie: string): Promise<{ status: number; to: string }> {
  const [method, pattern] = route.split(' ') as [string, string];
  const path = fillPath(pattern.replace(':token', 'x'), 'sol', lab.sol);
  const { body, contentType } = writeOf(path, formOf(lab.sol));
  const headers = { Cookie: cookie, 'Content-Type': contentType, 'Sec-Fetch-Site': 'same-origin' };
  const response =
    method === 'GET' ? await lab.get(path, cookie) : await lab.app.request(path, { method, body, headers });
  await response.body?.cancel();
  return { status: response.status, to: response.headers.get('Location') ?? '' };
}

const routesThat = (test: (need: Need) => boolean) =>
  listRoutes(lab.app).filter((route) => Object.hasOwn(needs, route) && test(needs[route]!));
const isOfCompany = (need: Need) => need !== 'public' && need !== 'signed_in' && need !== 'installation';

test('without a session everything that is not public leads to the login', async () => {
  for (const route of routesThat((need) => need !== 'public')) {
    const { status, to } = await ask(route, '');
    if (isApiRoute(route)) expect([route, status]).toEqual([route, 401]);
    else expect([route, status, to.startsWith('/entrar')]).toEqual([route, 302, true]);
  }
});

test.each(['viewer', 'operator', 'admin', 'owner'] as const)(
  'a route answers the %s as the table says',
  async (role) => {
    const cookie = await lab.signIn(lab.sol, role);
    for (const route of routesThat((need) => need !== 'public')) {
      const need = needs[route]!;
      const { status, to } = await ask(route, cookie);
      if (need === 'installation') expect([role, route, status]).toEqual([role, route, 404]);
      else if (need !== 'signed_in' && !can(role, need as Action))
        expect([role, route, status]).toEqual([role, route, 403]);
      else
        expect([role, route, status === 403 || to.startsWith('/entrar') || status >= 500]).toEqual([
          role,
          route,
          false,
        ]);
    }
  },
  120_000,
);

test('a stranger and a superadmin without a visit find no company; with one the superadmin may what the matrix says', async () => {
  const stranger = await lab.signIn(lab.lua, 'owner');
  for (const route of routesThat(isOfCompany)) {
    expect([route, (await ask(route, stranger)).status]).toEqual([route, 404]);
  }
  const root = await lab.signIn(lab.lua, 'owner');
  await lab.owner`update users set is_superadmin = true where id = (select max(user_id) from sessions)`;
  for (const route of routesThat(isOfCompany)) {
    expect([route, (await ask(route, root)).status]).toEqual([route, 404]);
  }
  const enter = `/admin/empresas/${lab.sol.id}/entrar`;
  expect((await lab.post(enter, { motivo: 'oi' }, root)).status).toBe(422);
  expect(
    (await lab.post(enter, { motivo: 'Chamado 812: conferir a sincronização' }, root)).headers.get('Location'),
  ).toBe('/e/sol/painel');
  for (const route of routesThat(isOfCompany)) {
    const may = can('superadmin', needs[route] as Action);
    expect([route, (await ask(route, root)).status === 403]).toEqual([route, !may]);
  }
  expect(
    await lab.owner`select facts ->> 'reason' as reason from audit_log where action = 'company.visited'`,
  ).toMatchObject([{ reason: 'Chamado 812: conferir a sincronização' }]);
  await lab.post('/admin/visitas/encerrar', {}, root);
  expect((await lab.get('/e/sol/painel', root)).status).toBe(404);
}, 120_000);

test('no page tells a viewer anybody’s phone or e-mail, wherever a shop or an operator wrote it', async () => {
  const { owner, sol } = lab;
  await owner`update orders set phone_e164 = '+5521976543210', phone_raw = '(21) 97654-3210', cellphone_raw = '21976543210', phone_status = 'valid',
                                phone_kind = 'mobile', customer_note = 'meu zap: (21) 97654-3210', tax_document = '39053344705'`;
  await owner`update carts set phone_e164 = '+5521976543210', phone_raw = '(21) 97654-3210', phone_status = 'valid', phone_kind = 'mobile'`;
  await owner`insert into match_keys (tenant_id, key, entity, entity_id, phone_kind) select tenant_id, 'p:+5521976543210', 'order', id, 'mobile' from orders`;
  await owner`insert into lead_answers (tenant_id, site_id, source, external_id, lead_external_id, key, value, source_hash, first_seen_at, changed_at)
              select tenant_id, site_id, source, a.id, external_id, a.key, a.value, 1, now(), now()
              from leads cross join (values (1, 'Whatsapp_8', '(21) 97654-3210'), (2, 'E-mail_2', 'cliente-sol@exemplo.example')) a (id, key, value) where source = 'form-vibes'`;
  await owner`update notes set body = 'zap (21) 97654-3210, cliente-sol@exemplo.example', undone_at = null`;
  const planted = /97654-?3210|98765-?4321|cliente-sol@exemplo/;
  const [viewer, operator] = [await lab.signIn(sol, 'viewer'), await lab.signIn(sol, 'operator')];
  const shown: string[] = [];
  for (const route of routesThat(isOfCompany).filter((each) => each.startsWith('GET') && !each.endsWith('/eventos'))) {
    const path = fillPath(route.split(' ')[1]!, 'sol', sol);
    expect([route, planted.exec(await (await lab.get(path, viewer)).text())?.[0]]).toEqual([route, undefined]);
    if (planted.test(await (await lab.get(path, operator)).text())) shown.push(route);
  }
  expect(shown).toEqual(
    expect.arrayContaining([
      'GET /e/:slug/carrinhos',
      'GET /e/:slug/clientes/:id',
      'GET /e/:slug/clientes/:id/relatorio',
      'GET /e/:slug/leads',
      'GET /e/:slug/pedidos/:id',
    ]),
  );
}, 120_000);
