// Every address of the API in one place: the router takes it from here (routes/rest.ts), the OpenAPI document and the page /api/ are written from it
// (openapi.ts), and a test holds real answers against it. Addresses are the original system's where it had them.
import { z } from 'zod';
import { channels } from '#shared/contacts/contact.ts';
import { recordKinds } from '#shared/contacts/record.ts';
import { customerStatuses } from '#shared/customer-statuses.ts';
import { cartRow, customerRow, leadRow, orderRow } from '#shared/list-rows.ts';
import { leadOrigins } from '#shared/manual-lead.ts';
import type { Action } from '#shared/roles.ts';
import type { ApiScope } from '#web/pages/account-types.ts';
import { periodNames } from '#web/period.ts';

export type Operation<Query extends z.ZodObject = z.ZodObject, Body extends z.ZodObject = z.ZodObject> = {
  method: 'get' | 'post';
  /** As Hono and OpenAPI's `{id}` both read it: `/api/leads/:id/`. */
  path: string;
  id: string;
  summary: string;
  /** What a token must be allowed, and what its person's role must. */
  scope: ApiScope;
  action: Action;
  query: Query;
  body: Body | null;
  /** By HTTP status; what every operation can answer besides is in `commonAnswers`. */
  answers: Readonly<Record<number, { description: string; schema: z.ZodType }>>;
};

const operation = <Query extends z.ZodObject, Body extends z.ZodObject>(it: Operation<Query, Body>) => it;

const recordId = z.string().regex(/^\d{1,18}$/);
const instant = z.iso.datetime();
const withId = { id: recordId.describe('Número do registro aqui: é o que as marcas e os endereços pedem') };

const errorAnswer = z.strictObject({
  error: z.strictObject({
    code: z.string().describe('Para o programa: not_found, invalid, conflict …'),
    message: z.string().describe('Para a pessoa, em português'),
    reference: z.string().describe('O código que está no registro do servidor'),
  }),
});

/** Answers that any operation may give. */
export const commonAnswers: Operation['answers'] = {
  401: { description: 'Sem sessão e sem chave válida', schema: errorAnswer },
  403: { description: 'A chave ou o papel da pessoa não permite, ou a empresa está suspensa', schema: errorAnswer },
  404: { description: 'Não existe, ou não é desta empresa', schema: errorAnswer },
  422: { description: 'Um campo ou parâmetro não foi entendido', schema: errorAnswer },
  429: { description: 'Pedidos demais; espere o que diz Retry-After', schema: errorAnswer },
  500: { description: 'Algo falhou aqui', schema: errorAnswer },
};

const company = {
  empresa: z.string().max(63).optional().describe('A empresa (com chave, a dela; numa sessão com várias, obrigatória)'),
};
const day = z.iso.date();
const period = {
  de: day.optional().describe('Primeiro dia, no fuso da empresa'),
  ate: day.optional().describe('Último dia, incluído'),
  periodo: z.enum(periodNames).optional().describe('Em vez de `de` e `ate`; sem nenhum deles, tudo'),
};
const listQuery = z.strictObject({
  ...company,
  ...period,
  loja: z.string().max(63).optional().describe('Só desta loja'),
  apos: z
    .string()
    .regex(/^\d{1,18}$/)
    .optional()
    .describe('Os que vêm depois deste `id`; é o que `next` traz'),
  limite: z.coerce.number().int().min(1).max(1000).default(100).describe('Quantos por página'),
});
const oneQuery = z.strictObject(company);
const next = z.string().nullable().describe('O endereço da página seguinte; null na última');
const pageOf = (row: z.ZodType) => z.strictObject({ next, results: z.array(row) });

const leadOut = z.strictObject({ ...withId, ...leadRow.shape });
const cartOut = z.strictObject({ ...withId, ...cartRow.shape });
const orderOut = z.strictObject({ ...withId, ...orderRow.shape });

const channelMark = z.strictObject({
  id: recordId,
  channel: z.enum(channels),
  userName: z.string().nullable(),
  contactedAt: instant,
});
const block = z.strictObject({
  code: z.string().describe('opted_out, no_email, no_phone, invalid_phone, fictitious_phone, landline (só um aviso)'),
  isBlocking: z.boolean(),
  since: instant.nullable(),
  phoneReason: z.string().nullable(),
});
const channelState = z.strictObject({ mark: channelMark.nullable(), block: block.nullable() });
const contactState = z.strictObject({ email: channelState, whatsapp: channelState });
const withContact = <Shape extends z.core.$ZodShape>(row: z.ZodObject<Shape>) =>
  z.strictObject({
    ...row.shape,
    contact: contactState.describe('As marcas em vigor, e se a pessoa pode ser contatada'),
  });

