// The Conexão screens: access, diagnosis as it goes, mapping, certificate. This process reaches no shop: tests and saved connections are commands of the
// daemon, with secrets sealed for it. Only who may manage connections gets here; a test is throttled and in the audit log.
import type { Context } from 'hono';
import { Hono } from 'hono';
import { makeCertificate } from '#shared/certificate.ts';
import {
  type ConnectionArgs,
  type ConnectionForm,
  connectionFields,
  readConnectionForm,
  type SecretName,
  toConnectionForm,
} from '#shared/connection-form.ts';
import type { DoctorShopDetails } from '#shared/doctor-shop-messages.ts';
import { suggestMapping } from '#shared/mapping-suggestion.ts';
import { can } from '#shared/roles.ts';
import { Partial as HxPartial } from '#web/components/partial.tsx';
import { CertificatePage } from '#web/pages/certificate.tsx';
import { AccessPage, ShopsPage } from '#web/pages/connection.tsx';
import type { DoctorRun, ShopConnection } from '#web/pages/connection-types.ts';
import { Diagnosis, DiagnosisPage, diagnosisId } from '#web/pages/diagnosis.tsx';
import { type MappedForm, MappingPage, meaningFields } from '#web/pages/mapping.tsx';
import { paths } from '#web/paths.ts';
import { audit } from '../audit.ts';
import type { CompanyEnv, Deps } from '../context.ts';
import type { Tx } from '../db.ts';
import { HttpError, NotFoundError } from '../http-error.ts';
import { clockOf, respondWithPage } from '../page.ts';
import type { LiveView } from '../progress-feed.ts';
import {
  askDoctor,
  createShop,
  findCertificate,
  findDoctorRun,
  findShop,
  listEntries,
  listFormTitles,
  listMappings,
  listOrderStatuses,
  listShops,
  type Mapping,
  renameShop,
  saveChoice,
  saveMappings,
  saveOrderStatuses,
  sealArgs,
  startShop,
} from '../queries/connection.ts';
import { requestRecompute, tellDaemons } from '../queries/settings.ts';

const section = 'conexao';
const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

function requireManager(c: Context<CompanyEnv>): void {
  if (!can(c.get('company').role, 'manage_connections'))
    throw new HttpError(403, 'forbidden', 'Seu papel não permite mexer na conexão das lojas.');
}

const idOf = (c: Context<CompanyEnv>): string => {
  const id = c.req.param('id') ?? '';
  if (!/^\d{1,18}$/.test(id)) throw new NotFoundError();
  return id;
};

async function getShop(tx: Tx, siteId: string): Promise<ShopConnection> {
  const shop = await findShop(tx, siteId);
  if (!shop) throw new NotFoundError();
  return shop;
}

/** A refusal of the doctor's turn is said on the page; anything else rises. */
function refusalOf(error: unknown): string {
  if (error instanceof HttpError && [409, 429, 503].includes(error.status)) return error.sentence;
  throw error;
}

