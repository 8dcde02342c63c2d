import { setTimeout as sleep } from 'node:timers/promises';
import { fromJsonSchema } from '@modelcontextprotocol/server';
import type { CallToolResult, McpServer, ProgressToken, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** A red pixel as PNG, base64. */
export const redPixel =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
const silence = 'UklGRiYAAABXQVZFZm10IBAAAAABAAEAQB8AAAB9AAACABAAZGF0YQIAAAA=';

/** Token under which the client wants progress, if it does. */
export function progressTokenOf({ _meta: meta }: ServerContext['mcpReq']): ProgressToken | undefined {
  return meta?.progressToken;
}

/** A result of one text. */
export function text(value: string): CallToolResult {
  return { content: [{ type: 'text', text: value }] };
}

const image = { type: 'image', data: redPixel, mimeType: 'image/png' } as const;

/** Schema that the suite's scenario "json-schema-2020-12" looks for, keyword by keyword. */
const schema2020 = {
  $schema: 'https://json-schema.org/draft/2020-12/schema',
  type: 'object',
  $defs: {
    address: {
      $anchor: 'addressDef',
      type: 'object',
      properties: { street: { type: 'string' }, city: { type: 'string' } },
    },
  },
  properties: {
    name: { type: 'string' },
    address: { $ref: '#/$defs/address' },
    contactMethod: { type: 'string', enum: ['phone', 'email'] },
    phone: { type: 'string' },
    email: { type: 'string' },
  },
  allOf: [{ anyOf: [{ required: ['phone'] }, { required: ['email'] }] }],
  if: { properties: { contactMethod: { const: 'phone' } }, required: ['contactMethod'] },
  // oxlint-disable-next-line unicorn/no-thenable -- a keyword of JSON Schema
  then: { required: ['phone'] },
  else: { required: ['email'] },
  additionalProperties: false,
} as const;

/** Not a keyword of JSON Schema, so apart from what its type checks. */
const headerAnnotation: object = { 'x-mcp-header': 'Region' };

/** Tools that answer by themselves: content of every kind, structured output, failures, long and large answers. */
export function registerContentTools(server: McpServer): void {
  server.registerTool('test_simple_text', { description: 'A text.' }, async () =>
    text('This is a simple text response for testing.'),
  );
  server.registerTool('test_image_content', { description: 'An image.' }, async () => ({ content: [image] }));
  server.registerTool('test_audio_content', { description: 'A sound.' }, async () => ({
    content: [{ type: 'audio', data: silence, mimeType: 'audio/wav' }],
  }));
  server.registerTool('test_embedded_resource', { description: 'A resource.' }, async () => ({
    content: [
      {
        type: 'resource',
        resource: {
          uri: 'test://embedded-resource',
          mimeType: 'text/plain',
          text: 'This is an embedded resource content.',
        },
      },
    ],
  }));
  server.registerTool(
    'test_multiple_content_types',
    { description: 'Text, image and resource.' },
    async () => ({
      content: [
        { type: 'text', text: 'Multiple content types test:' },
        image,
        {
          type: 'resource',
          resource: {
            uri: 'test://mixed-content-resource',
            mimeType: 'application/json',
            text: '{"test":"data","value":123}',
          },
        },
      ],
    }),
  );
  server.registerTool('test_error_handling', { description: 'Always fails.' }, async () => {
    throw new Error('This tool intentionally returns an error for testing');
  });
  server.registerTool(
    'json_schema_2020_12_tool',
    { description: 'Tool with JSON Schema 2020-12 features', inputSchema: fromJsonSchema(schema2020) },
    async (args) => text(JSON.stringify(args)),
  );
  server.registerTool(
    'test_custom_header',
    {
      description: 'Has an argument that is repeated in a header (SEP-2243).',
      inputSchema: fromJsonSchema<{ region: string }>({
        type: 'object',
        properties: { region: { type: 'string', ...headerAnnotation } },
        required: ['region'],
      }),
    },
    async ({ region }) => text(region),
  );
  server.registerTool(
    'add',
    {
      description: 'Adds two numbers, with structured output.',
      inputSchema: z.object({ a: z.number(), b: z.number() }),
      outputSchema: z.object({ sum: z.number() }),
    },
    async ({ a, b }) => ({ ...text(String(a + b)), structuredContent: { sum: a + b } }),
  );
  server.registerTool(
    'slow',
    {
      description: 'Takes as long as asked, reports progress every 50 ms, and can be cancelled.',
      inputSchema: z.object({ ms: z.number().int().min(0).max(60_000) }),
    },
    async ({ ms }, { mcpReq }) => {
      const progressToken = progressTokenOf(mcpReq);
      for (let done = 0; done < ms; done += 50) {
        await sleep(Math.min(50, ms - done), undefined, { signal: mcpReq.signal });
        if (progressToken === undefined) continue;
        await mcpReq.notify({
          method: 'notifications/progress',
          params: { progressToken, progress: Math.min(ms, done + 50), total: ms },
        });
      }
      return text(`slept ${ms} ms`);
    },
  );
  server.registerTool(
    'big',
    {
      description: 'Answers with a text of so many bytes.',
      inputSchema: z.object({ bytes: z.number().int().min(0).max(8_000_000) }),
    },
    async ({ bytes }) => text('x'.repeat(bytes)),
  );
}