const record = z.strictObject({ entity: z.enum(recordKinds), id: recordId });

const customerOrders = ['lastSeenAt', 'lastPaidAt', 'firstPaidAt', 'net', 'paidOrders', 'personId'] as const;

const rate = z.strictObject({ recovered: z.int(), abandoned: z.int(), rate: z.number().nullable() });
const money = z.string().regex(/^-?\d+\.\d\d$/);
const cause = z.strictObject({ count: z.int(), value: money });
const figures = z.strictObject({
  period: z.strictObject({ firstDay: day.nullable(), lastDay: day.nullable() }),
  currency: z.string(),
  carts: z.strictObject({
    abandoned: z.int(),
    waiting: z.int(),
    recovered: z.int(),
    purchased: z.int(),
    removed: z.int(),
  }),
  recoveryRate: rate,
  isPartial: z.boolean(),
  recoveryRateClosed: rate,
  recoveryRateOriginal: rate,
  recoveredValue: money,
  recoveredByCause: z.strictObject({
    contacted: cause,
    plugin_email: cause,
    spontaneous: cause,
    prior_purchase: cause,
  }),
  abandonedValue: money,
  awaitingPayment: z.strictObject({ count: z.int(), value: money, oldestAt: instant.nullable() }),
  ordersByClass: z.strictObject({ paid: z.int(), awaiting_payment: z.int(), void: z.int() }),
  paidOrdersCounted: z.int(),
  paidValue: money,
  averageOrderValue: money.nullable(),
  averageOrderValueWooCommerce: money.nullable(),
  paidOrdersInOtherCurrencies: z.record(z.string(), z.int()),
  customers: z.int(),
  repeatCustomers: z.int(),
  repeatRate: z.number().nullable(),
  repeatOrders: z.int(),
  newCustomers: z.int(),
  medianIntervalDays: z.number().nullable(),
  persons: z.int(),
  leads: z.int(),
  leadsByCustomerStatus: z.strictObject({ was_customer: z.int(), became_customer: z.int(), not_customer: z.int() }),
});