export function connectionRoutes(deps: Deps) {
  const { db } = deps;
  const inCompany = <T>(c: Context<CompanyEnv>, work: (tx: Tx) => Promise<T>) =>
    db.withTenant(c.get('company').id, work);

  async function showAccess(
    c: Context<CompanyEnv>,
    shop: ShopConnection | null,
    { form, errors = {}, refusal = null }: Partial<Parameters<typeof AccessPage>[0]> = {},
  ) {
    const page = AccessPage({
      slug: c.get('company').slug,
      shop,
      form: form ?? toConnectionForm(shop?.name ?? '', shop?.typed ?? null),
      errors,
      refusal,
      clock: clockOf(c, deps),
    });
    return await respondWithPage(c, deps, { title: 'Conexão', section }, page);
  }

  async function showDiagnosis(c: Context<CompanyEnv>, siteId: string, refusal: string | null = null) {
    const { slug } = c.get('company');
    const { shop, run } = await inCompany(c, async (tx) => ({
      shop: await getShop(tx, siteId),
      run: await findDoctorRun(tx, siteId),
    }));
    const live = { page: 'conexao', query: { loja: siteId } };
    const page = DiagnosisPage({ slug, shop, run, refusal, clock: clockOf(c, deps) });
    return await respondWithPage(c, deps, { title: 'Diagnóstico', section, live }, page);
  }

  /** Leaves a command to the doctor, in the audit log with who asked. */
  async function ask(
    tx: Tx,
    c: Context<CompanyEnv>,
    {
      siteId,
      kind,
      args,
    }: { siteId: string; kind: 'test_connection' | 'save_connection'; args: ConnectionArgs | Record<string, never> },
  ): Promise<void> {
    const { id: tenantId } = c.get('company');
    const userId = c.get('user').id;
    await askDoctor(tx, { siteId, kind, args, userId });
    await audit(
      tx,
      { tenantId, userId },
      {
        action: kind === 'save_connection' ? 'connection.saved' : 'connection.tested',
        entity: 'site',
        entityId: siteId,
      },
    );
  }

  /** What the access form says: saved or only tried, or shown again with everything that is wrong. */
  async function submitAccess(c: Context<CompanyEnv>, siteId: string | null): Promise<Response> {
    requireManager(c);
    const { id: tenantId, slug } = c.get('company');
    const shop = siteId === null ? null : await inCompany(c, (tx) => getShop(tx, siteId));
    const body = await c.req.parseBody();
    const form = Object.fromEntries(connectionFields.map((name) => [name, textOf(body[name])])) as ConnectionForm;
    const known = shop?.typed ? { typed: shop.typed, secrets: Object.keys(shop.secrets) as SecretName[] } : null;
    const read = readConnectionForm(form, known);
    // A refused form keeps what was typed, but for its secrets.
    const shown = { ...form, senha: '', ssh_senha: '', ssh_chave: '', ssh_frase: '' };
    if ('errors' in read) {
      c.status(422);
      return await showAccess(c, shop, { form: shown, errors: read.errors });
    }
    const kind = body.acao === 'testar' ? 'test_connection' : 'save_connection';
    try {
      const id = await inCompany(c, async (tx) => {
        const target = siteId ?? (await createShop(tx, tenantId, read.name));
        if (kind === 'save_connection') await renameShop(tx, target, read.name);
        await ask(tx, c, { siteId: target, kind, args: await sealArgs(tx, { tenantId, siteId: target }, read) });
        return target;
      });
      return c.redirect(paths.diagnosis(slug, id), 303);
    } catch (error) {
      const refusal = refusalOf(error);
      c.status(409);
      return await showAccess(c, shop, { form: shown, refusal });
    }
  }

  /** Something about the saved connection, then a new look at it. */
  async function askAgain(
    c: Context<CompanyEnv>,
    prepare: (
      tx: Tx,
      siteId: string,
    ) => Promise<{ kind: 'test_connection' | 'save_connection'; args: ConnectionArgs | Record<string, never> }>,
  ) {
    requireManager(c);
    const siteId = idOf(c);
    try {
      await inCompany(c, async (tx) => {
        await getShop(tx, siteId);
        await ask(tx, c, { siteId, ...(await prepare(tx, siteId)) });
      });
    } catch (error) {
      const refusal = refusalOf(error);
      c.status(409);
      return await showDiagnosis(c, siteId, refusal);
    }
    return c.redirect(paths.diagnosis(c.get('company').slug, siteId), 303);
  }

  return new Hono<CompanyEnv>()
    .get('/conexao', async (c) => {
      const { slug, role } = c.get('company');
      const shops = await inCompany(c, listShops);
      const canManage = can(role, 'manage_connections');
      const page = ShopsPage({ slug, shops, canManage, clock: clockOf(c, deps) });
      return await respondWithPage(c, deps, { title: 'Conexão', section }, page);
    })
    .get('/conexao/nova', async (c) => {
      requireManager(c);
      return await showAccess(c, null);
    })
    .post('/conexao/nova', (c) => submitAccess(c, null))
    .get('/conexao/:id', async (c) => {
      requireManager(c);
      const siteId = idOf(c);
      return await showAccess(c, await inCompany(c, (tx) => getShop(tx, siteId)));
    })
    .post('/conexao/:id', (c) => submitAccess(c, idOf(c)))
    .get('/conexao/:id/diagnostico', async (c) => {
      requireManager(c);
      return await showDiagnosis(c, idOf(c));
    })
    .post('/conexao/:id/diagnostico', (c) => askAgain(c, async () => ({ kind: 'test_connection', args: {} })))
    .post('/conexao/:id/servidor', async (c) => {
      const fingerprint = textOf((await c.req.parseBody()).impressao);
      return await askAgain(c, async (tx, siteId) => {
        const run = await findDoctorRun(tx, siteId);
        // Only what this page has shown can be confirmed on it.
        const isShown = run?.checks.some(({ facts }) => facts.fingerprint === fingerprint && fingerprint !== '');
        if (!isShown)
          throw new HttpError(
            422,
            'invalid',
            'A identidade do servidor não é a que foi mostrada. Repita o diagnóstico.',
          );
        return { kind: 'save_connection', args: { hostKey: fingerprint } };
      });
    })
    .post('/conexao/:id/escolha', async (c) => {
      const body = await c.req.parseBody();
      return await askAgain(c, async (tx, siteId) => {
        const run = await findDoctorRun(tx, siteId);
        const offered = run?.checks.map(({ details }) => (details ?? {}) as DoctorShopDetails) ?? [];
        const [prefix, cartTable] = [textOf(body.prefixo), textOf(body.tabela)];
        const isOffered = prefix
          ? offered.some(({ candidates }) => candidates?.some((candidate) => candidate.prefix === prefix))
          : offered.some(({ tables }) => tables?.includes(cartTable));
        if (!isOffered)
          throw new HttpError(422, 'invalid', 'Essa escolha não está mais disponível. Repita o diagnóstico.');
        await saveChoice(tx, siteId, prefix ? { prefix } : { cartTable });
        return { kind: 'test_connection', args: {} };
      });
    })
    .get('/conexao/:id/mapeamento', async (c) => {
      requireManager(c);
      const siteId = idOf(c);
      const props = await inCompany(c, async (tx) => ({
        slug: c.get('company').slug,
        shop: await getShop(tx, siteId),
        forms: await listForms(tx, siteId),
        statuses: await listOrderStatuses(tx, siteId),
        isSaved: c.req.query('salvo') === '1',
      }));
      return await respondWithPage(c, deps, { title: 'Mapeamento', section }, MappingPage(props));
    })
    .post('/conexao/:id/mapeamento', async (c) => {
      requireManager(c);
      const siteId = idOf(c);
      const { id: tenantId, slug } = c.get('company');
      const userId = c.get('user').id;
      const body = await c.req.parseBody();
      const mappings = readMappings(body);
      await inCompany(c, async (tx) => {
        await getShop(tx, siteId);
        if (mappings.length > 0) await saveMappings(tx, { tenantId, siteId, userId, mappings });
        const statuses = await saveOrderStatuses(tx, siteId, readStatuses(body));
        if (statuses > 0) await requestRecompute(tx, { userId });
        await tellDaemons(tx, tenantId, siteId);
        const facts = { forms: mappings.length, statuses };
        await audit(tx, { tenantId, userId }, { action: 'mapping.saved', entity: 'site', entityId: siteId, facts });
      });
      return c.redirect(`${paths.mapping(slug, siteId)}?salvo=1`, 303);
    })
    .post('/conexao/:id/primeira', async (c) => {
      requireManager(c);
      const siteId = idOf(c);
      const { id: tenantId, slug } = c.get('company');
      const userId = c.get('user').id;
      await inCompany(c, async (tx) => {
        const shop = await getShop(tx, siteId);
        if (!shop.typed) throw new HttpError(409, 'not_connected', 'Informe antes o acesso ao banco da loja.');
        await startShop(tx, siteId, userId);
        await tellDaemons(tx, tenantId, siteId);
        await audit(tx, { tenantId, userId }, { action: 'site.started', entity: 'site', entityId: siteId });
      });
      return c.redirect(paths.sync(slug), 303);
    })
    .get('/conexao/:id/certificado', async (c) => {
      const siteId = idOf(c);
      const { id: tenantId, slug } = c.get('company');
      const clock = clockOf(c, deps);
      const { shop, row } = await inCompany(c, async (tx) => ({
        shop: await getShop(tx, siteId),
        row: await findCertificate(tx, { tenantId, siteId }),
      }));
      const certificate = row && makeCertificate(row, clock.now);
      return await respondWithPage(
        c,
        deps,
        { title: 'Certificado', section },
        CertificatePage({ slug, shop, certificate, clock }),
      );
    });
}

