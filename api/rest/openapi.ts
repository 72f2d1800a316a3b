// The OpenAPI 3.1 document, written from the operations; its schemas are the very ones that requests are read by and tests hold answers against.
import { z } from 'zod';
import { type ApiScope, apiScopeLabels } from '#web/pages/account-types.ts';
import type { ApiOperation } from '#web/pages/api.tsx';
import { commonAnswers, healthAnswer, type Operation, operations } from './operations.ts';

const jsonSchema = (schema: z.ZodType, io: 'input' | 'output') => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io });
  return rest;
};

const answersOf = (answers: Operation['answers']) =>
  Object.fromEntries(
    Object.entries(answers).map(([status, { description, schema }]) => [
      status,
      { description, content: { 'application/json': { schema: jsonSchema(schema, 'output') } } },
    ]),
  );

function parametersOf({ path, query }: Operation) {
  const required = (schema: z.ZodType) => !schema.safeParse(undefined).success;
  return [
    ...(path.includes(':id') ? [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }] : []),
    ...Object.entries(query.shape as Record<string, z.ZodType>).map(([name, schema]) => {
      const { description, ...type } = jsonSchema(schema, 'input') as { description?: string };
      return { name, in: 'query', required: required(schema), ...(description ? { description } : {}), schema: type };
    }),
  ];
}

const operationOf = (operation: Operation) => ({
  operationId: operation.id,
  summary: operation.summary,
  description: `Permissão da chave: ${apiScopeLabels[operation.scope].toLowerCase()}.`,
  security: [{ chave: [operation.scope] }, { sessao: [] }],
  parameters: parametersOf(operation),
  ...(operation.body
    ? {
        requestBody: {
          required: true,
          content: { 'application/json': { schema: jsonSchema(operation.body, 'input') } },
        },
      }
    : {}),
  responses: answersOf({ ...operation.answers, ...commonAnswers }),
});

type PathItem = Partial<
  Record<'get' | 'post', { operationId: string; responses: ReturnType<typeof answersOf>; [more: string]: unknown }>
>;

/** The document, for an installation at this address. */
export function apiDocument(publicUrl: string) {
  const paths: Record<string, PathItem> = {};
  for (const operation of Object.values(operations) as unknown as Operation[]) {
    const path = operation.path.replace(':id', '{id}');
    paths[path] = { ...paths[path], [operation.method]: operationOf(operation) };
  }
  paths['/health/'] = {
    get: {
      operationId: 'health',
      summary:
        'Se o sistema está de pé: o banco responde, e o programa que lê as lojas deu sinal nos últimos 2 minutos',
      security: [],
      parameters: [],
      responses: answersOf({
        200: { description: 'Tudo certo', schema: healthAnswer },
        503: { description: 'Alguma parte não responde', schema: healthAnswer },
      }),
    },
  };
  return {
    openapi: '3.1.0',
    info: {
      title: 'Carrinho e Leads',
      version: '1',
      description:
        'JSON para outros programas. Números de registro e dinheiro são textos, instantes são ISO 8601 em UTC. Erros vêm como {"error": {"code", "message", "reference"}}.',
    },
    servers: [{ url: publicUrl }],
    components: {
      securitySchemes: {
        chave: {
          type: 'http',
          scheme: 'bearer',
          description: `Chave pessoal, feita em Minha conta. Permissões: ${(Object.keys(apiScopeLabels) as ApiScope[]).join(', ')}.`,
        },
        sessao: { type: 'apiKey', in: 'cookie', name: publicUrl.startsWith('https:') ? '__Host-sessao' : 'sessao' },
      },
    },
    paths,
  };
}

/** The operations as the page /api/ shows them. */
export function listApiOperations(): ApiOperation[] {
  const fieldsOf = (schema: z.ZodObject | null) =>
    Object.entries((schema?.shape ?? {}) as Record<string, z.ZodType>).map(([name, type]) => ({
      name,
      description: type.description ?? '',
      isRequired: !type.safeParse(undefined).success,
    }));
  return (Object.values(operations) as unknown as Operation[]).map((operation) => ({
    method: operation.method.toUpperCase(),
    path: operation.path.replace(':id', '{id}'),
    summary: operation.summary,
    permission: apiScopeLabels[operation.scope].toLowerCase(),
    parameters: fieldsOf(operation.query),
    body: fieldsOf(operation.body),
  }));
}