export const operations = {
  listCustomers: operation({
    method: 'get',
    path: '/api/customers/',
    id: 'listCustomers',
    summary: 'Clientes e outras pessoas, com o que compraram',
    scope: 'read',
    action: 'see',
    query: z.strictObject({
      ...company,
      search: z.string().max(200).optional().describe('Nome, e-mail ou telefone em qualquer formato'),
      ordering: z
        .enum([...customerOrders, ...customerOrders.map((name) => `-${name}` as const)])
        .default('-lastSeenAt')
        .describe('Com `-` na frente, do maior para o menor'),
      status: z.enum(Object.values(customerStatuses) as [string, ...string[]]).optional(),
      page: z.coerce.number().int().min(1).max(100_000).default(1),
      page_size: z.coerce.number().int().min(1).max(200).default(50),
    }),
    body: null,
    answers: {
      200: {
        description: 'Uma página',
        schema: z.strictObject({
          count: z.int(),
          next,
          previous: z.string().nullable().describe('O endereço da página anterior; null na primeira'),
          results: z.array(customerRow),
        }),
      },
    },
  }),
  getCustomer: operation({
    method: 'get',
    path: '/api/customers/:id/',
    id: 'getCustomer',
    summary: 'Uma pessoa, com e-mails, telefones e registros; fica no registro de acessos',
    scope: 'read',
    action: 'see',
    query: oneQuery,
    body: null,
    answers: {
      200: {
        description: 'A pessoa; o número de quem foi unido a outra leva a ela',
        schema: z.strictObject({
          ...customerRow.shape,
          keys: z.array(
            z.strictObject({ key: z.string(), isShared: z.boolean(), isDenied: z.boolean(), recordCount: z.int() }),
          ),
          records: z.array(
            z.strictObject({
              entity: z.enum(recordKinds),
              id: recordId,
              sourceId: z.string(),
              site: z.string(),
              at: instant,
              name: z.string().nullable(),
            }),
          ),
        }),
      },
    },
  }),
  listLeads: operation({
    method: 'get',
    path: '/api/leads/',
    id: 'listLeads',
    summary: 'Leads, na ordem em que chegaram aqui; o período é o do envio',
    scope: 'read',
    action: 'see',
    query: listQuery,
    body: null,
    answers: { 200: { description: 'Uma página', schema: pageOf(leadOut) } },
  }),
  getLead: operation({
    method: 'get',
    path: '/api/leads/:id/',
    id: 'getLead',
    summary: 'Um lead, com as marcas de contato',
    scope: 'read',
    action: 'see',
    query: oneQuery,
    body: null,
    answers: { 200: { description: 'O lead', schema: withContact(leadOut) } },
  }),
  createLead: operation({
    method: 'post',
    path: '/api/leads/',
    id: 'createLead',
    summary: 'Cadastra um lead à mão, como um contato visto no WhatsApp',
    scope: 'create_leads',
    action: 'contact',
    query: oneQuery,
    body: z.strictObject({
      name: z.string().max(1000).default(''),
      phone: z.string().max(1000).default('').describe('Como se escreve, de preferência com DDD'),
      email: z.string().max(1000).default(''),
      size: z.string().max(1000).default(''),
      origin: z.enum(leadOrigins).default('manual'),
      site: z.string().max(63).optional().describe('A loja; obrigatória quando a empresa tem mais de uma'),
      force: z.boolean().default(false).describe('Cadastra ainda que já haja um lead com este telefone ou e-mail'),
    }),
    answers: {
      201: { description: 'O lead', schema: withContact(leadOut) },
      409: {
        description: 'Já há um lead com este telefone ou e-mail (exists)',
        schema: z.strictObject({
          ...errorAnswer.shape,
          lead: z.strictObject({ id: recordId, name: z.string().nullable(), capturedAt: instant.nullable() }),
        }),
      },
    },
  }),
  listCarts: operation({
    method: 'get',
    path: '/api/carts/',
    id: 'listCarts',
    summary: 'Carrinhos com situação e pedidos correspondentes; o período é o da primeira atividade',
    scope: 'read',
    action: 'see',
    query: listQuery,
    body: null,
    answers: { 200: { description: 'Uma página', schema: pageOf(cartOut) } },
  }),
  getCart: operation({
    method: 'get',
    path: '/api/carts/:id/',
    id: 'getCart',
    summary: 'Um carrinho, com as marcas de contato',
    scope: 'read',
    action: 'see',
    query: oneQuery,
    body: null,
    answers: { 200: { description: 'O carrinho', schema: withContact(cartOut) } },
  }),
  listOrders: operation({
    method: 'get',
    path: '/api/orders/',
    id: 'listOrders',
    summary: 'Pedidos; o período é o da criação',
    scope: 'read',
    action: 'see',
    query: listQuery,
    body: null,
    answers: { 200: { description: 'Uma página', schema: pageOf(orderOut) } },
  }),
  getOrder: operation({
    method: 'get',
    path: '/api/orders/:id/',
    id: 'getOrder',
    summary: 'Um pedido, com as marcas de contato',
    scope: 'read',
    action: 'see',
    query: oneQuery,
    body: null,
    answers: { 200: { description: 'O pedido', schema: withContact(orderOut) } },
  }),
  getFigures: operation({
    method: 'get',
    path: '/api/figures/',
    id: 'getFigures',
    summary: 'Os números do painel num período',
    scope: 'read',
    action: 'see',
    query: z.strictObject({ ...company, ...period }),
    body: null,
    answers: { 200: { description: 'Os números', schema: figures } },
  }),
  createContact: operation({
    method: 'post',
    path: '/api/contacts/',
    id: 'createContact',
    summary: 'Marca que alguém foi contatado',
    scope: 'mark',
    action: 'contact',
    query: oneQuery,
    body: z.strictObject({
      record,
      channel: z.enum(channels),
      template: z.string().max(60).nullable().default(null).describe('O nome do modelo de mensagem'),
      seenId: recordId.nullable().default(null).describe('A marca em vigor que você conhece; outra é um conflito'),
      force: z
        .boolean()
        .default(false)
        .describe('Marca apesar de conflito ou intervalo; nunca apesar de “não contatar”'),
    }),
    answers: {
      201: {
        description: 'A marca',
        schema: z.strictObject({ contact: channelMark, record, warning: block.nullable() }),
      },
      409: {
        description: 'Outra pessoa já marcou (conflict), falou há pouco (cool_down), ou não se pode contatar (blocked)',
        schema: z.strictObject({ ...errorAnswer.shape, mark: channelMark.optional(), block: block.optional() }),
      },
    },
  }),
  undoContact: operation({
    method: 'post',
    path: '/api/contacts/:id/undo/',
    id: 'undoContact',
    summary: 'Desfaz uma marca; o rastro fica',
    scope: 'mark',
    action: 'contact',
    query: oneQuery,
    body: null,
    answers: { 200: { description: 'O registro de que era', schema: z.strictObject({ record }) } },
  }),
};

export const healthAnswer = z.strictObject({
  status: z.enum(['ok', 'error']),
  database: z.enum(['ok', 'error']),
  daemon: z.enum(['ok', 'error']),
});

/** The JSON of an error. */
export const errorBody = (error: {
  code: string;
  message: string;
  reference: string;
}): z.infer<typeof errorAnswer> => ({ error });