/** The forms of a shop: from the leads that were read, or before the first reading from what the doctor saw. */
async function listForms(tx: Tx, siteId: string): Promise<MappedForm[]> {
  const [entries, mappings, titles, run] = [
    await listEntries(tx, siteId),
    await listMappings(tx, siteId),
    await listFormTitles(tx, siteId),
    await findDoctorRun(tx, siteId),
  ];
  const [company] = await tx<{ areaCode: string | null }[]>`
    select coalesce(s.area_code, t.area_code) as area_code from sites s join tenants t on t.id = s.tenant_id where s.id = ${siteId}`;
  const found: FoundForm[] =
    entries.length > 0 ? suggestMapping(entries, { areaCode: company?.areaCode ?? null }).forms : formsOfDoctor(run);
  return found.map(({ formPlugin, formId, entryCount, fields, keys: suggested, ...form }) => {
    const own = mappings.find((mapping) => mapping.formPlugin === formPlugin && mapping.formId === formId);
    const general = mappings.find((mapping) => mapping.formPlugin === '' && mapping.formId === '');
    const inForm = (key: string | null | undefined) =>
      fields.some((field) => field.key === key) ? (key ?? null) : null;
    const title = titles.find((known) => known.formPlugin === formPlugin && known.formId === formId)?.title;
    return {
      formPlugin,
      formId,
      title: title ?? form.title ?? null,
      entryCount,
      fields: fields.map((field) => ({ ...field, samples: samplesOf(entries, { formPlugin, formId }, field.key) })),
      keys: own
        ? { name: own.nameKey, phone: own.phoneKey, email: own.emailKey, size: own.sizeKey }
        : {
            name: inForm(general?.nameKey) ?? suggested.name,
            phone: inForm(general?.phoneKey) ?? suggested.phone,
            email: inForm(general?.emailKey) ?? suggested.email,
            size: inForm(general?.sizeKey) ?? suggested.size,
          },
      suggested,
      isSaved: own !== undefined,
    };
  });
}

