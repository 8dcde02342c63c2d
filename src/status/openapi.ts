import { z } from 'zod';
import { benchPushSchema, lastBenchSchema } from '../model/bench-push-schema.ts';
import { pageModel, pageUpdate } from '../model/page-model.ts';
import { seriesAnswer, seriesList } from '../model/page-series.ts';
import {
  detectorsAnswer,
  errorAnswer,
  probeAnswer,
  probesAnswer,
  sessionsAnswer,
  statusAnswer,
} from './answer-schemas.ts';
import { ERROR, OPERATIONS, type Operation } from './operations.ts';

const SCHEMA_PATH = '#/components/schemas/';

function answerOf(answer: Operation['answers'][number]): object {
  if ('about' in answer) return { description: answer.about };
  if ('type' in answer) {
    return { description: answer.type, content: { [answer.type]: { schema: { type: 'string' } } } };
  }
  const refs = answer.schema.split(' | ').map((name) => ({ $ref: `${SCHEMA_PATH}${name}` }));
  const schema = refs.length === 1 ? refs[0] : { oneOf: refs };
  return { description: answer.schema, content: { 'application/json': { schema } } };
}

function formOf(fields: Readonly<Record<string, string>>): object {
  const properties = Object.entries(fields).map(([name, about]) => [
    name,
    { type: 'string', description: about },
  ]);
  return {
    content: {
      'application/x-www-form-urlencoded': {
        schema: { type: 'object', properties: Object.fromEntries(properties) },
      },
    },
  };
}

const bodyOf = (schema: string): object => ({
  required: true,
  content: { 'application/json': { schema: { $ref: `${SCHEMA_PATH}${schema}` } } },
});

function operationOf({ summary, tag, answers, parameters, form, body, isOpen = false }: Operation): object {
  const refused = isOpen ? {} : { 401: ERROR, 421: ERROR };
  return {
    summary,
    tags: [tag],
    ...(parameters && { parameters }),
    ...(form && { requestBody: formOf(form) }),
    ...(body !== undefined && { requestBody: bodyOf(body) }),
    ...(isOpen && { security: [] }),
    responses: Object.fromEntries(
      Object.entries({ ...answers, ...refused }).map(([status, answer]) => [status, answerOf(answer)]),
    ),
  };
}

/** The schemas by name, as OpenAPI 3.1 takes them: JSON Schema 2020-12. */
function componentSchemas(): Record<string, object> {
  const { schemas } = z.toJSONSchema(z.globalRegistry, {
    uri: (id) => `${SCHEMA_PATH}${id}`,
    override: ({ jsonSchema }) => void delete jsonSchema.readOnly,
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}

/** Schemas that the document refers to; naming them here makes sure that they are registered. */
export const DOCUMENTED_SCHEMAS = [
  pageModel,
  pageUpdate,
  seriesAnswer,
  seriesList,
  benchPushSchema,
  lastBenchSchema,
  statusAnswer,
  detectorsAnswer,
  sessionsAnswer,
  probesAnswer,
  probeAnswer,
  errorAnswer,
];

/** A path of express as OpenAPI writes it: `/probes/:name` or `/probes/*name` → `/probes/{name}`. */
export const openApiPath = (path: string): string => path.replaceAll(/[:*](\w+)/g, '{$1}');

let made: object | undefined;

/** Describes every route of the admin server, after OpenAPI 3.1; made once. */
export function openApiDocument(): object {
  if (made !== undefined) return made;
  const paths: Record<string, Record<string, object>> = {};
  for (const [key, operation] of Object.entries(OPERATIONS)) {
    const [method = '', path = ''] = key.split(' ');
    (paths[path] ??= {})[method.toLowerCase()] = operationOf(operation);
  }
  made = {
    openapi: '3.1.0',
    info: {
      title: 'mcp-vitals',
      version: '1',
      description: "The admin server of the sidecar: its status page's data, its probes and its metrics.",
    },
    // Relative to this document, so that it holds behind a proxy that strips a prefix, too.
    servers: [{ url: '../..' }],
    security: [{ bearer: [] }, { login: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        bearer: {
          type: 'http',
          scheme: 'bearer',
          description: 'The token of the admin server, where one is set.',
        },
        login: {
          type: 'apiKey',
          in: 'cookie',
          name: 'mcp_vitals_session',
          description: 'A login in a browser.',
        },
      },
    },
  };
  return made;
}