type FoundForm = ReturnType<typeof suggestMapping>['forms'][number] & { title?: string | null };

function formsOfDoctor(run: DoctorRun | null): FoundForm[] {
  const check = run?.checks.find(({ nn }) => nn === 14);
  return ((check?.details ?? {}) as { forms?: FoundForm[] }).forms ?? [];
}

const sampleCount = 3;

/** The newest different answers to one field; of each only the first letters, and how the rest looks. */
function samplesOf(
  entries: Awaited<ReturnType<typeof listEntries>>,
  { formPlugin, formId }: { formPlugin: string; formId: string },
  key: string,
): string[] {
  const samples = new Set<string>();
  for (const entry of entries) {
    if (entry.formPlugin !== formPlugin || entry.formId !== formId || samples.size >= sampleCount) continue;
    for (const answer of entry.answers) {
      if (answer.key === key && answer.value.trim() !== '') samples.add(maskSample(answer.value.trim()));
    }
  }
  return [...samples].slice(0, sampleCount);
}

/** `(48) 99123-4567` → `(48) •••••-••••`. */
function maskSample(value: string): string {
  let shown = 0;
  return [...value.slice(0, 30)]
    .map((letter) => {
      if (!/[\p{L}\p{N}]/u.test(letter)) return letter;
      shown += 1;
      return shown <= 2 ? letter : '•';
    })
    .join('');
}

function readMappings(body: Record<string, unknown>): Mapping[] {
  const mappings: Mapping[] = [];
  for (let index = 0; typeof body[`form_${index}`] === 'string'; index++) {
    const form = textOf(body[`form_${index}`]);
    const split = form.indexOf(':');
    if (split < 0) continue;
    const key = (field: string) => textOf(body[`${field}_${index}`]) || null;
    mappings.push({
      formPlugin: form.slice(0, split),
      formId: form.slice(split + 1),
      nameKey: key(meaningFields.name),
      phoneKey: key(meaningFields.phone),
      emailKey: key(meaningFields.email),
      sizeKey: key(meaningFields.size),
    });
  }
  return mappings;
}

function readStatuses(body: Record<string, unknown>): { wcStatus: string; manualClass: string | null }[] {
  const statuses = [];
  for (let index = 0; typeof body[`status_${index}`] === 'string'; index++) {
    const chosen = textOf(body[`classe_${index}`]);
    const manualClass = ['paid', 'awaiting_payment', 'void'].includes(chosen) ? chosen : null;
    statuses.push({ wcStatus: textOf(body[`status_${index}`]), manualClass });
  }
  return statuses;
}

/** The doctor's checks as they end. */
export function connectionView({ db }: Deps): LiveView {
  return {
    page: 'conexao',
    kinds: ['progress'],
    async render({ company, query, now }) {
      const siteId = query.loja ?? '';
      if (!/^\d{1,18}$/.test(siteId) || !can(company.role, 'manage_connections')) return '';
      const { shop, run } = await db.withTenant(company.id, async (tx) => ({
        shop: await findShop(tx, siteId),
        run: await findDoctorRun(tx, siteId),
      }));
      if (!shop) return '';
      const clock = { now, timeZone: company.timeZone };
      const children = Diagnosis({ slug: company.slug, shop, run, refusal: null, clock });
      return String(HxPartial({ id: diagnosisId, children }));
    },
  };
}
